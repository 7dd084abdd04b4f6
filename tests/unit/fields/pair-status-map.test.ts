import { describe, expect, test } from 'vitest';

import { SHOPIFY_ORDER_STATUSES as SHOPIFY } from '#libs/connectors/shopify/shopify-mapping-order.ts';
import { capabilitiesOf } from '#libs/connectors/woocommerce/woocommerce-capabilities.ts';
import { hasPlace, pairStatusMap } from '#libs/fields/pair-status-map.ts';
import type { OrderState } from '#libs/model/order.ts';

const { orderStatuses: WOO = {} } = capabilitiesOf();
const state = (change: Partial<OrderState>): OrderState => ({
  payment: 'paid',
  fulfilment: 'open',
  cancelled: false,
  onHold: false,
  ...change,
});

describe('what words mean by default in a pairing', () => {
  test('is what they say where WooCommerce is the old shop', () => {
    expect([pairStatusMap(WOO, SHOPIFY), pairStatusMap(WOO, WOO)]).toEqual([{}, {}]);
  });

  test('is that the order waits for its money where a payment cannot be carried', () => {
    expect(pairStatusMap(SHOPIFY, WOO)).toEqual({
      authorised: { payment: 'pending', fulfilment: 'open' },
      partiallyPaid: { payment: 'pending', fulfilment: 'open' },
      voided: { payment: 'pending', fulfilment: 'open' },
    });
    expect(pairStatusMap(SHOPIFY, SHOPIFY)).toMatchObject({
      authorised: { payment: 'pending', fulfilment: 'open' },
      'partiallyPaid+fulfilled': { payment: 'pending', fulfilment: 'fulfilled' },
    });
    expect(
      Object.keys(pairStatusMap(SHOPIFY, SHOPIFY)).filter((word) => !/^(auth|partiallyPaid|voided)/.test(word)),
    ).toEqual([]);
  });

  test('is nothing where either platform does not tell', () => {
    expect([pairStatusMap(undefined, WOO), pairStatusMap(SHOPIFY, undefined)]).toEqual([{}, {}]);
  });
});

test('a state has a place where the new shop has a word for it', () => {
  expect(hasPlace(state({}), WOO)).toBe(true);
  expect(hasPlace(state({ fulfilment: 'fulfilled' }), WOO)).toBe(true);
  expect(hasPlace(state({ payment: 'refunded', fulfilment: 'fulfilled' }), WOO)).toBe(true);
  expect(hasPlace(state({ payment: 'partiallyRefunded', fulfilment: 'fulfilled' }), WOO)).toBe(true);
  expect(hasPlace(state({ payment: 'authorised' }), WOO)).toBe(true);
  expect(hasPlace(state({ cancelled: true, fulfilment: 'fulfilled' }), WOO)).toBe(true);
  expect(hasPlace(state({ fulfilment: 'partial' }), WOO)).toBe(false);
  expect(hasPlace(state({ payment: 'partiallyPaid' }), WOO)).toBe(false);
  expect(hasPlace(state({ payment: 'pending', fulfilment: 'fulfilled' }), WOO)).toBe(false);
  expect(hasPlace(state({ fulfilment: 'partial' }), SHOPIFY)).toBe(true);
});
