import { expect, test, vi } from 'vitest';

import { openWorld, PATIENCE } from './harness.ts';

vi.setConfig({ testTimeout: 180_000 });

test('parts of an order go back once each: through lost answers, with a new order, and where the webhook was lost', async () => {
  const world = await openWorld();
  const { source, target, productId } = world.shops();
  const running = await world.start();
  await world.subscribe();
  await world.approve();
  await world.settled();
  const order = source.state().orders[0]?.id ?? 0;
  const recorded = (name = `#${String(order)}`): readonly string[] =>
    (target.state().orders.find((one) => one.name === name)?.refunds ?? []).map(({ totalRefunded }) => totalRefunded);

  // It lands before the connection breaks, then long after.
  for (const [amount, landsAfterMs] of [
    ['5.00', 0],
    ['2.50', 700],
  ] as const) {
    target.faults.plant({
      kind: 'write',
      match: /refundCreate/,
      times: 1,
      effect: { type: 'lost-answer', landsAfterMs },
    });
    source.people.refundOrder(order, { amount });
    await expect.poll(() => world.faults(), PATIENCE).toEqual([]);
    await world.settled();
  }
  const afterLostAnswers = recorded();
  const fresh = source.people.placeOrder({
    billing: { first_name: 'Bo', last_name: 'Lind', email: 'bo@example.com' },
    line_items: [{ product_id: productId('S-2'), quantity: 1 }],
  });
  source.people.refundOrder(fresh.id, { amount: '3.33' });
  await expect.poll(() => world.faults(), PATIENCE).toEqual([]);
  await world.settled();
  source.setDeliveryPolicy(() => 'lose');
  source.people.refundOrder(order, { amount: '1.25' });
  await expect.poll(() => source.ledger.deliveries.some(({ outcome }) => outcome === 'lost'), PATIENCE).toBe(true);
  const missing = world.faults();
  await expect.poll(async () => (await world.run('reconcile')).code, { ...PATIENCE, interval: 1_000 }).toBe(1);
  const found = await world.run('report', 'show');
  const repaired = await world.run('reconcile', '--repair');

  expect(afterLostAnswers).toEqual(['5.0', '2.5']);
  expect(recorded(`#${String(fresh.id)}`)).toEqual(['3.33']);
  expect(missing).toHaveLength(1);
  expect(found.out).toMatch(
    /✗ {2}order {2}#\d+ {2}status {2}old .*8\.75 EUR refunded, new .*7\.50 EUR refunded {2}missed-webhook/,
  );
  expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('0 left') });
  expect(recorded()).toEqual(['5.0', '2.5', '1.25']);
  // No second refund, no mail, no stock moved, no gateway asked.
  expect(world.faults()).toEqual([]);
  expect(await world.json('parked', 'list')).toEqual([{ pair: 'acme', parked: [] }]);
  expect(await running.stopped()).toBe(0);
});
