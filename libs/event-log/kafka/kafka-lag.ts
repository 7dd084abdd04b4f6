import type { Clock } from '#libs/runtime/clock.ts';
import type { Lag, PartitionLag } from '../event-log.ts';
import type { DelayedCount } from './kafka-delayed.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import type { KafkaNames } from './kafka-topics.ts';

export type LagParts = {
  readonly names: KafkaNames;
  readonly offsets: KafkaOffsets;
  readonly clock: Clock;
};

/** How far a pair is behind, by what the cluster says. */
export async function measureLag(
  pair: string,
  { delayed, ...parts }: LagParts & { readonly delayed: DelayedCount },
): Promise<Lag> {
  const [partitions, waiting] = await Promise.all([measurePartitions(pair, parts), delayed.of(pair)]);
  return {
    behind: partitions.reduce((sum, { behind }) => sum + behind, 0),
    delayed: waiting,
    oldestMs: Math.max(0, ...partitions.map(({ oldestMs }) => oldestMs)),
  };
}

/** The same for each partition, in rising order. */
export async function measurePartitions(
  pair: string,
  { names, offsets, clock }: LagParts,
): Promise<readonly PartitionLag[]> {
  const topic = names.changes(pair);
  const ends = await offsets.ends(names.group(pair), topic);
  const now = clock.now();
  return Promise.all(
    ends.map(async ({ partition, start, end, committed }) => {
      const first = Math.max(start, committed ?? start);
      const behind = Math.max(0, end - first);
      return { partition, behind, oldestMs: behind === 0 ? 0 : await offsets.ageMs(topic, partition, first, now) };
    }),
  );
}
