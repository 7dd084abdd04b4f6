import type { EventLog, PartitionLag } from './event-log.ts';

/** How far each partition of a pair is behind, for a log that reads one news as quickly as it counts them. */
export async function readPartitionLags(
  { ends, readNews }: Pick<EventLog, 'ends' | 'readNews'>,
  pair: string,
  now: number,
): Promise<readonly PartitionLag[]> {
  const all = await ends(pair);
  return Promise.all(
    all.map(async ({ partition, start, end, committed }) => {
      const first = Math.max(start, committed ?? start);
      const behind = Math.max(0, end - first);
      const [oldest] = behind === 0 ? [] : await readNews(pair, partition, first, 1);
      return { partition, behind, oldestMs: oldest === undefined ? 0 : Math.max(0, now - oldest.appendedAt) };
    }),
  );
}
