import type { Clock } from '#libs/runtime/clock.ts';

/** A simulated process: it can be killed, or frozen and thawed, between any two awaits on something outside it. */
export type SimProcess = {
  readonly name: string;
  /** Resolves while it runs; waits while it is frozen; never resolves once it is killed. */
  readonly gate: () => Promise<void>;
  readonly kill: () => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly killed: () => boolean;
};

export function createSimProcess(name: string): SimProcess {
  let state: 'running' | 'frozen' | 'killed' = 'running';
  let waiting: (() => void)[] = [];
  return {
    name,
    gate: () =>
      state === 'running' ? Promise.resolve() : new Promise((resolve) => state === 'frozen' && waiting.push(resolve)),
    kill: () => {
      state = 'killed';
      waiting = [];
    },
    freeze: () => {
      if (state === 'running') state = 'frozen';
    },
    thaw: () => {
      if (state !== 'frozen') return;
      state = 'running';
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    killed: () => state === 'killed',
  };
}

/** The clock as a process sees it: it wakes from a sleep only while it runs. */
export function clockOf(clock: Clock, process: SimProcess): Clock {
  return {
    ...clock,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      await process.gate();
    },
    after: (ms, run) => clock.after(ms, () => void process.gate().then(run)),
  };
}

type Callable = (...args: readonly unknown[]) => unknown;

/** The same object, each of whose calls and answers passes the process' gate. */
export function within<T extends object>(process: SimProcess, target: T): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      const member: unknown = Reflect.get(object, name, receiver);
      if (typeof member !== 'function' || name === 'express') return member;
      return (...args: readonly unknown[]) => pass(process, () => (member as Callable)(...args));
    },
  });
}

function pass(process: SimProcess, run: () => unknown): unknown {
  const result = run();
  if (isAsyncIterable(result)) return iterate(process, result);
  if (!(result instanceof Promise)) return result;
  return (async () => {
    try {
      const value: unknown = await result;
      await process.gate();
      return value;
    } catch (error) {
      await process.gate();
      throw error;
    }
  })();
}

async function* iterate(process: SimProcess, values: AsyncIterable<unknown>): AsyncGenerator {
  for await (const value of values) {
    await process.gate();
    yield value;
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return value !== null && typeof value === 'object' && Symbol.asyncIterator in value;
}
