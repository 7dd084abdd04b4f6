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

/** Runs tasks with at most `most` at a time; the results in the tasks' order. */
export async function inParallel<T, R>(
  list: readonly T[],
  most: number,
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = Array.from<R>({ length: list.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < list.length; index = next++) results[index] = await run(list[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, worker));
  return results;
}
