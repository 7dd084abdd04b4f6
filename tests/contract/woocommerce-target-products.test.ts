import { describe, expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { eur } from '#tests/builders/entities.ts';
import { openTarget, patchOf, write } from './woocommerce-target-harness.ts';

function all(product: StoredProduct, quantity: number) {
  return product.variants.map(({ id }) => ({ entity: 'variant' as const, targetId: id, values: { quantity } }));
}

describe('the WooCommerce connector writes products', () => {
  test('of many in one batch, and nothing but what it was asked for', async () => {
    const target = await openTarget();
    const ids = [1, 2, 3].map(
      (number) =>
        target.shop.people.createProduct({
          name: `Tee ${number}`,
          sku: `T-${number}`,
          regular_price: '10.00',
          manage_stock: true,
          stock_quantity: number,
        }).id,
    );
    const products = await Promise.all(ids.map((id) => target.product(id)));

    const results = await write(target, ...products.map((one) => patchOf(one, { variant: { quantity: 9 } })));

    expect(target.writes()).toEqual(['POST products/batch']);
    expect(results).toEqual(ids.map((id) => ({ outcome: 'stored', stored: { [id]: { quantity: 9 } } })));
    const byUs = target.shop.ledger.entries.filter(({ actor, entity }) => actor === 'api' && entity === 'product');
    // The product's own clock moves with it, where a second has gone by.
    const fields = byUs.flatMap(({ changes }) => Object.keys(changes)).filter((field) => field !== 'date_modified_gmt');
    expect(new Set(fields)).toEqual(new Set(['stock_quantity']));
  });

  test('every field of a product without variations', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({ name: 'Tee', sku: 'T', regular_price: '10.00' });
    const wanted = {
      product: {
        title: 'Hemd „Groß“ 👕 & Co',
        description: '<p>Soft &amp; warm</p>',
        handle: 'hemd',
        status: 'draft',
        categories: ['Hemden', 'Neu'],
        tags: ['sommer'],
        brand: 'Acme',
        seo: { title: 'Hemd kaufen', description: null },
      },
      variant: {
        quantity: 0,
        tracked: true,
        backorders: true,
        stockStatus: 'onBackorder',
        price: eur(1500),
        compareAtPrice: eur(2000),
        barcode: '4006381333931',
        weight: { grams: 250 },
      },
    };

    const [result] = await write(target, patchOf(await target.product(id), wanted));

    expect(result).toEqual({ outcome: 'stored', stored: { [id]: { ...wanted.product, ...wanted.variant } } });
    const again = await target.product(id);
    expect(again.product).toMatchObject(wanted.product);
    expect(again.variants[0]?.variant).toMatchObject(wanted.variant);
    expect(target.shop.state().products[0]).toMatchObject({
      regular_price: '20.00',
      sale_price: '15.00',
      weight: '0.25',
    });
  });

  test('what is taken away again: sale, barcode, weight, brand, count', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({
      name: 'Tee',
      regular_price: '20.00',
      sale_price: '15.00',
      global_unique_id: '4006381333931',
      weight: '1',
      manage_stock: true,
      stock_quantity: 4,
    });
    const values = { price: eur(2000), compareAtPrice: null, barcode: null, weight: null, quantity: null };

    const [result] = await write(
      target,
      patchOf(await target.product(id), { variant: values, product: { brand: null } }),
    );

    expect(result).toMatchObject({ outcome: 'stored', stored: { [id]: { ...values, brand: null } } });
  });

  test('of variations where each counts for itself, and of those whose parent counts', async () => {
    const target = await openTarget();
    const attributes = [{ name: 'Size', variation: true, options: ['S', 'M'] }];
    const own = target.shop.people.createVariableProduct({ name: 'Own', attributes }, [
      { options: { Size: 'S' }, sku: 'S', regular_price: '9', manage_stock: true, stock_quantity: 1 },
      { options: { Size: 'M' }, sku: 'M', regular_price: '9', manage_stock: true, stock_quantity: 2 },
    ]);
    const shared = target.shop.people.createVariableProduct(
      { name: 'Shared', attributes, manage_stock: true, stock_quantity: 5 },
      [
        { options: { Size: 'S' }, regular_price: '9' },
        { options: { Size: 'M' }, regular_price: '9' },
      ],
    );
    const [first, second] = [await target.product(own.product.id), await target.product(shared.product.id)];

    const results = await write(
      target,
      patchOf(first, {}, { entities: all(first, 7) }),
      patchOf(second, {}, { entities: all(second, 8) }),
    );

    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
    expect((await target.product(first.id)).variants.map(({ variant }) => variant.quantity)).toEqual([7, 7]);
    expect((await target.product(second.id)).variants.map(({ variant }) => variant.quantity)).toEqual([8, 8]);
    expect(target.shop.state().variations.map((one) => one.manage_stock)).toEqual([true, true, false, false]);
  });

  test('variations that share one stock and want different numbers are refused, and nothing of it is written', async () => {
    const target = await openTarget();
    const { product } = target.shop.people.createVariableProduct(
      {
        name: 'Shared',
        attributes: [{ name: 'Size', variation: true, options: ['S', 'M'] }],
        manage_stock: true,
        stock_quantity: 5,
      },
      [
        { options: { Size: 'S' }, regular_price: '9' },
        { options: { Size: 'M' }, regular_price: '9' },
      ],
    );
    const present = await target.product(product.id);
    const entities = present.variants.map(({ id }, index) => ({
      entity: 'variant' as const,
      targetId: id,
      values: { quantity: index },
    }));

    const [result] = await write(target, patchOf(present, {}, { entities }));

    expect(result).toMatchObject({ outcome: 'refused', message: expect.stringContaining('share one stock') });
    expect(target.shop.state().products[0]?.stock_quantity).toBe(5);
  });

  test('one that the shop refuses fails alone, in the shop’s words', async () => {
    const target = await openTarget();
    const [one, two] = ['4006381333931', '']
      .map((gtin) => target.shop.people.createProduct({ name: 'Tee', regular_price: '1', global_unique_id: gtin }).id)
      .map((id) => target.product(id));
    const products = [await one, await two] as const;

    const results = await write(
      target,
      patchOf(products[0] as StoredProduct, { variant: { price: eur(900) } }),
      patchOf(products[1] as StoredProduct, { variant: { barcode: '4006381333931' } }),
    );

    expect(results[0]).toMatchObject({ outcome: 'stored' });
    expect(results[1]).toMatchObject({ outcome: 'refused', message: expect.stringContaining('GTIN') });
  });

  test('an answer of 200 with the old number is told as it is stored', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({ name: 'Tee', manage_stock: true, stock_quantity: 701 });
    target.shop.phpFaults.plant({ match: /batch/, effect: { type: 'locked' }, times: 1 });

    const present = await target.product(id);
    const [result] = await write(target, patchOf(present, { variant: { quantity: 702 }, product: { title: 'Shirt' } }));

    expect(result).toEqual({ outcome: 'stored', stored: { [id]: { quantity: 701, title: 'Shirt' } } });
  });

  test('a gateway that gave up says nothing of what becomes of the call', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({ name: 'Tee', manage_stock: true, stock_quantity: 1 });
    const present = await target.product(id);
    target.shop.phpFaults.plant({ effect: { type: 'gateway', landsAfterMs: 30 }, times: 1 });

    const [result] = await write(target, patchOf(present, { variant: { quantity: 9 } }));

    expect(result).toMatchObject({ outcome: 'unknown' });
    await expect.poll(async () => (await target.product(id)).variants[0]?.variant.quantity).toBe(9);
  });

  test('images by their id once they are there: none is uploaded twice', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({ name: 'Tee' });
    const [front, back] = ['a', 'b'].map((name) => ({
      url: `https://old.example.com/${name}.png`,
      alt: name,
      hash: `hash-${name}`,
    })) as [{ url: string; alt: string; hash: string }, { url: string; alt: string; hash: string }];
    await write(target, patchOf(await target.product(id), { product: { images: [front, back] } }));
    const before = target.shop.state().products[0]?.images.map((image) => image.id);

    const images = [back, { ...front, alt: 'Front' }];
    const [result] = await write(target, patchOf(await target.product(id), { product: { images } }));

    expect(target.shop.state().products[0]?.images.map((image) => image.id)).toEqual(before?.toReversed());
    expect(result).toMatchObject({
      stored: {
        [id]: {
          images: [
            { alt: 'b', hash: 'hash-b' },
            { alt: 'Front', hash: 'hash-a' },
          ],
        },
      },
    });
  });

  test('source ids go onto what is there, and never over another one', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({ name: 'Tee', sku: 'T', regular_price: '1' });
    const stamps = [
      { entity: 'product' as const, targetId: String(id), sourceId: 'p-1' },
      { entity: 'variant' as const, targetId: String(id), sourceId: 'v-1' },
    ];
    const [first] = await write(target, patchOf(await target.product(id), {}, { stamps }));
    const other = stamps.map((stamp) => ({ ...stamp, sourceId: 'p-2' }));
    const [second] = await write(target, patchOf(await target.product(id), {}, { stamps: other }));

    expect(first).toMatchObject({ stamped: { [`product:${id}`]: 'p-1', [`variant:${id}`]: 'v-1' } });
    expect(second).toEqual({ outcome: 'stale' });
  });
});
