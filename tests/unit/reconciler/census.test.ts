import { expect, test } from 'vitest';

import { buildPlan } from '../../../services/reconciler/build-plan.ts';
import { readOpenLinks } from '../../../services/reconciler/build-plan.ts';
import { aCustomer, aProduct, NOW } from './fake-stores.ts';
import { aWorld } from './world.ts';

test('a census counts what is linked and how, and what is not, kind by kind', async () => {
  const world = await aWorld();
  await world.link('1', '101');
  await world.facts.put([{ pair: 'acme', kind: 'ignored', id: 'source/product:6', value: { at: NOW, by: 'anna' } }]);
  world.source.put(
    ...['1', '2', '3', '4', '6'].map((id) => aProduct({ id })),
    { ...aProduct({ id: '5' }), unsupported: 'bundle' } as ReturnType<typeof aProduct>,
    aCustomer('7', 'ada@example.com'),
  );
  world.target.put(
    aProduct({ id: '101', sku: 'SKU-1' }),
    aProduct({ id: '102', sku: 'SKU-2' }),
    aProduct({ id: '103', sku: 'SKU-3' }),
    aProduct({ id: '203', sku: 'SKU-3' }),
    aCustomer('107', 'Ada@Example.com'),
  );

  const plan = await buildPlan(world, { signal: new AbortController().signal });

  expect(plan.census).toEqual({
    product: { of: 6, linked: { import: 1, sku: 1 }, onlyOld: 1, ambiguous: 1, unsupported: 1, ignored: 1 },
    customer: { of: 1, linked: { email: 1 }, onlyOld: 0, ambiguous: 0, unsupported: 0, ignored: 0 },
  });
  expect([...readOpenLinks(plan.file)].map(({ side, root }) => `${side} ${root}`).toSorted()).toEqual([
    'source product:3',
    'source product:4',
    'target product:103',
    'target product:203',
  ]);
});
