import { must } from '#libs/runtime/must.ts';
import { toClaim, type Claim, type PartitionEnds } from '../log-tables.ts';
import { decodeBegun } from './kafka-epoch.ts';
import type { KafkaConnection } from './kafka-connection.ts';

export type Watermarks = { readonly partition: number; readonly start: number; readonly end: number };
type Commit = { readonly partition: number; readonly committed: number | null; readonly begun: number | null };

/** Asks the cluster where topics begin and end, and what groups committed. */
export type KafkaOffsets = {
  /** By partition, in rising order. */
  readonly watermarks: (topic: string) => Promise<readonly Watermarks[]>;
  readonly commits: (groupId: string, topic: string) => Promise<readonly Commit[]>;
  /** How many members a group has now; none where there is no such group. */
  readonly members: (groupId: string) => Promise<number>;
  readonly ends: (groupId: string, topic: string) => Promise<readonly PartitionEnds[]>;
  /** When the record at an offset was appended, to within a hundredth of its age; 0 when there is none. */
  readonly ageMs: (topic: string, partition: number, offset: number, now: number) => Promise<number>;
  /** By partition, the first offset that was appended at this time or later; the end where none was. */
  readonly firstSince: (topic: string, since: number) => Promise<ReadonlyMap<number, number>>;
};

export function createKafkaOffsets(connection: KafkaConnection): KafkaOffsets {
  const watermarks: KafkaOffsets['watermarks'] = (topic) =>
    connection.ask('measure a topic', async () => {
      const found = await (await connection.admin()).fetchTopicOffsets(topic);
      return found
        .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
        .toSorted((a, b) => a.partition - b.partition);
    });

  const commits: KafkaOffsets['commits'] = (groupId, topic) =>
    connection.ask('read what is committed', async () => {
      const [found] = await (await connection.admin()).fetchOffsets({ groupId, topics: [topic] });
      return (found?.partitions ?? []).map(({ partition, offset, metadata }) => ({
        partition,
        committed: Number(offset) < 0 ? null : Number(offset),
        begun: decodeBegun(metadata),
      }));
    });

  async function isAtOrBefore(topic: string, partition: number, offset: number, timestamp: number): Promise<boolean> {
    const found = await connection.ask('measure the age of news', async () =>
      (await connection.admin()).fetchTopicOffsetsByTimestamp(topic, Math.floor(timestamp)),
    );
    const first = found.find((one) => one.partition === partition)?.offset ?? '-1';
    return Number(first) >= 0 && Number(first) <= offset;
  }

  return {
    members: (groupId) =>
      connection.ask('ask who consumes', async () => {
        const { groups } = await (await connection.admin()).describeGroups([groupId]);
        return groups[0]?.members.length ?? 0;
      }),
    watermarks,
    commits,
    async ends(groupId, topic) {
      const [marks, committed] = await Promise.all([watermarks(topic), commits(groupId, topic)]);
      const byPartition = new Map(committed.map((one) => [one.partition, one.committed]));
      return marks.map((mark) => ({ ...mark, committed: byPartition.get(mark.partition) ?? null }));
    },
    // The first record not older than t lies at or before the offset just as long as t is not later than its own time.
    async ageMs(topic, partition, offset, now) {
      let young = 0;
      let old = 50;
      while (!(await isAtOrBefore(topic, partition, offset, now - old)) && old < AGE_MAX_MS) {
        young = old;
        old *= 2;
      }
      while (old - young > Math.max(1, old / 100)) {
        const middle = (old + young) / 2;
        if (await isAtOrBefore(topic, partition, offset, now - middle)) old = middle;
        else young = middle;
      }
      return Math.max(1, Math.floor(old));
    },
    firstSince: (topic, since) =>
      connection.ask('find where a time lies on the log', async () => {
        const found = await (await connection.admin()).fetchTopicOffsetsByTimestamp(topic, Math.max(0, since));
        return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
      }),
  };
}

const AGE_MAX_MS = 60 * 24 * 60 * 60 * 1_000;

/** Where an epoch begins, before it has a generation. */
export type FoundClaim = Omit<Claim, 'generation'> & { readonly everCommitted: boolean };

/** Where epochs of these partitions begin, by what the cluster records now. */
export async function readClaims(
  offsets: KafkaOffsets,
  where: { readonly pair: string; readonly topic: string; readonly groupId: string },
  partitions: readonly number[],
  hadStarted: (partition: number) => Promise<boolean>,
): Promise<readonly FoundClaim[]> {
  const [marks, commits] = await Promise.all([
    offsets.watermarks(where.topic),
    offsets.commits(where.groupId, where.topic),
  ]);
  return Promise.all(
    partitions.map(async (partition) => {
      const { start, end } = must(
        marks.find((mark) => mark.partition === partition),
        'the offsets of a partition',
      );
      const commit = commits.find((one) => one.partition === partition);
      const committed = commit?.committed ?? null;
      const everCommitted = committed !== null || (await hadStarted(partition));
      const recorded = { start, end, committed, begun: commit?.begun ?? null, everCommitted };
      return { ...toClaim({ pair: where.pair, partition, generation: 0 }, recorded), everCommitted };
    }),
  );
}
