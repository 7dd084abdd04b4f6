import { expect, test } from 'vitest';

import type { OrderState } from '#libs/model/order.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { anOrder, anOrderLine, aStoredOrder } from '#tests/builders/entities.ts';
import { fields, linksOf, NEW, OLD, planOf, type Over } from './inputs.ts';

const PAID: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const status = (state: Partial<OrderState> = {}) => ({ word: 'w', state: { ...PAID, ...state } });
const source = aStoredOrder({ id: '77', createdAt: NEW, order: anOrder({ number: '1047', status: status() }) });
const target = aStoredOrder({ id: '900', sourceId: '77', order: anOrder({ number: '1047', status: status() }) });
const HOLD = { kind: 'hold', sourceId: '77' };

function plan(over: Over = {}, from: StoredOrder = source, to: StoredOrder = target) {
  const links = new Map(
    [...linksOf(from, to)].map(([id, link]) => [id, { ...link, by: 'source-id' as const }] as const),
  );
  const pair = { openOrders: 'hold', selection: fields('order.status'), ...over.pair } as const;
  return planRoot(planOf(from, { target: to, unfinished: true, links, ...over, pair })).decision;
}

test('an open order whose creation was cut short is held, under the id that its creation would have used', () => {
  expect(plan()).toMatchObject({ kind: 'patch', patch: { targetId: '900', steps: [HOLD] } });
  expect(plan({ pair: { selection: fields('order.tracking') } })).toMatchObject({ patch: { steps: [HOLD] } });
});

test('it is held before anything else is done with it', () => {
  const unpaid = { ...target, order: anOrder({ status: status({ payment: 'pending' }) }) };

  expect(plan({}, source, unpaid)).toMatchObject({ patch: { steps: [HOLD, { kind: 'pay' }] } });
});

test('one that was whole once, and that a person released, is never held again', () => {
  expect(plan({ unfinished: false })).toEqual({ kind: 'skip', reason: 'unchanged' });
});

test.each([
  ['held already', {}, source, { ...target, heldByUs: true }],
  ['of another source id', {}, source, { ...target, sourceId: '78' }],
  ['made by others', { links: linksOf(source, target) }, source, target],
  ['older than the migration', {}, { ...source, createdAt: OLD }, target],
  ['carried as it is', { pair: { openOrders: 'asIs' } }, source, target],
] as const)('one that is %s is not', (_what, over, from, to) => {
  expect(plan(over as Over, from, to)).toEqual({ kind: 'skip', reason: 'unchanged' });
});

test('one that the old shop shipped is shipped, not held', () => {
  const shipped = { ...source, order: anOrder({ status: status({ fulfilment: 'fulfilled' }) }) };

  expect(plan({}, shipped)).toMatchObject({ patch: { steps: [{ kind: 'fulfil' }] } });
});

test('one that cannot get to its status is held all the same, and parked', () => {
  const refunded = { ...target, order: anOrder({ status: status({ payment: 'refunded' }) }) };
  const links = new Map(
    [...linksOf(source, refunded)].map(([id, link]) => [id, { ...link, by: 'source-id' as const }]),
  );
  const pair = { openOrders: 'hold', selection: fields('order.status') } as const;

  const { decision, withheld } = planRoot(planOf(source, { target: refunded, unfinished: true, links, pair }));

  expect(decision).toMatchObject({ patch: { entities: [{ values: {} }], steps: [HOLD] } });
  expect(withheld).toEqual({ 'order:77/status': expect.stringContaining('cannot go back') as string });
});

test('a hold that follows the status carries the source id as well', () => {
  const waiting = { ...source, order: anOrder({ status: status({ onHold: true }) }) };

  expect(plan({ unfinished: false }, waiting)).toMatchObject({ patch: { steps: [HOLD] } });
});

test('a hold of ours that followed the merchant’s goes with it, unless open orders are carried on hold', () => {
  const held = { ...target, heldByUs: true };
  const asIs = { unfinished: false, pair: { openOrders: 'asIs', selection: fields('order.status') } } as const;
  const waiting = { ...source, order: anOrder({ status: status({ onHold: true }) }) };
  const shipped = { ...source, order: anOrder({ status: status({ fulfilment: 'fulfilled' }) }) };
  const unpaid = { ...held, order: anOrder({ status: status({ payment: 'pending' }) }) };
  const release = { kind: 'releaseHold' };

  expect(plan(asIs, source, held)).toMatchObject({ patch: { steps: [release] } });
  expect(plan(asIs, source, unpaid)).toMatchObject({ patch: { steps: [release, { kind: 'pay' }] } });
  expect(plan(asIs, shipped, held)).toMatchObject({ patch: { steps: [release, { kind: 'fulfil' }] } });
  expect(plan(asIs, waiting, held)).toEqual({ kind: 'skip', reason: 'unchanged' });
  expect(plan({ unfinished: false }, source, held)).toEqual({ kind: 'skip', reason: 'unchanged' });
  expect(plan({ ...asIs, held: new Set(['order.status']) }, source, held)).toEqual({
    kind: 'skip',
    reason: 'unchanged',
  });
});

const LINE = anOrderLine({ quantity: 3 });
const partOf = (shipped: number) =>
  anOrder({ status: status({ fulfilment: 'partial', shipped }), lines: [{ ...LINE, shipped }] });

test('the rest of an order is held in the steps that ship a part, although nobody holds it any more', () => {
  const one = { ...source, order: partOf(1) };
  const open = { ...target, order: anOrder({ status: status(), lines: [{ ...LINE, shipped: 0 }] }) };
  const fulfil = { kind: 'fulfil', lines: [{ lineId: '1', shipped: 1 }] };

  expect(plan({ unfinished: false }, one, open)).toMatchObject({ patch: { steps: [fulfil, HOLD] } });
  expect(plan({}, one, open)).toMatchObject({ patch: { steps: [fulfil, HOLD] } });
  const asIs = plan({ unfinished: false, pair: { openOrders: 'asIs' } }, one, open);
  expect(asIs).toMatchObject({ patch: { steps: [fulfil] } });
  expect(JSON.stringify(asIs)).not.toContain('"hold"');
});

test('what is left is held after a write that failed, and left to whoever released it otherwise', () => {
  const one = { ...source, order: partOf(1) };
  const made = { ...target, order: partOf(1) };

  expect(plan({ unfinished: false, interrupted: true }, one, made)).toMatchObject({ patch: { steps: [HOLD] } });
  expect(plan({ unfinished: false }, one, made)).toEqual({ kind: 'skip', reason: 'unchanged' });
  // Of one that is whole a failed write says nothing: its hold is never let go of before it is shipped.
  expect(plan({ unfinished: false, interrupted: true })).toEqual({ kind: 'skip', reason: 'unchanged' });
});
