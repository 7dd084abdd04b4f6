import type { Replication } from './ensure-topics.ts';
import { RETENTION_MS, type TopicSpec } from './kafka-topics.ts';

/** A topic as the cluster describes it. */
export type FoundTopic = {
  /** Brokers that hold each partition, and those of them that are in step; a partition without a leader takes nothing. */
  readonly partitions: readonly {
    readonly replicas: number;
    readonly inSync: number;
    readonly hasLeader: boolean;
  }[];
  /** By Kafka's own names. */
  readonly settings: Readonly<Record<string, string>>;
};

/** What is to be known of one topic, with what mends it. */
export type TopicFinding = {
  readonly topic: string;
  readonly level: 'problem' | 'warning';
  readonly message: string;
  readonly remedy: string;
};

export type Judging = {
  readonly replication: Replication;
  /** What the tools of Kafka want to reach the cluster: `--bootstrap-server kafka-1:9092`. */
  readonly connect: string;
};

const DAYS = RETENTION_MS / 86_400_000;
const UNLIMITED = '-1';

/** Holds one topic against what it is to be like. Reads nothing but what it is given. */
export function judgeTopic(spec: TopicSpec, found: FoundTopic | null, judging: Judging): readonly TopicFinding[] {
  const topic = spec.name;
  if (found === null)
    return [{ topic, level: 'problem', message: 'is not there', remedy: 'lockstep kafka topics create' }];
  const findings = [
    ...judgePartitions(spec, found),
    ...judgeReplicas(found, judging),
    ...judgeMinInSync(found, judging),
    ...judgeCleanup(spec, found, judging),
    ...judgeKept(spec, found, judging),
    ...judgeClock(spec, found, judging),
    ...judgeElection(found, judging),
  ];
  return findings.map((finding) => ({ ...finding, topic, remedy: finding.remedy.replaceAll(TOPIC, topic) }));
}

type Judged = Omit<TopicFinding, 'topic'>;
const TOPIC = '<topic>';

function setTo({ connect }: Judging, key: string, value: string): string {
  return `kafka-configs.sh ${connect} --alter --entity-type topics --entity-name ${TOPIC} --add-config ${key}=${value}`;
}

function unset({ connect }: Judging, key: string): string {
  return `kafka-configs.sh ${connect} --alter --entity-type topics --entity-name ${TOPIC} --delete-config ${key}`;
}

// A key's partition follows from how many there are: adding some while a pair runs would give one entity two owners.
function judgePartitions({ partitions: wanted, name }: TopicSpec, { partitions }: FoundTopic): readonly Judged[] {
  if (partitions.length === wanted) return [];
  const message = `has ${partitions.length} partitions, the config says ${wanted}`;
  const remedy = name.endsWith('.changes')
    ? `keep it: set partitions: ${partitions.length} for the pair. To change it, drain the pair, stop every applier, then lockstep kafka topics delete and create`
    : 'nothing: it works with any number, as long as the number stays';
  return [{ level: 'warning', message, remedy }];
}

function judgeReplicas({ partitions }: FoundTopic, { replication, connect }: Judging): readonly Judged[] {
  const factor = Math.min(...partitions.map(({ replicas }) => replicas));
  const leaderless = partitions.filter(({ hasLeader }) => !hasLeader).length;
  const behind = partitions.filter(({ replicas, inSync }) => inSync < replicas).length;
  return [
    ...(leaderless === 0
      ? []
      : [
          {
            level: 'problem' as const,
            message: `${leaderless} of ${partitions.length} partitions have no leader and take nothing`,
            remedy: `start the brokers that hold them: kafka-topics.sh ${connect} --describe --topic ${TOPIC}`,
          },
        ]),
    ...(factor >= replication.factor
      ? []
      : [
          {
            level: 'problem' as const,
            message: `is kept ${times(factor)}, this cluster can keep it ${times(replication.factor)}`,
            remedy: `kafka-reassign-partitions.sh ${connect} --reassignment-json-file <plan with ${replication.factor} replicas of ${TOPIC}> --execute`,
          },
        ]),
    ...(behind === 0
      ? []
      : [
          {
            level: 'warning' as const,
            message: `${behind} of ${partitions.length} partitions have replicas that are not in step`,
            remedy: 'wait, or look at the brokers that are away',
          },
        ]),
  ];
}

function judgeMinInSync({ partitions, settings }: FoundTopic, judging: Judging): readonly Judged[] {
  const { factor, minInSync: wanted } = judging.replication;
  const key = 'min.insync.replicas';
  const has = Number(settings[key] ?? '1');
  const replicas = Math.min(...partitions.map((one) => one.replicas));
  if (has < wanted)
    return [
      {
        level: 'problem',
        message: `${key} is ${has}: what was accepted may be lost with ${has === 1 ? 'one broker' : `${has} brokers`}`,
        remedy: setTo(judging, key, String(wanted)),
      },
    ];
  if (factor > 1 && has >= replicas)
    return [
      {
        level: 'warning',
        message: `${key} is ${has} of ${replicas}: one broker that restarts stops every write`,
        remedy: setTo(judging, key, String(wanted)),
      },
    ];
  return [];
}

function judgeCleanup({ settings: wanted }: TopicSpec, { settings }: FoundTopic, judging: Judging): readonly Judged[] {
  const key = 'cleanup.policy';
  const [want, has] = [wanted[key] ?? 'delete', settings[key] ?? 'delete'];
  if (want === has) return [];
  const why = want === 'compact' ? 'decisions would be deleted by age' : 'news that shares a key would be dropped';
  return [{ level: 'problem', message: `${key} is ${has}: ${why}`, remedy: setTo(judging, key, want) }];
}

/** What must stay readable as long as an outage may last. */
function judgeKept({ settings: wanted }: TopicSpec, { settings }: FoundTopic, judging: Judging): readonly Judged[] {
  const found: Judged[] = [];
  for (const key of ['retention.ms', 'delete.retention.ms']) {
    const [want, has] = [wanted[key], settings[key]];
    if (want === undefined || has === undefined || has === UNLIMITED || Number(has) >= Number(want)) continue;
    const what = key === 'retention.ms' ? 'news' : 'what was deleted';
    found.push({
      level: 'problem',
      message: `${key} is ${inDays(Number(has))}: an outage may last ${DAYS} days, and ${what} would be gone before`,
      remedy: setTo(judging, key, want),
    });
  }
  const bytes = settings['retention.bytes'] ?? UNLIMITED;
  if (wanted['cleanup.policy'] === 'delete' && bytes !== UNLIMITED)
    found.push({
      level: 'problem',
      message: `retention.bytes is ${bytes}: a busy day deletes news before its ${DAYS} days`,
      remedy: setTo(judging, 'retention.bytes', UNLIMITED),
    });
  return found;
}

function judgeClock({ settings: wanted }: TopicSpec, { settings }: FoundTopic, judging: Judging): readonly Judged[] {
  const key = 'message.timestamp.type';
  const [want, has] = [wanted[key], settings[key]];
  if (want === undefined || has === want) return [];
  return [
    {
      level: 'problem',
      message: `${key} is ${has ?? 'not known'}: ages and --since are then by the producers' clocks`,
      remedy: setTo(judging, key, want),
    },
  ];
}

function judgeElection({ settings }: FoundTopic, judging: Judging): readonly Judged[] {
  const key = 'unclean.leader.election.enable';
  if (settings[key] !== 'true') return [];
  return [
    {
      level: 'problem',
      message: `${key} is true: a broker that was behind may become the leader, and what was accepted is lost`,
      remedy: unset(judging, key),
    },
  ];
}

const OFFSETS_MINUTES = RETENTION_MS / 60_000;

/** What a broker's own settings promise; null where they may not be read. */
export type FoundBroker = { readonly id: number; readonly offsetsRetentionMinutes: number | null };

/** Whether the cluster itself keeps what Lockstep relies on. */
export function judgeBrokers(brokers: readonly FoundBroker[]): readonly TopicFinding[] {
  const key = 'offsets.retention.minutes';
  const topic = 'brokers';
  const short = brokers.filter(({ offsetsRetentionMinutes: has }) => has !== null && has < OFFSETS_MINUTES);
  const silent = brokers.filter(({ offsetsRetentionMinutes: has }) => has === null);
  const named = (some: readonly FoundBroker[]) => some.map(({ id }) => id).join(', ');
  return [
    ...(short.length === 0
      ? []
      : [
          {
            topic,
            level: 'problem' as const,
            message: `${key} is ${short[0]?.offsetsRetentionMinutes} at broker ${named(short)}: a pair that stands still for longer forgets where it was`,
            remedy: `set ${key}=${OFFSETS_MINUTES} in server.properties of each broker, and restart one after the other`,
          },
        ]),
    ...(silent.length === 0
      ? []
      : [
          {
            topic,
            level: 'warning' as const,
            message: `the settings of broker ${named(silent)} may not be read`,
            remedy: `allow DescribeConfigs on the cluster, or see yourself that ${key} is at least ${OFFSETS_MINUTES}`,
          },
        ]),
    ...(brokers.length > 1
      ? []
      : [
          {
            topic,
            level: 'warning' as const,
            message: 'there is one: with its disk everything is lost',
            remedy: 'run three, or back up its disk',
          },
        ]),
  ];
}

function times(factor: number): string {
  return factor === 1 ? 'once' : `${factor} times`;
}

function inDays(ms: number): string {
  return ms < 86_400_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}
