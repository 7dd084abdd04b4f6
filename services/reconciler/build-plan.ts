import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { PairSettings } from '#libs/model/pair.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import { tallyCensus, type Census } from './census.ts';
import { openAgreedFile } from './agreed-file.ts';
import { runsDir } from './compare-stores.ts';
import { agreedLines } from './find-candidates.ts';
import { planEntries, PLAN_KINDS, type PlanKind, type PlanLine } from './plan-lines.ts';
import { planJoined, type PlannedLine } from './plan-joined.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { openRunFile, type RunFile } from './run-file.ts';
import { followedRoots, scanStores, type OnProgress } from './scan-stores.ts';

/** What would be written, were it approved: counted here, line by line in its file. */
export type StorePlan = {
  readonly id: string;
  readonly at: number;
  readonly configHash: string;
  readonly counts: Readonly<Record<PlanKind, number>>;
  readonly onlyOnTarget: number;
  /** The same of kinds of which everything is to be created: until each is linked or set aside, nothing can be approved. Absent: none. */
  readonly openCensus?: Readonly<Partial<Record<RootKind, number>>>;
  /** How far it is known what is what; absent in plans of older versions. */
  readonly census?: Census;
  readonly newLinks: number;
  /** Linked entities that would get their source id, where the config asks for `stamp`. */
  readonly stamps: number;
  readonly compared: Readonly<Record<string, number>>;
  readonly plannedByField: Readonly<Record<string, number>>;
  readonly createByRoot: Readonly<Partial<Record<RootKind, number>>>;
  readonly file: string;
};

export type BuildPlanOptions = { readonly signal: AbortSignal; readonly onProgress?: OnProgress };

/** Scans both stores and says what differs: planned, inherited, to be created, ambiguous, unlinked. Writes nothing to any store or fact. */
export async function buildPlan(
  deps: ReconcilerDeps,
  { signal, onProgress = () => undefined }: BuildPlanOptions,
): Promise<StorePlan> {
  const { settings, reportsDir, clock, random } = deps;
  const folder = plansDir(reportsDir, settings.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  dropUnfinished(folder);
  const id = randomId(random).slice(0, 8);
  const readAt = clock.now();
  const path = join(folder, `${id}.sqlite`);
  const file = openRunFile(path);
  const agreed = openAgreedFile(runsDir(reportsDir, settings.name));
  try {
    await scanStores(deps, file, followedRoots(settings), signal, onProgress);
    onProgress({ stage: 'comparing', done: 0, of: file.join() });
    const census = tallyCensus((root, id) => file.linkOf(root, id)?.by ?? null);
    for await (const page of planJoined(deps, file, 0, signal)) {
      for (const line of page) census.add(line);
      agreed.put(
        agreedLines(
          deps,
          page.map((line) => withMatch(line)),
          { at: clock.now(), readAt },
        ),
      );
      const entries = page.flatMap((line) => planEntries(deps, file, line));
      file.putEntries(
        entries.filter(({ kind }) => kind === 'only-on-target'),
        'keep',
      );
      file.putEntries(entries.filter(({ kind }) => kind !== 'only-on-target'));
    }
    const plan: StorePlan = {
      id,
      at: clock.now(),
      configHash: settings.configHash,
      ...count(file, settings),
      census: census.result(),
      file: path,
    };
    file.putNote('plan', JSON.stringify(plan));
    file.forgetRows();
    return plan;
  } finally {
    agreed.close();
    file.close();
  }
}

// Before approval most roots are not linked yet: what they are matched with is what they agree with.
function withMatch(line: PlannedLine): PlannedLine {
  return line.target === null && line.match?.kind === 'one' ? { ...line, target: line.match.target } : line;
}

/** The folder of a pair's plans. */
export function plansDir(reportsDir: string, pair: string): string {
  return join(reportsDir, 'plans', pair);
}

// A plan that was cut short holds what the stores said about people, and nobody can approve it.
function dropUnfinished(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.sqlite'))) {
    const file = openRunFile(join(folder, name));
    const finished = file.getNote('plan') !== null;
    file.close();
    if (!finished) for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, `${name}${ending}`), { force: true });
  }
}

type Counts = Omit<StorePlan, 'id' | 'at' | 'configHash' | 'file' | 'census'>;

function count(file: RunFile, { create }: Pick<PairSettings, 'create'>): Counts {
  const counts = Object.fromEntries(PLAN_KINDS.map((kind) => [kind, 0])) as Record<PlanKind, number>;
  const plannedByField: Record<string, number> = {};
  const createByRoot: Partial<Record<RootKind, number>> = {};
  for (const kind of PLAN_KINDS)
    for (const { value } of file.entries(kind)) {
      const { field, root } = value as PlanLine;
      counts[kind] += 1;
      if (kind === 'planned' && field !== null) plannedByField[field] = (plannedByField[field] ?? 0) + 1;
      const name = root.slice(0, root.indexOf(':')) as RootKind;
      if (kind === 'create') createByRoot[name] = (createByRoot[name] ?? 0) + 1;
    }
  return {
    counts,
    plannedByField,
    createByRoot,
    onlyOnTarget: countOf(file, 'only-on-target'),
    openCensus: openCensus(file, create),
    newLinks: countOf(file, 'link'),
    stamps: countOf(file, 'stamp'),
    compared: file.compared(),
  };
}

function openCensus(file: RunFile, create: PairSettings['create']): Partial<Record<RootKind, number>> {
  const open: Partial<Record<RootKind, number>> = {};
  for (const { key } of file.entries('only-on-target')) {
    const root = key.slice('target '.length, key.indexOf(':')) as RootKind;
    if (create[root] === 'all') open[root] = (open[root] ?? 0) + 1;
  }
  return open;
}

function countOf(file: RunFile, kind: string): number {
  let many = 0;
  for (const _entry of file.entries(kind)) many += 1;
  return many;
}

/** What nobody has linked yet: of the old shop what is ambiguous or not found, of the new one what has no counterpart. */
export type OpenLink = {
  readonly side: 'source' | 'target';
  readonly root: string;
  readonly label: string;
  readonly why: string;
};

/** Walks what is open in a plan that was built. */
export function* readOpenLinks(path: string): Generator<OpenLink> {
  for (const { root, entity, label, reason, kind } of readPlanLines(path, ['ambiguous', 'unlinked']))
    if (root === entity) yield { side: 'source', root, label, why: reason ?? kind };
  const file = openRunFile(path);
  try {
    for (const { key, value } of file.entries('only-on-target')) {
      const root = key.slice('target '.length);
      yield { side: 'target', root, label: typeof value === 'string' ? value : root, why: 'only in the new shop' };
    }
  } finally {
    file.close();
  }
}

/** Walks the lines of a plan that was built, one kind after the other. */
export function* readPlanLines(
  path: string,
  kinds: readonly PlanKind[] = PLAN_KINDS,
): Generator<PlanLine & { readonly kind: PlanKind }> {
  const file = openRunFile(path);
  try {
    for (const kind of kinds) for (const { value } of file.entries(kind)) yield { ...(value as PlanLine), kind };
  } finally {
    file.close();
  }
}
