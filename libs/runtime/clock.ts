/**
 * Time, as handed in to everything that waits or looks at a clock, so that the simulation can run on a virtual one.
 */
export type Clock = {
  /** Wall clock, milliseconds since the epoch. It may jump. */
  readonly now: () => number;
  /** Milliseconds that only ever grow; stands still in no sleep of the process that the system knows of. */
  readonly monotonic: () => number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Calls `run` once after `ms` unless the returned function is called before. Never keeps the process alive. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** A signal that aborts after `ms`, or with `signal`, whichever is first. */
  readonly timeout: (ms: number, signal?: AbortSignal) => AbortSignal;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortReason(signal));
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(abortReason(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, atLeastNow(ms));
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  after: (ms, run) => {
    const timer = setTimeout(run, atLeastNow(ms));
    timer.unref();
    return () => clearTimeout(timer);
  },
  timeout: (ms, signal) => {
    const limit = AbortSignal.timeout(Math.max(1, Math.ceil(ms)));
    return signal === undefined ? limit : AbortSignal.any([limit, signal]);
  },
};

// What should have happened already happens now: Node warns of a time in the past on stderr.
function atLeastNow(ms: number): number {
  return Math.max(0, ms);
}

/** The reason a signal was aborted with, as an `Error` whatever it was given. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof Error) return reason;
  return new Error(`Aborted: ${typeof reason === 'string' ? reason : 'no reason given'}`);
}
