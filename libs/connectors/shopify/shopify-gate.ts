import { abortReason } from '#libs/runtime/clock.ts';

/** Lets a bounded number of calls through at a time, in the order of their coming. */
export type Gate = { readonly enter: (signal: AbortSignal) => Promise<() => void> };

export function createGate(most: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;

  // A place is handed on rather than given up, so that nobody slips in between.
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };

  return {
    async enter(signal) {
      if (inside < most) inside += 1;
      else
        await new Promise<void>((resolve, reject) => {
          const go = (): void => {
            signal.removeEventListener('abort', stop);
            resolve();
          };
          const stop = (): void => {
            waiting.splice(waiting.indexOf(go), 1);
            reject(abortReason(signal));
          };
          signal.addEventListener('abort', stop, { once: true });
          waiting.push(go);
        });
      let left = false;
      return () => {
        if (left) return;
        left = true;
        leave();
      };
    },
  };
}
