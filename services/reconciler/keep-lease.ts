import type { Clock } from '#libs/runtime/clock.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import type { ReconcilerLog } from './reconciler-deps.ts';

export type Lease = {
  /** Aborts when this process no longer holds it, also where it got it back since; null: it does not hold it. */
  readonly tenure: () => AbortSignal | null;
  /** Waits until this process holds it; the signal aborts when it no longer does. */
  readonly held: (signal: AbortSignal) => Promise<AbortSignal>;
  /**
   * Throws unless the lease is held by both clocks. Asked in the very tick of a write: a process that stood still wakes in the middle of
   * its work, and hears only later that somebody else took over.
   */
  readonly assertHeld: () => void;
  readonly release: () => Promise<void>;
};

export type LeaseOptions = {
  readonly name: string;
  readonly holder: string;
  readonly leaseMs: number;
  readonly state: Pick<StateStore, 'lease' | 'release'>;
  readonly clock: Clock;
  readonly say: ReconcilerLog;
};

/** Takes a lease and prolongs it three times in its life; what was done under it stops when it is gone, or can no longer be told. */
export async function keepLease({ name, holder, leaseMs, state, clock, say }: LeaseOptions): Promise<Lease> {
  const released = new AbortController();
  let tenure: AbortController | null = null;
  let confirmed = { monotonic: 0, wall: 0 };
  const isOver = () => clock.monotonic() - confirmed.monotonic >= leaseMs || clock.now() - confirmed.wall >= leaseMs;

  async function confirm(): Promise<void> {
    const asked = { monotonic: clock.monotonic(), wall: clock.now() };
    const answer = await state.lease(name, holder, leaseMs).catch(() => null);
    if (answer === true) {
      confirmed = asked;
      tenure ??= new AbortController();
      // Without an answer it is ours until it has run out.
    } else if (answer === false || isOver()) {
      if (tenure !== null) say('warn', { lease: name }, 'another process reconciles this pair now');
      tenure?.abort(new Error('The lease is lost'));
      tenure = null;
    }
  }
  async function prolong(): Promise<void> {
    while (!released.signal.aborted) {
      await clock.sleep(leaseMs / 3, released.signal).catch(() => undefined);
      if (!released.signal.aborted) await confirm();
    }
  }

  await confirm();
  const prolonging = prolong();
  return {
    tenure: () => tenure?.signal ?? null,
    async held(signal) {
      while (tenure === null) await clock.sleep(leaseMs / 6, signal);
      return tenure.signal;
    },
    assertHeld() {
      if (tenure !== null && !isOver()) return;
      const lost = new Error('The lease is lost');
      tenure?.abort(lost);
      tenure = null;
      throw lost;
    },
    async release() {
      released.abort(new Error('Released'));
      await prolonging;
      if (tenure !== null) await state.release(name, holder).catch(() => undefined);
    },
  };
}
