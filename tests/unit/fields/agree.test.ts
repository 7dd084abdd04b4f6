import { describe, expect, test } from 'vitest';

import { agrees, missingHistory } from '#libs/fields/agree.ts';
import { canonicalJson, createFingerprint } from '#libs/fields/fingerprint.ts';
import { eur } from '#tests/builders/entities.ts';

const STATE = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false } as const;
const parcel = (number: string, carrier: string | null = 'DHL') => ({ number, carrier, url: null, shippedAt: null });
const image = (url: string, alt: string | null, hash?: string) => ({
  url,
  alt,
  ...(hash === undefined ? {} : { hash }),
});
const entry = (id: string, at = '2026-11-23T08:00:00Z') => ({ id, at, text: 't', forCustomer: false });

describe('agrees()', () => {
  test.each([
    ['variant.quantity', 3, 3, true],
    ['variant.quantity', 3, 4, false],
    ['variant.quantity', null, 0, false],
    ['variant.price', eur(1990), eur(1990), true],
    ['variant.price', eur(1990), { amountMinor: 1990, currency: 'USD' }, false],
    ['variant.compareAtPrice', null, undefined, true],
    ['product.tags', ['a', 'b'], ['b', 'a'], true],
    ['product.tags', ['a'], ['a', 'b'], false],
    ['product.description', '<p>Soft</p>\n<p>Warm</p>', '<p>Soft</p><p>Warm</p>', true],
    ['product.description', '<p>Soft</p>', '<p>Hard</p>', false],
    ['product.images', [image('a', null)], [image('b', null)], true],
    ['product.images', [image('a', null, 'x')], [image('b', null, 'x')], true],
    ['product.images', [image('a', null, 'x')], [image('a', null, 'y')], false],
    ['product.images', [image('a', null, 'x')], [image('b', null)], true],
    ['product.images', [image('a', 'Front')], [image('a', 'Back')], false],
    ['product.images', [image('a', 'Front'), image('b', 'Back')], [image('b', 'Back'), image('a', 'Front')], false],
    ['product.images', [image('a', null)], [], false],
    ['order.tracking', [parcel('a 1')], [parcel('A1', 'Other')], true],
    ['order.tracking', [parcel('A1')], [parcel('A1'), parcel('B2')], false],
    ['order.history', [entry('1')], [entry('2'), entry('1')], true],
    ['order.history', [entry('1'), entry('2')], [entry('1')], false],
    ['order.history', [], null, true],
  ] as const)('%s: %j and %j', (field, wanted, present, expected) => {
    expect(agrees(field, wanted, present)).toBe(expected);
  });

  test('goes by the state of an order, not by its word', () => {
    expect(agrees('order.status', { word: 'processing', state: STATE }, { word: 'PAID', state: STATE })).toBe(true);
    expect(agrees('order.status', { word: 'x', state: STATE }, { word: 'x', state: { ...STATE, onHold: true } })).toBe(
      false,
    );
  });

  test('calls an unknown state different from everything, itself included', () => {
    const unknown = { word: 'odd', state: null };

    expect(agrees('order.status', unknown, unknown)).toBe(false);
    expect(agrees('order.status', { word: 'x', state: STATE }, unknown)).toBe(false);
    expect(agrees('order.status', { word: 'x', state: STATE }, undefined)).toBe(false);
  });

  test('partly refunded orders agree when the same amount went back, to the cent', () => {
    const partly = (amountMinor: number) => ({
      word: 'x',
      state: { ...STATE, payment: 'partiallyRefunded' as const, refunded: { amountMinor, currency: 'EUR' } },
    });
    const unsaid = { word: 'x', state: { ...STATE, payment: 'partiallyRefunded' as const } };

    expect(agrees('order.status', partly(500), partly(500))).toBe(true);
    expect(agrees('order.status', partly(500), partly(501))).toBe(false);
    expect(agrees('order.status', partly(500), { word: 'x', state: { ...STATE, payment: 'paid' } })).toBe(false);
    // The target tells that a part went back, and not how much of it.
    expect(agrees('order.status', partly(500), unsaid)).toBe(true);
  });
});

const part = (shipped?: number) => ({
  word: 'x',
  state: { ...STATE, fulfilment: 'partial' as const, ...(shipped === undefined ? {} : { shipped }) },
});

test('orders that are shipped in part agree when the same number of units has left', () => {
  expect(agrees('order.status', part(2), part(2))).toBe(true);
  expect(agrees('order.status', part(2), part(1))).toBe(false);
  expect(agrees('order.status', part(2), part())).toBe(true);
});

test('missingHistory() lists the oldest first, and what came in the same second by its id', () => {
  const wanted = [entry('3', '2026-11-23T09:00:00Z'), entry('2'), entry('1')];

  expect(missingHistory(wanted, [entry('9')]).map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(missingHistory(null, null)).toEqual([]);
});

describe('a fingerprint', () => {
  const print = createFingerprint(Buffer.from('key'));

  test('is the same for the same values, in whatever order they stand', () => {
    expect(print({ a: 1, b: { d: 2, c: [3] } })).toBe(print({ b: { c: [3], d: 2 }, a: 1 }));
    expect(print({ a: 1, b: undefined })).toBe(print({ a: 1 }));
    expect(print(undefined)).toBe(print(null));
  });

  test('is another for other values', () => {
    expect(print([1, 2])).not.toBe(print([2, 1]));
    expect(print('1')).not.toBe(print(1));
  });

  test('sorts keys at every depth', () => {
    expect(canonicalJson({ b: 1, a: [{ z: 1, y: 2 }] })).toBe('{"a":[{"y":2,"z":1}],"b":1}');
  });
});
