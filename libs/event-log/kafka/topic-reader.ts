import type { Clock } from '#libs/runtime/clock.ts';
import { retryUntil } from './kafka-consumption.ts';
import { unavailable, type Consumer, type EachBatchPayload, type KafkaConnection } from './kafka-connection.ts';

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

/**
 * The client library cannot read a partition outside a group, and joining one takes long on most clusters: so a reader joins
 * once, fetches nothing, and each read seeks, fetches to the end and pauses again. One read at a time.
 */
export function createTopicReader(options: TopicReaderOptions): TopicReader {
  const { connection, topic } = options;
  let reading: Reading | null = null;
  let joined: Promise<Fetcher> | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  async function* readNow(ranges: readonly TopicRange[]): AsyncGenerator<readonly TopicRecord[]> {
    const joining = (joined ??= joinAlone(options, () => reading));
    joining.catch(() => (joined = null));
    const fetcher = await connection.ask(`read ${topic}`, () => joining);
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
      await (await joined?.catch(() => null))?.close();
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

/** The consumer below: it fetches only what it is told to. */
type Fetcher = {
  readonly fetchFrom: (partition: number, offset: number) => void;
  readonly pause: (partitions: readonly number[]) => void;
  readonly close: () => Promise<void>;
};

async function joinAlone(options: TopicReaderOptions, reading: () => Reading | null): Promise<Fetcher> {
  const { topic, groupId, connection } = options;
  const consumer = connection.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: SESSION_MS,
    heartbeatInterval: 3_000,
    maxWaitTimeInMs: 50,
    allowAutoTopicCreation: false,
    retry: retryUntil(connection.isClosed),
  });
  const fetcher = createFetcher(consumer, topic);
  const first = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    fetcher.pause(payload.memberAssignment[topic] ?? []);
    // It joined again in the middle of a read: what was fetched so far stands.
    for (const partition of reading()?.ends.keys() ?? [])
      fetcher.fetchFrom(partition, reading()?.next.get(partition) ?? 0);
    first.resolve();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatch: async (payload) => take(payload, reading(), fetcher) });
  await first.promise;
  return fetcher;
}

function createFetcher(consumer: Consumer, topic: string): Fetcher {
  return {
    fetchFrom(partition, offset) {
      consumer.seek({ topic, partition, offset: String(offset) });
      consumer.resume([{ topic, partitions: [partition] }]);
    },
    pause(partitions) {
      if (partitions.length > 0) consumer.pause([{ topic, partitions: [...partitions] }]);
    },
    close: () => consumer.disconnect().catch(() => undefined),
  };
}

async function take({ batch }: EachBatchPayload, reading: Reading | null, fetcher: Fetcher): Promise<void> {
  const { partition } = batch;
  const end = reading?.ends.get(partition);
  const next = reading?.next.get(partition);
  if (reading === null || end === undefined || next === undefined) {
    fetcher.pause([partition]);
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
    fetcher.pause([partition]);
  }
  reading.wake();
}

function toRecord(partition: number, message: EachBatchPayload['batch']['messages'][number]): TopicRecord {
  const { key, value, offset, timestamp } = message;
  return { partition, offset: Number(offset), at: Number(timestamp), key: key?.toString('utf8') ?? '', value };
}
