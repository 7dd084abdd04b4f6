/** What a topic is to be like on the cluster. */
export type TopicSpec = {
  readonly name: string;
  readonly partitions: number;
  /** Settings of the topic, by Kafka's own names. */
  readonly settings: Readonly<Record<string, string>>;
  /** What lies on it, for people. */
  readonly holds: string;
};

const DELAY_TIERS = 4;
const FACT_PARTITIONS = 12;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** How long news, outcomes and deleted decisions stay readable: the longest outage that loses nothing. */
export const RETENTION_MS = 14 * DAY_MS;
/** A segment no longer than a day: retention and compaction act on closed segments alone. */
const SEGMENT_MS = DAY_MS;
const KEPT = { 'cleanup.policy': 'delete', 'retention.ms': String(RETENTION_MS), 'segment.ms': String(SEGMENT_MS) };

/** Names of everything on the cluster; a pair's name holds no dot, so no two names meet. */
export type KafkaNames = {
  readonly changes: (pair: string) => string;
  readonly delay: (tier: number) => string;
  readonly facts: string;
  readonly journal: string;
  readonly group: (pair: string) => string;
  readonly delayGroup: string;
  /** Of a group that exists for one process to read a topic without consuming. */
  readonly readerGroup: (id: string) => string;
};

export function kafkaNames(prefix: string): KafkaNames {
  return {
    changes: (pair) => `${prefix}.${pair}.changes`,
    delay: (tier) => `${prefix}.delay.${tier}`,
    facts: `${prefix}.facts`,
    journal: `${prefix}.journal`,
    group: (pair) => `${prefix}.${pair}`,
    delayGroup: `${prefix}.delay`,
    readerGroup: (id) => `${prefix}.reader.${id}`,
  };
}

export function delayTopics(names: KafkaNames): readonly string[] {
  return Array.from({ length: DELAY_TIERS }, (_, tier) => names.delay(tier));
}

/** The topics that all pairs share. */
export function sharedTopics(names: KafkaNames, partitions = FACT_PARTITIONS): readonly TopicSpec[] {
  return [
    ...delayTopics(names).map((name, tier) => ({
      name,
      partitions: 1,
      settings: KEPT,
      holds: `news to be looked at later, tier ${tier}`,
    })),
    {
      name: names.facts,
      partitions,
      settings: {
        'cleanup.policy': 'compact',
        // A reader that was away for as long as an outage may last still learns what was deleted.
        'delete.retention.ms': String(RETENTION_MS),
        'segment.ms': String(SEGMENT_MS),
      },
      holds: 'decisions: links, phases, holds, parked, cursors',
    },
    { name: names.journal, partitions, settings: KEPT, holds: 'outcomes, and calls before and after' },
  ];
}

/** The topic of one pair. */
export function pairTopic(names: KafkaNames, pair: string, partitions: number): TopicSpec {
  return {
    name: names.changes(pair),
    partitions,
    // The broker's own clock: ages are then measured by one clock, whoever published.
    settings: { ...KEPT, 'message.timestamp.type': 'LogAppendTime' },
    holds: `news of the pair ${pair}`,
  };
}
