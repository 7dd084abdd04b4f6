import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { Cron } from 'croner';

import { listOpenAlarms, type Alarm } from '#libs/facts/alarms.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { randomId } from '#libs/runtime/random.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import { wantsRepair } from './alarms.ts';
import { createComparison, type ComparisonOptions } from './compare-stores.ts';
import type { RunResult } from './finding.ts';
import { openJournalStore, type JournalStore } from './journal-store.ts';
import { keepLease, type Lease } from './keep-lease.ts';
import { noteUnheard } from './note-unheard.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { watchProgress, type RunProgress } from './run-progress.ts';
import { createRollingScan, type Pace, type RollingScan } from './rolling-scan.ts';
import { createSweep, type SweepResult } from './sweep.ts';
import { mendSubscriptions, type WebhookPlace } from './watch-subscriptions.ts';

export type Reconciler = {
  /** The pair's journal by root and time, for the console, `log` and `undo`; tailed while the reconciler runs. */
  readonly journal: JournalStore;
  /** A full comparison now, after what is running; resolves to its result. */
  readonly compare: (
    options: Omit<ComparisonOptions, 'signal' | 'assertHeld'> & { readonly signal?: AbortSignal },
  ) => Promise<RunResult>;
  readonly sweep: (roots?: readonly RootKind[]) => Promise<SweepResult>;
  /** How far the comparison is that runs here; null: none does. */
  readonly progress: () => RunProgress | null;
  /** What this process' last sweep found; null: it has not swept yet. */
  readonly lastSweep: () => (SweepResult & { readonly at: number }) | null;
  /** When the next full comparison is due; null without a schedule. */
  readonly nextRunAt: () => number | null;
  /** Resolves once nothing is running or due. */
  readonly idle: () => Promise<void>;
  /** Cuts a running comparison short (it goes on from its last page at the next start) and gives the lease back. */
  readonly stop: () => Promise<void>;
};

export type OpenReconcilerDeps = ReconcilerDeps & {
  readonly state: Pick<StateStore, 'lease' | 'release'>;
  /** Where `journal.sqlite` of the pair lies; it may be deleted. */
  readonly journalPath: string;
  /** Absent: webhooks are off, or nobody said where they belong; then they are not watched. */
  readonly webhooks?: WebhookPlace;
  /** How fast the rolling scan may go; absent: there is none. */
  readonly pace?: Pace;
  /** Does only what it is asked for: nothing by the clock, and nothing because of an alarm. */
  readonly onDemand?: boolean;
  /** @default { tickMs: 1000, leaseMs: 30000, retryMs: 30000, pollMs: 200 } */
  readonly waits?: Partial<Waits>;
};
type Waits = { readonly tickMs: number; readonly leaseMs: number; readonly retryMs: number; readonly pollMs: number };

const JOURNAL_KEPT_MS = 14 * 86_400_000;

/** Runs one pair's sweeps and comparisons in the process that holds its lease. */
export async function openReconciler(deps: OpenReconcilerDeps): Promise<Reconciler> {
  const { settings, log, facts, clock, state, say } = deps;
  const waits: Waits = { tickMs: 1_000, leaseMs: 30_000, retryMs: 30_000, pollMs: 200, ...deps.waits };
  if (deps.journalPath !== ':memory:') mkdirSync(dirname(deps.journalPath), { recursive: true, mode: 0o700 });
  const journal = openJournalStore(deps.journalPath, settings.name, log);
  const holder = randomId(deps.random);
  const { leaseMs } = waits;
  const lease = await keepLease({ name: `reconciler:${settings.name}`, holder, leaseMs, state, clock, say });
  const stopping = new AbortController();
  const once = createQueue();
  const sweep = createSweep(deps);
  const comparison = createComparison({ ...deps, journal }, { pollMs: waits.pollMs });
  const schedule = createSchedule(deps);
  const progress = watchProgress(clock.now);

  const compare: Reconciler['compare'] = (options) =>
    once(async () => {
      const held = await lease.held(stopping.signal);
      const alarms = await listOpenAlarms(facts, settings.name);
      const signals = [held, stopping.signal, ...(options.signal === undefined ? [] : [options.signal])];
      const run = await comparison
        .run({
          ...options,
          onProgress: progress.watch(options.onProgress),
          assertHeld: lease.assertHeld,
          signal: AbortSignal.any(signals),
        })
        .finally(progress.ended);
      if (options.entities === undefined) await endAlarms(deps, alarms, run.repair);
      return run;
    });
  let swept: ReturnType<Reconciler['lastSweep']> = null;
  const sweepNow: Reconciler['sweep'] = (roots) =>
    once(async () => {
      const signal = AbortSignal.any([await lease.held(stopping.signal), stopping.signal]);
      // First the webhooks: what came between the mending and the sweep's end is then told by either.
      if (deps.webhooks !== undefined) await mendSubscriptions(deps, deps.webhooks, signal);
      const result = await sweep.run(signal, roots);
      if (deps.webhooks !== undefined) await noteUnheard(deps, journal, result.byRoot);
      swept = { ...result, at: clock.now() };
      return result;
    });

  const scanning = createScanning(deps, async (step) => {
    await once(async () => step(AbortSignal.any([await lease.held(stopping.signal), stopping.signal])));
  });
  const duties: Duties = { deps, journal, schedule, compare, sweep: sweepNow, ...scanning };
  const running = deps.onDemand === true ? Promise.resolve() : keepDuties(duties, lease.tenure, waits, stopping.signal);

  return {
    journal,
    compare,
    sweep: sweepNow,
    lastSweep: () => swept,
    progress: progress.now,
    nextRunAt: schedule.nextRunAt,
    async idle() {
      while (!stopping.signal.aborted) {
        await once(async () => {});
        if ((await listOpenAlarms(facts, settings.name)).length === 0 && !schedule.isDue() && once.pending() === 0)
          return;
        await clock.sleep(waits.tickMs, stopping.signal).catch(() => undefined);
      }
    },
    async stop() {
      stopping.abort(new Error('Stopping'));
      await running;
      await once(async () => {}).catch(() => undefined);
      await lease.release();
      journal.close();
    },
  };
}

type Duties = {
  readonly deps: OpenReconcilerDeps;
  readonly journal: JournalStore;
  readonly schedule: Schedule;
  readonly compare: Reconciler['compare'];
  readonly sweep: Reconciler['sweep'];
  readonly isScanDue: RollingScan['isDue'];
  readonly scanOn: () => Promise<void>;
};

function createScanning(
  deps: OpenReconcilerDeps,
  inTurn: (step: RollingScan['step']) => Promise<void>,
): Pick<Duties, 'isScanDue' | 'scanOn'> {
  if (deps.pace === undefined) return { isScanDue: () => false, scanOn: async () => {} };
  const rolling = createRollingScan(deps, deps.pace);
  return { isScanDue: rolling.isDue, scanOn: () => inTurn(rolling.step) };
}

async function keepDuties(
  duties: Duties,
  tenureNow: Lease['tenure'],
  waits: Waits,
  stopping: AbortSignal,
): Promise<void> {
  const { say, clock } = duties.deps;
  while (!stopping.aborted) {
    let pauseMs = waits.tickMs;
    const tenure = tenureNow();
    if (tenure !== null)
      try {
        await doDuties(duties);
      } catch (error) {
        if (stopping.aborted) return;
        // A store or the log is not well, or the lease went: the same again later. Anything else is a bug and ends the process.
        if (!tenure.aborted && !isSyncError(error)) throw error;
        if (isSyncError(error)) say('warn', { code: error.code, hint: error.hint }, error.message);
        pauseMs = waits.retryMs;
      }
    await clock.sleep(pauseMs, stopping).catch(() => undefined);
  }
}

async function doDuties({ deps, journal, schedule, compare, sweep, isScanDue, scanOn }: Duties): Promise<void> {
  const { settings, facts, clock, say } = deps;
  await journal.tail();
  if (schedule.takeSweep()) {
    await sweep();
    journal.forgetBefore(clock.now() - JOURNAL_KEPT_MS);
  }
  await answerAsked(deps, compare);
  const alarms = await listOpenAlarms(facts, settings.name);
  if (alarms.length === 0 && !schedule.isDue()) {
    if (isScanDue()) await scanOn();
    return;
  }
  const lost = alarms.filter(({ id }) => !wantsRepair(id));
  if (lost.length > 0) say('error', { alarms: lost.length }, 'something was lost: comparing everything');
  else if (alarms.length > 0) say('info', {}, 'approved or resumed: comparing everything, and writing what is due');
  await compare({ repair: lost.length < alarms.length || settings.reconcile.repair });
  schedule.ran();
}

// A verb of another process asked. What it got is told by the same fact, also that it got none; asking again is for the person.
async function answerAsked(
  { facts, settings: { name: pair } }: ReconcilerDeps,
  compare: Reconciler['compare'],
): Promise<void> {
  for await (const { id, value } of facts.list(pair, 'asked')) {
    if (value.done) continue;
    const { entities, repair, dryRun } = value;
    const answer = await compare({ ...(entities === null ? {} : { entities }), repair, dryRun }).then(
      (result) => ({ result }),
      (error: unknown) => {
        if (!isSyncError(error)) throw error;
        return { failed: `${error.message} → ${error.hint}` };
      },
    );
    await facts.put([{ pair, kind: 'asked', id, value: { ...value, done: true, ...answer } }]);
  }
}

// A full comparison answers what was alarming when it began; what was approved or resumed, only one that repairs.
async function endAlarms(
  { facts, settings: { name: pair } }: ReconcilerDeps,
  alarms: readonly Alarm[],
  repaired: boolean,
): Promise<void> {
  const answered = alarms.filter(({ id }) => repaired || !wantsRepair(id));
  if (answered.length > 0)
    await facts.put(answered.map(({ id, value }) => ({ pair, kind: 'answered', id, value: { alarmAt: value.at } })));
}

type Schedule = {
  /** Whether a sweep is due; taking it starts the next wait. */
  readonly takeSweep: () => boolean;
  readonly isDue: () => boolean;
  readonly ran: () => void;
  readonly nextRunAt: () => number | null;
};

// Croner says when; the clock that was handed in decides whether that is now.
function createSchedule({ settings, clock }: ReconcilerDeps): Schedule {
  const { cron, timezone, sweepEveryMs } = settings.reconcile;
  const pattern = cron === null ? null : new Cron(cron, { timezone, paused: true });
  const after = (time: number) => pattern?.nextRun(new Date(time))?.getTime() ?? null;
  let runAt = after(clock.now());
  let sweepAt = clock.now();
  return {
    takeSweep() {
      if (sweepEveryMs === null || clock.now() < sweepAt) return false;
      sweepAt = clock.now() + sweepEveryMs;
      return true;
    },
    isDue: () => runAt !== null && clock.now() >= runAt,
    ran() {
      runAt = after(clock.now());
    },
    nextRunAt: () => runAt,
  };
}

type Queue = { <T>(work: () => Promise<T>): Promise<T>; readonly pending: () => number };

/** One after the other, in the order asked; a failed one does not stop the next. */
function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const add = <T>(work: () => Promise<T>): Promise<T> => {
    waiting += 1;
    const mine = last.then(work, work).finally(() => (waiting -= 1));
    last = mine.catch(() => undefined);
    return mine;
  };
  return Object.assign(add, { pending: () => waiting });
}
