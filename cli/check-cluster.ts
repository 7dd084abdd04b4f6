import type { Finding } from '#libs/connectors/store-connector.ts';
import { openKafkaAdmin } from '#libs/event-log/kafka/kafka-admin.ts';
import { kafkaNames } from '#libs/event-log/kafka/kafka-topics.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { ClusterConfig } from '#libs/runtime/config/cluster-schema.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { must } from '#libs/runtime/must.ts';
import { openRedisStateStore } from '#libs/state/redis/redis-state-store.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import { pairLogFindings, sharedLogFindings, stateFinding } from './cluster-findings.ts';

type Parts = { readonly clock: Clock; readonly logger: Logger };

/** Holds the topics of a pair against what they are to be; those that all share with the first pair alone. */
export async function kafkaFindings(
  { kafka: { prefix, ...cluster } }: ClusterConfig,
  { name, partitions }: Pick<PairSettings, 'name' | 'partitions'>,
  { withShared, ...parts }: Parts & { readonly withShared: boolean },
): Promise<readonly Finding[]> {
  await using admin = openKafkaAdmin({ cluster, prefix, ...parts });
  const inspection = await admin.inspect([{ pair: name, partitions }]);
  const mine = kafkaNames(prefix).changes(name);
  const own = must(
    inspection.topics.find(({ spec }) => spec.name === mine),
    'the pair’s topic',
  );
  const shared = inspection.topics.filter((topic) => topic !== own);
  return [...pairLogFindings(inspection, own), ...(withShared ? sharedLogFindings(inspection, shared) : [])];
}

/** Asks Redis what it is, and whether it takes something. */
export async function redisFindings(
  { redisUrl, kafka: { prefix } }: ClusterConfig,
  { logger }: Pick<Parts, 'logger'>,
): Promise<readonly Finding[]> {
  const state = openRedisStateStore({ url: redisUrl, prefix, logger });
  try {
    const found = stateFinding(await state.describe());
    if (found.level !== 'problem') await state.putNote('check', 'written', 60_000);
    return [found];
  } finally {
    await state.close();
  }
}
