import { describe, expect, test } from 'vitest';

import { shopifyConfigSchema } from '#libs/connectors/shopify/shopify-config.ts';
import { neededScopes } from '#libs/connectors/shopify/shopify-check.ts';
import { toGrams, toProductStatus, toStoredCustomer } from '#libs/connectors/shopify/shopify-mapping.ts';
import {
  appendHistory,
  parseHistory,
  refundSourceId,
  SHOPIFY_STATUS_MAP,
  toRefundNote,
  toStoredOrder,
} from '#libs/connectors/shopify/shopify-mapping-order.ts';
import { customerWire, orderWire, type OrderWire } from '#libs/connectors/shopify/shopify-wire.ts';

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });

function anOrderWire(parts: Partial<OrderWire> = {}): OrderWire {
  return orderWire.parse({
    id: 'gid://shopify/Order/6123',
    name: '#1042',
    createdAt: '2026-11-20T13:00:00Z',
    processedAt: '2026-11-19T09:00:00+01:00',
    currencyCode: 'EUR',
    displayFinancialStatus: 'PAID',
    displayFulfillmentStatus: 'UNFULFILLED',
    totalPriceSet: money('104.7'),
    totalTaxSet: money('15.93'),
    lineItems: { nodes: [] },
    ...parts,
  });
}

const state = (parts: Partial<OrderWire>) => toStoredOrder(anOrderWire(parts), []).order.status.state;

const held = (handle: string | null) =>
  anOrderWire({
    fulfillmentOrders: {
      nodes: [{ id: 'f', status: 'ON_HOLD', fulfillmentHolds: [{ id: 'h', handle, reason: 'OTHER' }] }],
    },
  });
const parcel = (number: string) => ({ company: 'DHL', number, url: null });
const entry = (id: string) => ({ id, at: '2026-11-20T11:00:00Z', text: id, forCustomer: false });

describe('an order of Shopify', () => {
  test('is read with its number bare, its times in UTC and its decimals exact', () => {
    const { id, order } = toStoredOrder(anOrderWire(), []);

    expect(id).toBe('6123');
    expect(order).toMatchObject({
      number: '1042',
      placedAt: '2026-11-19T08:00:00Z',
      total: { amountMinor: 10470, currency: 'EUR' },
      tax: { amountMinor: 1593 },
      history: null,
    });
  });

  test('tells our own hold from one of the merchant’s', () => {
    const ours = toStoredOrder(held('lockstep'), []);
    const theirs = toStoredOrder(held(''), []);

    expect([ours.heldByUs, ours.order.status.state?.onHold]).toEqual([true, false]);
    expect([theirs.heldByUs, theirs.order.status.state?.onHold]).toEqual([false, true]);
  });

  test('without a financial status is unpaid', () => {
    expect(state({ displayFinancialStatus: null })).toMatchObject({ payment: 'pending' });
  });

  test('names each parcel once, and none of a cancelled fulfilment', () => {
    const fulfillments = [
      { id: 'a', status: 'SUCCESS', createdAt: '2026-11-21T09:00:00Z', trackingInfo: [parcel('1'), parcel('2')] },
      { id: 'b', status: 'SUCCESS', createdAt: '2026-11-22T09:00:00Z', trackingInfo: [parcel('2')] },
      { id: 'c', status: 'CANCELLED', createdAt: '2026-11-22T09:00:00Z', trackingInfo: [parcel('3')] },
    ];

    const { order } = toStoredOrder(anOrderWire({ fulfillments }), []);

    expect(order.tracking).toEqual([
      { number: '1', carrier: 'DHL', url: null, shippedAt: '2026-11-21T09:00:00Z' },
      { number: '2', carrier: 'DHL', url: null, shippedAt: '2026-11-21T09:00:00Z' },
    ]);
  });

  test('has a word that the default map turns back into its state', () => {
    for (const displayFinancialStatus of ['PENDING', 'PAID', 'REFUNDED', 'PARTIALLY_REFUNDED', 'VOIDED'])
      for (const displayFulfillmentStatus of ['UNFULFILLED', 'FULFILLED', 'PARTIALLY_FULFILLED']) {
        const { order } = toStoredOrder(anOrderWire({ displayFinancialStatus, displayFulfillmentStatus }), []);

        expect(order.status.state).toMatchObject(SHOPIFY_STATUS_MAP[order.status.word] as object);
      }
  });
});

describe('what is appended', () => {
  test('a refund’s note gives its source id back', () => {
    expect(refundSourceId(toRefundNote('77', 'Torn [at the seam]'))).toBe('77');
    expect(refundSourceId(toRefundNote('77', null))).toBe('77');
    expect(refundSourceId('Torn')).toBeNull();
  });

  test('history keeps its order and takes each entry once', () => {
    expect(appendHistory([entry('a')], [entry('a')])).toBeNull();
    expect(appendHistory([entry('a')], [entry('b'), entry('a'), entry('b')])?.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('foreign content of the metafield is no history', () => {
    expect(parseHistory('{"not":"ours"}')).toEqual([]);
    expect(parseHistory('nonsense')).toEqual([]);
  });
});

describe('a product of Shopify', () => {
  test('weighs in grams whatever its unit, and nothing where the shop says zero', () => {
    expect(toGrams({ unit: 'KILOGRAMS', value: 0.25 })).toEqual({ grams: 250 });
    expect(toGrams({ unit: 'POUNDS', value: 1 })).toEqual({ grams: 453.592 });
    expect(toGrams({ unit: 'GRAMS', value: 0 })).toBeNull();
  });

  test('that is unlisted is active: whoever has the link buys it', () => {
    expect(['ACTIVE', 'UNLISTED', 'DRAFT', 'ARCHIVED'].map(toProductStatus)).toEqual([
      'active',
      'active',
      'draft',
      'archived',
    ]);
  });
});

describe('the config of Shopify', () => {
  const shop = { shop: 'acme.myshopify.com', location: 'Main warehouse' };

  test.each([
    ['a token', { accessToken: 'shpat_1' }, true],
    ['client credentials', { clientId: 'a', clientSecret: 'b' }, true],
    ['neither', {}, false],
    ['both', { accessToken: 'shpat_1', clientId: 'a', clientSecret: 'b' }, false],
    ['sweeps alone', { accessToken: 'shpat_1', webhooks: 'off' }, true],
    ['half of the credentials', { clientId: 'a' }, false],
  ])('with %s', (_what, credentials, accepted) => {
    expect(shopifyConfigSchema.safeParse({ ...shop, ...credentials }).success).toBe(accepted);
  });

  test('asks for the scopes of its role and selection alone', () => {
    expect(neededScopes('target', new Set(['variant.price']))).toEqual([
      'read_locations',
      'write_products',
      'write_inventory',
    ]);
    expect(neededScopes('source', new Set(['order.status']))).toContain('read_all_orders');
  });
});

test('the default address of a customer comes first, whatever its place', () => {
  const stored = toStoredCustomer(
    customerWire.parse({
      id: 'gid://shopify/Customer/1',
      addressesV2: {
        nodes: ['Bonn', 'Oslo', 'Riga'].map((city) => ({ id: `gid://shopify/MailingAddress/${city}?a=1`, city })),
      },
      defaultAddress: { id: 'gid://shopify/MailingAddress/Oslo?b=2' },
    }),
  );

  expect(stored.customer.addresses.map(({ city }) => city)).toEqual(['Oslo', 'Bonn', 'Riga']);
});
