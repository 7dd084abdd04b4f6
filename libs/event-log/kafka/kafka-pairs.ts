import type { Clock } from '#libs/runtime/clock.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { createTopics, replicationFor } from './ensure-topics.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { pairTopic, sharedTopics, type KafkaNames, type TopicSpec } from './kafka-topics.ts';

/** Which pairs have their place on the cluster. */
export type KafkaPairs = {
  /**
   * Partitions of a pair that was opened.
   * @throws {SyncError} PAIR_UNKNOWN
   */
  readonly require: (pair: string, action: string) => Promise<number>;
  /** Makes what is missing. Topics that are there are taken as they are: the operator may have made them. */
  readonly open: (pair: string, partitions: number) => Promise<void>;
  readonly openShared: () => Promise<void>;
};

export function createKafkaPairs({
  names,
  connection,
  clock,
  sharedPartitions,
}: {
  readonly names: KafkaNames;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  readonly sharedPartitions?: number;
}): KafkaPairs {
  const known = new Map<string, number>();
  let shared: Promise<void> | null = null;

  function create(specs: readonly TopicSpec[]): Promise<void> {
    return connection.ask('make the topics', async () => {
      const admin = await connection.admin();
      const { brokers } = await admin.describeCluster();
      await createTopics(admin, specs, replicationFor(brokers.length), clock).catch((error: unknown) => {
        connection.renewAdmin();
        throw error;
      });
    });
  }

  function openShared(): Promise<void> {
    shared ??= create(sharedTopics(names, sharedPartitions));
    shared.catch(() => (shared = null));
    return shared;
  }

  async function countPartitions(pair: string): Promise<number> {
    const topic = names.changes(pair);
    const admin = await connection.admin();
    if (!(await admin.listTopics()).includes(topic)) return 0;
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 0;
  }

  return {
    openShared,
    require: (pair, action) =>
      connection.ask(`${action} "${pair}"`, async () => {
        const partitions = known.get(pair) ?? (await countPartitions(pair));
        if (partitions === 0)
          throw new SyncError('PAIR_UNKNOWN', `Cannot ${action} "${pair}": the pair was never opened on the log`);
        known.set(pair, partitions);
        return partitions;
      }),
    async open(pair, partitions) {
      if (known.has(pair)) return;
      await openShared();
      await create([pairTopic(names, pair, partitions)]);
    },
  };
}
