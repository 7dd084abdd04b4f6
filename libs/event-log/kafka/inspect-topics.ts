import { findTopics, replicationFor, type Replication } from './ensure-topics.ts';
import { judgeBrokers, judgeTopic, type FoundBroker, type FoundTopic, type TopicFinding } from './judge-topics.ts';
import { SETTINGS_OF, type Admin } from './kafka-connection.ts';
import type { TopicSpec } from './kafka-topics.ts';

/** One topic as it is to be, and as it is. */
export type InspectedTopic = {
  readonly spec: TopicSpec;
  readonly found: {
    readonly partitions: number;
    readonly replicas: number;
    readonly minInSync: number;
    /** Null: kept without end. */
    readonly retentionMs: number | null;
  } | null;
  readonly findings: readonly TopicFinding[];
};

/** The cluster with everything that Lockstep has on it. */
export type Inspection = {
  readonly brokers: number;
  readonly replication: Replication;
  readonly topics: readonly InspectedTopic[];
  /** What concerns the brokers, not one topic. */
  readonly findings: readonly TopicFinding[];
};

/** Asks the cluster about these topics, and judges what it says. Changes nothing. */
export async function inspectTopics(admin: Admin, specs: readonly TopicSpec[], connect: string): Promise<Inspection> {
  const { brokers } = await admin.describeCluster();
  const replication = replicationFor(brokers.length);
  const [found, settings] = [await describeTopics(admin, specs), await readBrokers(admin, brokers)];
  const topics = specs.map((spec) => {
    const one = found.get(spec.name) ?? null;
    return { spec, found: one === null ? null : shown(one), findings: judgeTopic(spec, one, { replication, connect }) };
  });
  return { brokers: brokers.length, replication, topics, findings: judgeBrokers(settings) };
}

function shown({ partitions, settings }: FoundTopic) {
  const retention = Number(settings['retention.ms'] ?? '-1');
  return {
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas)),
    minInSync: Number(settings['min.insync.replicas'] ?? '1'),
    retentionMs: settings['cleanup.policy'] === 'compact' || retention < 0 ? null : retention,
  };
}

async function describeTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<ReadonlyMap<string, FoundTopic>> {
  const names = specs.map(({ name }) => name);
  const there = [...(await findTopics(admin, names))];
  if (there.length === 0) return new Map();
  const { topics } = await admin.fetchTopicMetadata({ topics: there });
  const settings = await readSettings(admin, SETTINGS_OF.topic, there);
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      {
        partitions: partitions.map(({ replicas, isr, leader }) => ({
          replicas: replicas.length,
          inSync: isr.length,
          hasLeader: leader >= 0,
        })),
        settings: settings.get(name) ?? {},
      },
    ]),
  );
}

async function readBrokers(
  admin: Admin,
  brokers: readonly { readonly nodeId: number }[],
): Promise<readonly FoundBroker[]> {
  return Promise.all(
    brokers.map(async ({ nodeId: id }) => {
      // Who may write topics need not be allowed to read the brokers' settings.
      const found = await readSettings(admin, SETTINGS_OF.broker, [String(id)]).catch(() => new Map());
      const minutes: unknown = found.get(String(id))?.['offsets.retention.minutes'];
      return { id, offsetsRetentionMinutes: minutes === undefined ? null : Number(minutes) };
    }),
  );
}

type Settings = Readonly<Record<string, string>>;

async function readSettings(
  admin: Admin,
  type: (typeof SETTINGS_OF)[keyof typeof SETTINGS_OF],
  names: readonly string[],
): Promise<ReadonlyMap<string, Settings>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type, name })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}
