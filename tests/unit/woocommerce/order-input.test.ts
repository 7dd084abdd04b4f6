import { describe, expect, test } from 'vitest';

import { toOrderBody } from '#libs/connectors/woocommerce/woocommerce-order-input.ts';
import type { Order, TaxLine } from '#libs/model/order.ts';
import { anOrderLine, eur } from '#tests/builders/entities.ts';
import { orderDraft } from '../../contract/woocommerce-target-harness.ts';

function vat(amount: number): TaxLine {
  return { title: 'VAT', rate: 0.19, amount: eur(amount) };
}

/** Two shirts at 23.80 with their tax, discounted to 41.65, sent for 5.95. */
const WITH_TAX: Partial<Order> = {
  taxesIncluded: true,
  lines: [anOrderLine({ quantity: 2, unitPrice: eur(2380), total: eur(4165), taxes: [vat(665)] })],
  shipping: [{ title: 'DHL', amount: eur(595), taxes: [vat(95)] }],
  tax: eur(760),
  total: eur(4760),
};

function bodyOf(order: Partial<Order>, taxes: 'own' | 'none') {
  const made = toOrderBody(orderDraft(order), taxes, []);
  if ('offBy' in made) throw new Error(`off by ${made.offBy}`);
  return made.body;
}

describe('amounts of an order', () => {
  test('go with their tax where the shop works out none', () => {
    expect(bodyOf(WITH_TAX, 'none')).toMatchObject({
      line_items: [{ subtotal: '47.60', total: '41.65' }],
      shipping_lines: [{ total: '5.95' }],
      fee_lines: [],
    });
  });

  test('go without it where the shop works it out itself', () => {
    expect(bodyOf(WITH_TAX, 'own')).toMatchObject({
      line_items: [{ subtotal: '40.00', total: '35.00' }],
      shipping_lines: [{ total: '5.00' }],
      fee_lines: [],
    });
  });

  test('with tax on top of prices: a line of its own, or none where the shop adds it', () => {
    const net = { ...WITH_TAX, taxesIncluded: false, total: eur(4165 + 595 + 760) };

    expect(bodyOf(net, 'none')).toMatchObject({ fee_lines: [{ name: 'Tax', total: '7.60', tax_status: 'none' }] });
    expect(bodyOf(net, 'own')).toMatchObject({ line_items: [{ total: '41.65' }], fee_lines: [] });
  });

  test('a line was never sold for more than its price: rounded unit prices make no discount below zero', () => {
    const lines = [anOrderLine({ quantity: 3, unitPrice: eur(333), total: eur(1000) })];

    expect(bodyOf({ lines, total: eur(1000) }, 'none')).toMatchObject({
      line_items: [{ subtotal: '10.00', total: '10.00' }],
    });
  });

  test('a fee may give something back', () => {
    const fees = [{ title: 'Voucher', amount: eur(-1000), taxes: [] }];

    expect(bodyOf({ fees, total: eur(3990) }, 'none')).toMatchObject({
      fee_lines: [{ name: 'Voucher', total: '-10.00' }],
    });
  });

  test('parts that do not come to the total are told, and nothing is made', () => {
    expect(toOrderBody(orderDraft({ total: eur(5000) }), 'none', [])).toEqual({ offBy: 10 });
  });
});

describe('what a made order says of itself', () => {
  const meta = (order: Partial<Order>, parts = {}) => {
    const made = toOrderBody(orderDraft(order, parts), 'none', []);
    const list = 'body' in made ? (made.body['meta_data'] as readonly { key: string; value: unknown }[]) : [];
    return Object.fromEntries(list.map(({ key, value }) => [key, value]));
  };

  test('no stock is taken, no mail goes out, and its number and day are kept', () => {
    expect(meta({})).toMatchObject({
      _lockstep_source: '1047',
      _order_stock_reduced: 'yes',
      _new_order_email_sent: 'true',
      _order_number: '1047',
      lockstep_order_number: '1047',
      lockstep_placed_at: '2026-10-30T10:00:00Z',
    });
  });

  test('a coupon’s code is kept as text: the shop would apply it', () => {
    const order = { discountCodes: ['SUMMER', 'NEW'] };

    expect(meta(order)).toHaveProperty('lockstep_discount_codes', 'SUMMER, NEW');
    expect(bodyOf(order, 'none')).not.toHaveProperty('coupon_lines');
    expect(bodyOf(order, 'none')).not.toHaveProperty('payment_method');
  });

  test('on hold it keeps what it is apart from the hold', () => {
    const state = { payment: 'pending', fulfilment: 'open', cancelled: false, onHold: false } as const;

    expect(meta({}, { hold: true })).toHaveProperty('_lockstep_hold', 'processing');
    expect(meta({}, { hold: true, state })).toHaveProperty('_lockstep_hold', 'pending');
    expect(meta({}, { hold: true, state: { ...state, cancelled: true } })).not.toHaveProperty('_lockstep_hold');
  });
});
