import type { Assigned, Epoch, LoggedNews } from '#libs/event-log/event-log.ts';
import { beginStall, endStalls } from '#libs/facts/stalls.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import { applyBatch } from './apply-batch.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost, StoreIll, StoreShut } from './applier-deps.ts';
import { createBatchSize, ROOTS_MIN, takeByRoots, type BatchSize } from './batch-size.ts';
import type { Work } from './coalesce.ts';
import { mayWrite, readPairState } from './pair-state.ts';
import { ringAlarm } from './ring-alarm.ts';
import { sendWindowMs } from './send-gate.ts';

export type Applier = {
  /** Finishes what is begun, then leaves. */
  readonly stop: () => Promise<void>;
  /** Resolves once everything that was on the log when asked has an outcome here. */
  readonly idle: () => Promise<void>;
};

/** How many news the log hands over at once. */
const DELIVERY_MAX = 250;
/** How long to wait after an error that is neither store's and may pass. */
const PAUSE_MS = 1_000;

/** One partition in this process: its queue, and the loop that works it off batch by batch. */
type Lane = {
  readonly epoch: Epoch;
  /** Until when calls of earlier owners, or of a batch that was cut short here, may have been sent. */
  sentUntil: number;
  readonly begun: number | null;
  readonly committed: number;
  queue: Work[];
  readonly size: BatchSize;
  /** So many of its first are in a batch. */
  inWork: number;
  /** The log was asked to wait. */
  full: boolean;
  wake: () => void;
  busy: boolean;
  /** Resolves when what the log lost is an alarm: nothing that came after it is committed before. */
  alarmed: Promise<unknown>;
  readonly done: Promise<void>;
};

/** Applies one pair's changes to its target in this process. Handlers only enqueue; one loop a partition does the work. */
export async function openApplier(deps: ApplierDeps): Promise<Applier> {
  const { settings, log, say } = deps;
  const lanes = new Map<Epoch, Lane>();
  const stopping = new AbortController();

  const consumption = await log.consume(
    settings.name,
    {
      onAssigned: (assigned) =>
        lanes.set(
          assigned.epoch,
          openLane(deps, assigned, stopping.signal, (epoch) => consumption.resume(epoch)),
        ),
      onNews: (epoch, news) => enqueue(lanes.get(epoch), news),
      onLost: (epoch) => {
        const lane = lanes.get(epoch);
        lanes.delete(epoch);
        if (lane !== undefined) lane.queue = [];
        lane?.wake();
      },
      onGap: (epoch, expected, found) => {
        say(
          'error',
          { partition: epoch.partition, expected, found },
          'The log lost news before it was read; a full comparison will find what it said',
        );
        const lane = lanes.get(epoch);
        const message = `news ${String(expected)} to ${String(found - 1)} are gone`;
        if (lane !== undefined)
          lane.alarmed = Promise.all([lane.alarmed, ringAlarm(deps, epoch, message, stopping.signal)]);
      },
    },
    { sessionMs: settings.timing.sessionMs, batchMax: DELIVERY_MAX },
  );

  return {
    async stop() {
      stopping.abort(new Error('Stopping'));
      for (const lane of lanes.values()) lane.wake();
      await Promise.all([...lanes.values()].map(({ done }) => done));
      await consumption.stop();
    },
    async idle() {
      for (;;) {
        const { behind } = await log.lag(settings.name);
        if (behind === 0 && [...lanes.values()].every(({ queue, busy }) => queue.length === 0 && !busy)) return;
        await deps.clock.sleep(20);
      }
    },
  };
}

function enqueue(lane: Lane | undefined, news: readonly LoggedNews[]): boolean {
  if (lane === undefined) return true;
  lane.queue.push(
    ...news.map((logged) => ({
      logged,
      inherited: lane.begun !== null && logged.offset >= lane.committed && logged.offset <= lane.begun,
    })),
  );
  lane.full = lane.queue.length - lane.inWork >= lane.size.queueMax();
  lane.wake();
  return !lane.full;
}

function openLane(
  deps: ApplierDeps,
  { epoch, committed, begun, gap }: Assigned,
  stopping: AbortSignal,
  resume: (epoch: Epoch) => void,
): Lane {
  const running = Promise.withResolvers<void>();
  const lane: Lane = {
    epoch,
    // An earlier owner may hear late that its epoch is over: it sends until half a session time-out after its last `begin`.
    sentUntil: deps.clock.now() + sendWindowMs(deps.settings),
    begun,
    committed,
    queue: [],
    size: createBatchSize(sendWindowMs(deps.settings)),
    inWork: 0,
    full: false,
    wake: () => {},
    busy: false,
    alarmed: Promise.resolve(),
    done: running.promise,
  };
  if (gap) lane.alarmed = ringAlarm(deps, epoch, 'news before the start of the log is gone', stopping);
  work(deps, lane, stopping, resume).then(running.resolve, running.reject);
  return lane;
}

async function work(
  deps: ApplierDeps,
  lane: Lane,
  stopping: AbortSignal,
  resume: (epoch: Epoch) => void,
): Promise<void> {
  const { epoch } = lane;
  while (!stopping.aborted && !epoch.signal.aborted) {
    if (lane.queue.length === 0) {
      await new Promise<void>((resolve) => (lane.wake = resolve));
      continue;
    }
    lane.busy = true;
    // More may join the call within a few milliseconds.
    if (lane.queue.length < ROOTS_MIN) await deps.clock.sleep(deps.settings.timing.coalesceMs);
    await workOff(deps, lane, stopping, resume);
    lane.busy = false;
  }
}

// What was tried and is not settled is all in the next batch again: the size of batches changes only with one that was settled.
async function workOff(
  deps: ApplierDeps,
  lane: Lane,
  stopping: AbortSignal,
  resume: (epoch: Epoch) => void,
): Promise<void> {
  const { news, roots } = takeByRoots(lane.queue, lane.size.roots());
  if (news === 0) return;
  lane.inWork = news;
  // What is read meanwhile is there when the batch ends.
  if (lane.full && lane.queue.length - news < lane.size.queueMax() / 2) {
    lane.full = false;
    resume(lane.epoch);
  }
  const started = deps.clock.monotonic();
  const settled = await tryBatch(deps, lane, lane.queue.slice(0, news), stopping);
  lane.inWork = 0;
  if (!settled) return;
  lane.queue = lane.queue.slice(news);
  lane.size.took(roots, deps.clock.monotonic() - started);
}

/** True when the batch is settled. An outage keeps it: nothing is dropped, parked, or counted as an attempt for it. */
async function tryBatch(
  deps: ApplierDeps,
  lane: Lane,
  works: readonly Work[],
  stopping: AbortSignal,
): Promise<boolean> {
  const { say, sourceHealth, targetHealth, clock, settings, target } = deps;
  const signal = AbortSignal.any([stopping, lane.epoch.signal]);
  let sent = false;
  try {
    await lane.alarmed;
    await prepareOnce(deps, signal);
    await applyBatch(deps, {
      epoch: lane.epoch,
      works,
      sentUntil: lane.sentUntil,
      begun: lane.begun,
      onSend: () => (sent = true),
      landingMs: settings.timing.landingMs ?? target.capabilities.landingMs,
    });
    await endStalls(settings.name, deps);
    return true;
  } catch (thrown) {
    if (sent) leaveInDoubt(lane, works.length, clock.now());
    if (thrown instanceof EpochLost || signal.aborted) return false;
    if (thrown instanceof StoreShut) await beginStall(settings.name, thrown.side, thrown.error, deps);
    const error = thrown instanceof StoreShut ? thrown.error : thrown;
    if (error instanceof StoreIll) {
      say('warn', { side: error.side }, 'A store is not well: the pair waits for it');
      await (error.side === 'source' ? sourceHealth : targetHealth).whenWell(signal).catch(() => {});
      return false;
    }
    if (!isSyncError(error)) throw error;
    say('error', { code: error.code, hint: error.hint }, error.message);
    await clock
      .sleep(error.retryAfterMs ?? (error.disposition === 'halt' ? settings.timing.retriesMs[1] : PAUSE_MS), signal)
      .catch(() => {});
    return false;
  }
}

// What a batch sent before it failed was not written down as in doubt: to the next attempt it is as an earlier owner's would be.
function leaveInDoubt(lane: Lane, count: number, now: number): void {
  lane.queue = lane.queue.map((work, index) => (index < count ? { ...work, inherited: true } : work));
  lane.sentUntil = Math.max(lane.sentUntil, now);
}

const prepared = new WeakSet<ApplierDeps>();

/** Definitions that writing needs are made once a process, after approval and never before. */
async function prepareOnce(deps: ApplierDeps, signal: AbortSignal): Promise<void> {
  if (prepared.has(deps)) return;
  if (!mayWrite(await readPairState(deps))) return;
  try {
    await deps.target.prepare(deps.settings.selection, { signal, priority: 'change', maySend: () => !signal.aborted });
  } catch (error) {
    if (isSyncError(error) && error.code === 'STORE_UNAUTHORISED') throw new StoreShut('target', error);
    throw error;
  }
  prepared.add(deps);
}
