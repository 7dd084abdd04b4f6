import { describe, expect, test, vi } from 'vitest';

import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { createGate } from '../../simulators/core/faults.ts';
import { openWorld, PATIENCE } from './harness.ts';
import type { Shops, World } from './harness.ts';

vi.setConfig({ testTimeout: 120_000 });

const VARIANTS = 100;

function seedHundred(source: WooCommerceSimulator): void {
  for (let n = 1; n <= VARIANTS; n++)
    source.people.createProduct({
      name: `Cup ${n}`,
      sku: `C-${n}`,
      regular_price: '5.00',
      manage_stock: true,
      stock_quantity: 50,
    });
}

/** A pair that follows, with nothing outstanding, and whose applier does not run. */
async function openFollowing(): Promise<World> {
  const world = await openWorld({ seed: seedHundred });
  await world.approve();
  const running = await world.start();
  await world.subscribe();
  await world.settled();
  expect(await running.stopped()).toBe(0);
  return world;
}

/** Ingest alone takes webhooks until all have come. */
async function fillLog(world: World, change: (shops: Shops) => void, webhooks: number): Promise<void> {
  const { source } = world.shops();
  const ingest = await world.start('ingest');
  const before = source.ledger.deliveries.length;
  change(world.shops());
  await expect.poll(() => source.ledger.deliveries.length - before, PATIENCE).toBe(webhooks);
  expect(source.ledger.deliveries.slice(before).map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: webhooks }, () => 'delivered'),
  );
  expect(await ingest.stopped()).toBe(0);
}

describe('a log that was filled before the applier starts', () => {
  test('ten stock webhooks for one variant cost one write call', async () => {
    const world = await openFollowing();
    const { source, productId, stockAt, writes } = world.shops();
    const ten = async (n: number): Promise<void> => {
      source.people.setStock(productId('C-7'), 40 - n);
      await source.deliverDue();
    };

    await fillLog(
      world,
      () =>
        void Array.from({ length: 10 }).reduce<Promise<void>>(
          (last, _, n) => last.then(() => ten(n)),
          Promise.resolve(),
        ),
      10,
    );
    const before = writes().length;
    const running = await world.start('applier', 'reconciler');
    await world.settled();

    expect(stockAt('C-7')).toBe(31);
    expect(writes().slice(before)).toEqual(['mutation inventorySetQuantities']);
    await running.stopped();
  });

  test('a hundred for a hundred variants cost one write call', async () => {
    const world = await openFollowing();
    const { source, productId, stockAt, writes } = world.shops();

    await fillLog(
      world,
      () => {
        for (let n = 1; n <= VARIANTS; n++) source.people.setStock(productId(`C-${n}`), n);
      },
      VARIANTS,
    );
    const before = writes().length;
    const running = await world.start('applier', 'reconciler');
    await world.settled();

    expect(Array.from({ length: VARIANTS }, (_, n) => stockAt(`C-${n + 1}`))).toEqual(
      Array.from({ length: VARIANTS }, (_, n) => n + 1),
    );
    expect(writes().slice(before)).toEqual(['mutation inventorySetQuantities']);
    await running.stopped();
  });
});

test('while a first call is held open, all that comes meanwhile costs one more', async () => {
  const world = await openFollowing();
  const { source, target, productId, stockAt, writes } = world.shops();
  const running = await world.start();
  const gate = createGate();
  target.faults.plant({ kind: 'write', times: 1, effect: { type: 'hold-after', gate } });
  const before = writes().length;
  const deliveries = source.ledger.deliveries.length;

  source.people.setStock(productId('C-1'), 12);
  await gate.reached;
  for (let n = 1; n <= VARIANTS; n++) source.people.setStock(productId(`C-${n}`), n);
  await expect.poll(() => source.ledger.deliveries.length - deliveries, PATIENCE).toBe(VARIANTS + 1);
  gate.release();
  await world.settled();

  expect([stockAt('C-1'), stockAt('C-100')]).toEqual([1, 100]);
  expect(writes().slice(before)).toEqual(['mutation inventorySetQuantities', 'mutation inventorySetQuantities']);
  await running.stopped();
});

test('a pair whose target does not answer delays no other', async () => {
  const world = await openWorld({ pairs: ['acme', 'bodega'] });
  await world.approve('acme');
  await world.approve('bodega');
  const running = await world.start();
  for (const pair of ['acme', 'bodega']) {
    await world.subscribe(pair);
    await world.settled(pair);
  }
  const [acme, bodega] = [world.shops('acme'), world.shops('bodega')];
  const gate = createGate();
  acme.target.faults.plant({ kind: 'any', effect: { type: 'hold-before', gate } });

  acme.source.people.setStock(acme.productId('S-1'), 3);
  await gate.reached;
  bodega.source.people.setStock(bodega.productId('S-1'), 4);
  await expect.poll(() => bodega.stockAt('S-1'), PATIENCE).toBe(4);
  const meanwhile = acme.stockAt('S-1');
  gate.release();
  await expect.poll(() => acme.stockAt('S-1'), PATIENCE).toBe(3);

  expect(meanwhile).toBe(49);
  await running.stopped();
});
