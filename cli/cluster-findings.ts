import type { Finding } from '#libs/connectors/store-connector.ts';
import type { InspectedTopic, Inspection } from '#libs/event-log/kafka/inspect-topics.ts';
import type { TopicFinding } from '#libs/event-log/kafka/judge-topics.ts';
import { count, span } from './text.ts';

/** What a pair's own topic is like, and whether it is well. */
export function pairLogFindings({ brokers }: Inspection, own: InspectedTopic): readonly Finding[] {
  const { spec, found, findings } = own;
  if (findings.some(({ level }) => level === 'problem') || found === null) return findings.map(toFinding);
  const kept = found.retentionMs === null ? 'kept for good' : `kept ${span(found.retentionMs)}`;
  const message = `Kafka ${count(brokers, 'broker')}, ${spec.name} ${count(found.partitions, 'partition')} × ${found.replicas}, min.insync.replicas ${found.minInSync}, ${kept}`;
  return [{ level: 'ok', topic: 'log', message }, ...findings.map(toFinding)];
}

/** What is wrong with the brokers and with the topics that all pairs share. */
export function sharedLogFindings({ findings }: Inspection, shared: readonly InspectedTopic[]): readonly Finding[] {
  return [...findings, ...shared.flatMap((topic) => topic.findings)].map(toFinding);
}

function toFinding({ topic, level, message, remedy }: TopicFinding): Finding {
  return { level, topic: 'log', message: `${topic}: ${message}`, remedy };
}

/** Before this, a script that looks at the clock may not write. */
const REDIS_MAJOR_MIN = 5;

/** Whether Redis is one that keeps what it was given. */
export function stateFinding({
  version,
  maxmemoryPolicy,
}: {
  readonly version: string;
  readonly maxmemoryPolicy: string | null;
}): Finding {
  const topic = 'state';
  if (Number.parseInt(version, 10) < REDIS_MAJOR_MIN)
    return {
      level: 'problem',
      topic,
      message: `Redis ${version} is too old`,
      remedy: `use Redis ${REDIS_MAJOR_MIN} or later`,
    };
  if (maxmemoryPolicy === null)
    return {
      level: 'warning',
      topic,
      message: `Redis ${version} does not say what it does when its memory is full`,
      remedy: 'see that maxmemory-policy is noeviction',
    };
  if (maxmemoryPolicy !== 'noeviction')
    return {
      level: 'problem',
      topic,
      message: `Redis ${version}, maxmemory-policy ${maxmemoryPolicy}: links and leases are thrown away when its memory is full`,
      remedy: 'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf',
    };
  return { level: 'ok', topic, message: `Redis ${version}, noeviction` };
}
