import { expect, test } from 'vitest';

import type { OrderState, OrderStatus } from '#libs/model/order.ts';
import { wantedOfOrder } from '#libs/planning/order-wanted.ts';
import { anOrderLine } from '#tests/builders/entities.ts';

const MIGRATED_AT = Date.parse('2026-11-10T00:00:00Z');

function status(word: string, state: Partial<OrderState>): OrderStatus {
  return { word, state: { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false, ...state } };
}

test('a refund says nothing of the shipping: what was shipped stays shipped', () => {
  const wanted = { status: status('refunded', { payment: 'refunded' }) };
  const present = { status: status('paid+fulfilled', { fulfilment: 'fulfilled' }) };

  const filled = wantedOfOrder(wanted, {}, present, MIGRATED_AT);

  expect(filled).toEqual({ status: status('refunded', { payment: 'refunded', fulfilment: 'fulfilled' }) });
});

test('any other status says what it says', () => {
  const wanted = { status: status('processing', {}) };
  const present = { status: status('paid+fulfilled', { fulfilment: 'fulfilled' }) };

  expect(wantedOfOrder(wanted, {}, present, MIGRATED_AT)).toEqual(wanted);
});

test.each([
  ['nothing needs shipping, and the target calls it done', false, 'fulfilled', 'fulfilled'],
  ['nothing needs shipping, and the target waits as well', false, 'open', 'open'],
  ['something needs shipping', true, 'fulfilled', 'open'],
] as const)('an open order of which %s', (_name, requiresShipping, there, expected) => {
  const lines = [anOrderLine({ requiresShipping: false }), anOrderLine({ id: '2', requiresShipping })];
  const present = { status: status('p', { fulfilment: there }) };

  const wanted = wantedOfOrder({ status: status('processing', {}) }, { lines }, present, MIGRATED_AT);

  expect(wanted).toEqual({ status: status('processing', { fulfilment: expected }) });
});

test.each([
  ['has left', { fulfilment: 'fulfilled' }, false],
  ['is cancelled', { cancelled: true }, false],
  ['is still to leave', {}, true],
  ['has left in part', { fulfilment: 'partial' }, true],
] as const)('an order on hold that %s', (_name, state, onHold) => {
  const wanted = { status: status('w', { ...state, onHold: true }) };

  expect(wantedOfOrder(wanted, {}, { status: status('p', {}) }, MIGRATED_AT)).toEqual({
    status: status('w', { ...state, onHold }),
  });
});

const before = { id: '1', at: '2026-11-09T23:59:59Z', text: 'paid', forCustomer: false };
const after = { id: '2', at: '2026-11-10T00:00:00Z', text: 'sent', forCustomer: false };

test.each([
  ['was placed before the migration: only what happened since', '2026-11-01T00:00:00Z', MIGRATED_AT, [after]],
  ['was placed since: all of it', '2026-11-10T00:00:00Z', MIGRATED_AT, [before, after]],
  ['belongs to a pair without a migration: all of it', '2026-11-01T00:00:00Z', null, [before, after]],
])('the history of an order that %s', (_name, placedAt, migratedAt, expected) => {
  const wanted = wantedOfOrder({ history: [before, after] }, { placedAt }, {}, migratedAt);

  expect(wanted).toEqual({ history: expected });
});

test('a history that was not read stays unread', () => {
  expect(wantedOfOrder({ history: null }, {}, {}, MIGRATED_AT)).toEqual({ history: null });
});
