import type { JournalEnvelope, JournalPosition, JournalRead } from '../event-log.ts';
import { partitionOf } from '../key-partition.ts';
import { parseRecord } from './kafka-facts.ts';
import { readToEnd, sendRecords, type RecordsOptions } from './record-topic.ts';
import { splitBySize } from './split-by-size.ts';
import { createTopicReader } from './topic-reader.ts';

/** Outcomes on the topic that all pairs share, keyed by pair and partition of its changes. */
export type KafkaJournal = {
  readonly append: (records: readonly JournalEnvelope[]) => Promise<void>;
  readonly read: (pair: string, partitions: number, from: JournalPosition) => AsyncIterable<JournalRead>;
  readonly end: (pair: string, partitions: number) => Promise<JournalPosition>;
  readonly close: () => Promise<void>;
};

export function createKafkaJournal({ names, connection, offsets, clock, readerId }: RecordsOptions): KafkaJournal {
  const topic = names.journal;
  const reader = createTopicReader({ topic, groupId: names.readerGroup(readerId()), connection, clock });

  return {
    async append(records) {
      if (records.length === 0) return;
      const keyed = records.map(({ pair, partition, record }) => ({
        key: `${pair}/${partition}`,
        value: JSON.stringify(record),
      }));
      for (const part of splitBySize(keyed)) await sendRecords(connection, topic, part);
    },
    async *read(pair, partitions, from) {
      const last = new Map<number, number>();
      for (const { partition, offset } of from) last.set(partition, Math.max(offset, last.get(partition) ?? -1));
      const keys = keysOf(pair, partitions);
      const first = firstOffsets(keys, last, (await offsets.watermarks(topic)).length);
      for await (const record of readToEnd(reader, offsets, topic, (home) => first.get(home) ?? null)) {
        const partition = keys.get(record.key);
        if (partition === undefined || record.offset <= (last.get(partition) ?? -1)) continue;
        yield { pair, partition, record: parseRecord(record.value), offset: record.offset, appendedAt: record.at };
      }
    },
    async end(pair, partitions) {
      const marks = await offsets.watermarks(topic);
      return [...keysOf(pair, partitions)].flatMap(([key, partition]) => {
        const end = marks.find((mark) => mark.partition === partitionOf(key, marks.length))?.end ?? 0;
        return end === 0 ? [] : [{ partition, offset: end - 1 }];
      });
    },
    close: reader.close,
  };
}

/** The key of each partition of a pair's changes. */
function keysOf(pair: string, partitions: number): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: partitions }, (_, partition) => [`${pair}/${partition}`, partition]));
}

/** Where reading begins in each partition of the journal that holds one of the keys. */
function firstOffsets(
  keys: ReadonlyMap<string, number>,
  last: ReadonlyMap<number, number>,
  homes: number,
): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  for (const [key, partition] of keys) {
    const home = partitionOf(key, homes);
    const wanted = (last.get(partition) ?? -1) + 1;
    first.set(home, Math.min(wanted, first.get(home) ?? wanted));
  }
  return first;
}
