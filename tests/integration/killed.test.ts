import { setTimeout as pause } from 'node:timers/promises';

import { expect, test, vi } from 'vitest';

import { createGate } from '../../simulators/core/faults.ts';
import type { Fault } from '../../simulators/core/faults.ts';
import { openWorld, PATIENCE } from './harness.ts';
import type { Running, Shops, World } from './harness.ts';

vi.setConfig({ testTimeout: 180_000 });

type Change = { readonly what: string; readonly call: RegExp; readonly make: (shops: Shops) => void };

const BILLING = { first_name: 'Bo', last_name: 'Lind', email: 'bo@example.com' };

/** Each is one more change at the old shop, and the write that it needs at the new one. */
const CHANGES: readonly Change[] = [
  {
    what: 'stock',
    call: /inventorySetQuantities/,
    make: ({ source, productId }) => void source.people.setStock(productId('S-1'), 31),
  },
  {
    what: 'a new product',
    call: /product/i,
    make: ({ source }) =>
      void source.people.createProduct({
        name: 'Hat',
        sku: 'HAT',
        regular_price: '9.00',
        manage_stock: true,
        stock_quantity: 3,
        status: 'publish',
      }),
  },
  {
    what: 'a new customer',
    call: /customer/i,
    make: ({ source }) => void source.people.createCustomer(BILLING),
  },
  {
    what: 'a new order',
    call: /orderCreate/,
    make: ({ source, productId }) =>
      void source.people.placeOrder({
        billing: BILLING,
        line_items: [{ product_id: productId('HAT'), quantity: 1 }],
      }),
  },
  {
    what: 'its shipping, with a number',
    call: /fulfillmentCreate/,
    make: ({ source }) => {
      const order = source.state().orders.at(-1)?.id ?? 0;
      source.people.addTracking(order, 'dhl', '00340434161094021501');
      source.people.setOrderStatus(order, 'completed');
    },
  },
  {
    what: 'the history of another',
    call: /metafieldsSet/,
    make: ({ source }) => void source.people.setOrderStatus(source.state().orders[0]?.id ?? 0, 'completed'),
  },
  {
    what: 'a part of it refunded',
    call: /refundCreate/,
    make: ({ source }) => void source.people.refundOrder(source.state().orders.at(-1)?.id ?? 0, { amount: '2.35' }),
  },
  {
    what: 'the rest of it refunded',
    call: /refundCreate/,
    make: ({ source }) => void source.people.setOrderStatus(source.state().orders.at(-1)?.id ?? 0, 'refunded'),
  },
];

type Moment = {
  readonly moment: string;
  readonly effect: (gate: ReturnType<typeof createGate>) => Fault['effect'];
  readonly kill: (running: Running, gate: ReturnType<typeof createGate>) => Promise<void>;
};

const MOMENTS: readonly Moment[] = [
  {
    moment: 'before the call lands',
    effect: (gate) => ({ type: 'hold-before', gate }),
    kill: (running) => running.killed(),
  },
  {
    moment: 'after it landed and before the answer',
    effect: (gate) => ({ type: 'hold-after', gate }),
    kill: (running) => running.killed(),
  },
  {
    moment: 'after the answer and before the commit',
    effect: (gate) => ({ type: 'hold-after', gate }),
    // Frozen first: the answer is sent, and nothing can be made of it any more.
    kill: async (running, gate) => {
      running.kill('SIGSTOP');
      gate.release();
      await pause(50);
      await running.killed();
    },
  },
];

async function killedOnce(world: World, running: Running, change: Change, { effect, kill }: Moment): Promise<Running> {
  const shops = world.shops();
  const gate = createGate();
  shops.target.faults.plant({ kind: 'write', match: change.call, times: 1, effect: effect(gate) });
  change.make(shops);
  await gate.reached;
  // Otherwise the dead process misses what else the change sends word of.
  await expect.poll(() => shops.source.outstandingDeliveries(), PATIENCE).toBe(0);
  await kill(running, gate);
  shops.target.faults.clear();
  const next = await world.start();
  // What was still on its way lands under the next process.
  gate.release();
  return next;
}

test.each(MOMENTS)('killed $moment: every change arrives, once', async (moment) => {
  const world = await openWorld();
  let running = await world.start();
  await world.subscribe();
  await world.approve();
  await world.settled();
  const seen: string[] = [];

  for (const change of CHANGES) {
    running = await killedOnce(world, running, change, moment);
    await expect.poll(() => world.faults(), PATIENCE).toEqual([]);
    await world.settled();
    seen.push(...world.faults().map((fault) => `${change.what}: ${fault}`));
  }

  expect(seen).toEqual([]);
  const { target } = world.shops();
  const { orders, products, customers } = target.state();
  const { publicationIds } = target;
  expect(products.filter(({ title }) => title === 'Hat')).toMatchObject([{ status: 'ACTIVE', publicationIds }]);
  expect(customers.filter(({ email }) => email === 'bo@example.com')).toHaveLength(1);
  expect(orders).toHaveLength(2);
  expect(orders.at(-1)?.fulfillments).toHaveLength(1);
  expect(orders.at(-1)?.refunds.map(({ totalRefunded }) => totalRefunded)).toEqual(['2.35', '6.65']);
  expect(await world.json('parked', 'list')).toEqual([{ pair: 'acme', parked: [] }]);
  expect(await running.stopped()).toBe(0);
});

test('a call that lands under the next process, when the old shop is back at its former value, does not stand', async () => {
  const world = await openWorld();
  const first = await world.start();
  await world.subscribe();
  await world.approve();
  await world.settled();
  const { source, target, productId, stockAt } = world.shops();
  const gate = createGate();
  target.faults.plant({ kind: 'write', times: 1, effect: { type: 'hold-before', gate } });

  source.people.setStock(productId('S-2'), 3);
  await gate.reached;
  await first.killed();
  source.people.setStock(productId('S-2'), 50);
  const next = await world.start();
  gate.release();
  await world.settled();

  expect(stockAt('S-2')).toBe(50);
  expect(target.ledger.calls.filter(({ fault, status }) => fault === 'hold-before' && status === 200)).toHaveLength(1);
  expect(world.faults()).toEqual([]);
  await next.stopped();
});
