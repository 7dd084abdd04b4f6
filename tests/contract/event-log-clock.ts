import { abortReason, type Clock } from '#libs/runtime/clock.ts';

/** A clock that stands still until it is told how much time has passed. */
export type ManualClock = { readonly clock: Clock; readonly advance: (ms: number) => Promise<void> };

type Timer = { readonly at: number; readonly run: () => void };

/** `breathe` lets what is under way go on: between two timers, and at the end. */
export function createManualClock(
  startAt = 1_760_000_000_000,
  breathe: () => Promise<void> = () => new Promise((resolve) => setImmediate(resolve)),
): ManualClock {
  let now = startAt;
  const timers = new Set<Timer>();

  function after(ms: number, run: () => void): () => void {
    const timer = { at: now + Math.max(0, ms), run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  const nextBefore = (end: number) =>
    [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0] ?? null;

  const clock: Clock = {
    now: () => now,
    monotonic: () => now - startAt,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(abortReason(signal));
        });
      }),
    timeout(ms, signal) {
      const limit = new AbortController();
      after(ms, () => limit.abort(new Error('Timed out')));
      return signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    },
  };

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (let timer = nextBefore(end); timer !== null; timer = nextBefore(end)) {
      timers.delete(timer);
      now = timer.at;
      timer.run();
      await breathe();
    }
    now = end;
    await breathe();
  }

  return { clock, advance };
}
