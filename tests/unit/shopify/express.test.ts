import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { express } from '#libs/connectors/shopify/shopify-express.ts';
import { readStockStatus } from '#libs/connectors/shopify/shopify-mapping.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import type { StockStatus, Variant } from '#libs/model/product.ts';

const STOCK_FIELDS = ['quantity', 'stockStatus', 'tracked', 'backorders'] as const;

function aVariant(parts: Partial<Variant> = {}): Variant {
  return {
    sku: 'SIM-001',
    title: 'Red',
    options: [],
    quantity: 5,
    stockStatus: 'inStock',
    tracked: true,
    backorders: false,
    price: { amountMinor: 1990, currency: 'EUR' },
    compareAtPrice: null,
    barcode: null,
    weight: null,
    ...parts,
  };
}

/** A target variant as Shopify keeps it: a number behind the item even while it is not tracked. */
type Shop = { readonly tracked: boolean; readonly available: number; readonly backorders: boolean };

function read({ tracked, available, backorders }: Shop): FieldValues {
  const quantity = tracked ? available : null;
  return { tracked, backorders, quantity, stockStatus: readStockStatus({ tracked, quantity, backorders }) };
}

function write(shop: Shop, wanted: FieldValues): Shop {
  return {
    tracked: typeof wanted['tracked'] === 'boolean' ? wanted['tracked'] : shop.tracked,
    available: typeof wanted['quantity'] === 'number' ? wanted['quantity'] : shop.available,
    backorders: typeof wanted['backorders'] === 'boolean' ? wanted['backorders'] : shop.backorders,
  };
}

function pick(variant: Variant, selected: readonly string[]): FieldValues {
  return Object.fromEntries(Object.entries(variant).filter(([field]) => selected.includes(field)));
}

function differing(wanted: FieldValues, present: FieldValues): readonly string[] {
  return Object.keys(wanted).filter((field) => wanted[field] !== present[field]);
}

const shops = fc.record({
  tracked: fc.boolean(),
  available: fc.integer({ min: -3, max: 3 }),
  backorders: fc.boolean(),
});
const variants = fc
  .record({
    tracked: fc.boolean(),
    number: fc.integer({ min: -3, max: 3 }),
    backorders: fc.boolean(),
    stockStatus: fc.constantFrom<StockStatus>('inStock', 'outOfStock', 'onBackorder'),
  })
  .map(({ tracked, number, backorders, stockStatus }) =>
    aVariant({ tracked, quantity: tracked ? number : null, backorders, stockStatus }),
  );
const selections = fc.subarray([...STOCK_FIELDS]);
// What a map may make of a number: nothing, a safety stock, a number for what is not counted.
const mappings = fc.constantFrom<(quantity: number | null) => number | null>(
  (quantity) => quantity,
  (quantity) => (quantity === null ? null : Math.max(0, quantity - 2)),
  (quantity) => quantity ?? 7,
);

function wantedOf(
  source: Variant,
  selected: readonly string[],
  map: (quantity: number | null) => number | null,
): FieldValues {
  return pick({ ...source, quantity: map(source.quantity) }, selected);
}

describe('express() of stock', () => {
  test('what it returned, once written, is wanted no differently', () => {
    fc.assert(
      fc.property(variants, selections, shops, mappings, (source, selected, shop, map) => {
        const wanted = wantedOf(source, selected, map);
        const first = express({ entity: 'variant', wanted, source, present: read(shop), selected });
        const after = write(shop, first.wanted);
        const second = express({ entity: 'variant', wanted, source, present: read(after), selected });

        expect(differing(second.wanted, read(after))).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a status that is not withheld is what the shop then shows', () => {
    fc.assert(
      fc.property(variants, selections, shops, mappings, (source, selected, shop, map) => {
        const wanted = wantedOf(source, selected, map);
        const expressed = express({ entity: 'variant', wanted, source, present: read(shop), selected });
        const after = read(write(shop, expressed.wanted));

        if ('stockStatus' in expressed.wanted) expect(after['stockStatus']).toBe(expressed.wanted['stockStatus']);
      }),
      { numRuns: 5_000 },
    );
  });

  test('the number of a counted variant is written only where quantity is selected', () => {
    fc.assert(
      fc.property(variants, selections, shops, (source, selected, shop) => {
        const without = selected.filter((field) => field !== 'quantity');
        const { wanted } = express({
          entity: 'variant',
          wanted: pick(source, without),
          source,
          present: read(shop),
          selected: without,
        });

        if (source.tracked) expect(wanted).not.toHaveProperty('quantity');
      }),
    );
  });

  test('nothing of stock is wanted where nothing of it is selected', () => {
    fc.assert(
      fc.property(variants, shops, (source, shop) => {
        const { wanted, withheld } = express({
          entity: 'variant',
          wanted: {},
          source,
          present: read(shop),
          selected: [],
        });

        expect({ wanted, withheld }).toEqual({ wanted: {}, withheld: {} });
      }),
    );
  });

  test('an uncounted variant that is sold out becomes counted, at zero, without backorders', () => {
    const source = aVariant({ tracked: false, quantity: null, stockStatus: 'outOfStock' });

    const { wanted } = express({
      entity: 'variant',
      wanted: { stockStatus: 'outOfStock' },
      source,
      present: read({ tracked: false, available: 4, backorders: true }),
      selected: ['stockStatus'],
    });

    expect(wanted).toEqual({ stockStatus: 'outOfStock', tracked: true, quantity: 0, backorders: false });
  });

  test('a safety stock that leaves nothing is sold out rather than withheld', () => {
    const source = aVariant({ quantity: 2, stockStatus: 'inStock' });

    const expressed = express({
      entity: 'variant',
      wanted: { quantity: 0, stockStatus: 'inStock' },
      source,
      present: read({ tracked: true, available: 5, backorders: false }),
      selected: ['quantity', 'stockStatus'],
    });

    expect(expressed).toEqual({
      wanted: { quantity: 0, tracked: true, stockStatus: 'outOfStock', backorders: false },
      withheld: {},
    });
  });

  test('sold out at the source, while the target counts some and its number is not selected, is withheld', () => {
    const expressed = express({
      entity: 'variant',
      wanted: { stockStatus: 'outOfStock' },
      source: aVariant({ quantity: 0, stockStatus: 'outOfStock' }),
      present: read({ tracked: true, available: 3, backorders: false }),
      selected: ['stockStatus'],
    });

    expect(expressed.wanted).toEqual({});
    expect(Object.keys(expressed.withheld)).toEqual(['stockStatus']);
  });
});

describe('express() of other fields', () => {
  test('a missing price is withheld', () => {
    const expressed = express({ entity: 'variant', wanted: { price: null }, present: null, selected: ['price'] });

    expect(expressed.wanted).toEqual({});
    expect(Object.keys(expressed.withheld)).toEqual(['price']);
  });

  test('tags are kept once whatever their case, in no order of the source', () => {
    const { wanted } = express({
      entity: 'product',
      wanted: { tags: ['Sale', 'new', 'sale', ''] },
      present: null,
      selected: ['tags'],
    });

    expect(wanted).toEqual({ tags: ['Sale', 'new'] });
  });

  test('a phone number without its country is withheld', () => {
    const bad = express({ entity: 'customer', wanted: { phone: '0170 1234567' }, present: null, selected: ['phone'] });
    const good = express({
      entity: 'customer',
      wanted: { phone: '0049 170 1234567' },
      present: null,
      selected: ['phone'],
    });

    expect(Object.keys(bad.withheld)).toEqual(['phone']);
    expect(good.wanted).toEqual({ phone: '+491701234567' });
  });

  test('a parcel is dated, and its link filled in, as the target has it', () => {
    const there = { number: '1', carrier: 'DHL', url: 'https://t/1', shippedAt: '2026-11-20T10:00:00Z' };

    const { wanted } = express({
      entity: 'order',
      wanted: { tracking: [{ number: '1', carrier: 'DHL', url: null, shippedAt: '2026-11-19T08:00:00Z' }] },
      present: { tracking: [there] },
      selected: ['tracking'],
    });

    expect(wanted['tracking']).toEqual([there]);
  });
});

const expressed = (wanted: FieldValues, present: FieldValues | null = null) =>
  express({ entity: 'customer', wanted, present, selected: Object.keys(wanted) });

describe('express() and consent', () => {
  test.each([
    ['to mails, with an address', { email: 'a@example.com', marketingConsent: true }, null, true],
    ['to mails, with the address that is there', { marketingConsent: false }, { email: 'a@example.com' }, true],
    ['to messages, with a number', { phone: '+491701234567', smsConsent: true }, null, true],
    ['none to mails, without an address', { marketingConsent: false }, { email: null }, false],
    ['none to messages, without a number', { phone: '', smsConsent: false }, null, false],
    ['nobody knows', { email: 'a@example.com', marketingConsent: null }, null, false],
  ] satisfies readonly (readonly [string, FieldValues, FieldValues | null, boolean])[])(
    'is written where somebody can be reached: %s',
    (_name, wanted, present, isWritten) => {
      const { wanted: after, withheld } = expressed(wanted, present);
      const field = 'smsConsent' in wanted ? 'smsConsent' : 'marketingConsent';

      expect(field in after).toBe(isWritten);
      expect(withheld).toEqual({});
    },
  );

  test('is withheld where there is nothing to reach anybody by', () => {
    expect(expressed({ email: '', marketingConsent: true, smsConsent: true }).withheld).toEqual({
      marketingConsent: expect.stringContaining('e-mail') as string,
      smsConsent: expect.stringContaining('phone') as string,
    });
  });
});
