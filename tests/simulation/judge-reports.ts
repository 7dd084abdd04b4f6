import type { EventLog } from '#libs/event-log/event-log.ts';
import { journalRecordSchema, type NewsOutcome } from '#libs/journal/journal-records.ts';
import type { Cause } from '../../services/reconciler/find-cause.ts';
import type { Finding, RunResult } from '../../services/reconciler/finding.ts';
import { listRuns, readFindings } from '../../services/reconciler/read-run.ts';
import type { Ledger } from './ledger.ts';
import { LATE_AFTER_MS } from './stage.ts';

/** A run that came to its end, with what it told and how its questions ended. */
export type ToldRun = {
  readonly run: RunResult;
  readonly findings: readonly Finding[];
  /** Outcomes of its questions; `beside`: other news of the root was in the same batch. */
  readonly answers: readonly { readonly at: number; readonly outcome: NewsOutcome; readonly beside: boolean }[];
};

export type Told = {
  readonly runs: readonly ToldRun[];
  readonly batches: readonly { readonly at: number; readonly outcomes: readonly NewsOutcome[] }[];
  readonly outcomes: readonly NewsOutcome[];
  /** Roots of calls to the target whose senders heard no answer. */
  readonly unheard: readonly { readonly at: number; readonly root: string }[];
};

/** Everything that the history's comparisons told, and the journal. */
export async function readTold(log: EventLog, folder: string): Promise<Told> {
  const batches: { readonly at: number; readonly outcomes: readonly NewsOutcome[] }[] = [];
  const calls = new Map<string, Told['unheard'][number]>();
  for await (const { record } of log.readJournal('acme')) {
    const parsed = journalRecordSchema.parse(record);
    if (parsed.type === 'batch') batches.push(parsed);
    else if (parsed.type === 'before') calls.set(`${parsed.call} ${parsed.root}`, parsed);
    else if (parsed.outcome !== 'unknown') calls.delete(`${parsed.call} ${parsed.root}`);
  }
  const answers = batches.flatMap(({ at, outcomes }) =>
    outcomes
      .filter(({ kind }) => kind === 'compare')
      .map((outcome) => ({
        at,
        outcome,
        beside: outcomes.some(({ kind, root }) => root === outcome.root && kind !== 'compare'),
      })),
  );
  const runs = listRuns(folder, 'acme').map((run) => ({
    run,
    findings: [...readFindings(run.file)],
    answers: answers.filter(({ outcome }) => outcome.run === run.id),
  }));
  return { runs, batches, outcomes: batches.flatMap(({ outcomes }) => outcomes), unheard: [...calls.values()] };
}

/** The conservation law: every news on the log has an outcome, or is outstanding. */
export async function judgeOutcomes(log: EventLog, { outcomes }: Told): Promise<readonly string[]> {
  const known = new Set(outcomes.map(({ offset }) => offset));
  const ends = await log.ends('acme');
  return ends.flatMap(({ start, committed }) =>
    Array.from({ length: (committed ?? start) - start }, (_, index) => start + index)
      .filter((offset) => !known.has(offset))
      .map((offset) => `news ${String(offset)} is settled without an outcome`),
  );
}

/** What a report told that is not so, or did not tell that is, by the ledger; in words. */
export function judgeReports(told: Told, ledger: Ledger): readonly string[] {
  const untrue = told.runs.flatMap((one) => [
    ...one.findings.flatMap((finding) => {
      const why = isUntrue(finding, one, told, ledger);
      return why === null ? [] : [`${one.run.id} tells ${keyOf(finding)} ${finding.cause}: ${why}`];
    }),
    ...unseen(one, ledger),
    ...unnamed(one),
    ...untold(one, told, ledger),
  ]);
  return [...untrue, ...abandoned(told)];
}

/** What was repaired for a comparison that never came to its end: nobody tells of it. */
function abandoned({ runs, outcomes }: Told): readonly string[] {
  const ended = new Set(runs.map(({ run }) => run.id));
  return outcomes.flatMap(({ kind, run, outcome, root, differences = [] }) =>
    kind === 'compare' &&
    run !== undefined &&
    !ended.has(run.replace('.verify', '')) &&
    outcome === 'applied' &&
    differences.length > 0
      ? [`${run} had ${root} repaired, and no report tells it`]
      : [],
  );
}

function keyOf({ entity, field }: Pick<Finding, 'entity' | 'field'>): string {
  return `${entity}/${field ?? ''}`;
}

type Check = (finding: Finding, one: ToldRun, told: Told, ledger: Ledger) => string | null;

function isUntrue(...[finding, one, told, ledger]: Parameters<Check>): string | null {
  // Told apart from drift, and only as what the scans saw: what was being made just then had no link yet.
  if (finding.cause === 'only-on-target') return null;
  const check = CAUSES[finding.cause];
  if (check === undefined) return 'nothing of the kind ever happened';
  const { startedAt, endedAt } = one.run;
  const stood = ledger.stood.some(
    ({ key, from, until }) => key === keyOf(finding) && from <= endedAt && until >= startedAt,
  );
  // Of a root that is delayed or parked the report says so, whether or not it still differs.
  if (!stood && finding.cause !== 'failed-apply') return 'it did not differ at any time of the run';
  return check(finding, one, told, ledger);
}

const CAUSES: { readonly [C in Cause]?: Check } = {
  'missed-webhook': missed,
  // The source's clock has a grain of a second, and a change that does not move it looks older than it is.
  'late-webhook': ({ root }, one, _told, { accepted, changes }) =>
    accepted.some(
      (hook) =>
        hook.root === root &&
        hook.at - hook.changeAt > LATE_AFTER_MS - 1_000 &&
        hook.at >= askedAt(one, root) &&
        hook.at <= one.run.endedAt,
    ) || changes.some((change) => change.root === root && change.clock !== 'moved' && change.at <= one.run.endedAt)
      ? null
      : 'none came late',
  'silent-at-source': ({ root }, one, _told, { changes }) =>
    changes.some((change) => change.root === root && change.clock === 'still' && change.at <= one.run.endedAt)
      ? null
      : 'its clock moved with each change',
  'target-edited': ({ root }, one, _told, { edits }) =>
    edits.some((edit) => edit.root === root && edit.at <= one.run.endedAt) ? null : 'no person touched it',
  'new-at-source': ({ root, field }, one, _told, { changes }) => {
    if (field !== null) return 'it is a field';
    // What both stores held before the history began was never new in it.
    return changes.some((change) => change.root === root && change.at <= one.run.endedAt) ? null : 'it is not new';
  },
  'failed-apply': ({ root }, { run }, { batches }) =>
    batches.some(
      ({ at, outcomes }) =>
        at <= run.endedAt &&
        outcomes.some((one) => one.root === root && (one.outcome === 'delayed' || one.outcome === 'parked')),
    )
      ? null
      : 'nothing of it failed',
  'under-way': ({ root, foundAt }, one, _told, { changes, accepted }) =>
    changes.some((change) => change.root === root && foundAt - change.at < LATE_AFTER_MS + 1_000) ||
    accepted.some((hook) => hook.root === root && hook.at >= askedAt(one, root))
      ? null
      : 'nothing was on its way',
  inconclusive: ({ root }, one, { unheard }, { changes, edits, accepted }) =>
    changes.some((change) => change.root === root && change.clock !== 'moved') ||
    edits.some((edit) => edit.root === root) ||
    unheard.some((call) => call.root === root && call.at < askedAt(one, root)) ||
    // A webhook that came after the question, of a change after the one that was found: it cannot be told apart from a late one.
    accepted.some(
      (hook) =>
        hook.root === root &&
        hook.at >= askedAt(one, root) &&
        hook.at <= one.run.endedAt &&
        changes.some((change) => change.root === root && change.at < hook.changeAt),
    )
      ? null
      : 'its cause can be told',
};

function askedAt({ answers }: ToldRun, root: string): number {
  return Math.min(...answers.flatMap(({ outcome }) => (outcome.root === root ? [outcome.receivedAt] : [])));
}

// No webhook of the last change may have been accepted before the question was: it would have been applied before it, or failed.
function missed(...[{ root }, one, , { changes, accepted }]: Parameters<Check>): string | null {
  const answers = one.answers.filter(({ outcome }) => outcome.root === root);
  const asked = askedAt(one, root);
  const looked = Math.max(...answers.map(({ at }) => at));
  const last = changes.findLast((change) => change.root === root && change.at <= looked);
  if (last === undefined) return 'nothing changed before the look';
  const came = accepted.some((hook) => hook.root === root && hook.at >= last.at && hook.at < asked);
  return came ? 'its webhook had come' : null;
}

/** What stood from before the run to its end, and is not told; what the applier found together with other news was in flight. */
function unseen({ run, findings, answers }: ToldRun, { stood }: Ledger): readonly string[] {
  const told = new Set([
    ...findings.map(keyOf),
    ...answers.filter(({ beside }) => beside).map(({ outcome }) => `${outcome.root}/`),
  ]);
  return stood.flatMap(({ key, root, from, until }) =>
    from < run.startedAt && until > run.endedAt && !told.has(key) && !told.has(`${root}/`)
      ? [`${run.id} does not tell that ${key} differs`]
      : [],
  );
}

/** What stood when the run began, ended with it although no other news of it was in work, and is not told: so a question repaired it. */
function untold(
  { run, findings }: ToldRun,
  { batches }: Told,
  { stood, gaps, changes, edits }: Ledger,
): readonly string[] {
  // What a dead applier had in work has no outcome where the log lost its news.
  if (gaps.some((at) => at >= run.startedAt)) return [];
  const told = new Set(findings.flatMap((finding) => [keyOf(finding), `${finding.root}/`]));
  const otherNews = (root: string) =>
    batches.some(
      ({ at, outcomes }) => at >= run.startedAt && outcomes.some((one) => one.root === root && one.kind !== 'compare'),
    );
  // The source, or a person, took it back.
  const movedBack = (root: string, at: number) =>
    [...changes, ...edits].some((one) => one.root === root && one.at === at);
  return stood.flatMap(({ key, root, from, until }) =>
    from < run.startedAt &&
    until >= run.startedAt &&
    until <= run.endedAt &&
    !told.has(key) &&
    !otherNews(root) &&
    !movedBack(root, until)
      ? [`${run.id} does not tell that ${key} differed until it came`]
      : [],
  );
}

/** What a question found and had written, and is not told. Only its first answer counts: delivered again, it may meet what came later. */
function unnamed({ run, findings, answers }: ToldRun): readonly string[] {
  const told = new Set(findings.flatMap((finding) => [keyOf(finding), `${finding.root}/`]));
  return answers
    .filter((one, index) => answers.findIndex(({ outcome }) => outcome.root === one.outcome.root) === index)
    .filter(({ beside, outcome }) => !beside && outcome.outcome === 'applied')
    .flatMap(({ outcome }) => outcome.differences ?? [])
    .flatMap((one) => (told.has(keyOf(one)) ? [] : [`${run.id} wrote ${keyOf(one)} and does not tell it`]));
}
