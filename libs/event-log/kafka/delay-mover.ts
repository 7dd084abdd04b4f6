import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { decodeNews } from '../change-codec.ts';
import type { News } from '../news.ts';
import type { EachBatchPayload, KafkaConnection } from './kafka-connection.ts';
import { createGroupMembership } from './group-membership.ts';
import { sessionConfig } from './kafka-consumption.ts';

/** Moves delayed news back when it is due; every process that applies has one, and they share the tiers. */
export type DelayMover = {
  /** Joins unless it has; where the cluster is away it tries again. */
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  /** Lets go without a word (tests). */
  readonly abandon: () => void;
};

export type DelayMoverOptions = {
  readonly topics: readonly string[];
  readonly groupId: string;
  readonly sessionMs: number;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Puts news that came out of its tier where it belongs: its pair's changes, or another round. Durable when it resolves. */
  readonly move: (news: readonly News[]) => Promise<void>;
};

const DUE_HEADER = 'due';

/** When an entry of a tier is due, as its headers say. */
export function dueHeaders(dueAt: number): Readonly<Record<string, string>> {
  return { [DUE_HEADER]: String(dueAt) };
}

/** Reads `dueHeaders` back; an entry without one is due at once. */
export function dueAtOf(headers: EachBatchPayload['batch']['messages'][number]['headers']): number {
  const due = headers?.[DUE_HEADER];
  return due === undefined ? 0 : Number(String(due));
}

/**
 * Joins the group of the tiers. Entries of a tier are due in nearly the order in which they lie there, so the first that is not
 * due yet makes its partition wait. An entry is committed after it was moved: a crash in between moves it twice, which is one
 * more look.
 */
async function startDelayMover(options: DelayMoverOptions): Promise<Omit<DelayMover, 'start'>> {
  const { connection, clock, logger, move } = options;
  const timers = new Set<() => void>();

  function clearTimers(): void {
    for (const cancel of timers) cancel();
    timers.clear();
  }

  function waitAt(topic: string, partition: number, offset: string, ms: number): void {
    membership.pause(topic, [partition]);
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      membership.fetchFrom(topic, partition, Number(offset));
    });
    timers.add(cancel);
  }

  async function moveDue(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const waits = messages.findIndex(({ headers }) => dueAtOf(headers) > clock.now());
    const due = waits === -1 ? messages : messages.slice(0, waits);
    const news = due.flatMap(({ value, offset }) => {
      const decoded = decodeNews(value ?? Buffer.alloc(0));
      if (decoded.news === null)
        logger.error(
          { topic, partition, offset, ...decoded.undecodable },
          'Delayed news cannot be read; it is passed over',
        );
      return decoded.news === null ? [] : [decoded.news];
    });
    if (!payload.isRunning() || payload.isStale()) return;
    await move(news);
    const last = due.at(-1);
    if (last !== undefined) {
      payload.resolveOffset(last.offset);
      const next = String(Number(last.offset) + 1);
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next }] }] });
    }
    const waiting = waits === -1 ? undefined : messages[waits];
    if (waiting !== undefined)
      waitAt(topic, partition, waiting.offset, Math.max(1, dueAtOf(waiting.headers) - clock.now()));
  }

  const membership = createGroupMembership({
    topics: options.topics,
    config: { groupId: options.groupId, ...sessionConfig(options.sessionMs) },
    connection,
    clock,
    resolvesItself: false,
    eachBatch: moveDue,
    onJoining: clearTimers,
    // What waited before the join stays paused otherwise, and its timer is gone.
    onJoined(assigned) {
      for (const [topic, partitions] of Object.entries(assigned)) membership.resume(topic, partitions);
    },
  });

  async function stop(): Promise<void> {
    clearTimers();
    await membership.stop();
  }
  try {
    await connection.ask('wait for delayed news', membership.start);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, abandon: () => void stop() };
}

const START_RETRY_MS = 1_000;

/** A mover that is there from the first time it is asked for. */
export function keepDelayMover(options: DelayMoverOptions): DelayMover {
  let running: ReturnType<typeof startDelayMover> | null = null;
  let stopped = false;

  function start(): void {
    if (running !== null || stopped) return;
    running = startDelayMover(options);
    running.catch((error: unknown) => {
      running = null;
      options.logger.warn({ err: error }, 'Delayed news cannot be waited for now; trying again');
      options.clock.after(START_RETRY_MS, start);
    });
  }
  return {
    start,
    async stop() {
      stopped = true;
      await (await running?.catch(() => null))?.stop();
    },
    abandon() {
      stopped = true;
      running?.then((mover) => mover.abandon()).catch(() => undefined);
    },
  };
}
