import { SyncError } from '#libs/runtime/sync-error.ts';

/** A fault that waits for a place: the n-th crossing from now (0: the next), or the next crossing of a named place. */
export type Trap = { readonly at: number | string; readonly strike: () => void };

/**
 * A simulated process. It can be killed or frozen on either side of each of its calls to something outside it, and nowhere else:
 * see docs/decisions/0010-crashes-at-the-ports.md for why that is everywhere.
 */
export type SimProcess = {
  readonly name: string;
  /** Resolves while it runs; waits while it is frozen; never resolves once it is killed. */
  readonly gate: () => Promise<void>;
  readonly isRunning: () => boolean;
  readonly isKilled: () => boolean;
  readonly kill: () => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The process is just before (or after) an effect outside it: a trap laid for this place strikes. */
  readonly cross: (place: string) => void;
  readonly arm: (trap: Trap) => void;
  readonly disarm: () => void;
  /** Ends whatever a stopped process still waits for, once, so that it lets go of its files; it makes no further call. */
  readonly end: () => void;
  readonly isOver: () => boolean;
  /** The outcome of what this process waits for, unless the history ends before. */
  readonly orOver: <T>(awaited: Promise<T>) => Promise<T>;
};

export function createSimProcess(name: string, onCross: (place: string) => void = () => {}): SimProcess {
  let state: 'running' | 'frozen' | 'killed' = 'running';
  let waiting: (() => void)[] = [];
  let trap: Trap | null = null;
  let left = 0;
  let ended = false;
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => undefined);
  return {
    name,
    isOver: () => ended,
    orOver: (awaited) => (ended ? new Promise(() => {}) : Promise.race([awaited, over])),
    gate: () =>
      state === 'running' ? Promise.resolve() : new Promise((resolve) => state === 'frozen' && waiting.push(resolve)),
    isRunning: () => state === 'running',
    isKilled: () => state === 'killed',
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
    cross(place) {
      if (state !== 'running') return;
      onCross(place);
      if (trap === null) return;
      if (typeof trap.at === 'number' ? left-- > 0 : trap.at !== place) return;
      const { strike } = trap;
      trap = null;
      strike();
    },
    arm(next) {
      trap = next;
      left = typeof next.at === 'number' ? next.at : 0;
    },
    disarm: () => (trap = null),
    end() {
      state = 'killed';
      waiting = [];
      ended = true;
      reject(new SyncError('LOG_UNAVAILABLE', 'Cannot go on: the history is over'));
    },
  };
}
