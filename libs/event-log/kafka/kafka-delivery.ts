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
  readonly find: (partition: number) => KafkaEpoch | undefined;
  /** Fetches on from an offset, whatever was fetched before. */
  readonly fetchFrom: (partition: number, offset: number) => void;
  readonly pause: (partition: number) => void;
  /** The first offset of the partition that is still there. */
  readonly readStart: (partition: number) => Promise<number>;
};

/** Hands fetched batches to the epoch that owns their partition. */
export function createKafkaDelivery(options: KafkaDeliveryOptions): KafkaDelivery {
  const { handlers, batchMax, find, fetchFrom, pause, readStart } = options;

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
    if (handlers.onNews(one.epoch, news)) return;
    // What was fetched beyond a full queue is forgotten: it is fetched again when there is room.
    one.full = true;
    pause(one.epoch.partition);
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
      for (let at = 0; at < fresh.length && !one.full && !one.epoch.signal.aborted; at += batchMax)
        hand(
          one,
          fresh.slice(at, at + batchMax).map((message) => toNews(partition, message)),
          payload,
        );
    },
  };
}

/** A record as consumers see it. */
export function toNews(
  partition: number,
  { offset, timestamp, value }: { readonly offset: string; readonly timestamp: string; readonly value: Buffer | null },
): LoggedNews {
  return { partition, offset: Number(offset), appendedAt: Number(timestamp), ...decodeNews(value ?? Buffer.alloc(0)) };
}
