import type { Clock } from '#libs/runtime/clock.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import type { KafkaNames } from './kafka-topics.ts';
import type { TopicReader, TopicRecord } from './topic-reader.ts';

/** What reads and writes the topics that all pairs share. */
export type RecordsOptions = {
  readonly names: KafkaNames;
  readonly connection: KafkaConnection;
  readonly offsets: KafkaOffsets;
  readonly clock: Clock;
  /** Names a reader's group. */
  readonly readerId: () => string;
};

const PRODUCER = '$records';

type RecordWrite = { readonly key: string; readonly value: string | null; readonly partition?: number };

/** Appends records, no more than one part of `splitBySize`; durable when it resolves, to the first offset in each partition. */
export function sendRecords(
  connection: KafkaConnection,
  topic: string,
  messages: readonly RecordWrite[],
): Promise<ReadonlyMap<number, number>> {
  return connection.ask(`write to ${topic}`, async () => {
    const producer = await connection.producer(PRODUCER);
    const answers = await producer.send({ topic, acks: -1, messages: [...messages] });
    return new Map(answers.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]));
  });
}

/** Reads to the high watermarks as they are now, from where `from` says; null leaves a partition out. */
export async function* readToEnd(
  reader: TopicReader,
  offsets: KafkaOffsets,
  topic: string,
  from: (partition: number) => number | null,
): AsyncGenerator<TopicRecord> {
  const ranges = (await offsets.watermarks(topic)).flatMap(({ partition, start, end }) => {
    const first = from(partition);
    return first === null ? [] : [{ partition, from: Math.max(first, start), end }];
  });
  for await (const page of reader.read(ranges)) yield* page;
}
