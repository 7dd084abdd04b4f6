import { describe, expect, test } from 'vitest';

import type { FieldName } from '#libs/fields/field-names.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { anOrder, aStoredOrder } from '#tests/builders/entities.ts';
import { createRollingScan, restMs, type Pace } from '../../../services/reconciler/rolling-scan.ts';
import { estimateRoundMs } from '../../../services/reconciler/scan-estimate.ts';
import { aProduct, NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

const PACE: Pace = { share: 0.1, perSecond: 2, spent: () => 0 };
const { signal } = new AbortController();

async function following(settings: Parameters<typeof aWorld>[0] = {}): Promise<World> {
  const world = await aWorld(settings);
  await world.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'follow', at: 1, by: 'anna' } }]);
  return world;
}

async function round(world: World, steps = 8): Promise<readonly string[]> {
  const scan = createRollingScan(world, PACE);
  for (let step = 0; step < steps; step += 1) await scan.step(signal);
  return (await world.published()).map(({ news }) => `${news?.root ?? ''}:${news?.rootId ?? ''}`);
}

describe('the rolling scan', () => {
  test('finds what is not as it was settled although its clock never moved', async () => {
    const world = await following();
    for (const id of ['1', '2']) await world.settle(aProduct({ id }));
    world.source.put(aProduct({ id: '1' }), aProduct({ id: '2', quantity: 3 }));

    expect(await round(world)).toEqual(['product:2']);
    const [first] = await world.published();
    expect(first?.news).toMatchObject({ via: 'sweep', topic: 'scan', kind: 'news' });
  });

  test('finds what is new and would be made, and leaves what is old, unknown or parked', async () => {
    const create = { product: 'new', order: 'none', customer: 'none' } as const;
    const world = await following({ settings: { create } });
    const value = { at: 1, reason: 'refused', message: '', fields: [], tries: 0, entities: [] };
    await world.facts.put([{ pair: 'acme', kind: 'parked', id: 'product:3', value }]);
    const createdAt = '2026-11-20T00:00:00Z';
    world.source.put(aProduct({ id: '1' }), aProduct({ id: '2', createdAt }), aProduct({ id: '3', createdAt }));

    expect(await round(world)).toEqual(['product:2']);
  });

  test('goes on behind the page where an earlier process stopped', async () => {
    const world = await following();
    for (const id of ['1', '2', '3']) {
      await world.settle(aProduct({ id }));
      world.source.put(aProduct({ id, quantity: 9 }));
    }
    const value = { cursor: '2', startedAt: NOW - 1_000, seen: 2, cost: 2, of: 3, endedAt: null, roundMs: null };
    await world.facts.put([{ pair: 'acme', kind: 'scan', id: 'product', value }]);

    expect(await round(world, 2)).toEqual(['product:3']);
    expect(await world.facts.get('acme', 'scan', 'product')).toMatchObject({ cursor: null, seen: 3, roundMs: 1_000 });
  });

  test('reads nothing before approval', async () => {
    const world = await aWorld();
    await world.settle(aProduct({ id: '1' }));
    world.source.put(aProduct({ id: '1', quantity: 3 }));

    expect(await round(world)).toEqual([]);
    expect(await world.facts.count('acme', 'scan')).toBe(0);
  });

  test('reads the notes of open orders and of those changed in thirty days, of no others', async () => {
    const selection = new Set<FieldName>(['order.status', 'order.history']);
    const world = await following({ settings: { selection } });
    const note = { id: 'n1', at: '2026-11-20T10:00:00Z', text: 'A note' };
    const long = '2026-01-01T00:00:00Z';
    const shipped = { payment: 'paid', fulfilment: 'fulfilled', cancelled: false, onHold: false } as const;
    const order = (id: string, changedAt: string, isShipped: boolean): StoredOrder => {
      const status = isShipped ? { status: { word: 'completed', state: shipped } } : {};
      return aStoredOrder({ id, changedAt, order: anOrder({ number: id, ...status }) });
    };
    const before = [order('1', long, false), order('2', long, true), order('3', '2026-11-10T00:00:00Z', true)];
    for (const one of before) {
      await world.settle(one);
      world.source.put({ ...one, order: { ...one.order, history: [note] } } as StoredOrder);
    }

    expect(await round(world)).toEqual(['order:1', 'order:3']);
  });
});

describe('the pace of the scan', () => {
  test('keeps to its share of the budget, and of the time that the shop takes to answer', () => {
    expect(restMs({ share: 0.1, perSecond: 2 }, { tookMs: 400, cost: 1 })).toBe(4_600);
    expect(restMs({ share: 0.1, perSecond: 100 }, { tookMs: 400, cost: 1 })).toBe(3_600);
  });

  test('tells how long a round takes, from the counts first and then from what was measured', () => {
    const options = { share: 0.1, perSecond: 2, pageSize: 100, now: 60_000 };
    const running = { cursor: 'x', startedAt: 0, seen: 300, cost: 3, of: 1_200, endedAt: null, roundMs: null };

    expect(estimateRoundMs([{ root: 'product', count: 1_200, scanned: null }], options)).toBe(60_000);
    expect(estimateRoundMs([{ root: 'product', count: 1_200, scanned: running }], options)).toBe(240_000);
    expect(
      estimateRoundMs([{ root: 'order', count: 9, scanned: { ...running, cursor: null, roundMs: 7_000 } }], options),
    ).toBe(7_000);
    expect(estimateRoundMs([{ root: 'order', count: null, scanned: null }], options)).toBeNull();
  });
});
