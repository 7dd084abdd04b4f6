import type { Clock } from '#libs/runtime/clock.ts';
import type { Lag } from '../event-log.ts';
import type { DelayedCount } from './kafka-delayed.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import type { KafkaNames } from './kafka-topics.ts';

/** How far a pair is behind, by what the cluster says. */
export async function measureLag(
  pair: string,
  {
    names,
    offsets,
    delayed,
    clock,
  }: {
    readonly names: KafkaNames;
    readonly offsets: KafkaOffsets;
    readonly delayed: DelayedCount;
    readonly clock: Clock;
  },
): Promise<Lag> {
  const topic = names.changes(pair);
  const [ends, waiting] = await Promise.all([offsets.ends(names.group(pair), topic), delayed.of(pair)]);
  const behind = ends.map(({ partition, start, end, committed }) => {
    const first = Math.max(start, committed ?? start);
    return { partition, first, count: Math.max(0, end - first) };
  });
  const now = clock.now();
  const ages = await Promise.all(
    behind.filter(({ count }) => count > 0).map(({ partition, first }) => offsets.ageMs(topic, partition, first, now)),
  );
  return {
    behind: behind.reduce((sum, { count }) => sum + count, 0),
    delayed: waiting,
    oldestMs: Math.max(0, ...ages),
  };
}
