import { describe, expect, test } from 'vitest';

import { encodeNews } from '#libs/event-log/change-codec.ts';
import type { EachBatchPayload } from '#libs/event-log/kafka/kafka-connection.ts';
import { createKafkaDelivery } from '#libs/event-log/kafka/kafka-delivery.ts';
import { createKafkaEpoch } from '#libs/event-log/kafka/kafka-epoch.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { aNews } from '../applier/inputs.ts';

const START = Date.parse('2026-11-24T08:00:00Z');
const claim = { pair: 'acme', partition: 0, generation: 1, committed: 0, begun: null, gap: false };

/** A delivery to a queue that holds two news, and batches of one fetch. */
function deliveryToQueueOfTwo() {
  const clock = createVirtualClock(START);
  const one = createKafkaEpoch({ claim, clock, sessionMs: 30_000, commit: async () => 'held', onEnd: () => {} });
  const queue: number[] = [];
  const asked: string[] = [];
  const { deliver } = createKafkaDelivery({
    handlers: {
      onAssigned: () => {},
      onLost: () => {},
      onGap: () => {},
      onNews(_epoch, news) {
        queue.push(...news.map(({ offset }) => offset));
        return queue.length < 2;
      },
    },
    batchMax: 1,
    clock,
    find: () => one,
    fetchFrom: (_partition, offset) => asked.push(`fetch from ${String(offset)}`),
    pause: () => asked.push('pause'),
    readStart: async () => 0,
  });
  return { clock, one, queue, asked, deliver: (count: number) => deliver(fetched(count)) };
}

/** A batch of so many news from the partition's start. */
function fetched(count: number): EachBatchPayload {
  const messages = Array.from({ length: count }, (_, offset) => ({
    offset: String(offset),
    timestamp: '1',
    value: Buffer.from(encodeNews(aNews())),
  }));
  return {
    batch: { partition: 0, messages },
    resolveOffset: () => {},
    isStale: () => false,
  } as unknown as EachBatchPayload;
}

describe('a batch that finds the queue full', () => {
  test('waits for room and goes on with what was fetched', async () => {
    const { one, queue, asked, deliver } = deliveryToQueueOfTwo();

    const delivering = deliver(3);
    const before = [...queue];
    queue.length = 0;
    one.full = false;
    one.onRoom?.();
    await delivering;

    expect([before, queue, asked]).toEqual([[0, 1], [2], []]);
  });

  test('pauses the partition once there was no room for half a second, and forgets the rest', async () => {
    const { clock, one, queue, asked, deliver } = deliveryToQueueOfTwo();

    const delivering = deliver(3);
    await clock.runUntil(START + 499);
    const early = [...asked];
    await clock.runUntil(START + 500);
    await delivering;

    expect([early, asked, queue, one.next, one.onRoom]).toEqual([[], ['pause'], [0, 1], 2, null]);
  });

  test('waits no longer for an epoch that is over', async () => {
    const { one, queue, asked, deliver } = deliveryToQueueOfTwo();

    const delivering = deliver(3);
    one.end({ tell: false });
    await delivering;

    expect([queue, asked]).toEqual([[0, 1], []]);
  });
});
