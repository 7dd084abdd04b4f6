import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import { foldEmail, plainNumber } from '#libs/planning/match-root.ts';
import { ENTITY_KINDS, ROOT_KINDS, type RootRef, type StoredRoot } from '#libs/model/stored.ts';
import type {
  CreateResult,
  NaturalKey,
  RootDraft,
  RootPatch,
  StoreConnector,
  WriteResult,
} from '../store-connector.ts';
import { applyPatch, makeRoot } from './memory-write.ts';
import { retireNow } from './memory-retire.ts';
import type { MemoryStore } from './memory-store.ts';

export type MemoryOptions = {
  readonly now: () => number;
  readonly compareAndSwap?: boolean;
  readonly landingMs?: number;
  readonly pageSize?: number;
  /** As platforms are at their best: a source id that stands there is taken, and a write moves the clock. By default it is as the worst. */
  readonly atItsBest?: boolean;
};

/** The port over a store in memory: a call takes effect at once. Faults are decorators of it. */
export function createMemoryConnector(store: MemoryStore, options: MemoryOptions): StoreConnector {
  const { now, compareAndSwap = false, landingMs = 120_000 } = options;
  const all = new Set(FIELD_NAMES);
  return {
    platform: 'memory',
    capabilities: {
      readable: all,
      writable: all,
      creatable: new Set(ROOT_KINDS),
      stampable: new Set(ENTITY_KINDS),
      changedSince: new Set(ROOT_KINDS),
      compareAndSwap: compareAndSwap ? all : new Set(),
      landingMs,
      doublesPossible: new Set(),
      readBatchMax: 100,
      writeBatchMax: 100,
      holdsOrders: true,
      archivable: new Set(['product']),
      deletable: new Set(ROOT_KINDS),
    },
    identify: async () => ({ id: 'memory', name: 'memory', version: '1', currency: 'EUR', taxesIncluded: true }),
    probe: async () => {},
    check: async () => [],
    readRoots: async (root, refs) => refs.map((ref) => narrow(store.get(root, ref.id), ref)),
    readRootsOf: async (_kind, ids) => ids.map(() => null),
    async *scan(root, { after }) {
      yield* pages(
        store.list(root).filter(({ id }) => after == null || id > after),
        ({ id }) => id,
        options,
      );
    },
    async *scanChanged(root, since) {
      const changed = store.list(root).filter(({ changedAt }) => changedAt !== null && changedAt >= since);
      yield* pages(changed, ({ changedAt, id }) => `${changedAt ?? ''} ${id}`, options);
    },
    storeTime: async () => now(),
    count: async (root) => store.list(root).length,
    findBySourceId: async (root, ids) =>
      ids.map((id) => store.list(root).find(({ sourceId }) => sourceId === id) ?? null),
    findByKey: async (key, values) =>
      values.map((value) => [...store.roots.values()].filter((stored) => hasKey(stored, key, value))),
    listCreatedSince: async (root, since) =>
      store.list(root).filter(({ createdAt }) => createdAt !== null && createdAt >= since),
    prepare: async () => {},
    express: ({ wanted }) => ({ wanted, withheld: {} }),
    write: async (patches, { maySend }) =>
      maySend()
        ? patches.map((patch) => writeNow(store, patch, options))
        : patches.map(() => ({ outcome: 'not-sent' })),
    create: async (drafts, { maySend }) =>
      maySend() ? drafts.map((draft) => createNow(store, draft, options)) : drafts.map(() => ({ outcome: 'not-sent' })),
    retire: async (items, { maySend }) =>
      items.map((item) => (maySend() ? retireNow(store, item) : { outcome: 'not-sent' })),
    listSubscriptions: async () => [],
    createSubscription: async ({ topic, url }) => ({ id: topic, topic, url, status: 'active' }),
    deleteSubscription: async () => {},
    topicsFor: () => [],
    close: async () => {},
  };
}

function writeNow(store: MemoryStore, patch: RootPatch, options: MemoryOptions): WriteResult {
  const { now, compareAndSwap = false, atItsBest = false } = options;
  const result = applyPatch(store, patch, compareAndSwap);
  const written = store.get(patch.root, patch.targetId);
  if (atItsBest && result.outcome === 'stored' && written !== undefined)
    store.put({ ...written, changedAt: new Date(now()).toISOString() });
  return result;
}

function createNow(store: MemoryStore, draft: RootDraft, { now, atItsBest = false }: MemoryOptions): CreateResult {
  const isTaken = atItsBest && store.list(draft.root).some(({ sourceId }) => sourceId === draft.sourceId);
  if (isTaken) return { outcome: 'taken', message: `The source id ${draft.sourceId} is taken` };
  const stored = makeRoot(store, draft, new Date(now()).toISOString());
  store.put(stored);
  return { outcome: 'created', stored, complete: true };
}

function narrow(stored: StoredRoot | undefined, { children }: RootRef): StoredRoot | null {
  if (stored === undefined) return null;
  if (stored.root !== 'product' || children === undefined) return stored;
  return { ...stored, partial: true, variants: stored.variants.filter(({ id }) => children.includes(id)) };
}

function hasKey(stored: StoredRoot, key: NaturalKey, value: string): boolean {
  switch (key) {
    case 'sku':
      return stored.root === 'product' && stored.variants.some(({ variant }) => variant.sku === value);
    case 'order-number':
      return stored.root === 'order' && plainNumber(stored.order.number) === value;
    case 'email':
      return stored.root === 'customer' && stored.customer.email !== null && foldEmail(stored.customer.email) === value;
  }
}

async function* pages(
  roots: readonly StoredRoot[],
  key: (stored: StoredRoot) => string,
  { pageSize = 50 }: MemoryOptions,
) {
  const sorted = roots.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  for (let start = 0; start < sorted.length; start += pageSize) {
    const page = sorted.slice(start, start + pageSize);
    const last = page.at(-1);
    if (last !== undefined) yield { roots: page, cursor: last.id };
  }
}
