import { expect, test, vi } from 'vitest';

import { openWorld, PATIENCE } from './harness.ts';

vi.setConfig({ testTimeout: 120_000 });

test('nothing is written before approval; then a stock change arrives by its own webhook, and nothing else changes', async () => {
  const world = await openWorld();
  const { source, target, productId, stockAt, changesByUs, writes, migrated } = world.shops();
  const shirt = productId('S-1');
  const product = migrated.products.get(String(shirt)) ?? '';
  target.editTexts(product, { title: 'Shirt of linen, S-1' });
  source.people.setStock(productId('S-2'), 44);
  const running = await world.start();
  await world.subscribe();

  const check = await world.run('check');
  source.people.setStock(shirt, 41);
  const synced = await world.run('sync', 'S-1');
  const plan = await world.run('plan');
  const before = { changes: changesByUs(), writes: writes(), stock: stockAt('S-1') };
  const approved = await world.run('approve');
  await expect.poll(() => stockAt('S-1'), PATIENCE).toBe(41);
  await expect.poll(() => stockAt('S-2'), PATIENCE).toBe(44);
  await world.settled();
  source.people.setStock(shirt, 40);
  await expect.poll(() => stockAt('S-1'), PATIENCE).toBe(40);

  expect(check.out).toContain('0 problems');
  expect(check.code).toBe(0);
  expect(synced.out).toContain('acme observes until it is approved');
  expect(plan.out).toMatch(/variant\s+S-1\s+quantity\s+49 → 41/);
  expect(plan.out).toContain('Nothing has been written');
  expect(before).toEqual({ changes: [], writes: [], stock: 49 });
  expect(approved.code).toBe(0);
  expect(target.state().products.find(({ id }) => id === product)?.title).toBe('Shirt of linen, S-1');
  expect(await running.stopped()).toBe(0);
});
