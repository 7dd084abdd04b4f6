import { describe, expect, test } from 'vitest';

import type { FieldMaps } from '#libs/fields/field-maps.ts';
import { mapFields, mapStatus, transform } from '#libs/fields/map-fields.ts';
import { aVariant, anOrder, eur } from '#tests/builders/entities.ts';

const NONE: FieldMaps = { orderStatus: {}, transforms: {}, carriers: {} };
const OPEN = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false } as const;
const parcel = (carrier: string | null) => ({ number: '1', carrier, url: null, shippedAt: null });

describe('mapFields()', () => {
  test('takes the selected fields as they are where nothing maps them', () => {
    expect(mapFields('variant', aVariant({ quantity: 7 }), ['quantity', 'price'], NONE)).toEqual({
      wanted: { quantity: 7, price: eur(1990) },
      unmapped: {},
      ignored: [],
    });
  });

  test('leaves out what was not read', () => {
    const { wanted } = mapFields('order', { ...anOrder(), history: null, note: undefined }, ['history', 'note'], NONE);

    expect(wanted).toEqual({});
  });

  test('withholds a status that nobody maps, by its word', () => {
    const order = anOrder({ status: { word: 'awaiting-magic', state: null } });

    expect(mapFields('order', order, ['status'], NONE)).toEqual({
      wanted: {},
      unmapped: { status: 'status "awaiting-magic" has no mapping' },
      ignored: [],
    });
  });

  describe('a stock word that a plugin made up', () => {
    const word = { ...aVariant({ quantity: 7 }), stockStatus: 'outOfStock', stockWord: 'preorder' } as const;
    const selected = ['quantity', 'stockStatus', 'tracked'];

    test('is withheld, and what is counted is carried all the same', () => {
      const { wanted, unmapped } = mapFields('variant', { ...word, tracked: true }, selected, NONE);

      expect(wanted).toEqual({ quantity: 7, tracked: true });
      expect(unmapped).toEqual({ stockStatus: 'stock status "preorder" has no mapping' });
    });

    test('of what is not counted leaves nothing to carry: it would be offered without end', () => {
      const { wanted, unmapped } = mapFields('variant', { ...word, tracked: false, quantity: null }, selected, NONE);

      expect(wanted).toEqual({});
      expect(Object.keys(unmapped).toSorted()).toEqual(['quantity', 'stockStatus', 'tracked']);
    });

    test('means what the config says, and no other word does', () => {
      const maps = { ...NONE, stockStatus: { preorder: 'onBackorder', outOfStock: 'inStock' } } as const;

      expect(mapFields('variant', word, ['stockStatus'], maps).wanted).toEqual({ stockStatus: 'onBackorder' });
      expect(mapFields('variant', { ...word, stockWord: 'constructor' }, ['stockStatus'], maps).wanted).toEqual({});
      expect(mapFields('variant', aVariant({ stockStatus: 'outOfStock' }), ['stockStatus'], maps).wanted).toEqual({
        stockStatus: 'outOfStock',
      });
    });
  });

  test('sets an ignored status aside without withholding it', () => {
    const order = anOrder({ status: { word: 'failed', state: OPEN } });

    expect(mapFields('order', order, ['status'], { ...NONE, orderStatus: { failed: 'ignore' } })).toEqual({
      wanted: {},
      unmapped: {},
      ignored: ['status'],
    });
  });

  test('renames carriers, and leaves the others and what has none', () => {
    const order = anOrder({ tracking: [parcel('dhl'), parcel('ups'), parcel(null)] });

    const { wanted } = mapFields('order', order, ['tracking'], { ...NONE, carriers: { dhl: 'DHL Express' } });

    expect(wanted['tracking']).toEqual([parcel('DHL Express'), parcel('ups'), parcel(null)]);
  });

  test('transforms the field that is named and no other', () => {
    const maps = { ...NONE, transforms: { 'variant.quantity': { subtract: 2 } } };

    const { wanted } = mapFields('variant', aVariant({ quantity: 7 }), ['quantity', 'price'], maps);

    expect(wanted).toEqual({ quantity: 5, price: eur(1990) });
  });
});

describe('mapStatus()', () => {
  test('goes by the config before the platform', () => {
    const status = { word: 'processing', state: OPEN };

    expect(mapStatus(status, { processing: { fulfilment: 'fulfilled' } }, anOrder())).toEqual({
      word: 'processing',
      state: { ...OPEN, fulfilment: 'fulfilled' },
    });
  });

  test('begins at nothing paid, shipped, cancelled or held for a word that the platform does not know', () => {
    expect(mapStatus({ word: 'packed', state: null }, { packed: { payment: 'paid' } }, anOrder())).toEqual({
      word: 'packed',
      state: { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false },
    });
  });

  test('falls back on the platform, then knows nothing', () => {
    expect(mapStatus({ word: 'processing', state: OPEN }, {}, anOrder())).toEqual({ word: 'processing', state: OPEN });
    expect(mapStatus({ word: 'odd', state: null }, {}, anOrder())).toBeNull();
  });

  test.each([
    ['a part of it', 'processing', [1000, 500], { payment: 'partiallyRefunded', refunded: eur(1500) }],
    ['all of it', 'processing', [1000, 3990], { payment: 'refunded' }],
    [
      'a part of it, under a word that only the config knows',
      'packed',
      [1],
      { payment: 'partiallyRefunded', refunded: eur(1) },
    ],
    ['nothing that moved money', 'processing', [0], { payment: 'paid' }],
    ['something of an order that nobody paid', 'on-hold', [500], { payment: 'pending' }],
  ])('counts refunds after the word: %s', (_what, word, amounts, expected) => {
    const map = {
      processing: { payment: 'paid', fulfilment: 'open' },
      packed: { payment: 'paid' },
      'on-hold': { payment: 'pending' },
    } as const;
    const refunds = amounts.map((amount, n) => ({
      id: `r${n}`,
      at: '2026-11-01T08:00:00Z',
      amount: eur(amount),
      reason: null,
    }));
    const state = word === 'packed' ? null : OPEN;

    expect(mapStatus({ word, state }, map, anOrder({ refunds, total: eur(4990) }))).toEqual({
      word,
      state: { fulfilment: 'open', cancelled: false, onHold: false, ...expected },
    });
  });

  test('takes a word for itself, although objects have a member of that name', () => {
    expect(mapStatus({ word: 'constructor', state: null }, {}, anOrder())).toBeNull();
    expect(mapStatus({ word: 'toString', state: OPEN }, {}, anOrder())).toEqual({ word: 'toString', state: OPEN });
  });
});

describe('transform()', () => {
  test.each([
    ['adds', 5, { add: 2 }, 7],
    ['subtracts', 5, { subtract: 2 }, 3],
    ['goes no lower than min', 1, { subtract: 2, min: 0 }, 0],
    ['multiplies and rounds', 5, { multiply: 0.3, round: 0 }, 2],
    ['rounds to places', 1.005, { round: 2 }, 1],
    ['rounds to tens', 47, { round: -1 }, 50],
    ['applies steps as they are written', 10, { min: 8, subtract: 5 }, 5],
    ['and the other way round', 10, { subtract: 5, min: 8 }, 8],
    ['keeps a number where there is a default', 5, { default: 9 }, 5],
  ])('%s', (_what, value, steps, expected) => {
    expect(transform(value, steps)).toBeCloseTo(expected, 10);
  });

  test('leaves what is untracked untracked, unless there is a default', () => {
    expect(transform(null, { subtract: 2, min: 0 })).toBeNull();
    expect(transform(null, { subtract: 2, default: 99 })).toBe(99);
  });

  test('counts money in minor units and never in fractions of them', () => {
    expect(transform(eur(1990), { multiply: 1.19 })).toEqual(eur(2368));
    expect(transform(eur(1), { multiply: 0.4 })).toEqual(eur(0));
  });

  test('leaves text alone', () => {
    expect(transform('inStock', { add: 1 })).toBe('inStock');
  });

  test('does nothing without steps', () => {
    expect(transform(5, undefined)).toBe(5);
  });
});
