import type { Clock } from '#libs/runtime/clock.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import {
  isClientError,
  roundRobin,
  type ConsumerConfig,
  type EachBatchPayload,
  type KafkaConnection,
} from './kafka-connection.ts';

/** One process' membership in a group, kept through crashes of the client until it is stopped. */
export type GroupMembership = {
  /** Resolves when the client runs; the group may not have let it in yet. */
  readonly start: () => Promise<void>;
  /** Fetches on from an offset, whatever was fetched before. Without effect while the client starts anew: the next join tells. */
  readonly fetchFrom: (topic: string, partition: number, offset: number) => void;
  readonly pause: (topic: string, partitions: readonly number[]) => void;
  readonly resume: (topic: string, partitions: readonly number[]) => void;
  /**
   * Whether the group still counts this process in as it joined last, asked now. A group that dealt anew without it is either not
   * settled or does not name it; one that dealt anew with it was joined anew.
   */
  readonly isHeld: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
};

export type GroupMembershipOptions = {
  readonly topics: readonly string[];
  readonly config: Omit<ConsumerConfig, 'partitionAssigners' | 'retry' | 'allowAutoTopicCreation'>;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  /** What was fetched is passed over unless it is resolved. @default true */
  readonly resolvesItself?: boolean;
  /** The group is about to be asked for partitions anew, so from here on others may own what was ours. Called before every join. */
  readonly onJoining?: () => void;
  readonly onJoined: (assigned: Readonly<Record<string, readonly number[]>>) => void;
  /** The client gave up and starts anew. */
  readonly onCrash?: () => void;
};

const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 };
const RESTART_MS = 1_000;

/** Nothing is connected before `start`. */
export function createGroupMembership(options: GroupMembershipOptions): GroupMembership {
  const { topics, config, connection, clock, onJoining, onJoined, onCrash } = options;
  let stopped = false;
  let memberId = '';
  const consumer = connection.consumer({
    ...config,
    allowAutoTopicCreation: false,
    partitionAssigners: [roundRobin(beforeJoin)],
    retry: { ...RETRY, restartOnFailure: async () => !stopped },
  });

  // A client that is starting anew while it is stopped would join after all, and never leave: nothing else holds it back.
  function beforeJoin(): void {
    leaving();
    if (stopped) throw new Error('This membership was stopped');
  }

  function run(): Promise<void> {
    const { eachBatch, resolvesItself = true } = options;
    return consumer.run({ autoCommit: false, eachBatchAutoResolve: resolvesItself, eachBatch: orEnd(eachBatch) });
  }

  // The client starts anew by itself after what it takes for passing; after anything else it would stay silent for ever.
  function runAgain(): void {
    if (stopped || connection.isClosed()) return;
    run().catch(() => clock.after(RESTART_MS, runAgain));
  }

  function leaving(): void {
    orEndNow(() => onJoining?.());
  }

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    memberId = payload.memberId;
    orEndNow(() => onJoined(payload.memberAssignment));
  });
  consumer.on(consumer.events.REBALANCING, leaving);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    leaving();
    orEndNow(() => onCrash?.());
    if (!payload.restart) clock.after(RESTART_MS, runAgain);
  });

  return {
    async start() {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await run();
    },
    fetchFrom(topic, partition, offset) {
      whileRunning(() => {
        consumer.seek({ topic, partition, offset: String(offset) });
        consumer.resume([{ topic, partitions: [partition] }]);
      });
    },
    pause(topic, partitions) {
      if (partitions.length > 0) whileRunning(() => consumer.pause([{ topic, partitions: [...partitions] }]));
    },
    resume(topic, partitions) {
      if (partitions.length > 0) whileRunning(() => consumer.resume([{ topic, partitions: [...partitions] }]));
    },
    async isHeld() {
      const { state, members } = await consumer.describeGroup();
      return state === 'Stable' && members.some((member) => member.memberId === memberId);
    },
    async stop() {
      stopped = true;
      await consumer.disconnect().catch(() => undefined);
    },
  };
}

// Between a crash and the next start the client refuses these; the next join begins anew anyway.
function whileRunning(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    if (!isClientError(error)) throw error;
  }
}

/**
 * What the cluster refuses is tried again by the client. Anything else is a broken invariant, which the client would try again as
 * well, for ever and without a word: it ends the process instead.
 */
function orEnd(eachBatch: (payload: EachBatchPayload) => Promise<void>): (payload: EachBatchPayload) => Promise<void> {
  return async (payload) => {
    try {
      await eachBatch(payload);
    } catch (error) {
      if (!isSyncError(error) && !isClientError(error)) endWith(error);
      throw error;
    }
  };
}

function orEndNow(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    endWith(error);
  }
}

// Thrown where the client library does not catch it.
function endWith(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
