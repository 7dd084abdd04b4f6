import { describe, expect, test } from 'vitest';

import { express, toKeptHtml } from '#libs/connectors/woocommerce/woocommerce-express.ts';
import type { EntityKind } from '#libs/model/stored.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import type { OrderState } from '#libs/model/order.ts';
import { aVariant, eur } from '#tests/builders/entities.ts';

function expressed(entity: EntityKind, wanted: FieldValues, present: FieldValues | null = null, more = {}) {
  return express({ entity, wanted, present, selected: Object.keys(wanted), ...more });
}

function state(change: Partial<OrderState>): OrderState {
  return { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false, ...change };
}

describe('prices', () => {
  const sale = { price: eur(1500), compareAtPrice: eur(2000) };

  test('a struck price that is not above the price is shown nowhere', () => {
    expect(expressed('variant', { price: eur(1500), compareAtPrice: eur(1500) }).wanted).toEqual({
      price: eur(1500),
      compareAtPrice: null,
    });
  });

  test('a price alone is not written where it would take the struck one away', () => {
    expect(expressed('variant', { price: eur(2500) }, sale).withheld).toHaveProperty('price');
    expect(expressed('variant', { price: eur(1900) }, sale)).toEqual({ wanted: { price: eur(1900) }, withheld: {} });
  });

  test('a struck price alone is not written where nothing would be struck', () => {
    expect(expressed('variant', { compareAtPrice: eur(1200) }, sale).withheld).toHaveProperty('compareAtPrice');
  });
});

describe('stock', () => {
  test('a number means that it is counted, and none that it is not', () => {
    expect(expressed('variant', { quantity: 3 }).wanted).toEqual({ quantity: 3, tracked: true });
    expect(expressed('variant', { quantity: null }).wanted).toEqual({ quantity: null, tracked: false });
  });

  test.each([1.5, Number.NaN, 'viele', 1e12])('%s is no number of a batch, which would make it 0', (quantity) => {
    expect(expressed('variant', { quantity }).withheld).toHaveProperty('quantity');
  });

  test('of what is counted the status follows from the number', () => {
    const source = aVariant({ quantity: 4, stockStatus: 'inStock' });
    const safety = { quantity: 0, stockStatus: 'inStock' };

    expect(expressed('variant', safety, null, { source }).wanted).toMatchObject({ stockStatus: 'outOfStock' });
    expect(expressed('variant', { stockStatus: 'inStock' }, { tracked: true, quantity: 0 }).withheld).toHaveProperty(
      'stockStatus',
    );
  });

  test('of what nobody counts it is a field of its own', () => {
    expect(expressed('variant', { stockStatus: 'outOfStock' }, { tracked: false, quantity: null })).toEqual({
      wanted: { stockStatus: 'outOfStock' },
      withheld: {},
    });
  });
});

describe('status', () => {
  const of = (wanted: Partial<OrderState>, there: Partial<OrderState> | null = null) =>
    expressed(
      'order',
      { status: { word: 'w', state: state(wanted) } },
      there === null ? null : { status: { word: 'w', state: state(there) } },
    );

  test.each([
    [{ payment: 'authorised' }, { payment: 'pending' }],
    [{ payment: 'voided' }, { payment: 'pending' }],
    [
      { cancelled: true, payment: 'voided', onHold: true },
      { cancelled: true, payment: 'pending' },
    ],
    [
      { payment: 'refunded', fulfilment: 'fulfilled', onHold: true },
      { payment: 'refunded', fulfilment: 'fulfilled' },
    ],
  ] as const)('%j is %j here', (wanted, expected) => {
    expect(of(wanted).wanted['status']).toEqual({ word: 'w', state: state(expected) });
  });

  test.each([
    { fulfilment: 'partial' },
    { payment: 'partiallyPaid' },
    { payment: 'pending', fulfilment: 'fulfilled' },
  ] as const)('%j has no word here', (wanted) => {
    expect(of(wanted).withheld).toHaveProperty('status');
  });

  test('what is cancelled stays as it was paid and shipped', () => {
    const there = { cancelled: true, payment: 'paid', fulfilment: 'fulfilled' } as const;

    expect(of({ cancelled: true, payment: 'pending' }, there).wanted['status']).toEqual({
      word: 'w',
      state: state(there),
    });
  });
});

describe('customers', () => {
  test('another e-mail address is withheld, since WordPress would mail the customer', () => {
    expect(expressed('customer', { email: 'b@example.com' }, { email: 'a@example.com' }).withheld).toHaveProperty(
      'email',
    );
    expect(expressed('customer', { email: 'A@example.com' }, { email: 'a@example.com' })).toEqual({
      wanted: { email: 'a@example.com' },
      withheld: {},
    });
  });

  test('phone and billing phone are one', () => {
    const address = { ...Object.fromEntries(['firstName', 'lastName'].map((part) => [part, 'x'])), phone: '' };

    expect(expressed('customer', { phone: '030', addresses: [address] }).wanted).toMatchObject({
      phone: '030',
      addresses: [{ phone: '030' }],
    });
  });
});

describe('texts', () => {
  test.each([
    ['5 < 6 & 7 > 2', '5 &lt; 6 &amp; 7 &gt; 2'],
    ['<p onclick="x()">a</p><script>b</script>', '<p>a</p>b'],
    ['<a href="javascript:alert(1)">l</a>', '<a href="alert(1)">l</a>'],
    [String.raw`a\b`, 'ab'],
    ['<table style="x"><td>1</td></table> [gallery]', '<table style="x"><td>1</td></table> [gallery]'],
  ])('%s becomes %s, and stays so', (html, kept) => {
    expect(toKeptHtml(html)).toBe(kept);
    expect(toKeptHtml(kept)).toBe(kept);
  });
});

test('what is expressed once is expressed no differently again', () => {
  const wanted = {
    price: eur(100),
    compareAtPrice: eur(50),
    quantity: 3,
    backorders: true,
    stockStatus: 'inStock',
    weight: { grams: 0 },
    barcode: '',
  };
  const once = expressed('variant', wanted).wanted;

  expect(expressed('variant', once).wanted).toEqual(once);
});
