import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT_KINDS, type EntityKind, type RootKind, type StoredRoot } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openAgreedFile } from './agreed-file.ts';
import { askAboutCandidates, keyOf, verifyRepairs, type AskOptions } from './ask-applier.ts';
import { findCandidates } from './find-candidates.ts';
import type { RunResult } from './finding.ts';
import { judgeRoot, wasRepaired } from './judge-root.ts';
import type { JournalStore } from './journal-store.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { writeReport } from './report/write-report.ts';
import { guardRunFile } from './guard-run-file.ts';
import { openRunFile, type Candidate, type RunFile } from './run-file.ts';
import { followedRoots, scanStores, type OnProgress } from './scan-stores.ts';
import { summarise } from './summarise.ts';

export type ComparisonDeps = ReconcilerDeps & { readonly journal: JournalStore };
export type ComparisonOptions = {
  /** Every entity that is followed when absent. */
  readonly entities?: readonly EntityKind[];
  readonly repair: boolean;
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Throws when another process may have taken the run over: asked before each use of its file. @default nobody can */
  readonly assertHeld?: () => void;
};
export type Comparison = { readonly run: (options: ComparisonOptions) => Promise<RunResult> };

// An unfinished run older than this says nothing about today: it begins anew.
const RESUME_WITHIN_MS = 12 * 3_600_000;
const PAGE = 200;

/** The full comparison of a pair: both stores scanned, what differs asked about, named, repaired, seen again, and kept as a report. */
export function createComparison(
  deps: ComparisonDeps,
  waits: Partial<Pick<AskOptions, 'pollMs' | 'patienceMs' | 'windowMax'>> = {},
): Comparison {
  return {
    async run({ entities, repair, dryRun = false, signal, onProgress = () => undefined, assertHeld }) {
      const roots = followedRoots(deps.settings).filter((root) => entities === undefined || covers(entities, root));
      const repairs = repair && !dryRun;
      const { file: opened, id, startedAt } = openRun(deps, roots, repairs);
      const file = assertHeld === undefined ? opened : guardRunFile(opened, assertHeld);
      const agreed = openAgreedFile(runsDir(deps.reportsDir, deps.settings.name));
      const asking: AskOptions = {
        run: id,
        agreed,
        repair: repairs,
        signal,
        onProgress,
        pollMs: waits.pollMs ?? 200,
        patienceMs: waits.patienceMs ?? 1_800_000,
        windowMax: waits.windowMax ?? 500,
      };
      try {
        await putRun(deps, id, { at: startedAt, repair: repairs });
        await scanStores(deps, file, roots, signal, onProgress);
        if (file.getNote('joined') === null) file.putNote('joined', String(file.join()));
        onProgress({ stage: 'comparing', done: 0, of: Number(file.getNote('joined')) });
        await findCandidates(deps, file, agreed, { repair: repairs, signal });
        await askAboutCandidates(deps, file, deps.journal, asking);
        await judge(deps, file);
        if (repairs) {
          await verifyRepairs(deps, file, deps.journal, asking);
          await judge(deps, file);
        }
        return await endRun(deps, file, { id, startedAt, repair: repairs });
      } finally {
        agreed.close();
        file.close();
      }
    },
  };
}

function covers(entities: readonly EntityKind[], root: RootKind): boolean {
  return entities.includes(root) || (root === 'product' && entities.includes('variant'));
}

type Run = { readonly id: string; readonly startedAt: number; readonly repair: boolean };

/** The folder of a pair's runs. */
export function runsDir(reportsDir: string, pair: string): string {
  return join(reportsDir, 'runs', pair);
}

function openRun(
  { settings, reportsDir, clock, random, say }: ReconcilerDeps,
  roots: readonly RootKind[],
  repair: boolean,
): { readonly file: RunFile; readonly id: string; readonly startedAt: number } {
  const folder = runsDir(reportsDir, settings.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const asked = JSON.stringify([ROOT_KINDS.filter((root) => roots.includes(root)), repair, settings.configHash]);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.sqlite'))) {
    const file = openOrNull(join(folder, name));
    const startedAt = Number(file?.getNote('startedAt') ?? 0);
    if (file === null) {
      // Torn by a crash of the machine: a run can be repeated, so it is not worth mending.
      say('warn', { run: name }, 'a run file cannot be read: thrown away');
      dropFile(join(folder, name));
    } else if (file.getNote('result') !== null) {
      file.close();
    } else if (file.getNote('asked') === asked && clock.now() - startedAt < RESUME_WITHIN_MS) {
      const id = name.slice(0, -'.sqlite'.length);
      say('info', { run: id }, 'going on with a comparison that was cut short');
      return { file, id, startedAt };
    } else {
      // It will never be finished, and it holds what the stores said about people.
      file.close();
      dropFile(join(folder, name));
    }
  }
  const startedAt = clock.now();
  const id = `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '-')}-${randomId(random).slice(0, 4)}`;
  const file = openRunFile(join(folder, `${id}.sqlite`));
  file.putNote('startedAt', String(startedAt));
  file.putNote('asked', asked);
  return { file, id, startedAt };
}

function counterpart(file: RunFile, { root, rootId }: Candidate): StoredRoot | null {
  const link = file.linkOf(root, rootId);
  return link === null ? null : file.read('target', root, link.targetId);
}

function openOrNull(path: string): RunFile | null {
  try {
    return openRunFile(path);
  } catch {
    return null;
  }
}

function dropFile(path: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(`${path}${ending}`, { force: true });
}

async function judge(deps: ComparisonDeps, file: RunFile): Promise<void> {
  const { facts, settings, clock, journal, fingerprint } = deps;
  const now = clock.now();
  const approval = await facts.get(settings.name, 'approval', 'approval');
  const phase = await facts.get(settings.name, 'phase', 'phase');
  await journal.tail();
  for (let after = ''; ;) {
    const page = file.answeredAfter(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    const loose = await stillLoose(deps, page);
    for (const [index, candidate] of page.entries()) {
      const findings = judgeRoot({
        candidate,
        source: file.read('source', candidate.root, candidate.rootId),
        target: counterpart(file, candidate),
        loose: loose[index] ?? [],
        news: journal.newsOf(keyOf(candidate), 50),
        doubted: doubtedFields(journal, candidate, settings.timing.lateAfterMs),
        fingerprint,
        now,
        lateAfterMs: settings.timing.lateAfterMs,
        webhooksOff: settings.webhooks === 'off',
        approvedAt: approval?.at ?? null,
        observing: (phase?.phase ?? 'observe') === 'observe',
        followedSince: approval?.at ?? settings.migratedAt,
      });
      file.dropFindings(keyOf(candidate));
      file.addFindings(findings);
      if (findings.length > 0 && wasRepaired(candidate) && candidate.verified === null) file.toVerify(keyOf(candidate));
    }
    after = keyOf(last);
  }
}

const CALLS_MAX = 50;

// A call without an answer can land long after it was given up on, as if a person had put an older value there.
function doubtedFields(journal: JournalStore, candidate: Candidate, lateAfterMs: number): ReadonlySet<string> {
  const { before, askedAt } = candidate;
  if (askedAt === null) return new Set();
  const since = (before?.settled?.at ?? askedAt) - lateAfterMs;
  const calls = journal.calls({ root: keyOf(candidate), since, limit: CALLS_MAX });
  return new Set(
    calls
      .filter((call) => call.before.at < askedAt && (call.after === null || UNHEARD.has(call.after.outcome)))
      .flatMap((call) => call.before.fields.map(({ field }) => field)),
  );
}
const UNHEARD: ReadonlySet<string> = new Set(['unknown', 'failed']);

async function stillLoose(
  { facts, settings }: ReconcilerDeps,
  page: readonly Candidate[],
): Promise<readonly (readonly string[])[]> {
  const ids = page.flatMap(({ loose }) => loose.map((id) => `variant:${id}`));
  if (ids.length === 0) return page.map(() => []);
  const links = await facts.getMany(settings.name, 'link', ids);
  const linked = new Set(ids.filter((_, index) => (links[index] ?? null) !== null));
  return page.map(({ loose }) => loose.filter((id) => !linked.has(`variant:${id}`)));
}

async function endRun(deps: ComparisonDeps, file: RunFile, run: Run): Promise<RunResult> {
  const endedAt = deps.clock.now();
  const summary = summarise(file.findings());
  const result: RunResult = {
    ...summary,
    ...run,
    pair: deps.settings.name,
    endedAt,
    compared: file.compared(),
    file: file.path,
    report: null,
  };
  const earlier = await earlierRuns(deps, run.id);
  const written = writeReport({
    result,
    findings: () => file.findings(),
    earlier,
    dir: deps.reportsDir,
    timezone: deps.settings.reconcile.timezone,
  });
  const reported = { ...result, report: written.html };
  await putRun(deps, run.id, { at: run.startedAt, repair: run.repair }, reported);
  file.putNote('result', JSON.stringify(reported));
  file.forgetRows();
  deps.say('info', { run: run.id, drift: result.drift, repaired: result.repaired, left: result.left }, 'compared');
  return reported;
}

async function earlierRuns({ facts, settings }: ReconcilerDeps, except: string) {
  const runs: { at: number; drift: number; left: number }[] = [];
  for await (const { id, value } of facts.list(settings.name, 'run'))
    if (id !== except && value.endedAt !== null) runs.push({ at: value.at, drift: value.drift, left: value.left });
  return runs.toSorted((a, b) => a.at - b.at).slice(-29);
}

async function putRun(
  { facts, settings }: ReconcilerDeps,
  id: string,
  { at, repair }: { readonly at: number; readonly repair: boolean },
  result?: RunResult,
): Promise<void> {
  const { endedAt = null, drift = 0, repaired = 0, left = 0, report = null } = result ?? {};
  await facts.put([
    { pair: settings.name, kind: 'run', id, value: { at, endedAt, drift, repaired, left, repair, report } },
  ]);
}
