import { abortReason, type Clock } from '#libs/runtime/clock.ts';

/** A clock whose time moves only when `runUntil` is called: what is due happens in order, at once. */
export type VirtualClock = Clock & {
  /** Runs everything that is due up to this time. */
  readonly runUntil: (time: number) => Promise<void>;
};

type Timer = { readonly at: number; readonly order: number; readonly run: () => void; cancelled: boolean };

export function createVirtualClock(start: number): VirtualClock {
  let now = start;
  let orders = 0;
  const timers: Timer[] = [];

  function after(ms: number, run: () => void): () => void {
    const timer: Timer = { at: now + Math.max(0, ms), order: orders++, run, cancelled: false };
    const index = timers.findLastIndex((other) => other.at <= timer.at);
    timers.splice(index + 1, 0, timer);
    return () => {
      timer.cancelled = true;
    };
  }

  return {
    now: () => now,
    monotonic: () => now - start,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(abortReason(signal));
          return;
        }
        const cancel = after(ms, resolve);
        signal?.addEventListener(
          'abort',
          () => {
            cancel();
            reject(abortReason(signal));
          },
          { once: true },
        );
      }),
    timeout: (ms, signal) => {
      const controller = new AbortController();
      after(ms, () => controller.abort(new Error('The limit has passed')));
      return signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]);
    },
    async runUntil(time) {
      await quiet();
      while (timers.length > 0 && (timers[0]?.at ?? Infinity) <= time) {
        const timer = timers.shift();
        if (timer === undefined || timer.cancelled) continue;
        now = timer.at;
        timer.run();
        await quiet();
      }
      now = Math.max(now, time);
    },
  };
}

// Nothing in a simulated world waits for the outside, so a turn of the event loop finishes all that can go on.
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
