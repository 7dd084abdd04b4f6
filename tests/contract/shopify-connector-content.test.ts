import { describe, expect, test } from 'vitest';

import { addressHash } from '#libs/connectors/address-hash.ts';
import type { RootPatch, WriteResult } from '#libs/connectors/store-connector.ts';
import { agrees } from '#libs/fields/agree.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import { aVariant, create, openPrepared, PRODUCT, readProduct } from './shopify-builders.ts';
import { CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

const image = (name: string, alt: string | null = null) => ({ url: `https://old.example.com/${name}.jpg`, alt });

/** Writes product fields as the planner does: expressed first, and only where they differ. */
async function write(harness: Harness, present: StoredProduct, values: FieldValues): Promise<WriteResult | undefined> {
  const { connector } = harness;
  const selected = Object.keys(values);
  const { wanted } = connector.express({ entity: 'product', wanted: values, present: present.product, selected });
  const patch: RootPatch = {
    root: 'product',
    sourceId: 'woo-1',
    targetId: present.id,
    present,
    entities: [{ entity: 'product', targetId: present.id, values: wanted }],
    steps: [],
  };
  const [result] = await connector.write([patch], WRITE);
  return result;
}

function seed(
  harness: Harness,
  parts: {
    collections?: readonly string[];
    tags?: readonly string[];
    images?: readonly { src: string; alt?: string }[];
  },
): Promise<StoredProduct> {
  const { productId } = harness.simulator.seedProduct({
    title: 'Tee',
    vendor: 'Theirs',
    variants: [{ sku: 'A', price: '10', quantity: 3 }],
    ...parts,
  });
  return readProduct(harness, productId);
}

describe('the Shopify connector and categories', () => {
  test('puts a product into the collections of these titles, makes what is missing, and leaves the rest', async () => {
    await using harness = await openPrepared();
    harness.simulator.seedCollection({ title: 'Shirts' });
    const present = await seed(harness, { collections: ['Old', 'Summer'] });

    const result = await write(harness, present, { categories: ['Summer', 'Shirts', 'Linen'] });

    const categories = ['Linen', 'Shirts', 'Summer'];
    expect(result).toEqual({ outcome: 'stored', stored: { [present.id]: { categories } } });
    expect((await readProduct(harness, present.id)).product.categories).toEqual(categories);
    const { collections } = harness.simulator.state();
    expect(collections.map(({ title }) => title).toSorted()).toEqual(['Linen', 'Old', 'Shirts', 'Summer']);
    expect(harness.simulator.state().products[0]).toMatchObject({ vendor: 'Theirs', title: 'Tee' });
  });

  test('makes a new collection once, whoever needs it at the same time', async () => {
    await using harness = await openPrepared();
    const roots = await Promise.all([seed(harness, {}), seed(harness, {}), seed(harness, {})]);

    const results = await Promise.all(roots.map((present) => write(harness, present, { categories: ['New'] })));

    expect(results.map((result) => result?.outcome)).toEqual(['stored', 'stored', 'stored']);
    expect(harness.simulator.state().collections.map(({ title }) => title)).toEqual(['New']);
  });

  test('leaves alone what fills itself, and calls that no difference', async () => {
    await using harness = await openPrepared();
    harness.simulator.seedCollection({ title: 'Sale', tag: 'sale' });
    harness.simulator.seedCollection({ title: 'All blue', tag: 'blue' });
    const present = await seed(harness, { collections: ['Shirts'], tags: ['sale'] });
    const wanted = { categories: ['Shirts', 'All blue'] };

    const expressed = harness.connector.express({
      entity: 'product',
      wanted,
      present: present.product,
      selected: ['categories'],
    });
    const result = await write(harness, present, { categories: ['Caps', 'All blue'] });

    expect(present.product.categories).toEqual(['Sale', 'Shirts']);
    expect(agrees('product.categories', expressed.wanted['categories'], present.product.categories)).toBe(true);
    expect(result).toMatchObject({ stored: { [present.id]: { categories: ['Caps', 'Sale'] } } });
  });
});

describe('the Shopify connector and images', () => {
  test('are replaced as a whole, in order, with their texts, and nothing else of the product', async () => {
    await using harness = await openPrepared();
    const present = await seed(harness, { images: [{ src: 'https://cdn.example.com/old.jpg', alt: 'Old' }] });
    const wanted = { images: [image('front', 'Front'), image('back')] };

    const result = await write(harness, present, wanted);

    const after = await readProduct(harness, present.id);
    expect(result?.outcome).toBe('stored');
    expect(after.product.images.map(({ alt, hash }) => [alt, hash])).toEqual([
      ['Front', addressHash(image('front').url)],
      [null, addressHash(image('back').url)],
    ]);
    expect(after.variants).toEqual(present.variants);
    expect({ ...after.product, images: [] }).toEqual({ ...present.product, images: [] });
    const { wanted: again } = harness.connector.express({
      entity: 'product',
      wanted,
      present: after.product,
      selected: ['images'],
    });
    expect(agrees('product.images', again['images'], after.product.images)).toBe(true);
  });

  test('another picture under the same text is told from the one that is there; what stays is not fetched again', async () => {
    await using harness = await openPrepared();
    const present = await seed(harness, {});
    await write(harness, present, { images: [image('a', 'Front'), image('b', 'Back')] });
    const before = await readProduct(harness, present.id);
    const wanted = { images: [image('b', 'Back view'), image('c', 'Front')] };
    const { wanted: expressed } = harness.connector.express({
      entity: 'product',
      wanted,
      present: before.product,
      selected: ['images'],
    });

    expect(agrees('product.images', expressed['images'], before.product.images)).toBe(false);
    await write(harness, before, wanted);

    const after = await readProduct(harness, present.id);
    expect(after.product.images.map(({ alt }) => alt)).toEqual(['Back view', 'Front']);
    // The same picture of the shop, and no copy of it.
    expect(after.product.images[0]?.url).toBe(before.product.images[1]?.url);
  });

  test('what a migration brought is known by the name of its file', async () => {
    await using harness = await openPrepared();
    const present = await seed(harness, { images: [{ src: 'https://cdn.example.com/front-scaled.jpg?v=3' }] });

    await write(harness, present, { images: [image('front', 'Front'), image('back')] });

    const after = await readProduct(harness, present.id);
    expect(after.product.images[0]?.url).toBe(present.product.images[0]?.url);
    expect(after.product.images).toHaveLength(2);
  });

  test('count while the shop is still working on them', async () => {
    await using harness = await openShopify({ mediaMs: 600_000 });
    await harness.connector.prepare(CALL.fields, WRITE);
    const present = await seed(harness, {});
    const images = [image('front', 'Front')];

    await write(harness, present, { images });

    const after = await readProduct(harness, present.id);
    expect(after.product.images).toEqual([{ url: '', alt: 'Front', hash: addressHash(image('front').url) }]);
  });

  test('without an address that the shop could fetch are withheld', async () => {
    await using harness = await openPrepared();
    const present = await seed(harness, {});

    const expressed = harness.connector.express({
      entity: 'product',
      wanted: { images: [image('a'), { url: '/b.jpg', alt: null }] },
      present: present.product,
      selected: ['images'],
    });

    expect(expressed).toEqual({ wanted: {}, withheld: { images: expect.stringContaining('image 2') as string } });
  });
});

describe('a call about content whose answer was lost', () => {
  const effect = { type: 'lost-answer', landsAfterMs: 0 } as const;

  test('makes no second collection', async () => {
    await using harness = await openPrepared();
    const present = await seed(harness, {});
    harness.simulator.faults.plant({ kind: 'write', match: /collectionCreate/, effect, times: 1 });

    const lost = await write(harness, present, { categories: ['New'] });
    const again = await write(harness, await readProduct(harness, present.id), { categories: ['New'] });

    expect([lost?.outcome, again?.outcome]).toEqual(['unknown', 'stored']);
    expect(harness.simulator.state().collections.map(({ title }) => title)).toEqual(['New']);
  });

  test.each(['productUpdate', 'metafieldsSet', 'fileUpdate', 'productReorderMedia'])(
    'fetches no image twice: %s',
    async (mutation) => {
      await using harness = await openPrepared();
      const present = await seed(harness, { images: [{ src: 'https://cdn.example.com/old.jpg', alt: 'Old' }] });
      const images = [image('front', 'Front'), { ...image('old'), alt: 'Old shirt' }];
      harness.simulator.faults.plant({ kind: 'write', match: new RegExp(mutation), effect, times: 1 });

      const lost = await write(harness, present, { images });
      const again = await write(harness, await readProduct(harness, present.id), { images });

      expect([lost?.outcome, again?.outcome]).toEqual(['unknown', 'stored']);
      const { product } = await readProduct(harness, present.id);
      expect(product.images.map(({ alt, hash }) => [alt, hash])).toEqual(
        images.map(({ url, alt }) => [alt, addressHash(url)]),
      );
    },
  );
});

const variantsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sourceId: `v${index}`,
    variant: aVariant({ sku: `S-${index}`, options: [{ name: 'Size', value: String(index) }] }),
  }));

describe('the Shopify connector creates products', () => {
  test('in their collections and with pictures that are known again', async () => {
    await using harness = await openPrepared();
    const product = { ...PRODUCT, categories: ['Shirts'], images: [image('front', 'Front')] };
    const variants = [{ sourceId: 'v1', variant: aVariant({}) }];

    const result = await create(harness, { root: 'product', sourceId: 'woo-1', product, variants });

    expect(result).toMatchObject({ outcome: 'created', complete: true });
    if (result?.outcome !== 'created') throw new Error('Not created');
    const { product: made } = await readProduct(harness, result.stored.id);
    expect(made.categories).toEqual(['Shirts']);
    expect(made.images).toMatchObject([{ alt: 'Front', hash: addressHash(image('front').url) }]);
  });

  test('with two thousand variants, and refuses what is too many for Shopify', async () => {
    await using harness = await openPrepared();
    const four = ['A', 'B', 'C', 'D'].map((name) => ({ name, value: '1' }));

    const whole = await create(harness, {
      root: 'product',
      sourceId: 'p1',
      product: PRODUCT,
      variants: variantsOf(2048),
    });
    const tooMany = await create(harness, {
      root: 'product',
      sourceId: 'p2',
      product: PRODUCT,
      variants: variantsOf(2049),
    });
    const tooWide = await create(harness, {
      root: 'product',
      sourceId: 'p3',
      product: PRODUCT,
      variants: [{ sourceId: 'v', variant: aVariant({ options: four }) }],
    });

    expect(whole).toMatchObject({ outcome: 'created', complete: true });
    expect(harness.simulator.state().products[0]?.variants).toHaveLength(2048);
    expect([tooMany, tooWide]).toMatchObject([
      { outcome: 'refused', message: expect.stringContaining('2048') as string },
      { outcome: 'refused', message: expect.stringContaining('options') as string },
    ]);
    expect(harness.simulator.state().products).toHaveLength(1);
  });
});
