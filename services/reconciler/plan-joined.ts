import type { Candidates } from '#libs/planning/match-root.ts';
import { matchRoot, naturalKeys } from '#libs/planning/match-root.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import type { PlanInput, RootMatch, RootPlan } from '#libs/planning/plan-types.ts';
import type { FactValue, Link } from '#libs/facts/fact-kinds.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { naturalKey, stampKey } from './run-tables.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { Joined, RunFile } from './run-file.ts';

/** One joined line with what the applier's own plan function says about it, from what the scans saw. */
export type PlannedLine = {
  readonly line: Joined;
  readonly source: StoredRoot | null;
  readonly target: StoredRoot | null;
  readonly plan: RootPlan | null;
  readonly match: RootMatch | null;
  /** Source variants of a linked product that have no counterpart in it. */
  readonly loose: readonly string[];
  /** The source id that a link names for a target root whose source was not seen. */
  readonly lostSourceId: string | null;
  /** A person has set it aside. */
  readonly ignored: boolean;
  /** What Lockstep archived of it. */
  readonly retired: FactValue<'retired'> | null;
};

// Facts are read for so many roots at once.
const PAGE = 200;

/** Walks the joined lines of a run, planning each: pages of facts are read between them, so memory stays flat. */
export async function* planJoined(
  deps: ReconcilerDeps,
  file: RunFile,
  after: number,
  signal: AbortSignal,
): AsyncIterable<readonly PlannedLine[]> {
  const { facts, settings } = deps;
  const held = new Set<string>();
  for await (const { id } of facts.list(settings.name, 'hold')) if (id !== '*') held.add(id);
  for (let at = after; ;) {
    signal.throwIfAborted();
    const lines = file.joined(at, PAGE);
    const last = lines.at(-1);
    if (last === undefined) return;
    const lost = lines.map((line) => lostSourceId(file, line));
    const keys = lines.map(({ root, sourceId }, index) => `${root}:${sourceId ?? lost[index] ?? ''}`);
    const [ignored, inherited, retired] = await Promise.all([
      facts.getMany(
        settings.name,
        'ignored',
        lines.map(({ root, sourceId, targetId }) =>
          sourceId === null ? `target/${root}:${targetId ?? ''}` : `source/${root}:${sourceId}`,
        ),
      ),
      facts.getMany(settings.name, 'inherited', keys),
      facts.getMany(settings.name, 'retired', keys),
    ]);
    yield lines.map((line, index) => {
      const isIgnored = (ignored[index] ?? null) !== null;
      const known = { ignored: isIgnored, inherited: inherited[index] ?? null, retired: retired[index] ?? null, held };
      const planned = planLine(deps, file, line, known);
      return { ...planned, lostSourceId: lost[index] ?? null, retired: known.retired, ignored: isIgnored };
    });
    at = last.n;
  }
}

function planLine(
  deps: ReconcilerDeps,
  file: RunFile,
  line: Joined,
  known: Pick<PlanInput, 'inherited' | 'held' | 'retired' | 'ignored'>,
): Omit<PlannedLine, 'lostSourceId' | 'retired' | 'ignored'> {
  const source = line.sourceId === null ? null : file.read('source', line.root, line.sourceId);
  const target = line.targetId === null ? null : file.read('target', line.root, line.targetId);
  if (source === null) return { line, source, target, plan: null, match: null, loose: [] };
  const links = linksOf(file, source);
  const linked = links.has(`${source.root}:${source.id}`);
  const match = linked ? null : findMatch(file, source);
  const input: PlanInput = {
    settings: deps.settings,
    root: source.root,
    rootId: source.id,
    source,
    links,
    match,
    target,
    settled: null,
    ...known,
    references: new Map(),
    express: deps.target.express,
    capabilities: deps.target.capabilities,
    fingerprint: deps.fingerprint,
  };
  return {
    line,
    source,
    target,
    plan: planRoot(input),
    match,
    loose: linked ? looseVariants(source, target, links) : [],
  };
}

function lostSourceId(file: RunFile, { root, sourceId, targetId }: Joined): string | null {
  return sourceId !== null || targetId === null ? null : (file.sourceOf(root, targetId)?.sourceId ?? null);
}

function linksOf(file: RunFile, source: StoredRoot): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  for (const { entity, id } of entitiesOf(source)) {
    const link = file.linkOf(entity, id);
    if (link !== null) links.set(`${entity}:${id}`, link);
  }
  return links;
}

function looseVariants(
  source: StoredRoot,
  target: StoredRoot | null,
  links: ReadonlyMap<string, Link>,
): readonly string[] {
  if (source.root !== 'product' || target?.root !== 'product') return [];
  const present = new Set(target.variants.map(({ id }) => id));
  return source.variants
    .filter(({ id }) => {
      const link = links.get(`variant:${id}`);
      return link === undefined || !present.has(link.targetId);
    })
    .map(({ id }) => id);
}

/** Looks in what the target's scan saw, by source id and then by natural key; uniqueness is counted on both sides. */
export function findMatch(file: RunFile, source: StoredRoot): RootMatch {
  const { key, values } = naturalKeys(source);
  const byKey: Map<string, { targets: readonly StoredRoot[]; sources: number }> = new Map();
  for (const value of values) {
    const name = naturalKey(key, value);
    byKey.set(value, {
      targets: readAll(file, source.root, file.byKey('target', source.root, name)),
      sources: file.byKey('source', source.root, name).length,
    });
  }
  const candidates: Candidates = { bySourceId: bySourceId(file, source), byKey };
  return matchRoot(source, candidates);
}

function bySourceId(file: RunFile, source: StoredRoot): StoredRoot | null {
  const stamps = [
    stampKey(source.root, source.id),
    ...(source.root === 'product' ? source.variants.map(({ id }) => stampKey('variant', id)) : []),
  ];
  for (const stamp of stamps) {
    const [first] = readAll(file, source.root, file.byKey('target', source.root, stamp));
    if (first !== undefined) return first;
  }
  return null;
}

function readAll(file: RunFile, root: RootKind, ids: readonly string[]): readonly StoredRoot[] {
  return ids.flatMap((id) => file.read('target', root, id) ?? []);
}
