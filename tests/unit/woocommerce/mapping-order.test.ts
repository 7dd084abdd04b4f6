import { describe, expect, test } from 'vitest';

import { orderSchema } from '#libs/model/order.ts';
import { toStoredOrder } from '#libs/connectors/woocommerce/woocommerce-mapping-order.ts';
import { noteWireSchema, orderWireSchema, refundWireSchema } from '#libs/connectors/woocommerce/woocommerce-wire.ts';
import { recordedBody, recordedWebhook, recordedWebhooks } from './recordings.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const nothing = { refunds: [], notes: null };

function orderOf(changes: Readonly<Record<string, unknown>>, recording = 'rest/order') {
  return toStoredOrder(orderWireSchema.parse({ ...Object(recordedBody(recording)), ...changes }), nothing).order;
}

function delivered(name: string) {
  return toStoredOrder(orderWireSchema.parse(JSON.parse(recordedWebhook(name).body.toString())), nothing);
}

test('an order with a fee, shipping, a coupon and a variation', () => {
  const stored = delivered('s04-order-create-06-processing-1-order-created');

  expect(stored).toMatchObject({ id: '45', changedAt: '2026-11-23T02:30:50Z', heldByUs: false });
  expect(stored.order).toMatchObject({
    number: '45',
    placedAt: '2026-11-23T02:30:50Z',
    email: 'juergen@shop-customer.example',
    currency: 'EUR',
    taxesIncluded: false,
    customerId: '2',
    lines: [
      { productId: '16', variantId: '16', sku: 'SIM-007', quantity: 5, unitPrice: eur(5200), total: eur(25583) },
      { productId: '27', variantId: '29', sku: 'GLV-GRÜN', quantity: 1, unitPrice: eur(2090), total: eur(2007) },
    ],
    shipping: [{ title: 'DHL Paket', amount: eur(490), taxes: [] }],
    fees: [{ title: 'Geschenkverpackung 🎁', amount: eur(250), taxes: [] }],
    discount: eur(500),
    discountCodes: ['fünf€'],
    tax: eur(0),
    total: eur(28330),
    billing: { company: 'Müller & Söhne' },
    paymentMethod: 'Überweisung',
    paidAt: '2026-11-23T02:30:50Z',
    refunds: [],
    tracking: [],
    history: null,
    note: null,
    status: {
      word: 'processing',
      state: { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false },
    },
  });
});

test('amounts hold their tax where the shop’s prices do, and add up to the total', () => {
  const taxes = [{ id: 1, total: '1.60', subtotal: '1.60' }];
  const order = orderOf({
    prices_include_tax: true,
    total: '14.90',
    total_tax: '2.38',
    discount_total: '0.84',
    discount_tax: '0.16',
    line_items: [
      { id: 1, quantity: 2, subtotal: '9.24', subtotal_tax: '1.76', total: '8.40', total_tax: '1.60', taxes },
    ],
    shipping_lines: [{ method_title: 'Post', total: '4.12', total_tax: '0.78', taxes: [{ id: 1, total: '0.78' }] }],
    tax_lines: [{ rate_id: 1, label: 'MwSt.', rate_percent: 19 }],
  });

  expect(order.lines[0]).toMatchObject({
    unitPrice: eur(550),
    total: eur(1000),
    taxes: [{ title: 'MwSt.', rate: 0.19, amount: eur(160) }],
  });
  expect(order.shipping[0]).toMatchObject({ amount: eur(490), taxes: [{ amount: eur(78) }] });
  expect(order).toMatchObject({ discount: eur(100), tax: eur(238), total: eur(1490) });
});

describe('tracking', () => {
  test('a recorded parcel', () => {
    expect(orderOf({}, 'rest/order-put-tracking-meta').tracking).toEqual([
      { number: '00340434161094042557', carrier: 'dhl', url: null, shippedAt: '2026-11-23T00:00:00Z' },
    ]);
  });

  test('the custom carrier comes first, a list with holes is read, and what is no parcel is passed over', () => {
    const value = {
      '1': {
        tracking_provider: '',
        custom_tracking_provider: 'Bote',
        custom_tracking_link: 'https://bote.example/7',
        tracking_number: ' 7 ',
        date_shipped: '',
      },
      '2': { tracking_provider: 'ups', tracking_number: '' },
      '4': 'nonsense',
    };

    expect(orderOf({ meta_data: [{ key: '_wc_shipment_tracking_items', value }] }).tracking).toEqual([
      { number: '7', carrier: 'Bote', url: 'https://bote.example/7', shippedAt: null },
    ]);
  });
});

describe('status', () => {
  test.each([
    ['pending', { payment: 'pending', fulfilment: 'open', cancelled: false, onHold: false }],
    ['on-hold', { payment: 'pending', fulfilment: 'open', cancelled: false, onHold: false }],
    ['processing', { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false }],
    ['completed', { payment: 'paid', fulfilment: 'fulfilled', cancelled: false, onHold: false }],
    // The order of the recording has a day of completion: it had been shipped.
    ['refunded', { payment: 'refunded', fulfilment: 'fulfilled', cancelled: false, onHold: false }],
    ['failed', null],
    ['checkout-draft', null],
    ['awaiting-shipment', null],
    ['constructor', null],
  ])('%s', (status, state) => {
    expect(orderOf({ status, refunds: [] }).status).toEqual({ word: status, state });
  });

  test('what was paid back and never completed was not shipped', () => {
    const { state } = orderOf({ status: 'refunded', refunds: [], date_completed_gmt: null }).status;

    expect(state).toEqual({ payment: 'refunded', fulfilment: 'open', cancelled: false, onHold: false });
  });

  test('a cancelled order is paid only if it was', () => {
    const paid = orderOf({ status: 'cancelled', refunds: [], date_paid_gmt: '2026-11-23T02:30:50' });
    const unpaid = orderOf({ status: 'cancelled', refunds: [], date_paid_gmt: null });

    expect(paid.status.state).toMatchObject({ payment: 'paid', cancelled: true });
    expect(unpaid.status.state).toMatchObject({ payment: 'pending', cancelled: true });
  });

  test('the prefix of the database is not part of the word', () => {
    expect(orderOf({ status: 'wc-completed' }).status.word).toBe('completed');
  });

  test('a part that was paid back shows in the payment', () => {
    const order = orderOf({ status: 'completed', total: '24.90', refunds: [{ id: 5, reason: '', total: '-4.90' }] });

    expect(order.status.state).toMatchObject({ payment: 'partiallyRefunded', fulfilment: 'fulfilled' });
  });
});

test('a refund has the date that only its own answer tells', () => {
  const wire = orderWireSchema.parse(recordedBody('rest/order-refunded'));
  const refunds = refundWireSchema.array().parse(recordedBody('rest/order-refunds'));

  const { order } = toStoredOrder(wire, { refunds, notes: null });

  expect(order.refunds).toEqual([{ id: '57', at: '2026-11-23T02:34:53Z', amount: eur(2490), reason: null }]);
});

test('history is the notes, oldest first, as plain text', () => {
  const notes = noteWireSchema.array().parse(recordedBody('rest/order-notes'));

  const { order } = toStoredOrder(orderWireSchema.parse(recordedBody('rest/order')), { refunds: [], notes });

  const times = order.history?.map(({ at }) => at);
  expect(times).toEqual(times?.toSorted());
  expect(order.history).toEqual(
    expect.arrayContaining([
      {
        id: '37',
        at: '2026-11-23T02:34:42Z',
        text: 'Adjusted stock: Kochtopf „Klassik“ 24 cm (20→19)',
        forCustomer: false,
      },
      { id: '36', at: '2026-11-23T02:34:25Z', text: 'Ihr Paket ist unterwegs 📦', forCustomer: true },
    ]),
  );
});

test.each(recordedWebhooks().filter(({ name }) => /-order-(created|updated)$/.test(name)))(
  'the order in $name is read into the canonical shape',
  ({ body }) => {
    const stored = toStoredOrder(orderWireSchema.parse(JSON.parse(body.toString())), nothing);

    expect(orderSchema.parse(stored.order)).toEqual(stored.order);
  },
);
