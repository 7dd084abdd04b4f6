import type { Clock } from '#libs/runtime/clock.ts';
import { decodeNews } from '../change-codec.ts';
import type { ConsumeHandlers, LoggedNews } from '../event-log.ts';
import type { EachBatchPayload } from './kafka-connection.ts';
import type { KafkaEpoch } from './kafka-epoch.ts';

export type KafkaDelivery = {
  readonly deliver: (payload: EachBatchPayload) => Promise<void>;
};

export type KafkaDeliveryOptions = {
  readonly handlers: ConsumeHandlers;
  readonly batchMax: number;
  readonly clock: Clock;
  readonly find: (partition: number) => KafkaEpoch | undefined;
  /** Fetches on from an offset, whatever was fetched before. */
  readonly fetchFrom: (partition: number, offset: number) => void;
  readonly pause: (partition: number) => void;
  /** The first offset of the partition that is still there. */
  readonly readStart: (partition: number) => Promise<number>;
};

/**
 * How long a batch waits for room in a full queue. A partition that was paused is fetched again only after a long poll, which is longer
 * than a fast store takes for a whole queue; heartbeats and other partitions wait as well, so it is short.
 */
const ROOM_MS = 500;

/** Hands fetched batches to the epoch that owns their partition. */
export function createKafkaDelivery(options: KafkaDeliveryOptions): KafkaDelivery {
  const { handlers, batchMax, clock, find, fetchFrom, pause, readStart } = options;

  /** True when the records before the first one are gone from the log; false when this batch is of an earlier fetch. */
  async function passGap(one: KafkaEpoch, found: number): Promise<boolean> {
    const start = await readStart(one.epoch.partition);
    if (one.epoch.signal.aborted) return false;
    if (start <= one.next) {
      fetchFrom(one.epoch.partition, one.next);
      return false;
    }
    handlers.onGap(one.epoch, one.next, found);
    one.skipTo(found);
    one.next = found;
    return true;
  }

  function hand(one: KafkaEpoch, news: readonly LoggedNews[], payload: EachBatchPayload): void {
    const last = news.at(-1)?.offset ?? one.next;
    one.next = last + 1;
    payload.resolveOffset(String(last));
    one.full = !handlers.onNews(one.epoch, news);
  }

  /** Hands on what is new until the queue is full and stays so. */
  async function handAll(
    one: KafkaEpoch,
    fresh: EachBatchPayload['batch']['messages'],
    payload: EachBatchPayload,
  ): Promise<void> {
    const { partition } = one.epoch;
    for (let at = 0; at < fresh.length && !one.epoch.signal.aborted && !payload.isStale(); at += batchMax) {
      hand(
        one,
        fresh.slice(at, at + batchMax).map((message) => toNews(partition, message)),
        payload,
      );
      if (one.full) await room(one, clock);
      if (!one.full) continue;
      // What was fetched beyond a full queue is forgotten: it is fetched again when there is room.
      if (!one.epoch.signal.aborted) pause(partition);
      return;
    }
  }

  return {
    async deliver(payload) {
      const { partition, messages } = payload.batch;
      const one = find(partition);
      // Fetched before somebody asked for another offset: it is fetched again from there.
      if (one === undefined || one.full || payload.isStale()) return;
      const fresh = messages.filter(({ offset }) => Number(offset) >= one.next);
      const [first] = fresh;
      if (first === undefined) {
        fetchFrom(partition, one.next);
        return;
      }
      if (Number(first.offset) > one.next && !(await passGap(one, Number(first.offset)))) return;
      await handAll(one, fresh, payload);
    },
  };
}

/** Waits a little for room in the queue of an epoch, or until the epoch is over. */
async function room(one: KafkaEpoch, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const cancel = clock.after(ROOM_MS, end);
  one.onRoom = end;
  one.epoch.signal.addEventListener('abort', end, { once: true });
  await promise;
  one.onRoom = null;
  one.epoch.signal.removeEventListener('abort', end);
  cancel();
}

/** A record as consumers see it. */
export function toNews(
  partition: number,
  { offset, timestamp, value }: { readonly offset: string; readonly timestamp: string; readonly value: Buffer | null },
): LoggedNews {
  return { partition, offset: Number(offset), appendedAt: Number(timestamp), ...decodeNews(value ?? Buffer.alloc(0)) };
}
