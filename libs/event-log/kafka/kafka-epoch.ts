import type { Clock } from '#libs/runtime/clock.ts';
import type { Epoch } from '../event-log.ts';
import type { Claim } from '../log-tables.ts';
import { createSettledPrefix, isInWork } from '../settled-prefix.ts';

/** One epoch of one partition on a cluster: what is settled in it, what is committed. */
export type KafkaEpoch = {
  readonly epoch: Epoch;
  readonly claim: Claim;
  /** The first offset that was not delivered yet. */
  next: number;
  /** Delivery waits: the handler's queue is full. */
  full: boolean;
  /** A fetched batch waits for room; null: what was beyond the full queue is fetched again. */
  onRoom: (() => void) | null;
  readonly skipTo: (offset: number) => void;
  readonly begin: (begunOffset: number) => Promise<'held' | 'lost'>;
  /** Waits for the commit only where the group has not confirmed this epoch for half a session. */
  readonly settle: (offsets: readonly number[], begunOffset: number | null) => Promise<'held' | 'lost'>;
  /** Whether the group still knows this epoch, asked now. */
  readonly confirm: () => Promise<'held' | 'lost'>;
  readonly commitLast: () => Promise<void>;
  readonly end: (options: { readonly tell: boolean }) => void;
};

export type CommitOutcome = 'held' | 'lost';
export type CommitWrite = {
  readonly committed: number;
  readonly metadata: string;
  /** It says something else than what was recorded when the epoch began. */
  readonly isNew: boolean;
};

export type KafkaEpochOptions = {
  readonly claim: Claim;
  readonly clock: Clock;
  readonly sessionMs: number;
  /** Commits once, without trying again under another generation. Rejects when the cluster cannot be asked. */
  readonly commit: (epoch: Epoch, commit: CommitWrite) => Promise<CommitOutcome>;
  readonly onEnd: (epoch: Epoch, told: boolean) => void;
};

/** How long after a commit that the cluster did not take the next one is tried. */
const RETRY_MS = 1_000;

/** Begins an epoch whose claim was read. */
export function createKafkaEpoch({ claim, clock, sessionMs, commit, onEnd }: KafkaEpochOptions): KafkaEpoch {
  const over = new AbortController();
  const { pair, partition, generation } = claim;
  const epoch: Epoch = { pair, partition, generation, signal: over.signal };
  const settled = createSettledPrefix(claim.committed);
  let begun = claim.begun;
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<CommitOutcome> | null = null;
  const held = createFreshness(clock, sessionMs / 2);

  function end({ tell }: { readonly tell: boolean }): void {
    if (over.signal.aborted) return;
    over.abort(new Error(`The epoch ${generation} of ${pair}/${partition} is over`));
    onEnd(epoch, tell);
  }

  async function commitNow(): Promise<CommitOutcome> {
    if (over.signal.aborted) return 'lost';
    const asked = held.now();
    const isNew = settled.committed() !== claim.committed || begun !== claim.begun;
    const answer = await commit(epoch, { committed: settled.committed(), metadata: encodeBegun(begun), isNew });
    // The answer may be of a group that gave the partition away while it was under way.
    if (answer === 'held' && !over.signal.aborted) {
      held.since(asked);
      return 'held';
    }
    end({ tell: true });
    return 'lost';
  }

  // One commit at a time, and who asks while one is under way shares the next: it says everything known by then.
  function commitNext(): Promise<CommitOutcome> {
    if (waiting !== null) return waiting;
    const next = last.then(() => {
      waiting = null;
      return commitNow();
    });
    waiting = next;
    last = next.catch(() => undefined);
    return next;
  }

  const commitSoon = createRetry(commitNext, clock, over.signal);

  return {
    epoch,
    claim,
    next: claim.committed,
    full: false,
    onRoom: null,
    skipTo: settled.skipTo,
    begin(begunOffset) {
      begun = begunOffset;
      return commitNext();
    },
    async settle(offsets, begunOffset) {
      if (over.signal.aborted) return 'lost';
      settled.settle(offsets);
      begun = begunOffset;
      if (!held.isFresh()) return commitNext();
      commitSoon();
      return 'held';
    },
    confirm: commitNext,
    async commitLast() {
      await last;
      if (over.signal.aborted) return;
      if (!isInWork(begun, settled.committed())) begun = null;
      await commitNow();
    },
    end,
  };
}

/** Asks now, and again until it was answered; one that waits to ask again asks for all who asked meanwhile. */
function createRetry(ask: () => Promise<unknown>, clock: Clock, over: AbortSignal): () => void {
  let isWaiting = false;

  function again(): void {
    isWaiting = false;
    soon();
  }
  function soon(): void {
    ask().catch(() => {
      if (over.aborted || isWaiting) return;
      isWaiting = true;
      clock.after(RETRY_MS, again);
    });
  }
  return soon;
}

type Moment = { readonly wall: number; readonly monotonic: number };

/** Whether something was true lately. By both clocks: a process that was frozen may find either standing still. */
function createFreshness(clock: Clock, freshMs: number) {
  const now = (): Moment => ({ wall: clock.now(), monotonic: clock.monotonic() });
  let last = now();
  return {
    now,
    since: (moment: Moment): void => void (last = moment),
    isFresh: () => Math.max(clock.now() - last.wall, clock.monotonic() - last.monotonic) < freshMs,
  };
}

/** What goes with a commit: the highest offset that may be in work, or nothing. */
export function encodeBegun(begun: number | null): string {
  return begun === null ? '' : `begun=${begun}`;
}

/** Reads `begun` back; anything else says nothing. */
export function decodeBegun(metadata: string | null | undefined): number | null {
  const found = /^begun=(\d+)$/.exec(metadata ?? '');
  return found === null ? null : Number(found[1]);
}
