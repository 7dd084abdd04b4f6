import { expect, test } from 'vitest';

import type { OrderState, OrderStatus } from '#libs/model/order.ts';
import { wantedOfOrder } from '#libs/planning/order-wanted.ts';

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
