import { describe, expect, onTestFinished, test } from 'vitest';

import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import { anOrder } from '../contract/shopify-builders.ts';
import { CALL, openShopify, WRITE } from '../contract/shopify-harness.ts';
import { newsOf } from './harness.ts';
import { openShopPair } from './shops.ts';

const PATIENCE = { timeout: 30_000 } as const;
const ORDER: StoredOrder = {
  root: 'order',
  id: '77',
  sourceId: null,
  createdAt: '2026-11-20T10:00:00Z',
  changedAt: '2026-11-20T10:00:00Z',
  order: anOrder(),
  heldByUs: false,
};

/** A new open order at the source, and a Shopify shop that does not have it. */
async function openShops() {
  const target = await openShopify();
  const timing = { ...DEFAULT_TIMING, retriesMs: [50, 100, 200], coalesceMs: 1, landingMs: 500 } as const;
  const selection = new Set(['order.status'] as const);
  const migratedAt = Date.parse('2026-11-02T00:00:00Z');
  const settings = { timing, selection, migratedAt, openOrders: 'hold' } as const;
  const pair = await openShopPair({ target: target.connector, settings });
  pair.sourceStore.put(ORDER);
  onTestFinished(async () => {
    await pair[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });
  const { simulator } = target;
  return {
    pair,
    target: target.connector,
    simulator,
    holds: () =>
      simulator
        .state()
        .orders.flatMap(({ fulfillmentOrders }) => fulfillmentOrders)
        .flatMap(({ holds }) => holds.map(({ handle, externalId }) => [handle, externalId])),
    linked: () => pair.facts.get('acme', 'link', 'order:77'),
  };
}

const OURS = [['lockstep', '77']];

describe('law 8: no warehouse ships what the old shop ships', () => {
  test.each([
    [
      'its creation’s answer got lost',
      { match: /orderCreate/, effect: { type: 'lost-answer', landsAfterMs: 0 }, times: 1 },
    ],
    [
      'it landed after its answer was given up',
      { match: /orderCreate/, effect: { type: 'lost-answer', landsAfterMs: 200 }, times: 1 },
    ],
    [
      'every call that was to hold it failed',
      { match: /fulfillmentOrderHold/, effect: { type: 'status', status: 500 }, times: 7 },
    ],
  ] as const)('an open order is held when %s', async (_what, fault) => {
    const { pair, simulator, holds, linked } = await openShops();
    simulator.faults.plant({ kind: 'write', ...fault });

    await pair.log.publish([newsOf('order', '77')]);

    await expect.poll(holds, PATIENCE).toEqual(OURS);
    await expect.poll(linked, PATIENCE).not.toBeNull();
    await expect.poll(() => pair.facts.get('acme', 'creating', 'order:77'), PATIENCE).toBeNull();
    expect(simulator.state().orders).toHaveLength(1);
    expect(simulator.ledger.effects).toEqual([]);
  });

  test('one that a person released stays released', async () => {
    const { pair, target, simulator, holds, linked } = await openShops();
    simulator.faults.plant({
      kind: 'write',
      match: /orderCreate/,
      effect: { type: 'lost-answer', landsAfterMs: 0 },
      times: 1,
    });
    await pair.log.publish([newsOf('order', '77')]);
    await expect.poll(linked, PATIENCE).not.toBeNull();
    const { targetId } = must(await linked(), 'a link');
    const [present] = await target.readRoots('order', [{ id: targetId }], CALL);
    const release = {
      root: 'order',
      sourceId: '77',
      targetId,
      entities: [],
      steps: [{ kind: 'releaseHold' }],
    } as const;
    await target.write([{ ...release, present: must(present, 'the order') }], WRITE);
    expect(holds()).toEqual([]);

    await pair.hear(newsOf('order', '77'));

    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'unchanged' });
    expect(holds()).toEqual([]);
  });

  test.each([
    ['nothing fails', null],
    ['the call that ships it fails', { match: /fulfillmentCreate/, effect: { type: 'status', status: 500 }, times: 1 }],
    [
      'the call that ships it gets lost',
      { match: /fulfillmentCreate/, effect: { type: 'lost-answer', landsAfterMs: 0 }, times: 1 },
    ],
    [
      'the call that holds the rest fails',
      { match: /fulfillmentOrderHold/, effect: { type: 'status', status: 500 }, times: 2 },
    ],
    [
      'the call that holds the rest gets lost',
      { match: /fulfillmentOrderHold/, effect: { type: 'lost-answer', landsAfterMs: 100 }, times: 1 },
    ],
  ] as const)('what is left after a part has left is held again when %s', async (_what, fault) => {
    const { pair, simulator, holds, linked } = await openShops();
    await pair.log.publish([newsOf('order', '77')]);
    await expect.poll(linked, PATIENCE).not.toBeNull();
    expect(holds()).toEqual(OURS);
    const [line] = ORDER.order.lines;
    if (fault !== null) simulator.faults.plant({ kind: 'write', ...fault });

    pair.sourceStore.put({
      ...ORDER,
      order: { ...ORDER.order, lines: [{ ...must(line, 'a line'), shipped: 1 }] },
    });
    await pair.log.publish([newsOf('order', '77')]);

    const shipped = () => simulator.state().orders[0]?.lineItems[0]?.fulfilledQuantity;
    await expect.poll(shipped, PATIENCE).toBe(1);
    await expect.poll(() => pair.facts.get('acme', 'retrying', 'order:77'), PATIENCE).toBeNull();
    await expect.poll(holds, PATIENCE).toEqual(OURS);
    expect(simulator.state().orders[0]?.fulfillments).toHaveLength(1);
    expect(simulator.ledger.effects).toEqual([]);
  });
});
