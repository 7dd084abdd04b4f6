import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { PartitionLag } from '../event-log.ts';
import { deletePair, planDeletion, type PairDeletion } from './delete-pair.ts';
import { createTopics, findTopics, replicationFor, type Replication } from './ensure-topics.ts';
import { inspectTopics, type Inspection } from './inspect-topics.ts';
import { connectKafka, type KafkaCluster } from './kafka-connection.ts';
import { createDelayedCount } from './kafka-delayed.ts';
import { measurePartitions } from './kafka-lag.ts';
import { createKafkaOffsets } from './kafka-offsets.ts';
import { kafkaNames, pairTopic, sharedTopics, type TopicSpec } from './kafka-topics.ts';
import { createNewsWriter } from './news-writer.ts';
import { readRootsSince, type FoundRoots, type ReplayRange } from './read-roots-since.ts';

/** A pair as far as its place on the cluster is concerned. */
export type PairPlace = { readonly pair: string; readonly partitions: number };

export type TopicsPlan = {
  readonly create: readonly TopicSpec[];
  readonly there: readonly TopicSpec[];
  readonly replication: Replication;
};

export type PairLag = {
  readonly pair: string;
  readonly partitions: readonly PartitionLag[];
  /** News that waits on the delay tiers. */
  readonly delayed: number;
};

/**
 * What an operator asks of the cluster, beside the running processes. No offset of a group that consumes is ever moved.
 *
 * Its methods throw {SyncError} LOG_UNAVAILABLE.
 */
export type KafkaAdmin = AsyncDisposable & {
  /** Which topics of these pairs and of all are missing. */
  readonly planTopics: (pairs: readonly PairPlace[]) => Promise<TopicsPlan>;
  /** Makes those that are missing and returns them; those that are there are left as they are. */
  readonly createTopics: (pairs: readonly PairPlace[]) => Promise<readonly TopicSpec[]>;
  readonly inspect: (pairs: readonly PairPlace[]) => Promise<Inspection>;
  readonly planDeletion: (pair: string) => Promise<PairDeletion>;
  /** @throws {SyncError} PAIR_IN_USE */
  readonly deletePair: (pair: string) => Promise<PairDeletion>;
  /** @throws {SyncError} PAIR_UNKNOWN: it has no topic. */
  readonly lag: (pair: string) => Promise<PairLag>;
  /**
   * Reads which roots have news since a time.
   *
   * @throws {SyncError} PAIR_UNKNOWN: it has no topic.
   */
  readonly rootsSince: (range: ReplayRange) => Promise<FoundRoots>;
  readonly publish: (news: FoundRoots['news']) => Promise<void>;
};

export type KafkaAdminOptions = {
  readonly cluster: KafkaCluster;
  readonly prefix: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

const PUBLISH_MAX = 1_000;

/** Nothing is connected before it is asked for. */
export function openKafkaAdmin({ cluster, prefix, clock, logger }: KafkaAdminOptions): KafkaAdmin {
  const names = kafkaNames(prefix);
  const connection = connectKafka(cluster, logger);
  const offsets = createKafkaOffsets(connection);
  const delayed = createDelayedCount({ names, connection, offsets, clock, readerId: randomId });
  const writer = createNewsWriter({ names, connection, clock, tiersMs: [], logger });

  const specsOf = (pairs: readonly PairPlace[]) => [
    ...sharedTopics(names),
    ...pairs.map(({ pair, partitions }) => pairTopic(names, pair, partitions)),
  ];
  const requirePair = async (pair: string, action: string): Promise<void> => {
    const topic = names.changes(pair);
    if (!(await findTopics(await connection.admin(), [topic])).has(topic))
      throw new SyncError('PAIR_UNKNOWN', `Cannot ${action} "${pair}": the cluster has no topic ${topic}`);
  };

  async function planTopics(pairs: readonly PairPlace[]): Promise<TopicsPlan> {
    const specs = specsOf(pairs);
    const admin = await connection.admin();
    const { brokers } = await admin.describeCluster();
    const there = await findTopics(
      admin,
      specs.map(({ name }) => name),
    );
    return {
      create: specs.filter(({ name }) => !there.has(name)),
      there: specs.filter(({ name }) => there.has(name)),
      replication: replicationFor(brokers.length),
    };
  }

  return {
    planTopics: (pairs) => connection.ask('look at the topics', () => planTopics(pairs)),
    createTopics: (pairs) =>
      connection.ask('make the topics', async () => {
        const { create, replication } = await planTopics(pairs);
        return createTopics(await connection.admin(), create, replication, clock);
      }),
    inspect: (pairs) =>
      connection.ask('look at the topics', async () =>
        inspectTopics(await connection.admin(), specsOf(pairs), connectArguments(cluster)),
      ),
    planDeletion: (pair) =>
      connection.ask(`look at "${pair}"`, async () => planDeletion(await connection.admin(), names, pair)),
    deletePair: (pair) =>
      connection.ask(`delete the topics of "${pair}"`, async () =>
        deletePair(await connection.admin(), names, pair, clock),
      ),
    lag: (pair) =>
      connection.ask(`measure "${pair}"`, async () => {
        await requirePair(pair, 'measure');
        const partitions = await measurePartitions(pair, { names, offsets, clock });
        return { pair, partitions, delayed: await delayed.of(pair) };
      }),
    rootsSince: (range) =>
      connection.ask(`replay "${range.pair}"`, async () => {
        await requirePair(range.pair, 'replay');
        const [topic, groupId] = [names.changes(range.pair), names.readerGroup(randomId())];
        return readRootsSince(range, { topic, groupId, connection, offsets, clock });
      }),
    async publish(news) {
      for (let from = 0; from < news.length; from += PUBLISH_MAX)
        await writer.append(news.slice(from, from + PUBLISH_MAX));
    },
    async [Symbol.asyncDispose]() {
      await delayed.close();
      await connection.close();
    },
  };
}

/** How Kafka's own tools are told of the cluster; what it wants to see of a client stands in a file of the operator's. */
export function connectArguments({ brokers, ssl, sasl }: KafkaCluster): string {
  const plain = (ssl === undefined || ssl === false) && sasl === undefined;
  return `--bootstrap-server ${brokers.join(',')}${plain ? '' : ' --command-config client.properties'}`;
}
