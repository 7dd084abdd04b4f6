import type { Clock } from '#libs/runtime/clock.ts';
import type { Epoch } from '../event-log.ts';
import { kafkaErrorType, unavailable, type EachBatchPayload, type KafkaConnection } from './kafka-connection.ts';
import type { CommitOutcome, CommitWrite } from './kafka-epoch.ts';

/** Commits under the generation of the membership as it is, and never again under the next one. */
export type CommitOnce = {
  readonly commit: (epoch: Epoch, commit: CommitWrite) => Promise<CommitOutcome>;
  /** A batch came: the way to commit comes with it. */
  readonly learn: (payload: EachBatchPayload) => void;
  /** The consumer is started anew: what it gave before leads nowhere. */
  readonly forget: () => void;
};

/** The group gave the partition, or the membership, to somebody else. */
const FENCED: ReadonlySet<string | null> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);
const FIRST_BATCH_MS = 10_000;

/**
 * The consumer's own commit tries again, under whatever generation there is by then; that of a batch does not, and it serves for
 * as long as the consumer runs. Before the first batch came nothing can have been begun: then only the group is asked.
 */
export function createCommitOnce({
  topic,
  connection,
  clock,
  isMember,
  onCommitted,
}: {
  readonly topic: string;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  /** Whether the group still counts this process in as it joined, asked now. */
  readonly isMember: () => Promise<boolean>;
  readonly onCommitted: (epoch: Epoch) => void;
}): CommitOnce {
  let known = Promise.withResolvers<EachBatchPayload>();
  let isKnown = false;

  return {
    learn(payload) {
      isKnown = true;
      known.resolve(payload);
    },
    forget() {
      isKnown = false;
      known = Promise.withResolvers();
    },
    async commit(epoch, { committed, metadata, isNew }) {
      if (!isKnown && !isNew) return (await connection.ask('ask the group', isMember)) ? 'held' : 'lost';
      const batch = await firstOf(known.promise, clock);
      if (epoch.signal.aborted) return 'lost';
      try {
        const partitions = [{ partition: epoch.partition, offset: String(committed), metadata }];
        await batch.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
        onCommitted(epoch);
        return 'held';
      } catch (error) {
        if (FENCED.has(kafkaErrorType(error))) return 'lost';
        return connection.ask('commit what is settled', () => Promise.reject(error));
      }
    },
  };
}

async function firstOf<T>(promise: Promise<T>, clock: Clock): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const refuse = () => limit.reject(unavailable('commit what is settled', 'no news came yet'));
  const cancel = clock.after(FIRST_BATCH_MS, refuse);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    cancel();
  }
}
