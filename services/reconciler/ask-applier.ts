import type { News } from '#libs/event-log/news.ts';
import type { AgreedFile } from './agreed-file.ts';
import { believeScans } from './believe-scans.ts';
import type { JournalStore } from './journal-store.ts';
import { markEnds } from './read-past.ts';
import type { ReconcilerDeps, ReconcilerRule } from './reconciler-deps.ts';
import type { Candidate, LastAgreed, RunFile } from './run-file.ts';
import type { OnProgress } from './scan-stores.ts';

export type AskOptions = {
  readonly run: string;
  readonly agreed: AgreedFile;
  readonly repair: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** How often the journal is looked at. */
  readonly pollMs: number;
  /** Without any answer for this long, the rest is `inconclusive`. */
  readonly patienceMs: number;
  /** How many questions are on the log at once. */
  readonly windowMax: number;
};

/** How often it is asked whether the log was read past questions that have no answer, in milliseconds. */
const CHECK_MS = 10_000;

/** Asks the applier about every candidate and waits for the answers: it reads both sides in turn with everything else on that key. */
export async function askAboutCandidates(
  deps: ReconcilerDeps,
  file: RunFile,
  journal: JournalStore,
  options: AskOptions,
): Promise<void> {
  const total = file.count('candidates');
  let done = 0;
  const rule: ReconcilerRule = 'look-through-applier';
  const believed =
    deps.without?.has(rule) === true ? await believeScans(deps, file, options.run, options.signal) : null;
  for (;;) {
    const window = file.candidates('unanswered', options.windowMax);
    if (window.length === 0) return;
    await publishQuestions(deps, file, journal, window, options);
    await collect(deps, journal, options, window, (root, answer) => {
      file.answered(root, believed === null ? answer : { outcome: believed.get(root) ?? null, beside: false });
      done += 1;
      options.onProgress({ stage: 'asking', done, of: total });
    });
  }
}

/** A second look at what was repaired, by the same road; nothing is written by it. */
export async function verifyRepairs(
  deps: ReconcilerDeps,
  file: RunFile,
  journal: JournalStore,
  asked: AskOptions,
): Promise<void> {
  const options = { ...asked, run: `${asked.run}.verify`, repair: false };
  for (;;) {
    const window = file.candidates('to-verify', options.windowMax);
    if (window.length === 0) return;
    await deps.log.publish(window.map((candidate) => question(deps, candidate, options)));
    await collect(deps, journal, options, window, file.verified);
    options.onProgress({ stage: 'verifying', done: window.length, of: null });
  }
}

/** Marks what is asked for the first time, then asks about everything of the window that has no answer on the journal yet. */
async function publishQuestions(
  deps: ReconcilerDeps,
  file: RunFile,
  journal: JournalStore,
  window: readonly Candidate[],
  options: AskOptions,
): Promise<void> {
  const asking = () => deps.log.publish(window.map((candidate) => question(deps, candidate, options)));
  const rule: ReconcilerRule = 'mark-before-asking';
  if (deps.without?.has(rule) === true) await asking();
  const fresh = window.filter(({ askedAt }) => askedAt === null);
  const keys = fresh.map((candidate) => keyOf(candidate));
  const pair = deps.settings.name;
  const [settled, parked] = await Promise.all([
    deps.facts.getMany(pair, 'settled', keys),
    deps.facts.getMany(pair, 'parked', keys),
  ]);
  // Marked before it is asked: the answer changes what was known before it. A process that dies in between asks once more.
  for (const [index, key] of keys.entries())
    file.asked(key, deps.clock.now(), {
      settled: later(settled[index] ?? null, options.agreed.get(key)),
      parked: parked[index] ?? null,
    });
  if (deps.without?.has(rule) === true) return;
  if (fresh.length < window.length) await journal.tail();
  const open = window.filter(
    (candidate) => candidate.askedAt === null || journal.answerOf(options.run, keyOf(candidate)) === null,
  );
  await deps.log.publish(open.map((candidate) => question(deps, candidate, options)));
}

// The later of both says what each field was; what it does not know, the earlier one may.
function later(settled: LastAgreed | null, agreed: LastAgreed | null): LastAgreed | null {
  if (settled === null || agreed === null) return settled ?? agreed;
  const [first, second] = settled.at <= agreed.at ? [settled, agreed] : [agreed, settled];
  const { at, readAt, changedAt } = second;
  return { at, ...(readAt === undefined ? {} : { readAt }), changedAt, wanted: { ...first.wanted, ...second.wanted } };
}

function question({ settings, clock }: ReconcilerDeps, { root, rootId }: Candidate, options: AskOptions): News {
  return {
    v: 1,
    pair: settings.name,
    root,
    rootId,
    kind: 'compare',
    repair: options.repair,
    run: options.run,
    topic: 'compare',
    receivedAt: clock.now(),
    via: 'compare',
    tries: 0,
  };
}

async function collect(
  deps: ReconcilerDeps,
  journal: JournalStore,
  options: AskOptions,
  window: readonly Candidate[],
  keep: RunFile['answered'],
): Promise<void> {
  const { clock, log, say } = deps;
  const { run, signal, pollMs, patienceMs } = options;
  const pair = deps.settings.name;
  const open = new Set(window.map((candidate) => keyOf(candidate)));
  let isReadPast = await markEnds(log, pair);
  let heardAt = clock.monotonic();
  let checkedAt = heardAt;
  for (;;) {
    const isDue = clock.monotonic() - checkedAt > CHECK_MS;
    if (isDue) checkedAt = clock.monotonic();
    // Asked before the journal is read: what has an outcome is told there.
    const isPast = isDue && (await isReadPast());
    await journal.tail();
    const before = open.size;
    for (const root of open) {
      const answer = journal.answerOf(run, root);
      if (answer === null) continue;
      keep(root, answer);
      open.delete(root);
    }
    if (open.size === 0) return;
    if (open.size < before) heardAt = clock.monotonic();
    if (isPast) {
      say('warn', { run, unanswered: open.size }, 'the log lost questions of the comparison: they are asked again');
      const lost = window.filter((candidate) => open.has(keyOf(candidate)));
      await log.publish(lost.map((candidate) => question(deps, candidate, options)));
      isReadPast = await markEnds(log, pair);
    }
    if (clock.monotonic() - heardAt > patienceMs) {
      say('warn', { run, unanswered: open.size }, 'nobody answers the comparison: is the applier running?');
      for (const root of open) keep(root, { outcome: null, beside: false });
      return;
    }
    await clock.sleep(pollMs, signal);
  }
}

export function keyOf({ root, rootId }: Pick<Candidate, 'root' | 'rootId'>): string {
  return `${root}:${rootId}`;
}
