import { expect, test, vi } from 'vitest';

import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { openWorld, PATIENCE } from './harness.ts';

vi.setConfig({ testTimeout: 240_000 });

const CUPS = 24;

function seedCups(source: WooCommerceSimulator): void {
  const ids = Array.from({ length: CUPS }, (_, n) =>
    source.people.createProduct({
      name: `Cup ${String(n)}`,
      sku: `C-${String(n)}`,
      regular_price: '5.00',
      manage_stock: true,
      stock_quantity: 50,
    }),
  ).map(({ id }) => id);
  const anna = source.people.createCustomer({ email: 'anna@example.com', first_name: 'Anna', last_name: 'Holm' });
  for (const product_id of ids.slice(0, 6))
    source.people.placeOrder({
      customer_id: anna.id,
      billing: { first_name: 'Anna', last_name: 'Holm', email: 'anna@example.com' },
      line_items: [{ product_id, quantity: 1 }],
    });
}

test('a first run into an empty shop that is killed in the middle goes on, and makes nothing twice', async () => {
  const world = await openWorld({
    empty: true,
    seed: seedCups,
    create: '{ product: all, order: all, customer: all }',
  });
  const { source, target } = world.shops();
  const made = () => target.state().products.length;
  await world.approve();
  // Each answer takes its time, so that some call is always without one.
  target.faults.plant({ kind: 'write', effect: { type: 'slow', delayMs: 150 } });

  const first = await world.start();
  await expect.poll(made, PATIENCE).toBeGreaterThan(4);
  await first.killed();
  const halfway = made();
  target.faults.clear();
  const second = await world.start();
  await world.settled();

  expect(halfway).toBeLessThan(CUPS);
  const titles = target.state().products.map(({ title }) => title);
  expect(titles.toSorted()).toEqual(
    source
      .state()
      .products.map(({ name }) => name)
      .toSorted(),
  );
  expect(target.state().customers).toHaveLength(1);
  expect(
    target
      .state()
      .orders.map(({ name }) => name)
      .toSorted(),
  ).toEqual(
    source
      .state()
      .orders.map(({ id }) => `#${String(id)}`)
      .toSorted(),
  );
  expect(await world.json('links', 'find')).toMatchObject({
    census: { product: { of: CUPS, onlyOld: 0 } },
    onlyOnTarget: 0,
  });
  expect(await second.stopped()).toBe(0);
});
