import type { Clock } from '#libs/runtime/clock.ts';
import { abortReason } from '#libs/runtime/clock.ts';

export type FakeClock = Clock & {
  /** Lets this much time pass, timers firing in order, and everything settle that does not wait for more of it. */
  readonly advance: (ms: number) => Promise<void>;
  /** How many timers and sleeps are pending. */
  readonly timers: () => number;
};

type Timer = { readonly at: number; readonly run: () => void };

/** A clock that stands still until it is told to move. */
export function createFakeClock(start = Date.UTC(2026, 10, 25)): FakeClock {
  let elapsed = 0;
  const timers = new Set<Timer>();
  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: elapsed + ms, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after,
    timers: () => timers.size,
    timeout(ms, signal) {
      const limit = new AbortController();
      after(ms, () => limit.abort(new Error('time is over')));
      return signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(abortReason(signal));
        });
      }),
    async advance(ms) {
      const end = elapsed + ms;
      await settled();
      for (let next = firstUntil(timers, end); next !== undefined; next = firstUntil(timers, end)) {
        timers.delete(next);
        elapsed = Math.max(elapsed, next.at);
        next.run();
        await settled();
      }
      elapsed = end;
    },
  };
}

function firstUntil(timers: ReadonlySet<Timer>, end: number): Timer | undefined {
  return [...timers].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)[0];
}

/** Lets everything run that waits for promises alone. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
