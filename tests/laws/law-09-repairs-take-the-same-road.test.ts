import { describe, expect, test } from 'vitest';

import { approvePlan } from '../../services/reconciler/approve-plan.ts';
import { buildPlan } from '../../services/reconciler/build-plan.ts';
import { createSweep } from '../../services/reconciler/sweep.ts';
import { newsOf } from './harness.ts';
import { openReconciled, type Reconciled } from './reconciled.ts';
import { newProduct, shelved } from './shelf.ts';

const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();
const { signal } = new AbortController();

async function drifted(): Promise<Reconciled> {
  const pair = await openReconciled();
  pair.sourceStore.put(shelved('1', 'A', 5));
  pair.targetStore.put(shelved('101', 'A', 5));
  await pair.hear(newsOf('product', '1'));
  pair.sourceStore.put(shelved('1', 'A', 3, { changedAt: HOUR_AGO }));
  pair.sourceStore.put({ ...newProduct('2', 'B'), changedAt: HOUR_AGO });
  return pair;
}

const quantities = ({ targetStore }: Reconciled) =>
  targetStore.list('product').map((root) => root.root === 'product' && root.variants[0]?.variant.quantity);

describe('law 9: repairs take the same road', () => {
  test('a comparison repairs by news alone, and the applier writes', async () => {
    const pair = await drifted();

    const { result } = await pair.compare(true);

    expect(result).toMatchObject({ drift: 2, repaired: 2, left: 0 });
    expect(quantities(pair)).toEqual([3, 5]);
    expect(pair.written).toEqual([]);
    const repairs = (await pair.outcomes()).filter(({ via, outcome }) => via === 'compare' && outcome === 'applied');
    expect(repairs.map(({ root }) => root)).toEqual(['product:1', 'product:2']);
  });

  test('a hold stops a repair as it stops everything else', async () => {
    const pair = await drifted();
    await pair.facts.put([
      { pair: 'acme', kind: 'hold', id: '*', value: { at: 1, by: 'anna', reason: 'stocktaking' } },
    ]);

    const { result } = await pair.compare(true);

    expect(result.repaired).toBe(0);
    expect(quantities(pair)).toEqual([5]);
  });

  test('a closed pair is compared and not repaired', async () => {
    const pair = await drifted();
    await pair.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'closed', at: 1, by: 'anna' } }]);

    const { result } = await pair.compare(true);

    expect(result.repaired).toBe(0);
    expect(quantities(pair)).toEqual([5]);
  });

  test('a sweep publishes news, and the applier writes', async () => {
    const pair = await drifted();

    const cursor = { at: '2026-11-21T00:00:00Z', id: null, sweptAt: 1 };
    await pair.facts.put([{ pair: 'acme', kind: 'cursor', id: 'product', value: cursor }]);

    await createSweep(pair.deps).run(signal);
    await pair.applier.idle();

    expect(quantities(pair)).toEqual([3, 5]);
    expect(pair.written).toEqual([]);
    expect((await pair.outcomes()).some(({ via, outcome }) => via === 'sweep' && outcome === 'applied')).toBe(true);
  });

  test('a plan and its approval write nothing to a store', async () => {
    const pair = await drifted();
    await pair.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value: null }]);

    const plan = await buildPlan(pair.deps, { signal });
    await approvePlan(pair.deps, plan, { by: 'anna' });

    expect(plan.counts).toMatchObject({ planned: 1, create: 1 });
    expect(pair.written).toEqual([]);
    expect(quantities(pair)).toEqual([5]);
  });
});
