import { join } from 'node:path';
import type { Clock } from '#libs/runtime/clock.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { DelayTiers, EventLog, FactKey, FactOffset, FactRecord } from './event-log.ts';
import { lockFolder } from './lock.ts';
import { createLogClient } from './log-client.ts';
import type { Claim, LogCall, ResultOf } from './log-tables.ts';
import { createPartitionGroups } from './partition-groups.ts';
import { toFactRecord } from './read-pages.ts';
import { startLogThread } from './worker-calls.ts';

/** The log of one machine: one process on a folder, everything in `log.sqlite`. */
export type EmbeddedEventLog = EventLog & {
  readonly factTable: FactTable;
  /** Lets go at once, finishing nothing: what a crash leaves behind (tests). */
  readonly abandon: () => Promise<void>;
  /** Appends bytes that nobody may be able to read (tests). */
  readonly appendRaw: (pair: string, body: Uint8Array) => Promise<void>;
};

/** Facts as they lie in the log, which here is all the copy that is needed. */
export type FactTable = {
  readonly get: (keys: readonly FactKey[]) => Promise<readonly unknown[]>;
  readonly list: (pair: string, kind: string) => AsyncIterable<FactRecord>;
  readonly count: (pair: string, kind: string) => Promise<number>;
  readonly ends: () => Promise<readonly FactOffset[]>;
};

export type EmbeddedEventLogOptions = {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly delayTiersMs: DelayTiers;
  /** Named in the lock, for the verbs that talk to the running process. */
  readonly socketPath?: string;
};

const RETRY_MS = 1_000;
/** A wall clock may be set forward: no wait for delayed news is longer than this before it is asked again. */
const DRAIN_MAX_MS = 30_000;

/**
 * Opens the log in a data folder and takes the folder for this process.
 * @throws {SyncError} FOLDER_IN_USE, LOG_UNAVAILABLE
 */
export async function openEmbeddedEventLog(options: EmbeddedEventLogOptions): Promise<EmbeddedEventLog> {
  const { dataDir, clock, delayTiersMs, socketPath } = options;
  const lock = lockFolder({ dataDir, now: clock.now(), socketPath });
  const thread = await startLogThread({ file: join(dataDir, 'log.sqlite'), delayTiersMs }).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  const drain = createDrain(clock, thread.call, (pairs) => client.wake(pairs));
  const groups = createPartitionGroups(createClaims(clock, thread.call));
  const client = createLogClient({
    call: thread.call,
    clock,
    join: (member, partitions) => groups.join(member, partitions),
    leave: (member) => groups.leave(member, { tell: false }),
    onPublished: drain.published,
    async onClose() {
      drain.stop();
      await thread.close();
      lock.release();
    },
  });
  drain.run();
  return {
    ...client,
    factTable: createFactTable(thread.call),
    async abandon() {
      drain.stop();
      await thread.terminate();
      lock.release();
    },
    async appendRaw(pair, body) {
      await thread.call('appendRaw', { pair, body, now: clock.now() });
      client.wake([pair]);
    },
  };
}

function createClaims(clock: Clock, call: LogCall) {
  return {
    claim(pair: string, partition: number, then: (claim: Claim) => void): void {
      const ask = (): void =>
        void call('claim', { pair, partition }).then(then, (error: unknown) => {
          if (!isSyncError(error)) throw error;
          clock.after(RETRY_MS, ask);
        });
      ask();
    },
    revoke(pair: string, partition: number): void {
      // Where this fails the next claim ends the epoch just as well.
      void call('revoke', { pair, partition }).catch(ignoreUnavailable);
    },
  };
}

function createDrain(clock: Clock, call: LogCall, wake: (pairs: readonly string[] | null) => void) {
  let cancel: (() => void) | null = null;
  let stopped = false;

  function schedule(dueAt: number | null): void {
    cancel?.();
    if (stopped || dueAt === null) return;
    cancel = clock.after(Math.min(DRAIN_MAX_MS, Math.max(0, dueAt - clock.now())), run);
  }
  async function drain(): Promise<void> {
    try {
      const { pairs, nextDueAt } = await call('drain', { now: clock.now() });
      schedule(nextDueAt);
      if (pairs.length > 0) wake(pairs);
    } catch (error) {
      ignoreUnavailable(error);
      schedule(clock.now() + RETRY_MS);
    }
  }
  const run = (): void => void drain();

  return {
    run,
    published: (nextDueAt: number | null) => {
      schedule(nextDueAt);
      wake(null);
    },
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}

function ignoreUnavailable(error: unknown): void {
  if (!isSyncError(error)) throw error;
}

const PAGE = 1_000;

function createFactTable(call: LogCall): FactTable {
  return {
    async get(keys) {
      const values = await call('getFacts', { keys });
      return values.map((value): unknown => (value === null ? null : JSON.parse(value)));
    },
    async *list(pair, kind) {
      for (let afterId: string | null = null; ;) {
        const rows: ResultOf<'listFacts'> = await call('listFacts', {
          pair,
          kind,
          afterId,
          limit: PAGE,
        });
        yield* rows.map(toFactRecord);
        afterId = rows.at(-1)?.id ?? null;
        if (rows.length < PAGE) return;
      }
    },
    count: (pair, kind) => call('countFacts', { pair, kind }),
    ends: () => call('factEnds', {}),
  };
}
