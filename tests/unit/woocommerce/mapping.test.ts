import { describe, expect, test } from 'vitest';

import { productSchema, variantSchema } from '#libs/model/product.ts';
import { customerSchema } from '#libs/model/customer.ts';
import { toStoredCustomer, toStoredProduct, toUtc } from '#libs/connectors/woocommerce/woocommerce-mapping.ts';
import {
  customerWireSchema,
  productWireSchema,
  variationWireSchema,
} from '#libs/connectors/woocommerce/woocommerce-wire.ts';
import { recordedBody, recordedWebhook, recordedWebhooks } from './recordings.ts';

const units = { currency: 'EUR', weightUnit: 'kg' };
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

function recordedProduct(name: string, changes: Readonly<Record<string, unknown>> = {}) {
  return productWireSchema.parse({ ...Object(recordedBody(name)), ...changes });
}

function onlyVariant(changes: Readonly<Record<string, unknown>>, recording = 'rest/product-simple') {
  const { variants } = toStoredProduct(recordedProduct(recording, changes), [], units);
  expect(variants).toHaveLength(1);
  return variants[0]?.variant;
}

function variationsOf(changes: Readonly<Record<string, unknown>>) {
  return variationWireSchema.parse({ ...Object(recordedBody('rest/product-variation')), ...changes });
}

describe('a product without variations', () => {
  test('is its own only variant, under its own id', () => {
    const stored = toStoredProduct(recordedProduct('rest/product-simple'), [], units);

    expect(stored).toMatchObject({
      id: '10',
      createdAt: '2026-11-23T02:27:46Z',
      changedAt: '2026-11-23T02:35:02Z',
      partial: false,
      variants: [{ id: '10', changedAt: '2026-11-23T02:35:02Z' }],
    });
    expect(stored).not.toHaveProperty('unsupported');
    expect(stored.variants[0]?.variant).toEqual({
      sku: 'SIM-001',
      title: 'Kochtopf „Klassik“ 24 cm',
      options: [],
      quantity: 19,
      stockStatus: 'inStock',
      tracked: true,
      backorders: false,
      price: eur(1000),
      compareAtPrice: null,
      barcode: '4006381333931',
      weight: { grams: 1250 },
    });
  });

  test('has plain names where the shop escapes them', () => {
    const { product } = toStoredProduct(recordedProduct('rest/product-simple'), [], units);

    expect(product).toMatchObject({
      categories: ['Garten & Balkon 🌿'],
      tags: ['neu'],
      handle: 'kochtopf-klassik-24-cm',
      status: 'active',
      brand: null,
      seo: { title: null, description: null },
    });
  });

  test('has no quantity while nobody counts its stock', () => {
    expect(onlyVariant({}, 'rest/product-unmanaged-stock')).toMatchObject({
      quantity: null,
      tracked: false,
      stockStatus: 'inStock',
    });
  });

  test('keeps a quantity below zero, and floors a fraction', () => {
    expect(onlyVariant({ stock_quantity: -3, backorders: 'notify' })).toMatchObject({ quantity: -3, backorders: true });
    expect(onlyVariant({ stock_quantity: '2.75' })).toMatchObject({ quantity: 2 });
  });

  test('that is no draft and not published either is hidden like a draft', () => {
    const statuses = ['publish', 'draft', 'private', 'pending', 'future'].map(
      (status) => toStoredProduct(recordedProduct('rest/product-simple', { status }), [], units).product.status,
    );

    expect(statuses).toEqual(['active', 'draft', 'draft', 'draft', 'draft']);
  });

  test('counts as out of stock under a status word that a plugin made up', () => {
    expect(onlyVariant({ stock_status: 'preorder' })).toMatchObject({ stockWord: 'preorder' });
    expect(onlyVariant({ stock_status: 'onbackorder' })).not.toHaveProperty('stockWord');
    expect(onlyVariant({ stock_status: 'onbackorder' })).toMatchObject({ stockStatus: 'onBackorder' });
  });
});

describe('prices', () => {
  test('on sale, the sale price is charged and the regular one is struck', () => {
    expect(onlyVariant({ price: '34.90', regular_price: '39.90', sale_price: '34.90', on_sale: true })).toMatchObject({
      price: eur(3490),
      compareAtPrice: eur(3990),
    });
  });

  test('a sale that the calendar began and the cron job did not is not charged yet, and strikes nothing', () => {
    const wire = productWireSchema.parse(
      JSON.parse(recordedWebhook('x11-sale-starts-1-product-updated').body.toString()),
    );

    expect(toStoredProduct(wire, [], units).variants[0]?.variant).toMatchObject({
      price: eur(5950),
      compareAtPrice: null,
    });
  });

  test('is null where the shop has none', () => {
    expect(onlyVariant({ price: '', regular_price: '', sale_price: '' })).toMatchObject({
      price: null,
      compareAtPrice: null,
    });
  });

  test('may come as numbers', () => {
    expect(onlyVariant({ price: 12.5, regular_price: 51.166000000000004, on_sale: true })).toMatchObject({
      price: eur(1250),
      compareAtPrice: eur(5117),
    });
  });
});

describe('a product with variations', () => {
  const variations = variationWireSchema.array().parse(recordedBody('rest/product-variable-variations'));

  test('has one variant each, told apart by its options', () => {
    const stored = toStoredProduct(recordedProduct('rest/product-variable'), variations, units);

    expect(stored.variants.map(({ id, variant }) => [id, variant.title, variant.options])).toEqual(
      expect.arrayContaining([['25', 'Grün', [{ name: 'Farbe', value: 'Grün' }]]]),
    );
    expect(stored.variants).toHaveLength(3);
  });

  test('whose stock the parent counts has the parent’s number on each', () => {
    const parent = productWireSchema.parse(
      JSON.parse(recordedWebhook('s04-order-create-09-processing-3-product-updated').body.toString()),
    );
    const counted = variationsOf({ manage_stock: 'parent', stock_quantity: 30 });
    const own = variationsOf({ id: 33, manage_stock: true, stock_quantity: 4 });

    const { variants } = toStoredProduct(parent, [counted, own], units);

    expect(variants.map(({ variant }) => [variant.quantity, variant.tracked])).toEqual([
      [28, true],
      [4, true],
    ]);
  });

  test('says when only some were read', () => {
    const stored = toStoredProduct(recordedProduct('rest/product-variable'), variations.slice(0, 1), units, true);

    expect(stored).toMatchObject({ partial: true, variants: [{ id: variations[0]?.id }] });
  });
});

describe('what is not carried whole', () => {
  test('a download is never sent in a parcel, and everything else is', () => {
    expect(onlyVariant({ virtual: true, downloadable: true })).toMatchObject({ requiresShipping: false });
    expect(onlyVariant({ virtual: false })).not.toHaveProperty('requiresShipping');
  });

  test.each(['bundle', 'subscription', 'external'])('a product of the type %s is flagged by that word', (type) => {
    expect(toStoredProduct(recordedProduct('rest/product-simple', { type }), [], units)).toMatchObject({
      unsupported: type,
      variants: [{ id: '10' }],
    });
  });

  test('a grouped product has no variant of its own', () => {
    expect(toStoredProduct(recordedProduct('rest/product-simple', { type: 'grouped' }), [], units)).toMatchObject({
      unsupported: 'grouped',
      variants: [],
    });
  });
});

describe('weights', () => {
  test.each([
    ['kg', '1.25', { grams: 1250 }],
    ['g', '80', { grams: 80 }],
    ['lbs', '1', { grams: 453.592 }],
    ['oz', '2', { grams: 56.699 }],
    ['kg', '', null],
    ['kg', 'heavy', null],
    [null, '1', null],
    ['stone', '1', null],
  ])('in %s, %j is %j', (weightUnit, weight, grams) => {
    const { variants } = toStoredProduct(recordedProduct('rest/product-simple', { weight }), [], {
      currency: 'EUR',
      weightUnit,
    });

    expect(variants[0]?.variant.weight).toEqual(grams);
  });
});

describe('what plugins and PHP do to the shape', () => {
  test('lists that are objects, and fields that are missing', () => {
    const wire = productWireSchema.parse({
      id: '7',
      type: 'simple',
      status: 'publish',
      price: null,
      manage_stock: false,
      stock_quantity: null,
      stock_status: 'instock',
      name: null,
      tags: { '3': { name: 'a &amp; b' } },
      meta_data: { '0': { id: 1, key: '_lockstep_source', value: '81' } },
    });

    expect(toStoredProduct(wire, [], units)).toMatchObject({
      id: '7',
      sourceId: '81',
      createdAt: null,
      changedAt: null,
      product: { title: '', tags: ['a & b'], images: [] },
    });
  });
});

test.each(['price', 'manage_stock', 'stock_quantity', 'stock_status', 'status', 'type'])(
  'a product that does not say its %s is not understood: nothing stands in its place',
  (field) => {
    const { [field]: _, ...rest } = Object(recordedBody('rest/product-simple')) as Record<string, unknown>;

    expect(productWireSchema.safeParse(rest).error?.issues[0]?.path).toEqual([field]);
  },
);

test.each([
  ['2026-11-23T02:27:46', '2026-11-23T02:27:46Z'],
  ['2026-11-23 02:27:46', '2026-11-23T02:27:46Z'],
  ['2026-11-23T02:27:46Z', '2026-11-23T02:27:46Z'],
  ['2026-11-23T02:27:46.120+01:00', '2026-11-23T01:27:46Z'],
  ['2026-11-23T02:27:46-0230', '2026-11-23T04:57:46Z'],
  ['0000-00-00 00:00:00', null],
  ['2026-02-31T00:00:00', null],
  ['2026-13-01T00:00:00', null],
  ['23.11.2026', null],
  ['', null],
  [null, null],
])('the time %j is %j', (said, utc) => {
  expect(toUtc(said)).toBe(utc);
});

describe('customers', () => {
  test('a recorded one', () => {
    const stored = toStoredCustomer(customerWireSchema.parse(recordedBody('rest/customer')));

    expect(stored).toMatchObject({
      root: 'customer',
      id: '2',
      sourceId: null,
      changedAt: '2026-11-23T02:36:55Z',
      customer: {
        email: 'juergen@shop-customer.example',
        name: { first: 'Jürgen-Änderung', last: 'Müßig' },
        phone: '+49 221 000000',
        addresses: [
          { company: 'Müller & Söhne', city: 'Bonn', country: 'DE' },
          { company: '', city: 'Köln', country: 'DE' },
        ],
        marketingConsent: null,
      },
    });
  });

  test('one without addresses has none, and carries its source id in meta without underscore', () => {
    const stored = toStoredCustomer(
      customerWireSchema.parse({
        id: 9,
        email: '',
        billing: [],
        shipping: { country: 'DE' },
        meta_data: [{ key: 'lockstep_source', value: 12 }],
      }),
    );

    expect(stored).toMatchObject({ sourceId: '12', customer: { email: null, phone: null, addresses: [] } });
  });
});

test('every recorded product, variation and customer is read into the canonical shape', () => {
  for (const { name, body } of recordedWebhooks().filter((one) =>
    /-(product|customer)-(created|updated)$/.test(one.name),
  )) {
    const json: unknown = JSON.parse(body.toString());
    if (typeof json !== 'object' || json === null || !('id' in json)) continue;
    if (name.includes('-customer-')) {
      customerSchema.parse(toStoredCustomer(customerWireSchema.parse(json)).customer);
      continue;
    }
    const stored = toStoredProduct(productWireSchema.parse(json), [variationsOf({})], units);
    productSchema.parse(stored.product);
    for (const { variant } of stored.variants) variantSchema.parse(variant);
    expect(stored.id).toBe(String(Object(json)['id']));
  }
});
