import { expect, test, vi } from 'vitest';

import { createGate } from '../../simulators/core/faults.ts';
import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { openWorld, PATIENCE } from './harness.ts';

vi.setConfig({ testTimeout: 240_000 });

const CUPS = 60;
const NUMBERS = Array.from({ length: CUPS }, (_, index) => index + 1);

function seedCups(source: WooCommerceSimulator): void {
  for (const n of NUMBERS)
    source.people.createProduct({
      name: `Cup ${n}`,
      sku: `C-${n}`,
      regular_price: '5.00',
      manage_stock: true,
      stock_quantity: 500,
    });
}

test('of three pairs in files of their own, one whose old shop is gone and one that is flooded keep the third from nothing', async () => {
  const world = await openWorld({ pairs: ['dead', 'noisy', 'quiet'], pairFiles: true, seed: seedCups });
  const [noisy, quiet] = [world.shops('noisy'), world.shops('quiet')];
  await world.shops('dead').source.stop();
  await world.approve('noisy');
  await world.approve('quiet');

  const running = await world.startUntil(2);
  await world.subscribe('noisy');
  await world.subscribe('quiet');
  await world.settled('quiet');
  await world.settled('noisy');
  const gate = createGate();
  noisy.target.faults.plant({ kind: 'any', effect: { type: 'hold-before', gate } });
  for (let round = 1; round <= 10; round += 1)
    for (const n of NUMBERS) noisy.source.people.setStock(noisy.productId(`C-${n}`), 100 * round + n);
  await gate.reached;

  for (const n of NUMBERS) quiet.source.people.setStock(quiet.productId(`C-${n}`), n);
  await expect.poll(() => NUMBERS.map((n) => quiet.stockAt(`C-${n}`)), PATIENCE).toEqual(NUMBERS);
  await world.settled('quiet');

  // Meanwhile the noisy one has written nothing, and the dead one waits; the figures of each are its own.
  expect(NUMBERS.map((n) => noisy.stockAt(`C-${n}`))).toEqual(NUMBERS.map(() => 500));
  const status = await world.json('status');
  expect(status).toMatchObject([
    { pair: 'dead', phase: 'observe', behind: 0 },
    { pair: 'noisy', phase: 'follow' },
    { pair: 'quiet', phase: 'follow', behind: 0, parked: 0, alarms: [] },
  ]);
  const [, url = ''] = /"url":"([^"]+)","msg":"health and metrics are served"/.exec(running.log()) ?? [];
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/lockstep_changes_total\{pair="quiet",outcome="applied"\} [1-9]/);
  expect(metrics).not.toMatch(/lockstep_changes_total\{pair="dead"/);

  gate.release();
  await expect.poll(() => NUMBERS.map((n) => noisy.stockAt(`C-${n}`)), PATIENCE).toEqual(NUMBERS.map((n) => 1_000 + n));
  expect([...world.faults('noisy'), ...world.faults('quiet')]).toEqual([]);
  expect(await running.stopped()).toBe(0);

  const once = await world.run('start', '--once');
  expect(once.code).toBe(2);
  expect(once.err).toMatch(/^dead {2}✗ Cannot recognise the old shop of "dead"/m);
  expect(once.out).toMatch(/^quiet {2}0 drifts?, 0 repaired, 0 left/m);
});
