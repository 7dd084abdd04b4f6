import type { Clock } from '#libs/runtime/clock.ts';
import type { SimProcess } from './sim-process.ts';

/** The clock as a process sees it: it wakes from a sleep only while it runs. */
export function clockOf(clock: Clock, process: SimProcess): Clock {
  const waking = async () => {
    process.cross('clock.wake');
    await process.gate();
  };
  return {
    ...clock,
    sleep: async (ms, signal) => {
      try {
        await process.orOver(clock.sleep(ms, signal));
      } catch (error) {
        if (!process.isOver()) await process.orOver(waking());
        throw error;
      }
      await process.orOver(waking());
    },
    after: (ms, run) => clock.after(ms, () => void waking().then(run)),
  };
}

type Callable = (...args: readonly unknown[]) => unknown;

// What answers piece by piece: each piece is a call of its own.
const WALKS: ReadonlySet<string> = new Set(['readFacts', 'readJournal', 'list', 'scan', 'scanChanged']);
// Pure, so it crosses nothing.
const PURE: ReadonlySet<string> = new Set(['express', 'topicsFor']);

/** The same port as one process has it: each call of it, and each part of the port, can be the last that the process made. */
export function within<T extends object>(process: SimProcess, port: string, target: T): T {
  const wrapped = new Map<string | symbol, unknown>();
  return new Proxy(target, {
    get(object, name, receiver) {
      const known = wrapped.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(object, name, receiver);
      const place = `${port}.${String(name)}`;
      if (port === 'state' && name === 'facts' && typeof member === 'object' && member !== null)
        wrapped.set(name, within(process, place, member));
      else if (typeof member === 'function' && !PURE.has(String(name)))
        wrapped.set(name, gated(process, place, member as Callable, WALKS.has(String(name))));
      else return member;
      return wrapped.get(name);
    },
  });
}

function gated(process: SimProcess, place: string, member: Callable, walks: boolean): Callable {
  if (walks) return (...args) => walk(process, place, () => member(...args) as AsyncIterable<unknown>);
  return (...args) => cross(process, place, () => member(...args) as Promise<unknown>);
}

/**
 * One call: the process may stop before its effect, or after it and without its answer. A stopped one makes no further call, on
 * whichever of its chains of awaits it stopped.
 */
async function cross<T>(process: SimProcess, place: string, run: () => Promise<T>): Promise<T> {
  process.cross(`${place} before`);
  // Asked again in the very tick of the effect: another chain of this process may have been the one that stopped it.
  while (!process.isRunning()) await process.orOver(process.gate());
  let value: T;
  try {
    value = await process.orOver(run());
  } catch (error) {
    if (!process.isOver()) await back(process, place);
    throw error;
  }
  await back(process, place);
  return value;
}

async function back(process: SimProcess, place: string): Promise<void> {
  process.cross(`${place} after`);
  while (!process.isRunning()) await process.orOver(process.gate());
}

async function* walk<T>(process: SimProcess, place: string, open: () => AsyncIterable<T>): AsyncGenerator<T> {
  const steps = open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await cross(process, place, () => steps.next());
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await steps.return?.();
  }
}
