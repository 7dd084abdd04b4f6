import type { BudgetLimit, StateStore } from '#libs/state/state-store.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { abortReason } from '#libs/runtime/clock.ts';
import type { Budget, Priority } from './store-connector.ts';

const ORDER: Readonly<Record<Priority, number>> = { change: 0, sweep: 1, compare: 2 };

type Waiter = {
  readonly rank: number;
  readonly cost: number;
  /** Ends the wait: without an error, it was served. */
  readonly end: (error?: Error) => void;
};

/**
 * One store's rate budget over the shared bucket in the state store. Within this process changes are served before the sweep and
 * the sweep before the comparison; whoever came first within the same priority. One asks the bucket at a time, so that a
 * late-comer of a higher priority overtakes all that still wait.
 */
export function createBudget({
  state,
  clock,
  bucket,
  limit: initial,
}: {
  readonly state: Pick<StateStore, 'takeBudget' | 'setBudget'>;
  readonly clock: Clock;
  readonly bucket: string;
  readonly limit: BudgetLimit;
}): Budget & {
  /** What calls of a priority have cost so far, in the platform's units; of this process alone. */
  readonly spent: (priority: Priority) => number;
} {
  const spent: Record<Priority, number> = { change: 0, sweep: 0, compare: 0 };
  let limit = initial;
  let restUntil = 0;
  const queue = createQueue(clock, async ({ cost, end }) => {
    const rest = restUntil - clock.monotonic();
    if (rest > 0) return rest;
    try {
      // More than the bucket ever holds could never be taken.
      const waitMs = await state.takeBudget(bucket, Math.min(cost, limit.capacity), limit);
      if (waitMs > 0) return waitMs;
      end();
    } catch (error) {
      end(error instanceof Error ? error : new Error('The state store failed', { cause: error }));
    }
    return 0;
  });

  /** What the bucket holds is a copy of what the platform says; where it cannot be kept, the platform’s next answer says it again. */
  const setLeft = (left: number): void => {
    state.setBudget(bucket, left, limit).catch(() => undefined);
  };

  return {
    async take(cost, priority, signal) {
      await queue.wait(cost, priority, signal);
      spent[priority] += cost;
    },
    spent: (priority) => spent[priority],
    report(left, capacity, perSecond) {
      limit = { capacity, perSecond };
      setLeft(left);
    },
    backOff(ms) {
      restUntil = Math.max(restUntil, clock.monotonic() + ms);
      setLeft(0);
    },
  };
}

/** Serves the first of all who wait, by priority, until nobody does. `serve` says how long to wait before it is called again. */
function createQueue(
  clock: Clock,
  serve: (first: Waiter) => Promise<number>,
): { readonly wait: (cost: number, priority: Priority, signal: AbortSignal) => Promise<void> } {
  const waiting: Waiter[] = [];
  let serving = false;
  let emptied = new AbortController();

  const leave = (waiter: Waiter): void => {
    const at = waiting.indexOf(waiter);
    if (at >= 0) waiting.splice(at, 1);
    // Nobody is left to sleep for, and a sleep keeps the process alive.
    if (waiting.length === 0) emptied.abort();
  };

  const serveAll = async (): Promise<void> => {
    if (serving) return;
    serving = true;
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const waitMs = await serve(first);
      if (emptied.signal.aborted) emptied = new AbortController();
      if (waitMs > 0 && waiting.length > 0) await clock.sleep(waitMs, emptied.signal).catch(() => undefined);
    }
    serving = false;
  };

  return {
    wait: (cost, priority, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal.aborted) {
          reject(abortReason(signal));
          return;
        }
        const onAbort = (): void => waiter.end(abortReason(signal));
        const waiter: Waiter = {
          rank: ORDER[priority],
          cost,
          end(error) {
            leave(waiter);
            signal.removeEventListener('abort', onAbort);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        insertByRank(waiting, waiter);
        void serveAll();
      }),
  };
}

function insertByRank<T extends { readonly rank: number }>(queue: T[], entry: T): void {
  const behind = queue.findIndex(({ rank }) => rank > entry.rank);
  queue.splice(behind < 0 ? queue.length : behind, 0, entry);
}

export type Limiter = <T>(run: () => Promise<T>, priority: Priority, signal: AbortSignal) => Promise<T>;

/** Runs at most `max` at a time; who waits is served in the order of priority, then of coming. */
export function createLimiter(max: number): Limiter {
  let running = 0;
  const waiting: { readonly rank: number; readonly start: () => void }[] = [];

  const enter = (priority: Priority, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortReason(signal));
        return;
      }
      if (running < max) {
        running++;
        resolve();
        return;
      }
      const entry = {
        rank: ORDER[priority],
        start: (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(abortReason(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      insertByRank(waiting, entry);
    });

  // A free place goes straight to the next in the queue, so nobody slips in between.
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next.start();
  };

  return async (run, priority, signal) => {
    await enter(priority, signal);
    try {
      return await run();
    } finally {
      leave();
    }
  };
}
