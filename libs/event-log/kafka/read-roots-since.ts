import type { RootKind } from '#libs/model/stored.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { decodeNews } from '../change-codec.ts';
import { newsKey, type News } from '../news.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import { createTopicReader } from './topic-reader.ts';

/** What a replay is to bring again. */
export type ReplayRange = {
  readonly pair: string;
  /** Milliseconds since the epoch, by the brokers' clock. */
  readonly since: number;
  /** Only roots of this kind; null: all. */
  readonly root: RootKind | null;
};

/** What lies on a pair's changes since a time: how much of it there is, and its roots, each once. */
export type FoundRoots = {
  /** News that lies there, of all kinds of roots. */
  readonly read: number;
  readonly undecodable: number;
  readonly news: readonly News[];
};

/** Reads without consuming: no offset of the pair's group is touched. */
export async function readRootsSince(
  { pair, since, root }: ReplayRange,
  {
    topic,
    groupId,
    connection,
    offsets,
    clock,
  }: {
    readonly topic: string;
    /** A group of this reader's own. */
    readonly groupId: string;
    readonly connection: KafkaConnection;
    readonly offsets: KafkaOffsets;
    readonly clock: Clock;
  },
): Promise<FoundRoots> {
  const marks = await offsets.watermarks(topic);
  const starts = await offsets.firstSince(topic, since);
  const reader = createTopicReader({ topic, groupId, connection, clock });
  const collected = collectRoots({ pair, root, now: clock.now() });
  try {
    const ranges = marks.flatMap(({ partition, start, end }) => {
      const from = starts.get(partition);
      return from === undefined ? [] : [{ partition, from: Math.max(start, from), end }];
    });
    for await (const page of reader.read(ranges))
      for (const { value } of page) collected.add(decodeNews(value ?? Buffer.alloc(0)).news);
  } finally {
    await reader.close();
  }
  return collected.found();
}

/**
 * Gathers news of each root once, whatever brought it: an undo or a comparison named the root as well, and a look at it is what is
 * asked for. Nothing of the old record is taken over but what it names.
 */
export function collectRoots({ pair, root, now }: Omit<ReplayRange, 'since'> & { readonly now: number }) {
  const roots = new Map<string, News>();
  let read = 0;
  let undecodable = 0;
  return {
    add(news: News | null): void {
      read += 1;
      if (news === null) undecodable += 1;
      if (news === null || (root !== null && news.root !== root)) return;
      roots.set(newsKey(news), {
        v: 1,
        pair,
        root: news.root,
        rootId: news.rootId,
        ...(news.child === undefined ? {} : { child: news.child }),
        kind: 'news',
        topic: 'replay',
        receivedAt: now,
        // No value of its own: a process of the version before could not read it.
        via: 'sync',
        tries: 0,
      });
    },
    found: (): FoundRoots => ({ read, undecodable, news: [...roots.values()] }),
  };
}
