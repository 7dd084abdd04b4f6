import { describe, expect, test } from 'vitest';

import { systemClock } from '#libs/runtime/clock.ts';
import { createOrder, orderDraft, step } from './shopify-builders.ts';
import { CALL, openShopify, WRITE } from './shopify-harness.ts';

const HOUR_MS = 3_600_000;

/** A shop that takes an hour to cancel, and a connector that waits no real time: `ticks` pass with each of its waits. */
async function openSlow() {
  const time = { laterMs: 0, ticksMs: 0 };
  const harness = await openShopify({
    jobMs: HOUR_MS,
    now: () => Date.now() + time.laterMs,
    clock: {
      ...systemClock,
      sleep: () => {
        time.laterMs += time.ticksMs;
        return Promise.resolve();
      },
    },
  });
  await harness.connector.prepare(CALL.fields, WRITE);
  return { harness, time };
}

const PENDING = { payment: 'pending' } as const;

describe('a cancellation that takes its time', () => {
  test('is not known when it was waited for, and found done when it is looked at again', async () => {
    const { harness, time } = await openSlow();
    await using shop = harness;
    const present = await createOrder(shop, orderDraft({ state: PENDING }));

    const first = await step(shop, present, { kind: 'cancel' });
    time.laterMs += HOUR_MS;
    const again = await step(shop, present, { kind: 'cancel' });

    expect(first).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('under way') as string });
    expect(again).toMatchObject({
      stored: { [present.id]: { status: { state: { cancelled: true, payment: 'voided' } } } },
    });
    expect(shop.writes().filter((name) => name.includes('orderCancel'))).toHaveLength(1);
    expect(shop.simulator.ledger.effects).toEqual([]);
  });

  test('asked for twice is done once: that it is cancelled already is what was wanted', async () => {
    const { harness, time } = await openSlow();
    await using shop = harness;
    const present = await createOrder(shop, orderDraft({ state: PENDING }));
    await step(shop, present, { kind: 'cancel' });

    time.ticksMs = HOUR_MS / 10;
    const second = await step(shop, present, { kind: 'cancel' });

    expect(second?.outcome).toBe('stored');
    expect(shop.writes().filter((name) => name.includes('orderCancel'))).toHaveLength(2);
    expect(shop.simulator.state().orders[0]?.cancelledAt).not.toBeNull();
    expect(shop.simulator.ledger.effects).toEqual([]);
  });

  test('is refused of what was shipped, in the shop’s own words', async () => {
    await using harness = await openShopify();
    await harness.connector.prepare(CALL.fields, WRITE);
    const present = await createOrder(harness, orderDraft({ state: { fulfilment: 'fulfilled' } }));

    const result = await step(harness, present, { kind: 'cancel' });

    expect(result).toEqual({ outcome: 'refused', message: 'Order has outstanding fulfillments' });
    expect(harness.connector.capabilities.cancelsShipped).toBe(false);
  });
});
