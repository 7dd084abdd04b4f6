import type { Clock } from '#libs/runtime/clock.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { findTopics } from './ensure-topics.ts';
import { kafkaErrorType, type Admin } from './kafka-connection.ts';
import type { KafkaNames } from './kafka-topics.ts';

/** What goes with a pair's place on the cluster. Decisions and outcomes on the shared topics stay. */
export type PairDeletion = {
  readonly pair: string;
  /** Null: not there. */
  readonly topic: string | null;
  /** News that lies on it. */
  readonly news: number;
  /** Null: not there. */
  readonly group: string | null;
  /** Processes that consume it now. */
  readonly members: number;
};

const POLL_MS = 50;
const WAIT_MS = 10_000;
const GONE = new Set(['Dead', '']);

/** Looks at what deleting a pair's topic and group would take away. */
export async function planDeletion(admin: Admin, names: KafkaNames, pair: string): Promise<PairDeletion> {
  const topic = names.changes(pair);
  const isThere = (await findTopics(admin, [topic])).has(topic);
  const ends = isThere ? await admin.fetchTopicOffsets(topic) : [];
  const { groups } = await admin.describeGroups([names.group(pair)]);
  const [group] = groups;
  return {
    pair,
    topic: isThere ? topic : null,
    news: ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0),
    group: group === undefined || GONE.has(group.state) ? null : names.group(pair),
    members: group?.members.length ?? 0,
  };
}

/**
 * Deletes a pair's topic and group.
 *
 * @throws {SyncError} PAIR_IN_USE: a process consumes it; its consumer would crash over and over.
 */
export async function deletePair(admin: Admin, names: KafkaNames, pair: string, clock: Clock): Promise<PairDeletion> {
  const plan = await planDeletion(admin, names, pair);
  if (plan.members > 0)
    throw new SyncError(
      'PAIR_IN_USE',
      `Cannot delete the topics of "${pair}": ${plan.members === 1 ? 'a process consumes' : `${plan.members} processes consume`} it`,
    );
  // The group first: a topic without its group begins anew, a group without its topic has nothing to go on from.
  if (plan.group !== null) await admin.deleteGroups([plan.group]).catch(ignoreGone);
  if (plan.topic !== null) await admin.deleteTopics({ topics: [plan.topic] }).catch(ignoreGone);
  // The brokers learn of it one by one; until they have, whoever makes the topic again would find it there.
  const until = clock.monotonic() + WAIT_MS;
  while (clock.monotonic() < until && !isGone(await planDeletion(admin, names, pair))) await clock.sleep(POLL_MS);
  return plan;
}

function isGone({ topic, group }: PairDeletion): boolean {
  return topic === null && group === null;
}

// A broker may tell of what was deleted a moment ago.
function ignoreGone(error: unknown): void {
  const groups: readonly unknown[] = hasGroups(error) ? error.groups : [error];
  const gone = new Set(['GROUP_ID_NOT_FOUND', 'UNKNOWN_TOPIC_OR_PARTITION']);
  for (const one of groups) {
    const cause = typeof one === 'object' && one !== null && 'error' in one ? one.error : one;
    if (!gone.has(kafkaErrorType(cause) ?? '')) throw error;
  }
}

function hasGroups(error: unknown): error is { readonly groups: readonly unknown[] } {
  return typeof error === 'object' && error !== null && 'groups' in error && Array.isArray(error.groups);
}
