import { expect, test } from 'vitest';

import { toLines } from '#libs/connectors/shopify/shopify-order-lines.ts';
import { lineWire, orderWire } from '#libs/connectors/shopify/shopify-wire.ts';

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });

type Line = readonly [unit: string, quantity: number, discounted: string];

function totals(lines: readonly Line[], order: { readonly subtotal: string | null; readonly discounts: string }) {
  const wires = lines.map(([unit, quantity, discounted], index) =>
    lineWire.parse({
      id: `gid://shopify/LineItem/${index}`,
      title: 'Tee',
      quantity,
      originalUnitPriceSet: money(unit),
      discountedTotalSet: money(discounted),
    }),
  );
  const wire = orderWire.parse({
    id: 'gid://shopify/Order/1',
    name: '#1',
    currencyCode: 'EUR',
    subtotalPriceSet: order.subtotal === null ? null : money(order.subtotal),
    totalDiscountsSet: money(order.discounts),
    lineItems: { nodes: wires },
  });
  return toLines(wire, wires).map(({ total }) => total.amountMinor);
}

test('a discount of the whole order is shared out among its lines, to the cent', () => {
  const lines = [
    ['10.00', 1, '10.00'],
    ['10.00', 1, '10.00'],
    ['10.00', 1, '10.00'],
  ] as const;

  expect(totals(lines, { subtotal: '20.00', discounts: '10.00' })).toEqual([666, 667, 667]);
});

test('what a line’s own price says already is not taken off twice', () => {
  const lines = [
    ['10.00', 2, '15.00'],
    ['5.00', 1, '5.00'],
  ] as const;

  expect(totals(lines, { subtotal: '20.00', discounts: '5.00' })).toEqual([1500, 500]);
  expect(totals(lines, { subtotal: '16.00', discounts: '9.00' })).toEqual([1200, 400]);
});

test('an order whose lines were edited comes to less without a discount, and is left as it is', () => {
  expect(totals([['10.00', 2, '20.00']], { subtotal: '10.00', discounts: '0.00' })).toEqual([2000]);
  expect(totals([['10.00', 2, '20.00']], { subtotal: null, discounts: '5.00' })).toEqual([2000]);
});

test('free lines stay free, and a whole discount leaves nothing', () => {
  const lines = [
    ['0.00', 1, '0.00'],
    ['3.33', 1, '3.33'],
  ] as const;

  expect(totals(lines, { subtotal: '0.00', discounts: '3.33' })).toEqual([0, 0]);
});
