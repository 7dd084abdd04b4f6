import type { Clock } from '#libs/runtime/clock.ts';
import type { ConsumeHandlers, ConsumeOptions, Consumption, Epoch } from '../event-log.ts';
import type { Claim } from '../log-tables.ts';
import { createCommitOnce } from './commit-once.ts';
import { createGroupMembership } from './group-membership.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { createKafkaDelivery } from './kafka-delivery.ts';
import { createKafkaEpoch, type KafkaEpoch, type KafkaEpochOptions } from './kafka-epoch.ts';
import type { FoundClaim } from './kafka-offsets.ts';

/** One process' membership in a pair's group. */
export type KafkaConsumption = Consumption & {
  readonly find: (epoch: Epoch) => KafkaEpoch | null;
  /** Lets go without a word to the group (tests: what a crash leaves behind). */
  readonly abandon: () => void;
};

export type KafkaConsumptionOptions = {
  readonly pair: string;
  readonly topic: string;
  readonly groupId: string;
  readonly handlers: ConsumeHandlers;
  readonly options: ConsumeOptions;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  /** What the cluster records of partitions now: where an epoch begins. */
  readonly readClaims: (partitions: readonly number[]) => Promise<readonly FoundClaim[]>;
  /** The first offset of the partition that is still there. */
  readonly readStart: (partition: number) => Promise<number>;
  readonly nextGeneration: () => number;
  /** A partition of this group was committed. */
  readonly onCommitted: (epoch: Epoch) => void;
};

const BATCH_MAX = 500;
const SESSION_MS = 30_000;
const RETRY_MS = 500;
/** Long polls are this short so that a partition that was paused is fetched again soon. */
const MAX_WAIT_MS = 250;

/** What a consumer is told so that its sessions end after the time asked, and its heartbeats come often enough. */
export function sessionConfig(sessionMs: number) {
  return {
    sessionTimeout: sessionMs,
    rebalanceTimeout: Math.max(sessionMs, 5_000),
    heartbeatInterval: Math.min(3_000, Math.floor(sessionMs / 6)),
    maxWaitTimeInMs: MAX_WAIT_MS,
  };
}

/**
 * Joins the group of a pair. An epoch begins at each GROUP_JOIN: nothing is fetched before what was committed, its metadata and
 * the start of the log are read, as the client library passes over a gap without a word otherwise.
 */
export async function joinKafkaGroup(args: KafkaConsumptionOptions): Promise<KafkaConsumption> {
  const { pair, topic, groupId, handlers, options, connection, clock } = args;
  const sessionMs = options.sessionMs ?? SESSION_MS;
  let stopped = false;
  const commits = createCommitOnce({
    topic,
    connection,
    clock,
    isMember: () => membership.isHeld(),
    onCommitted: args.onCommitted,
  });
  const fetchFrom = (partition: number, offset: number) => membership.fetchFrom(topic, partition, offset);
  const epochs = createEpochs({ handlers, clock, sessionMs, commit: commits.commit, fetchFrom });
  const { deliver } = createKafkaDelivery({
    handlers,
    batchMax: options.batchMax ?? BATCH_MAX,
    clock,
    find: epochs.at,
    fetchFrom,
    pause: (partition) => membership.pause(topic, [partition]),
    readStart: args.readStart,
  });
  const beginning = createBeginning({ ...args, epochs, isStopped: () => stopped });
  const membership = createGroupMembership({
    topics: [topic],
    config: { groupId, ...sessionConfig(sessionMs) },
    connection,
    clock,
    resolvesItself: false,
    async eachBatch(payload) {
      commits.learn(payload);
      await deliver(payload);
    },
    onJoining: () => beginning.endAll(),
    onJoined(assigned) {
      beginning.endAll();
      membership.pause(topic, assigned[topic] ?? []);
      beginning.begin(assigned[topic] ?? []);
    },
    onCrash: () => commits.forget(),
  });
  await connection.ask(`consume "${pair}"`, membership.start);

  function end(): void {
    stopped = true;
    epochs.end({ tell: false });
  }

  return {
    find: epochs.find,
    resume(epoch) {
      const one = epochs.find(epoch);
      if (one === null) return;
      one.full = false;
      if (one.onRoom === null) fetchFrom(epoch.partition, one.next);
      else one.onRoom();
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      await epochs.commitLast();
      end();
      await membership.stop();
    },
    abandon() {
      end();
      void membership.stop();
    },
  };
}

type Epochs = ReturnType<typeof createEpochs>;

function createEpochs(args: {
  readonly handlers: ConsumeHandlers;
  readonly clock: Clock;
  readonly sessionMs: number;
  readonly commit: KafkaEpochOptions['commit'];
  readonly fetchFrom: (partition: number, offset: number) => void;
}) {
  const { handlers, clock, sessionMs, commit, fetchFrom } = args;
  const epochs = new Map<number, KafkaEpoch>();

  return {
    at: (partition: number) => epochs.get(partition),
    find: (epoch: Epoch): KafkaEpoch | null => {
      const one = epochs.get(epoch.partition);
      return one?.epoch.pair === epoch.pair && one.epoch.generation === epoch.generation ? one : null;
    },
    assign(claim: Claim): void {
      const one = createKafkaEpoch({
        claim,
        clock,
        sessionMs,
        commit,
        onEnd: (epoch, told) => {
          if (epochs.get(epoch.partition) === one) epochs.delete(epoch.partition);
          if (told) handlers.onLost(epoch);
        },
      });
      epochs.set(claim.partition, one);
      handlers.onAssigned({ epoch: one.epoch, committed: claim.committed, begun: claim.begun, gap: claim.gap });
      fetchFrom(claim.partition, claim.committed);
    },
    end(options: { readonly tell: boolean }): void {
      for (const one of epochs.values()) one.end(options);
      epochs.clear();
    },
    /** An unavailable cluster leaves `begun` as it is, which is the careful side. */
    async commitLast(): Promise<void> {
      await Promise.all([...epochs.values()].map((one) => one.commitLast().catch(() => undefined)));
    },
  };
}

function createBeginning({
  clock,
  readClaims,
  nextGeneration,
  epochs,
  isStopped,
}: Pick<KafkaConsumptionOptions, 'clock' | 'readClaims' | 'nextGeneration'> & {
  readonly epochs: Epochs;
  readonly isStopped: () => boolean;
}) {
  let joins = 0;

  async function beginEpochs(partitions: readonly number[], join: number): Promise<void> {
    const isOver = () => join !== joins || isStopped();
    const claims = await readClaims(partitions).catch(() => null);
    if (isOver()) return;
    if (claims === null) {
      clock.after(RETRY_MS, () => void beginEpochs(partitions, join));
      return;
    }
    for (const { pair, partition, committed, begun, gap } of claims)
      epochs.assign({ pair, partition, committed, begun, gap, generation: nextGeneration() });
  }

  return {
    /** From here on another member may own what was ours. */
    endAll(): void {
      joins += 1;
      epochs.end({ tell: true });
    },
    /** Begins an epoch of each partition, once what is recorded of it was read. */
    begin(partitions: readonly number[]): void {
      if (partitions.length > 0) void beginEpochs(partitions, joins);
    },
  };
}
