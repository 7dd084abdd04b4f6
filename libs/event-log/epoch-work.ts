import type { Clock } from '#libs/runtime/clock.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import { decodeNews } from './change-codec.ts';
import type { ConsumeHandlers, Epoch, LoggedNews } from './event-log.ts';
import type { Claim, LogCall, NewsRow } from './log-tables.ts';
import { createSettledPrefix, isInWork } from './settled-prefix.ts';

/** One epoch of one partition: delivers its news, keeps what is settled, commits. */
export type EpochWork = {
  readonly epoch: Epoch;
  readonly begin: (begunOffset: number) => Promise<'held' | 'lost'>;
  readonly settle: (offsets: readonly number[], begunOffset: number | null) => Promise<'held' | 'lost'>;
  /** Something may have come. */
  readonly wake: () => void;
  /** Delivers again after a handler's queue was full. */
  readonly resume: () => void;
  /** Commits for the last time: `begun` stays only when something that was begun is not settled. */
  readonly commitLast: () => Promise<void>;
  /** The log said that the epoch is over. */
  readonly lose: () => void;
  /** The epoch is known to be over. */
  readonly end: (options: { readonly tell: boolean }) => void;
};

export type EpochWorkOptions = {
  readonly claim: Claim;
  readonly handlers: ConsumeHandlers;
  readonly batchMax: number;
  readonly call: LogCall;
  readonly clock: Clock;
  /** The epoch ended because the log said so, not because the group did. */
  readonly onLost: () => void;
};

/** How long a delivery waits before it tries an unavailable log again. */
const RETRY_MS = 1_000;

/** Begins the work of an epoch; nothing is delivered before `wake`. */
export function createEpochWork(options: EpochWorkOptions): EpochWork {
  const { claim, handlers, call, onLost } = options;
  const { pair, partition, generation } = claim;
  const over = new AbortController();
  const epoch: Epoch = { pair, partition, generation, signal: over.signal };
  const settled = createSettledPrefix(claim.committed);
  let begun = claim.begun;
  let commits: Promise<unknown> = Promise.resolve();

  function end({ tell }: { readonly tell: boolean }): void {
    if (over.signal.aborted) return;
    over.abort(new Error(`The epoch ${generation} of ${pair}/${partition} is over`));
    if (tell) handlers.onLost(epoch);
  }

  function lose(): void {
    end({ tell: true });
    onLost();
  }

  // One commit at a time and each with what is settled by then: an earlier one that is late can not set a later one back.
  function commit(begunThen: number | null): Promise<'held' | 'lost'> {
    const committing = commits.then(async () => {
      if (over.signal.aborted) return 'lost';
      const held = await call('commit', { ...fence(claim), committed: settled.committed(), begun: begunThen });
      if (held && !over.signal.aborted) return 'held';
      lose();
      return 'lost';
    });
    commits = committing.catch(() => undefined);
    return committing;
  }

  const delivery = createDelivery(options, epoch, settled.skipTo);

  return {
    epoch,
    begin(begunOffset) {
      begun = begunOffset;
      return commit(begunOffset);
    },
    settle(offsets, begunOffset) {
      if (over.signal.aborted) return Promise.resolve('lost');
      settled.settle(offsets);
      begun = begunOffset;
      return commit(begunOffset);
    },
    wake: delivery.wake,
    resume: delivery.resume,
    async commitLast() {
      await commits;
      await commit(isInWork(begun, settled.committed()) ? begun : null);
    },
    lose,
    end,
  };
}

function fence({ pair, partition, generation }: Claim) {
  return { pair, partition, generation };
}

function createDelivery(
  { claim, handlers, batchMax, call, clock }: EpochWorkOptions,
  epoch: Epoch,
  skipTo: (offset: number) => void,
) {
  const { pair, partition } = claim;
  let next = claim.committed;
  let full = false;
  let running = false;
  let more = false;

  /** True when something was delivered. */
  async function deliver(): Promise<boolean> {
    const { start, rows } = await call('fetch', { pair, partition, from: next, limit: batchMax });
    if (epoch.signal.aborted) return false;
    const found = rows[0]?.offset ?? Math.max(next, start);
    if (found > next) {
      handlers.onGap(epoch, next, found);
      skipTo(found);
      next = found;
    }
    if (rows.length === 0) return false;
    next += rows.length;
    full = !handlers.onNews(
      epoch,
      rows.map((row) => toLoggedNews(partition, row)),
    );
    return true;
  }

  async function run(): Promise<void> {
    if (running) {
      more = true;
      return;
    }
    running = true;
    try {
      do {
        more = false;
        while (!full && !epoch.signal.aborted && (await deliver())) more = false;
      } while (more && !full && !epoch.signal.aborted);
    } catch (error) {
      if (!isSyncError(error)) throw error;
      clock.after(RETRY_MS, wake);
    } finally {
      running = false;
    }
  }

  // A handler that throws breaks an invariant: nobody catches it, and the process ends.
  const wake = () => void run();

  const resume = () => {
    full = false;
    wake();
  };
  return { wake, resume };
}

/** A row as consumers see it. */
export function toLoggedNews(partition: number, { offset, at, body }: NewsRow): LoggedNews {
  return { partition, offset, appendedAt: at, ...decodeNews(body) };
}
