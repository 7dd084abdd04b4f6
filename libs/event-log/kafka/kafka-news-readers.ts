import type { LoggedNews } from '../event-log.ts';
import { toNews } from './kafka-delivery.ts';
import type { RecordsOptions } from './record-topic.ts';
import { createTopicReader, type TopicReader } from './topic-reader.ts';

/** Reads news without consuming it. */
export type NewsReaders = {
  readonly read: (pair: string, partition: number, from: number, limit: number) => Promise<readonly LoggedNews[]>;
  readonly close: () => Promise<void>;
};

export function createNewsReaders({ names, connection, offsets, clock, readerId }: RecordsOptions): NewsReaders {
  const readers = new Map<string, TopicReader>();

  function readerOf(topic: string): TopicReader {
    const groupId = names.readerGroup(readerId());
    const reader = readers.get(topic) ?? createTopicReader({ topic, groupId, connection, clock });
    readers.set(topic, reader);
    return reader;
  }

  return {
    async read(pair, partition, from, limit) {
      const topic = names.changes(pair);
      const mark = (await offsets.watermarks(topic)).find((one) => one.partition === partition);
      if (mark === undefined) return [];
      const first = Math.max(from, mark.start);
      const range = { partition, from: first, end: Math.min(mark.end, first + limit) };
      const pages = await Array.fromAsync(readerOf(topic).read([range]));
      return pages
        .flat()
        .map(({ offset, at, value }) => toNews(partition, { offset: String(offset), timestamp: String(at), value }));
    },
    async close() {
      await Promise.all([...readers.values()].map((reader) => reader.close()));
    },
  };
}
