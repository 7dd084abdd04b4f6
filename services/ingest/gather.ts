import type { Clock } from '#libs/runtime/clock.ts';

/** Collects what comes within a few milliseconds, so that many share one commit. */
export type Gatherer<T> = {
  readonly add: (item: T) => void;
  /** Runs what was collected now. */
  readonly flush: () => void;
};

/** `run` gets at most `max` items at a time, and the first of them waited `gatherMs`. */
export function createGatherer<T>({
  clock,
  gatherMs,
  max,
  run,
}: {
  readonly clock: Clock;
  readonly gatherMs: number;
  readonly max: number;
  readonly run: (items: readonly T[]) => void;
}): Gatherer<T> {
  let items: T[] = [];
  let cancel: (() => void) | null = null;
  const flush = (): void => {
    cancel?.();
    cancel = null;
    const gathered = items;
    items = [];
    if (gathered.length > 0) run(gathered);
  };
  return {
    flush,
    add: (item) => {
      items.push(item);
      if (items.length >= max) flush();
      else cancel ??= clock.after(gatherMs, flush);
    },
  };
}
