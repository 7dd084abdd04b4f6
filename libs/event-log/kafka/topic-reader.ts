import type { Clock } from '#libs/runtime/clock.ts';
import { createGroupMembership, type GroupMembership } from './group-membership.ts';
import { unavailable, type EachBatchPayload, type KafkaConnection } from './kafka-connection.ts';

/** A record as it lies on a topic. */
export type TopicRecord = {
  readonly partition: number;
  readonly offset: number;
  readonly at: number;
  readonly key: string;
  readonly value: Buffer | null;
};

/** What is to be read of a partition: from, inclusive, to an end, exclusive. */
export type TopicRange = { readonly partition: number; readonly from: number; readonly end: number };

/** Reads a topic without consuming it, as often as asked. */
export type TopicReader = {
  /** Reads ranges to their ends. Records of one partition come in order. */
  readonly read: (ranges: readonly TopicRange[]) => AsyncIterable<readonly TopicRecord[]>;
  readonly close: () => Promise<void>;
};

export type TopicReaderOptions = {
  readonly topic: string;
  /** A group of this reader's own: it commits nothing, and the cluster forgets it when it leaves. */
  readonly groupId: string;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  /**
   * Asked for when a partition's last record before its end seems to be compacted away: appends one that will be there.
   * Without it such a read ends as unavailable.
   */
  readonly nudge?: (partition: number) => Promise<void>;
};

const NUDGE_MS = 1_500;
const GIVE_UP_MS = 20_000;
const SESSION_MS = 30_000;
const JOIN_MS = 20_000;
/** Fetched pages that wait to be read; a page is at most what one fetch brings of a partition. */
const PAGES_MAX = 24;
const ROOM_MS = 10;

/**
 * The client library cannot read a partition outside a group, and joining one takes long on most clusters: so a reader joins
 * once, fetches nothing, and each read seeks, fetches to the end and pauses again. One read at a time.
 */
export function createTopicReader(options: TopicReaderOptions): TopicReader {
  const { connection, topic } = options;
  let reading: Reading | null = null;
  let joined: Fetcher | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  async function join(): Promise<Fetcher> {
    const joining = (joined ??= createFetcher(options, () => reading));
    try {
      await joining.joined;
    } catch (error) {
      if (joined === joining) joined = null;
      await joining.close();
      throw error;
    }
    return joining;
  }

  async function* readNow(ranges: readonly TopicRange[]): AsyncGenerator<readonly TopicRecord[]> {
    const fetcher = await connection.ask(`read ${topic}`, join);
    const current = createReading(ranges);
    reading = current;
    try {
      for (const { partition, from } of ranges) fetcher.fetchFrom(partition, from);
      yield* takePages(current, options);
    } finally {
      reading = null;
      fetcher.pause(ranges.map(({ partition }) => partition));
    }
  }

  return {
    async *read(ranges) {
      const wanted = ranges.filter(({ from, end }) => from < end);
      if (wanted.length === 0) return;
      const before = turn;
      const mine = Promise.withResolvers<void>();
      turn = mine.promise;
      await before;
      try {
        yield* readNow(wanted);
      } finally {
        mine.resolve();
      }
    },
    async close() {
      await joined?.close();
    },
  };
}

/** One read under way: what is still to come of each partition, and the pages that came. */
type Reading = {
  /** Where a partition is read to; it goes when it was. */
  readonly ends: Map<number, number>;
  readonly next: Map<number, number>;
  readonly pages: (readonly TopicRecord[])[];
  wake: () => void;
};

function createReading(ranges: readonly TopicRange[]): Reading {
  return {
    ends: new Map(ranges.map(({ partition, end }) => [partition, end])),
    next: new Map(ranges.map(({ partition, from }) => [partition, from])),
    pages: [],
    wake: () => undefined,
  };
}

async function* takePages(
  reading: Reading,
  { topic, clock, nudge }: TopicReaderOptions,
): AsyncGenerator<readonly TopicRecord[]> {
  let lastAt = clock.monotonic();
  let nudged = false;
  while (reading.ends.size > 0 || reading.pages.length > 0) {
    const page = reading.pages.shift();
    if (page !== undefined) {
      yield page;
      lastAt = clock.monotonic();
      nudged = false;
      continue;
    }
    await waitForMore(reading, clock);
    const waitedMs = clock.monotonic() - lastAt;
    if (reading.pages.length > 0 || waitedMs < NUDGE_MS) continue;
    if (waitedMs > GIVE_UP_MS) throw unavailable(`read ${topic}`, 'the cluster sends nothing');
    if (nudged || nudge === undefined) continue;
    nudged = true;
    for (const partition of reading.ends.keys()) await nudge(partition);
  }
}

function waitForMore(reading: Reading, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(NUDGE_MS, resolve);
    reading.wake = () => {
      cancel();
      resolve();
    };
  });
}

/** A membership in a group of one: it fetches only what it is told to. */
type Fetcher = {
  /** Resolves once the group dealt out the partitions. */
  readonly joined: Promise<void>;
  readonly fetchFrom: (partition: number, offset: number) => void;
  readonly pause: (partitions: readonly number[]) => void;
  readonly close: () => Promise<void>;
};

function createFetcher(options: TopicReaderOptions, reading: () => Reading | null): Fetcher {
  const { topic, groupId, connection, clock } = options;
  const first = Promise.withResolvers<void>();
  const pause = (partitions: readonly number[]) => membership.pause(topic, partitions);
  const membership: GroupMembership = createGroupMembership({
    topics: [topic],
    config: {
      groupId,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: 3_000,
      maxWaitTimeInMs: 50,
    },
    connection,
    clock,
    async eachBatch(payload) {
      const current = reading();
      take(payload, current, pause);
      // Whoever reads may be slower than the cluster: no more is fetched meanwhile.
      while (current === reading() && (reading()?.pages.length ?? 0) >= PAGES_MAX) {
        await clock.sleep(ROOM_MS);
        await payload.heartbeat();
      }
    },
    onJoined(assigned) {
      pause(assigned[topic] ?? []);
      // It joined again in the middle of a read: what was fetched so far stands.
      for (const partition of reading()?.ends.keys() ?? [])
        membership.fetchFrom(topic, partition, reading()?.next.get(partition) ?? 0);
      first.resolve();
    },
  });
  // The client does not say that it cannot join: it goes on trying, and a read must not wait for that.
  const cancel = clock.after(JOIN_MS, () => first.reject(unavailable(`read ${topic}`, 'its group cannot be joined')));
  membership.start().catch(first.reject);
  first.promise.then(cancel, cancel);
  return {
    joined: first.promise,
    fetchFrom: (partition, offset) => membership.fetchFrom(topic, partition, offset),
    pause,
    async close() {
      first.reject(unavailable(`read ${topic}`, 'it was closed'));
      await membership.stop();
    },
  };
}

function take(
  payload: EachBatchPayload,
  reading: Reading | null,
  pause: (partitions: readonly number[]) => void,
): void {
  const { batch } = payload;
  const { partition } = batch;
  // Fetched for an earlier read: its end says nothing about this one.
  if (payload.isStale()) return;
  const end = reading?.ends.get(partition);
  const next = reading?.next.get(partition);
  if (reading === null || end === undefined || next === undefined) {
    pause([partition]);
    return;
  }
  const page = batch.messages
    .map((message) => toRecord(partition, message))
    .filter(({ offset }) => offset >= next && offset < end);
  if (page.length > 0) reading.pages.push(page);
  const last = Number(batch.lastOffset());
  reading.next.set(partition, Math.max(next, last + 1));
  if (last + 1 >= end) {
    reading.ends.delete(partition);
    pause([partition]);
  }
  reading.wake();
}

function toRecord(partition: number, message: EachBatchPayload['batch']['messages'][number]): TopicRecord {
  const { key, value, offset, timestamp } = message;
  return { partition, offset: Number(offset), at: Number(timestamp), key: key?.toString('utf8') ?? '', value };
}
