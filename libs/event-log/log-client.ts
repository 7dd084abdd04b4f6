import type { Clock } from '#libs/runtime/clock.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import { encodeNews } from './change-codec.ts';
import { createEpochWork, toLoggedNews, type EpochWork } from './epoch-work.ts';
import type { ConsumeHandlers, ConsumeOptions, Consumption, Epoch, EventLog } from './event-log.ts';
import type { Claim, LogCall } from './log-tables.ts';
import { newsKey, type News } from './news.ts';
import type { GroupMember } from './partition-groups.ts';
import { readPartitionLags } from './partition-lags.ts';
import { readFactsFrom, readJournalFrom } from './read-pages.ts';

/** One process' end of a log whose tables are reached by `call`. */
export type LogClient = EventLog & {
  /** These pairs, or any (null), may have news. */
  readonly wake: (pairs: readonly string[] | null) => void;
};

export type LogClientOptions = {
  readonly call: LogCall;
  readonly clock: Clock;
  readonly join: (member: GroupMember, partitions: number, options: ConsumeOptions) => void;
  readonly leave: (member: GroupMember) => void;
  /** With when the next delayed news is due. */
  readonly onPublished: (nextDueAt: number | null) => void;
  /** After every consumer has left. */
  readonly onClose: () => Promise<void>;
};

const BATCH_MAX = 500;

/** The port over tables: what is the same whether they lie in memory or in a file. */
export function createLogClient({ call, clock, join, leave, onPublished, onClose }: LogClientOptions): LogClient {
  const works = new Map<string, EpochWork>();
  const consumptions = new Map<Consumption, string>();

  async function partitionsOf(pair: string, action: string): Promise<number> {
    const partitions = await call('partitions', { pair });
    if (partitions === null) throw unknownPair(action, pair);
    return partitions;
  }

  async function consume(pair: string, handlers: ConsumeHandlers, options: ConsumeOptions = {}): Promise<Consumption> {
    const partitions = await partitionsOf(pair, 'consume');
    const member = createMember({ pair, handlers, batchMax: options.batchMax ?? BATCH_MAX, call, clock, works });
    join(member, partitions, options);
    const consumption: Consumption = {
      resume: (epoch) => works.get(epochKey(epoch))?.resume(),
      async stop() {
        if (!consumptions.delete(consumption)) return;
        await member.finish();
        leave(member);
      },
    };
    consumptions.set(consumption, pair);
    return consumption;
  }

  return {
    async openPair(pair, options) {
      await call('openPair', { pair, partitions: options?.partitions ?? 1 });
    },
    async publish(news, options) {
      if (news.length === 0) return;
      const now = clock.now();
      const entries = news.map((one) => toEntry(one, now, options?.afterMs ?? 0));
      const { unknownPair: unknown, nextDueAt } = await call('publish', { entries, now });
      onPublished(nextDueAt);
      if (unknown !== null) throw unknownPair('publish to', unknown);
    },
    consume,
    consumers: async (pair) => [...consumptions.values()].filter((of) => of === pair).length,
    begin: async (epoch, begunOffset) => (await works.get(epochKey(epoch))?.begin(begunOffset)) ?? 'lost',
    settle: async (epoch, offsets, begunOffset) =>
      (await works.get(epochKey(epoch))?.settle(offsets, begunOffset)) ?? 'lost',
    ...createRecords({ call, clock, partitionsOf, lose: (epoch) => works.get(epochKey(epoch))?.lose() }),
    async trim(pair, olderThan) {
      await partitionsOf(pair, 'trim');
      const gone = await call('trim', { pair, olderThan });
      for (const { epoch, wake } of works.values()) if (epoch.pair === pair) wake();
      return gone;
    },
    async close() {
      await Promise.all([...consumptions.keys()].map((consumption) => consumption.stop()));
      await onClose();
    },
    wake(pairs) {
      for (const { epoch, wake } of works.values()) if (pairs === null || pairs.includes(epoch.pair)) wake();
    },
  };
}

type Records = Pick<
  EventLog,
  | 'appendFacts'
  | 'readFacts'
  | 'appendJournal'
  | 'readJournal'
  | 'journalEnd'
  | 'lag'
  | 'partitionLags'
  | 'ends'
  | 'readNews'
>;

function createRecords({
  call,
  clock,
  partitionsOf,
  lose,
}: {
  readonly call: LogCall;
  readonly clock: Clock;
  readonly partitionsOf: (pair: string, action: string) => Promise<number>;
  readonly lose: (epoch: Epoch) => void;
}): Records {
  const measuring: Pick<EventLog, 'ends' | 'readNews'> = {
    async ends(pair) {
      await partitionsOf(pair, 'measure');
      return call('ends', { pair });
    },
    async readNews(pair, partition, from, limit) {
      await partitionsOf(pair, 'read');
      const { rows } = await call('fetch', { pair, partition, from, limit });
      return rows.map((row) => toLoggedNews(partition, row));
    },
  };
  return {
    ...measuring,
    async appendFacts(facts, options) {
      const epoch = options?.epoch;
      if (epoch?.signal.aborted === true) return 'lost';
      const entries = facts.map(({ pair, kind, id, value }) => ({ pair, kind, id, value: toJson(value) }));
      const fence = epoch === undefined ? null : toFence(epoch);
      const offsets = await call('appendFacts', { facts: entries, fence, now: clock.now() });
      if (offsets === null && epoch !== undefined) lose(epoch);
      return offsets ?? 'lost';
    },
    readFacts: (from = []) => readFactsFrom(call, from),
    async appendJournal(records) {
      if (records.length === 0) return;
      const entries = records.map(({ pair, partition, record }) => ({ pair, partition, body: JSON.stringify(record) }));
      await call('appendJournal', { entries, now: clock.now() });
    },
    readJournal: (pair, from = []) => readJournalFrom(call, pair, from),
    async journalEnd(pair) {
      const partitions = await partitionsOf(pair, 'read');
      const offset = await call('journalEnd', {});
      return offset < 0 ? [] : Array.from({ length: partitions }, (_, partition) => ({ partition, offset }));
    },
    async lag(pair) {
      await partitionsOf(pair, 'measure');
      return call('lag', { pair, now: clock.now() });
    },
    partitionLags: (pair) => readPartitionLags(measuring, pair, clock.now()),
  };
}

type MemberOptions = {
  readonly pair: string;
  readonly handlers: ConsumeHandlers;
  readonly batchMax: number;
  readonly call: LogCall;
  readonly clock: Clock;
  readonly works: Map<string, EpochWork>;
};

function createMember({ pair, handlers, batchMax, call, clock, works }: MemberOptions) {
  const mine = new Map<number, EpochWork>();
  let finished = false;

  function drop(work: EpochWork): void {
    works.delete(epochKey(work.epoch));
    if (mine.get(work.epoch.partition) === work) mine.delete(work.epoch.partition);
  }

  return {
    pair,
    assign(claim: Claim): void {
      if (finished) return;
      const old = mine.get(claim.partition);
      if (old !== undefined) drop(old);
      old?.end({ tell: true });
      const work = createEpochWork({ claim, handlers, batchMax, call, clock, onLost: () => drop(work) });
      works.set(epochKey(work.epoch), work);
      mine.set(claim.partition, work);
      const { committed, begun, gap } = claim;
      handlers.onAssigned({ epoch: work.epoch, committed, begun, gap });
      work.wake();
    },
    revoke(partition: number, generation: number): void {
      const work = mine.get(partition);
      if (work?.epoch.generation !== generation) return;
      drop(work);
      work.end({ tell: true });
    },
    /** Ends every epoch by itself; an unavailable log leaves `begun` as it is, which is the careful side. */
    async finish(): Promise<void> {
      finished = true;
      await Promise.all([...mine.values()].map((work) => work.commitLast().catch(ignoreUnavailable)));
      for (const work of mine.values()) work.end({ tell: false });
      for (const work of mine.values()) drop(work);
    },
  };
}

function ignoreUnavailable(error: unknown): void {
  if (!isSyncError(error)) throw error;
}

function epochKey({ pair, partition, generation }: Epoch): string {
  return `${pair}/${partition}/${generation}`;
}

function toFence({ pair, partition, generation }: Epoch) {
  return { pair, partition, generation };
}

function toEntry(news: News, now: number, afterMs: number) {
  const notBefore = afterMs > 0 ? now + afterMs : null;
  const body = encodeNews(notBefore === null ? news : { ...news, notBefore });
  return { pair: news.pair, key: newsKey(news), body, notBefore };
}

function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function unknownPair(action: string, pair: string): SyncError {
  return new SyncError('PAIR_UNKNOWN', `Cannot ${action} "${pair}": the pair was never opened on the log`);
}
