import { must } from '#libs/runtime/must.ts';
import { toClaim, type Claim, type PartitionEnds } from '../log-tables.ts';
import { decodeBegun } from './kafka-epoch.ts';
import { kafkaErrorType, unavailable, type Admin, type KafkaConnection } from './kafka-connection.ts';

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
  const ask = createTopicAsk(connection);
  const watermarks: KafkaOffsets['watermarks'] = (topic) =>
    ask('measure a topic', topic, async (admin) => {
      const found = await admin.fetchTopicOffsets(topic);
      return found
        .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
        .toSorted((a, b) => a.partition - b.partition);
    });

  const commits: KafkaOffsets['commits'] = (groupId, topic) =>
    ask('read what is committed', topic, async (admin) => {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return (found?.partitions ?? []).map(({ partition, offset, metadata }) => ({
        partition,
        committed: Number(offset) < 0 ? null : Number(offset),
        begun: decodeBegun(metadata),
      }));
    });

  async function isAtOrBefore(topic: string, partition: number, offset: number, timestamp: number): Promise<boolean> {
    const found = await ask('measure the age of news', topic, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, Math.floor(timestamp)),
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
      ask('find where a time lies on the log', topic, async (admin) => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, since));
        return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
      }),
  };
}

/** Asks about one topic, so that one that was deleted disturbs no question about another. */
function createTopicAsk(connection: KafkaConnection) {
  const gone = new Set<string>();

  async function requireTopic(action: string, topic: string): Promise<void> {
    if ((await (await connection.admin()).listTopics()).includes(topic)) {
      gone.delete(topic);
      return;
    }
    gone.add(topic);
    throw unavailable(action, `there is no topic "${topic}"`);
  }

  return <T>(action: string, topic: string, run: (admin: Admin) => Promise<T>): Promise<T> =>
    connection.ask(action, async () => {
      // Once it is known to be gone the client is not asked about it: it would never forget it.
      if (gone.has(topic)) await requireTopic(action, topic);
      try {
        return await run(await connection.admin());
      } catch (error) {
        if (kafkaErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
        connection.renewAdmin();
        await requireTopic(action, topic);
        return run(await connection.admin());
      }
    });
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
