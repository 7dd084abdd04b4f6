import type {
  CreateResult,
  OrderStep,
  ReadContext,
  RootDraft,
  RootPatch,
  StoreConnector,
  WriteContext,
  WriteResult,
} from '#libs/connectors/store-connector.ts';
import { FIELD_NAMES, type FieldName, type FieldValues, type Selection } from '#libs/fields/field-names.ts';
import type { EntityKind, StoredCustomer, StoredOrder, StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';

/** One store that the suite is run over, in one role. */
export type Subject = {
  readonly role: 'source' | 'target';
  /** What is tried. */
  readonly connector: StoreConnector;
  /** The same store as a target, which makes what the suite needs. */
  readonly hands: StoreConnector;
  /** Begins whatever the suite makes, so that people know it. Letters and digits. */
  readonly mark: string;
  /** Whether people use this store: then the suite makes little, and says what it did. */
  readonly isLive: boolean;
  /** Waits until the store's clock, which has a grain of a second, has moved on. */
  readonly nextSecond: () => Promise<void>;
  readonly say: (line: string) => void;
  readonly close: () => Promise<void>;
};

export type OpenSubject = () => Promise<Subject>;

const signal = new AbortController().signal;
export const WRITE: WriteContext = { signal, priority: 'change', maySend: () => true };

export function reading({ connector }: Pick<Subject, 'connector'>): ReadContext {
  return { signal, priority: 'change', fields: connector.capabilities.readable };
}

/** Selected fields of a pair whose both ends can do as much as this store. */
export function selectionOf({ hands }: Pick<Subject, 'hands'>): Selection {
  return new Set<FieldName>(FIELD_NAMES.filter((field) => hands.capabilities.writable.has(field)));
}

/** What a test does with the store; whatever it made is taken away in the end. */
export type Workbench = {
  readonly subject: Subject;
  /** A number that no other call gave: for source ids, SKUs, handles. */
  readonly next: () => string;
  /** Makes a root, or throws why it was not made. */
  readonly make: <D extends RootDraft>(draft: D) => Promise<Extract<StoredRoot, { readonly root: D['root'] }>>;
  readonly create: (...drafts: readonly RootDraft[]) => Promise<readonly CreateResult[]>;
  readonly write: (...patches: readonly RootPatch[]) => Promise<readonly WriteResult[]>;
  /** As the store has it now, read in the role that is tried. */
  readonly read: <R extends StoredRoot>(stored: R) => Promise<R>;
  /** The same, read as a target. */
  readonly readBack: <R extends StoredRoot>(stored: R) => Promise<R>;
  /** What is not to be taken away any more. */
  readonly forget: (stored: StoredRoot) => void;
  readonly cleanUp: () => Promise<void>;
};

export function createWorkbench(subject: Subject): Workbench {
  const { connector, hands, say } = subject;
  const made = new Map<string, StoredRoot>();
  let serial = Math.floor(Date.now() / 1000) * 100;

  function keep(results: readonly CreateResult[]): readonly CreateResult[] {
    for (const result of results) {
      if (result.outcome !== 'created') continue;
      made.set(`${result.stored.root}:${result.stored.id}`, result.stored);
      say(`made ${result.stored.root} ${result.stored.id}`);
    }
    return results;
  }

  async function create(...drafts: readonly RootDraft[]): Promise<readonly CreateResult[]> {
    return keep(await hands.create(drafts, WRITE));
  }

  return {
    subject,
    next: () => String((serial += 1)),
    create,
    async make(draft) {
      const [result] = await create(draft);
      if (result?.outcome !== 'created') throw new Error(`Cannot make a ${draft.root}: ${JSON.stringify(result)}`);
      return result.stored as never;
    },
    write: (...patches) => hands.write(patches, WRITE),
    read: (stored) => readOf(connector, stored),
    readBack: (stored) => readOf(hands, stored),
    forget: ({ root, id }) => void made.delete(`${root}:${id}`),
    async cleanUp() {
      for (const stored of [...made.values()].toReversed()) await takeAway(subject, stored);
      made.clear();
    },
  };
}

async function readOf<R extends StoredRoot>(store: StoreConnector, stored: R): Promise<R> {
  const [found] = await store.readRoots(stored.root, [{ id: stored.id }], reading({ connector: store }));
  return must(found ?? null, `${stored.root} ${stored.id} as the store has it`) as R;
}

/** Deleted where the store can, else archived; what can be neither is left, and said. */
async function takeAway({ hands, say }: Subject, stored: StoredRoot): Promise<void> {
  const { archivable, deletable } = hands.capabilities;
  const { root, id } = stored;
  const how = deletable?.has(root) === true ? 'delete' : archivable?.has(root) === true ? 'archive' : null;
  if (how === null || hands.retire === undefined) return say(`left ${root} ${id}: this store deletes none`);
  const [present] = await hands.readRoots(root, [{ id }], reading({ connector: hands }));
  if (present === null || present === undefined) return say(`${root} ${id} is gone already`);
  const item = { root, targetId: id, sourceId: stored.sourceId ?? '', present, how } as const;
  const [result] = await hands.retire([item], WRITE);
  say(`${how === 'delete' ? 'deleted' : 'archived'} ${root} ${id}: ${result?.outcome ?? 'no result'}`);
}

/** Everything that is written to one root. */
export function patchOf(
  present: StoredRoot,
  values: Readonly<Partial<Record<EntityKind, FieldValues>>>,
  parts: Partial<RootPatch> = {},
): RootPatch {
  const entities = Object.entries(values).map(([entity, fields]) => ({
    entity: entity as EntityKind,
    targetId: entity === 'variant' ? must((present as StoredProduct).variants[0], 'a variant').id : present.id,
    values: fields,
  }));
  const sourceId = present.sourceId ?? '1';
  return { root: present.root, sourceId, targetId: present.id, present, entities, steps: [], made: true, ...parts };
}

export function stepsOn(present: StoredOrder, ...steps: readonly OrderStep[]): RootPatch {
  return patchOf(present, {}, { steps });
}

/** The selectable values of an entity of a root, the first variant of a product. */
export function valuesOf(stored: StoredRoot, entity: EntityKind): FieldValues {
  switch (entity) {
    case 'product':
      return (stored as StoredProduct).product;
    case 'variant':
      return must((stored as StoredProduct).variants[0], 'a variant').variant;
    case 'order':
      return (stored as StoredOrder).order;
    case 'customer':
      return (stored as StoredCustomer).customer;
  }
}

export async function collect(
  pages: AsyncIterable<{ readonly roots: readonly StoredRoot[] }>,
  onPage: (roots: readonly StoredRoot[], page: number) => Promise<void> = () => Promise.resolve(),
): Promise<StoredRoot[]> {
  const roots: StoredRoot[] = [];
  let page = 0;
  for await (const { roots: some } of pages) {
    roots.push(...some);
    await onPage(some, page++);
  }
  return roots;
}
