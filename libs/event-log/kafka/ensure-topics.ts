import type { Clock } from '#libs/runtime/clock.ts';
import { kafkaErrorType, unavailable, type Admin } from './kafka-connection.ts';
import type { TopicSpec } from './kafka-topics.ts';

export type Replication = { readonly factor: number; readonly minInSync: number };

const POLL_MS = 50;
const WAIT_MS = 20_000;

/** Which of these topics are there. */
export async function findTopics(admin: Admin, topics: readonly string[]): Promise<ReadonlySet<string>> {
  const known = new Set(await admin.listTopics());
  return new Set(topics.filter((topic) => known.has(topic)));
}

/**
 * Makes the topics that are missing, with their settings, and waits until each partition has a leader; those that are there are
 * left as they are. The client library's own wait for leaders does not end where a topic is made by several at once.
 */
export async function createTopics(
  admin: Admin,
  specs: readonly TopicSpec[],
  replication: Replication,
  clock: Clock,
): Promise<readonly TopicSpec[]> {
  const there = await findTopics(
    admin,
    specs.map(({ name }) => name),
  );
  const missing = specs.filter(({ name }) => !there.has(name));
  if (missing.length === 0) return [];
  await admin
    .createTopics({ waitForLeaders: false, topics: missing.map((spec) => toRequest(spec, replication)) })
    .catch(ignoreExisting);
  await waitForLeaders(admin, missing, clock);
  return missing;
}

// Several processes may start at once: who comes second finds it done.
function ignoreExisting(error: unknown): boolean {
  const errors: readonly unknown[] =
    typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
      ? error.errors
      : [error];
  if (errors.every((one) => kafkaErrorType(one) === 'TOPIC_ALREADY_EXISTS')) return false;
  throw error;
}

function toRequest({ name, partitions, settings }: TopicSpec, { factor, minInSync }: Replication) {
  const all = { ...settings, 'min.insync.replicas': String(minInSync) };
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: factor,
    configEntries: Object.entries(all).map(([key, value]) => ({ name: key, value })),
  };
}

async function waitForLeaders(admin: Admin, specs: readonly TopicSpec[], clock: Clock): Promise<void> {
  const until = clock.monotonic() + WAIT_MS;
  const topics = specs.map(({ name }) => name);
  while (!(await haveLeaders(admin, specs, topics))) {
    if (clock.monotonic() > until)
      throw unavailable(`make ${topics.join(', ')}`, 'the cluster elects no leader for them');
    await clock.sleep(POLL_MS);
  }
}

async function haveLeaders(admin: Admin, specs: readonly TopicSpec[], topics: string[]): Promise<boolean> {
  // A leader that is named may not know it yet, so each is asked for its offsets: writes that it refuses are sent again whole.
  const found = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic).catch(() => [])));
  return specs.every(({ partitions }, index) => (found[index] ?? []).length >= partitions);
}

/** How new topics are replicated on a cluster of this size: three copies of which two must take a write, or all there are. */
export function replicationFor(brokers: number): Replication {
  const factor = Math.min(3, Math.max(1, brokers));
  return { factor, minInSync: Math.max(1, factor - 1) };
}
