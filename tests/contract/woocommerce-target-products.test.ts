import { describe, expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { aProduct, aVariant, eur } from '#tests/builders/entities.ts';
import { create, made, openTarget, patchOf, productDraft, READ, write, WRITE } from './woocommerce-target-harness.ts';

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

describe('the WooCommerce connector creates products', () => {
  test('simple, as a draft that is shown when it is whole', async () => {
    const target = await openTarget();

    const result = await create(
      target,
      productDraft({
        product: aProduct({
          categories: ['Hemden'],
          brand: 'Acme',
          images: [{ url: 'https://old.example.com/a.jpg', alt: null }],
        }),
      }),
    );

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: {
        sourceId: '14',
        product: {
          title: 'Linen shirt',
          handle: 'linen-shirt',
          status: 'active',
          categories: ['Hemden'],
          brand: 'Acme',
        },
        variants: [{ sourceId: 'v-14', variant: { sku: 'SIM-014', quantity: 5, price: eur(1990) } }],
      },
    });
    const [first] = target.shop.ledger.entries.filter(
      ({ entity, action }) => entity === 'product' && action === 'create',
    );
    expect(first?.changes['status']?.to).toBe('draft');
  });

  test('what is never sent in a parcel as such, simple or a variation', async () => {
    const target = await openTarget();
    const never = (options: readonly { readonly name: string; readonly value: string }[], sku: string) => ({
      sourceId: `v-${sku}`,
      variant: { ...aVariant({ sku, options: [...options] }), requiresShipping: false },
    });
    const size = (value: string) => [{ name: 'Size', value }];

    const simple = await create(target, productDraft({ variants: [never([], 'D-1')] }));
    const variable = await create(
      target,
      productDraft({
        sourceId: '15',
        variants: [never(size('S'), 'D-2'), { sourceId: 'v-3', variant: aVariant({ sku: 'D-3', options: size('M') }) }],
      }),
    );

    const shippingOf = (result: typeof simple) =>
      result?.outcome === 'created' && result.stored.root === 'product'
        ? result.stored.variants.map(({ variant }) => variant.requiresShipping)
        : null;
    expect(shippingOf(simple)).toEqual([false]);
    expect(shippingOf(variable)).toEqual([false, undefined]);
  });

  test('with more variations than a batch takes, each with its mark', async () => {
    const target = await openTarget();
    const variants = Array.from({ length: 120 }, (_, number) => ({
      sourceId: `v-${number}`,
      variant: aVariant({ sku: `S-${number}`, options: [{ name: 'Nr', value: String(number) }], quantity: number }),
    }));

    const result = await create(target, productDraft({ variants }));

    expect(result).toMatchObject({ outcome: 'created', complete: true });
    expect(target.shop.state().variations).toHaveLength(120);
    const [found] = await target.connector.findBySourceId('product', ['14'], READ);
    expect(new Set((found as StoredProduct).variants.map(({ sourceId }) => sourceId)).size).toBe(120);
  });

  test('one that has nothing to sell is refused', async () => {
    const target = await openTarget();

    expect(await create(target, productDraft({ variants: [] }))).toMatchObject({ outcome: 'refused' });
    expect(target.writes()).toEqual([]);
  });

  test('a SKU that is taken is a look-up result', async () => {
    const target = await openTarget();
    target.shop.people.createProduct({ name: 'Tee', sku: 'SIM-014' });

    expect(await create(target, productDraft())).toMatchObject({ outcome: 'taken' });
  });

  test.each(['row', 'sku', 'data'] as const)(
    'one whose making was cut short after %s is found again, and it alone',
    async (after) => {
      const target = await openTarget();
      target.shop.phpFaults.plant({ match: /^POST .*products$/, effect: { type: 'killed', after }, times: 1 });

      expect(await create(target, productDraft())).toMatchObject({ outcome: 'unknown' });

      const [found] = await target.connect().findBySourceId('product', ['14'], READ);
      expect(found).toMatchObject({ sourceId: '14', product: { status: 'draft' } });
      expect((await target.product(found?.id ?? '')).sourceId).toBe('14');
    },
  );

  test('one that was whole before its answer was lost is found by its mark, SKU or not', async () => {
    const target = await openTarget();
    const { id } = await made(
      target,
      productDraft({ variants: [{ sourceId: 'v', variant: aVariant({ sku: null }) }] }),
    );

    const [found, none] = await target.connect().findBySourceId('product', ['14', '15'], READ);

    expect([found?.id, none]).toEqual([id, null]);
  });

  test('categories that two products need at the same time are made once', async () => {
    const target = await openTarget({ writeMs: 5 });
    const drafts = ['1', '2', '3'].map((sourceId) =>
      productDraft({
        sourceId,
        product: aProduct({ handle: `p-${sourceId}`, categories: ['Neu'], tags: ['a'] }),
        variants: [{ sourceId, variant: aVariant({ sku: sourceId }) }],
      }),
    );

    await target.connector.create(drafts, WRITE);

    expect(target.shop.state().categories.filter(({ name }) => name === 'Neu')).toHaveLength(1);
  });
});
