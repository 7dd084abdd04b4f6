import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { FactValue, Link } from '#libs/facts/fact-kinds.ts';
import type { RootKind, RootRef, StoredRoot } from '#libs/model/stored.ts';
import { ROOT_KINDS } from '#libs/model/stored.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import type { RootLinks, RootMatch } from '#libs/planning/plan-types.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany, type Asked } from './ask-store.ts';
import type { Group } from './coalesce.ts';
import { lookUp } from './look-up.ts';
import { readGone } from './read-gone.ts';

/** One group with everything its plan depends on. */
export type ReadGroup = {
  readonly group: Group;
  readonly source: StoredRoot | null;
  readonly links: RootLinks;
  readonly references: RootLinks;
  readonly match: RootMatch | null;
  /** When the read of the source began. */
  readonly readAt: number;
  /** When the look-up for its counterpart began: what landed later it cannot have seen. */
  readonly lookedAt: number;
  readonly target: StoredRoot | null;
  /** A person has set it aside. */
  readonly ignored: boolean;
  readonly settled: FactValue<'settled'> | null;
  readonly retired: FactValue<'retired'> | null;
  readonly inheritedFields: FactValue<'inherited'> | null;
  readonly creating: FactValue<'creating'> | null;
  readonly parked: FactValue<'parked'> | null;
  readonly retrying: FactValue<'retrying'> | null;
  /** Why it could not be read although its store is well. */
  readonly failure: string | null;
};

/** Reads sources, then links, then targets, each in as few calls as the platforms allow. */
export async function readBatch(
  deps: ApplierDeps,
  groups: readonly Group[],
  signal: AbortSignal,
): Promise<readonly ReadGroup[]> {
  const call: ReadContext = {
    signal,
    priority: groups.every(({ onlyLooks }) => onlyLooks) ? 'compare' : 'change',
    fields: deps.settings.selection,
  };
  const readAt = deps.clock.now();
  const narrowed = await readSources(deps, groups, call);
  const known = await readLinks(deps, narrowed);
  const sources = await widen(deps, groups, narrowed, known, call);
  const absent = groups.filter((_, index) => isAbsent(sources[index]));
  const gone = await readGone(deps, absent, call);
  const links = sources === narrowed ? known : await readLinks(deps, sources);
  const lookedAt = deps.clock.now();
  const matches = await lookUp(
    deps,
    groups.map((_, index) => unlinked(sources[index], links)),
    call,
  );
  const targets = await readTargets(deps, groups, sources, links, call);
  const facts = await readFacts(deps, groups);

  return groups.map((group, index) => {
    const source = sources[index];
    const lost = gone.get(group.key);
    const target = targets[index] ?? lost?.target ?? undefined;
    const looked = matches[index] ?? null;
    const failed = [source, target, looked].find((read) => read?.kind === 'failed');
    const stored = source?.kind === 'got' ? source.value : null;
    return {
      group,
      source: stored,
      links: stored === null ? (lost?.links ?? new Map()) : linksOf(stored, links),
      references: stored === null ? new Map() : referencesOf(stored, links),
      match: looked?.kind === 'got' ? looked.match : null,
      readAt,
      lookedAt,
      target: target?.kind === 'got' ? target.value : null,
      ignored: (facts.ignored[index] ?? null) !== null,
      settled: facts.settled[index] ?? null,
      retired: facts.retired[index] ?? null,
      inheritedFields: facts.inherited[index] ?? null,
      creating: facts.creating[index] ?? null,
      parked: facts.parked[index] ?? null,
      retrying: facts.retrying[index] ?? null,
      failure: failed?.message ?? lost?.doubt ?? null,
    };
  });
}

type Read = Asked<StoredRoot | null>;

function isAbsent(read: Read | undefined): boolean {
  return read?.kind === 'got' && read.value === null;
}

async function readSources(
  deps: ApplierDeps,
  groups: readonly Group[],
  call: ReadContext,
): Promise<readonly (Read | undefined)[]> {
  const { source, sourceHealth } = deps;
  return inKinds(groups, async (root, members) => {
    const refs = members.map(({ rootId, children }): RootRef =>
      children === undefined ? { id: rootId } : { id: rootId, children },
    );
    return askMany(refs, (some) => source.readRoots(root, some, call), 'source', sourceHealth);
  });
}

// A part of a product is enough for what is linked; linking and creating look at all of it.
async function widen(
  deps: ApplierDeps,
  groups: readonly Group[],
  reads: readonly (Read | undefined)[],
  links: ReadonlyMap<string, Link>,
  call: ReadContext,
): Promise<readonly (Read | undefined)[]> {
  const narrow = groups.filter((_, index) => isPartOfUnlinked(reads[index], links));
  if (narrow.length === 0) return reads;
  const whole = await readSources(
    deps,
    narrow.map((group) => ({ ...group, children: undefined })),
    call,
  );
  const byKey = new Map(narrow.map(({ key }, index) => [key, whole[index]]));
  return groups.map(({ key }, index) => (byKey.has(key) ? byKey.get(key) : reads[index]));
}

function isPartOfUnlinked(read: Read | undefined, links: ReadonlyMap<string, Link>): boolean {
  if (read?.kind !== 'got' || read.value?.root !== 'product' || !read.value.partial) return false;
  return entityIds(read.value).some((id) => !links.has(id));
}

/** Runs one call a root kind and puts the answers back in the order of the groups. */
async function inKinds<T>(
  groups: readonly Group[],
  run: (root: RootKind, members: readonly Group[]) => Promise<readonly T[]>,
): Promise<readonly (T | undefined)[]> {
  const answers = new Map<string, T>();
  for (const root of ROOT_KINDS) {
    const members = groups.filter((group) => group.root === root);
    if (members.length === 0) continue;
    const values = await run(root, members);
    for (const [index, { key }] of members.entries()) {
      const value = values[index];
      if (value !== undefined) answers.set(key, value);
    }
  }
  return groups.map(({ key }) => answers.get(key));
}

async function readLinks(
  { facts, settings }: ApplierDeps,
  sources: readonly (Read | undefined)[],
): Promise<ReadonlyMap<string, Link>> {
  const ids = [
    ...new Set(
      sources.flatMap((read) =>
        read?.kind === 'got' && read.value !== null ? [...entityIds(read.value), ...referenceIds(read.value)] : [],
      ),
    ),
  ];
  const values = await facts.getMany(settings.name, 'link', ids);
  return new Map(ids.flatMap((id, index) => (values[index] ? [[id, values[index]] as const] : [])));
}

function entityIds(stored: StoredRoot): readonly string[] {
  return entitiesOf(stored).map(({ entity, id }) => `${entity}:${id}`);
}

function referenceIds(stored: StoredRoot): readonly string[] {
  if (stored.root !== 'order') return [];
  const { lines, customerId } = stored.order;
  const variants = lines.flatMap(({ variantId }) => (variantId === null ? [] : [`variant:${variantId}`]));
  return customerId === null ? variants : [...variants, `customer:${customerId}`];
}

function pick(ids: readonly string[], links: ReadonlyMap<string, Link>): RootLinks {
  return new Map(ids.flatMap((id) => (links.has(id) ? [[id, links.get(id) as Link] as const] : [])));
}

function linksOf(stored: StoredRoot, links: ReadonlyMap<string, Link>): RootLinks {
  return pick(entityIds(stored), links);
}

function referencesOf(stored: StoredRoot, links: ReadonlyMap<string, Link>): RootLinks {
  return pick(referenceIds(stored), links);
}

function unlinked(read: Read | undefined, links: ReadonlyMap<string, Link>): StoredRoot | null {
  if (read?.kind !== 'got' || read.value === null) return null;
  return links.has(`${read.value.root}:${read.value.id}`) ? null : read.value;
}

async function readTargets(
  { target, targetHealth }: ApplierDeps,
  groups: readonly Group[],
  sources: readonly (Read | undefined)[],
  links: ReadonlyMap<string, Link>,
  call: ReadContext,
): Promise<readonly (Read | undefined)[]> {
  const refs = new Map(groups.map(({ key }, index) => [key, targetRef(sources[index], links)]));
  const linked = groups.filter(({ key }) => refs.get(key) != null);
  const reads = await inKinds(linked, async (root, members) =>
    askMany(
      members.map(({ key }) => refs.get(key) as RootRef),
      (some) => target.readRoots(root, some, call),
      'target',
      targetHealth,
    ),
  );
  const byKey = new Map(linked.map(({ key }, index) => [key, reads[index]]));
  return groups.map(({ key }) => byKey.get(key));
}

function targetRef(read: Read | undefined, links: ReadonlyMap<string, Link>): RootRef | null {
  if (read?.kind !== 'got' || read.value === null) return null;
  const stored = read.value;
  const link = links.get(`${stored.root}:${stored.id}`);
  if (link === undefined) return null;
  if (stored.root !== 'product' || !stored.partial) return { id: link.targetId };
  const children = stored.variants.map(({ id }) => links.get(`variant:${id}`)?.targetId);
  // A variant without a link may be new: then the whole product is looked at.
  if (children.some((id) => id === undefined)) return { id: link.targetId };
  return { id: link.targetId, children: children as readonly string[] };
}

async function readFacts({ facts, settings }: ApplierDeps, groups: readonly Group[]) {
  const keys = groups.map(({ key }) => key);
  const [ignored, settled, retired, inherited, creating, parked, retrying] = await Promise.all([
    facts.getMany(
      settings.name,
      'ignored',
      keys.map((key) => `source/${key}`),
    ),
    facts.getMany(settings.name, 'settled', keys),
    facts.getMany(settings.name, 'retired', keys),
    facts.getMany(settings.name, 'inherited', keys),
    facts.getMany(settings.name, 'creating', keys),
    facts.getMany(settings.name, 'parked', keys),
    facts.getMany(settings.name, 'retrying', keys),
  ]);
  return { ignored, settled, retired, inherited, creating, parked, retrying };
}
