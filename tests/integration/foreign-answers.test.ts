import { expect, test, vi } from 'vitest';

import { openWorld, PATIENCE } from './harness.ts';

vi.setConfig({ testTimeout: 180_000 });

const PAGE = { type: 'status', status: 200, body: '<!doctype html><title>Be back soon</title>' } as const;
const SLOWLY = { ...PATIENCE, interval: 250 } as const;

test('a page in place of the old shop holds the pair until a person resumes; then everything is applied', async () => {
  const world = await openWorld();
  await world.approve();
  const running = await world.start();
  await world.subscribe();
  await world.settled();
  const { source, productId, stockAt, changesByUs } = world.shops();
  const before = changesByUs().length;

  source.faults.plant({ kind: 'read', match: /products/, effect: PAGE });
  source.people.setStock(productId('S-1'), 7);
  await expect.poll(() => world.json('status'), SLOWLY).toMatchObject([{ holds: [{ id: '*', by: 'lockstep' }] }]);
  const seen = await world.run('status');
  source.people.setStock(productId('S-2'), 8);
  source.faults.clear();
  // The news has been read by then, and is kept: nothing waits for the shop any more.
  await expect
    .poll(() => world.json('status'), SLOWLY)
    .toMatchObject([{ behind: 0, delayed: 2, parked: 0, holds: [{ id: '*' }] }]);
  const meanwhile = changesByUs().length;
  const resumed = await world.run('resume', 'acme');
  await expect.poll(() => [stockAt('S-1'), stockAt('S-2')], PATIENCE).toEqual([7, 8]);

  expect(seen.code).toBe(1);
  expect(seen.out).toMatch(/HELD since .* by lockstep: something else answered in place of the old shop \(source\)/);
  expect(seen.out).toContain('next: lockstep resume acme');
  expect(seen.out + running.log()).not.toContain('Be back soon');
  expect(meanwhile).toBe(before);
  expect(resumed.code).toBe(0);
  expect((await world.run('status')).out).not.toContain('HELD');
  expect((await world.run('log')).out).toMatch(/held: something else answered/);
  await running.stopped();
});

test('a plan that meets such a page ends with 2, and holds the pair', async () => {
  const world = await openWorld();
  world.shops().source.faults.plant({ kind: 'read', match: /products/, effect: PAGE });

  const plan = await world.run('plan');
  const status = await world.run('status');

  expect(plan.code).toBe(2);
  expect(status.code).toBe(1);
  expect(status.out).toContain('HELD since');
});

test('credentials that the new shop refuses are shown for as long as the pair stands still', async () => {
  const world = await openWorld();
  await world.approve();
  const running = await world.start();
  await world.subscribe();
  await world.settled();
  const { source, target, productId, stockAt } = world.shops();
  const refusal = { type: 'status', status: 401, body: '{"errors":"[API] Invalid API key or access token"}' } as const;

  target.faults.plant({ kind: 'any', effect: refusal });
  source.people.setStock(productId('S-1'), 7);
  await expect
    .poll(() => world.json('status'), SLOWLY)
    .toMatchObject([{ holds: [], alarms: [expect.stringMatching(/stands still: the new shop lets nobody in/)] }]);
  const seen = await world.run('status');
  target.faults.clear();
  await expect.poll(() => stockAt('S-1'), PATIENCE).toBe(7);
  await world.settled();

  expect(seen.code).toBe(1);
  expect(seen.out).toContain('Renew the credentials');
  expect(await world.json('status')).toMatchObject([{ parked: 0, alarms: [] }]);
  await running.stopped();
});
