import { decodeNews } from '../change-codec.ts';
import { delayTopics } from './kafka-topics.ts';
import type { RecordsOptions } from './record-topic.ts';
import { createTopicReader, type TopicReader } from './topic-reader.ts';

/** How many news of each pair wait on the delay tiers. */
export type DelayedCount = { readonly of: (pair: string) => Promise<number>; readonly close: () => Promise<void> };

/** One tier's partition as it was read last: the pair of each entry that was not moved then. */
type Read = { readonly start: number; readonly pairs: (string | null)[] };
type Tier = { readonly topic: string; readonly reader: TopicReader; readonly read: Map<number, Read> };

const SETTLE_MS = 20;

/**
 * The tiers are shared by all pairs, so counting means reading what waits there; what was read before is kept, and each count
 * reads only what came since.
 */
export function createDelayedCount({ names, connection, offsets, clock, readerId }: RecordsOptions): DelayedCount {
  const tiers: readonly Tier[] = delayTopics(names).map((topic) => {
    const groupId = names.readerGroup(readerId());
    return { topic, reader: createTopicReader({ topic, groupId, connection, clock }), read: new Map() };
  });

  async function refresh(tier: Tier): Promise<void> {
    const ends = await offsets.ends(names.delayGroup, tier.topic);
    const wanted = ends.map(({ partition, start, end, committed }) => {
      const first = Math.max(start, committed ?? 0);
      const known = tier.read.get(partition) ?? { start: first, pairs: [] };
      const gone = Math.max(0, first - known.start);
      const kept = { start: first, pairs: gone >= known.pairs.length ? [] : known.pairs.slice(gone) };
      tier.read.set(partition, kept);
      return { partition, from: first + kept.pairs.length, end };
    });
    for await (const page of tier.reader.read(wanted))
      for (const { partition, value } of page)
        tier.read.get(partition)?.pairs.push(decodeNews(value ?? Buffer.alloc(0)).news?.pair ?? null);
  }

  let turn: Promise<void> = Promise.resolve();
  async function refreshAll(): Promise<void> {
    // Moved news is committed a moment after it was published back: it would be counted twice in between.
    await clock.sleep(SETTLE_MS);
    await Promise.all(tiers.map(refresh));
  }

  return {
    async of(pair) {
      const mine = turn.then(refreshAll);
      turn = mine.catch(() => undefined);
      await mine;
      return tiers
        .flatMap(({ read }) => [...read.values()])
        .reduce((sum, { pairs }) => sum + pairs.filter((one) => one === pair).length, 0);
    },
    async close() {
      await Promise.all(tiers.map(({ reader }) => reader.close()));
    },
  };
}
