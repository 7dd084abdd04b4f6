import type { Clock } from '#libs/runtime/clock.ts';
import type { DelayTiers, EventLog } from './event-log.ts';
import { createLogClient, type LogClient } from './log-client.ts';
import { perform, type ArgsOf, type LogCall, type LogOperation, type ResultOf } from './log-tables.ts';
import { createMemoryTables } from './memory-tables.ts';
import { createMemoryProcess, type MemoryProcess } from './memory-process.ts';
import { createPartitionGroups, type GroupMember } from './partition-groups.ts';

/** A log in memory that several simulated processes share; all time is the given clock's, and one history replays. */
export type MemoryBroker = {
  /** A process' own end of the log. A name may be used again after that process was killed or has closed. */
  readonly connect: (process: string) => EventLog;
  /** Ends a process without a word: its calls never answer, and others take over after its session time-out. */
  readonly kill: (process: string) => void;
  /** Stops a process: nothing is delivered to it, no call of its answers. Others take over after its session time-out. */
  readonly freeze: (process: string) => void;
  readonly thaw: (process: string) => void;
  /** Ends a process' sessions now: its epochs are over although it runs on and learns of it only later; then it joins again. */
  readonly expire: (process: string) => void;
  /** Appends bytes that nobody may be able to read. */
  readonly appendRaw: (pair: string, body: Uint8Array) => void;
  /** Deletes the pair's news that is older than this, and nothing else, as a cluster's retention does. */
  readonly trimNews: (pair: string, olderThan: number) => void;
  /** Forgets the pair's commits, as a cluster does whose offsets expired. */
  readonly forgetCommits: (pair: string) => void;
};

/** Runs a call to the broker: it may wait or throw before (nothing happened) or after (the answer was lost). */
export type Intercept = <T>(process: string, operation: LogOperation, run: () => T) => Promise<T>;

export type MemoryBrokerOptions = {
  readonly clock: Clock;
  readonly delayTiersMs: DelayTiers;
  /** @default 30,000, or what a consumer asks for */
  readonly sessionMs?: number;
  /** How long after the end of its epoch a running process notices. @default () => 0 */
  readonly noticeMs?: (process: string) => number;
  /** How much later than due delayed news comes back. @default () => 0 */
  readonly delaySlackMs?: () => number;
  readonly intercept?: Intercept;
};

/** One process alone with its log. */
export function createMemoryEventLog(options: MemoryBrokerOptions): EventLog {
  return createMemoryBroker(options).connect('only');
}

/** The broker of simulated processes. */
export function createMemoryBroker(options: MemoryBrokerOptions): MemoryBroker {
  const { clock, delayTiersMs, sessionMs = 30_000, intercept = runAtOnce } = options;
  const tables = createMemoryTables(delayTiersMs, options.delaySlackMs ?? (() => 0));
  const clients = new Set<LogClient>();
  const processes = new Map<string, MemoryProcess>();
  const groups = createPartitionGroups({
    claim: (pair, partition, then) => then(tables.claim({ pair, partition })),
    revoke: (pair, partition) => tables.revoke({ pair, partition }),
  });

  function wakeAll(pairs: readonly string[] | null): void {
    for (const client of clients) client.wake(pairs);
  }
  const scheduleDrain = createDrain(clock, tables, wakeAll);

  function run<K extends LogOperation>(operation: K, args: ArgsOf<K>): ResultOf<K> {
    const result = perform(tables, operation, args);
    if (operation === 'publish') {
      wakeAll(null);
      scheduleDrain();
    }
    return result;
  }

  function connect(name: string): EventLog {
    const process = createMemoryProcess({
      clock,
      groups,
      noticeMs: () => options.noticeMs?.(name) ?? 0,
    });
    const call: LogCall = async (operation, args) => {
      await process.running();
      const result = await intercept(name, operation, () => run(operation, args));
      await process.running();
      return result;
    };
    const members = new Map<GroupMember, GroupMember>();
    const client = createLogClient({
      call,
      clock,
      join(member, partitions, { sessionMs: asked = sessionMs }) {
        members.set(member, process.join(member, partitions, asked));
      },
      leave: (member) => process.leave(members.get(member) ?? member),
      // The broker itself wakes consumers, or news whose publisher heard no answer would lie there.
      onPublished: () => undefined,
      async onClose() {
        clients.delete(client);
        process.close();
      },
    });
    clients.add(client);
    processes.set(name, process);
    return client;
  }

  return {
    connect,
    kill: (name) => processes.get(name)?.kill(),
    freeze: (name) => processes.get(name)?.freeze(),
    thaw: (name) => processes.get(name)?.thaw(),
    expire: (name) => processes.get(name)?.expire(),
    appendRaw(pair, body) {
      tables.appendRaw({ pair, body, now: clock.now() });
      wakeAll([pair]);
    },
    trimNews(pair, olderThan) {
      tables.trimNews(pair, olderThan);
      wakeAll([pair]);
    },
    forgetCommits: tables.forgetCommits,
  };
}

function createDrain(
  clock: Clock,
  tables: ReturnType<typeof createMemoryTables>,
  wakeAll: (pairs: readonly string[]) => void,
): () => void {
  let cancel: (() => void) | null = null;

  function schedule(): void {
    cancel?.();
    const dueAt = tables.nextDueAt();
    cancel = dueAt === null ? null : clock.after(Math.max(0, dueAt - clock.now()), drain);
  }
  function drain(): void {
    const { pairs } = tables.drain({ now: clock.now() });
    schedule();
    wakeAll(pairs);
  }
  return schedule;
}

async function runAtOnce<T>(_process: string, _operation: LogOperation, run: () => T): Promise<T> {
  return run();
}
