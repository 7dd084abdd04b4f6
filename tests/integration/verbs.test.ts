import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { openWorld, PATIENCE } from './harness.ts';

vi.setConfig({ testTimeout: 120_000 });

test('start --once carries over what was approved, and ends', async () => {
  const world = await openWorld();
  const { source, productId, stockAt } = world.shops();
  source.people.setStock(productId('S-2'), 44);
  const before = await world.run('start', '--once');
  const untouched = stockAt('S-2');
  await world.approve();

  const once = await world.run('start', '--once');

  expect(untouched).toBe(50);
  expect(before.out).toContain('0 repaired');
  expect(once).toMatchObject({ code: 0, out: expect.stringMatching(/acme {2}.*0 left {3}parked 0/) });
  expect(stockAt('S-2')).toBe(44);
  expect(await world.json('status')).toMatchObject([{ phase: 'follow', alarms: [], behind: 0 }]);
  expect(world.faults()).toEqual([]);
});

test('what a lost webhook left behind is told by reconcile, explained by sync, and put right by --repair', async () => {
  const world = await openWorld();
  const { source, productId, stockAt } = world.shops();
  await world.approve();
  const running = await world.start();
  await world.subscribe();
  await world.settled();
  source.setDeliveryPolicy(() => 'lose');
  source.people.setStock(productId('S-1'), 12);
  source.people.setStock(productId('S-2'), 13);
  await expect
    .poll(() => source.ledger.deliveries.filter(({ outcome }) => outcome === 'lost').length, PATIENCE)
    .toBe(2);

  // As long as its webhook could still come, a difference is under way and no drift.
  await expect.poll(async () => (await world.run('reconcile')).code, { ...PATIENCE, interval: 1_000 }).toBe(1);
  const looked = await world.run('report', 'show');
  const synced = await world.run('sync', 'S-1');
  const between = [stockAt('S-1'), stockAt('S-2')];
  const repaired = await world.run('reconcile', '--repair');
  const list = await world.run('report', 'list');
  const shown = await world.run('report', 'show', 'last');
  const exported = await world.run('report', 'export', '--format', 'csv', '--out', 'drift.csv');

  expect(looked.code).toBe(1);
  expect(looked.out).toMatch(/✗ {2}variant {2}S-2 {2}quantity {2}old 13, new 50 {2}missed-webhook/);
  expect(synced.out).toContain('written   S-1 quantity');
  expect(between).toEqual([12, 50]);
  expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('0 left') });
  expect(stockAt('S-2')).toBe(13);
  expect(list.out.trim().split('\n').length).toBeGreaterThanOrEqual(3);
  expect(shown.out).toMatch(/✓ {2}variant {2}S-2 {2}quantity {2}old 13, new 50/);
  expect(exported.code).toBe(0);
  expect(await readFile(join(world.cwd, 'drift.csv'), 'utf8')).toContain('S-2');
  expect(world.faults()).toEqual([]);
  await running.stopped();
});
