import { expect, test } from 'vitest';

import { afterShipping, shippedUnits } from '#libs/model/order-shipping.ts';
import type { OrderLine, OrderState } from '#libs/model/order.ts';
import { anOrderLine } from '#tests/builders/entities.ts';

const OPEN: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const line = (quantity: number, shipped?: number, requiresShipping = true): OrderLine =>
  anOrderLine({ quantity, requiresShipping, ...(shipped === undefined ? {} : { shipped }) });

test.each([
  ['nothing is said', [line(2)], OPEN, OPEN],
  ['nothing has left', [line(2, 0)], OPEN, OPEN],
  ['a part has left', [line(2, 1)], OPEN, { ...OPEN, fulfilment: 'partial', shipped: 1 }],
  ['all has left and the word still says open', [line(2, 2)], OPEN, OPEN],
  ['all of a part has left', [line(2, 2)], { ...OPEN, fulfilment: 'partial' }, { ...OPEN, fulfilment: 'fulfilled' }],
  ['a fee never leaves', [line(2, 1), line(1, 0, false)], OPEN, { ...OPEN, fulfilment: 'partial', shipped: 1 }],
  [
    'only a fee is left',
    [line(2, 2), line(1, 0, false)],
    { ...OPEN, fulfilment: 'partial' },
    { ...OPEN, fulfilment: 'fulfilled' },
  ],
  [
    'a cancelled order stays as its word says',
    [line(2, 1)],
    { ...OPEN, cancelled: true },
    { ...OPEN, cancelled: true },
  ],
  ['a shipped one too', [line(2, 1)], { ...OPEN, fulfilment: 'fulfilled' }, { ...OPEN, fulfilment: 'fulfilled' }],
] satisfies readonly (readonly [string, OrderLine[], OrderState, OrderState])[])(
  '%s',
  (_name, lines, state, expected) => {
    expect(afterShipping(state, { lines })).toEqual(expected);
  },
);

test('units are counted where any line says', () => {
  expect(shippedUnits({ lines: [line(2), line(3)] })).toBeNull();
  expect(shippedUnits({ lines: [line(2, 1), line(3)] })).toBe(1);
});
