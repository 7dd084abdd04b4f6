import { describe, expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { EUR, readProduct, patchOf, seedMany, outcomes } from './shopify-builders.ts';
import { CALL, openShopify, WRITE } from './shopify-harness.ts';

describe('the Shopify connector writes stock', () => {
  test('of a hundred products in one call, each with a comparison, and nothing else of them', async () => {
    await using harness = await openShopify();
    const products = await seedMany(harness, 100);
    const before = harness.writes().length;

    const results = await harness.connector.write(
      products.map((product) => patchOf(product, { quantity: 9 })),
      WRITE,
    );

    expect(harness.writes().slice(before)).toEqual(['mutation inventorySetQuantities']);
    expect(new Set(outcomes(results))).toEqual(new Set(['stored']));
    const byUs = harness.simulator.ledger.entries.filter(({ actor }) => actor === 'api');
    // The level's own clock moves with it, where a second has gone by.
    const fields = byUs.flatMap(({ changes }) => Object.keys(changes)).filter((field) => field !== 'updatedAt');
    expect(new Set(fields)).toEqual(new Set(['available']));
  });

  test('of more products than a call takes in as few calls as possible', async () => {
    await using harness = await openShopify();
    const products = await seedMany(harness, 251);

    await harness.connector.write(
      products.map((product) => patchOf(product, { quantity: 9 })),
      WRITE,
    );

    expect(harness.writes()).toHaveLength(2);
  });

  test('a row that somebody changed meanwhile is stale, and its neighbours are written', async () => {
    await using harness = await openShopify();
    const products = await seedMany(harness, 3);
    harness.simulator.setAvailable(`gid://shopify/ProductVariant/${products[1]?.variants[0]?.id}`, 77);

    const results = await harness.connector.write(
      products.map((product) => patchOf(product, { quantity: 2 })),
      WRITE,
    );

    expect(outcomes(results)).toEqual(['stored', 'stale', 'stored']);
    const [after] = await harness.connector.readRoots('product', [{ id: products[1]?.id ?? '' }], CALL);
    expect((after as StoredProduct).variants[0]?.variant.quantity).toBe(77);
  });

  test('a row that the shop refuses fails alone, in the shop’s words', async () => {
    await using harness = await openShopify();
    const [good, bad] = await seedMany(harness, 2);
    if (good === undefined || bad === undefined) throw new Error('Not seeded');
    const variants = bad.variants.map((variant) => ({
      ...variant,
      native: { inventoryItemId: 'gid://shopify/InventoryItem/1', available: 5, others: [] },
    }));

    const results = await harness.connector.write(
      [patchOf(good, { quantity: 2 }), patchOf({ ...bad, variants }, { quantity: 2 })],
      WRITE,
    );

    expect(results).toMatchObject([
      { outcome: 'stored' },
      { outcome: 'refused', message: expect.stringMatching(/variant \d+: ./) as string },
    ]);
  });

  test('the same value twice is written each time: 5, 3, 5', async () => {
    await using harness = await openShopify();
    const [seeded] = await seedMany(harness, 1);
    const id = seeded?.id ?? '';

    for (const quantity of [3, 5, 3])
      await harness.connector.write([patchOf(await readProduct(harness, id), { quantity })], WRITE);

    expect((await readProduct(harness, id)).variants[0]?.variant.quantity).toBe(3);
  });

  test('an untracked variant is tracked first, then given its number', async () => {
    await using harness = await openShopify();
    const seeded = harness.simulator.seedProduct({
      title: 'Tee',
      variants: [{ sku: 'A', price: '1', tracked: false }],
    });
    const present = await readProduct(harness, seeded.productId);

    const [result] = await harness.connector.write(
      [patchOf(present, { tracked: true, quantity: 0, backorders: false, stockStatus: 'outOfStock' })],
      WRITE,
    );

    expect(result).toEqual({
      outcome: 'stored',
      stored: {
        [present.variants[0]?.id ?? '']: { tracked: true, quantity: 0, backorders: false, stockStatus: 'outOfStock' },
      },
    });
    expect((await readProduct(harness, seeded.productId)).variants[0]?.variant).toMatchObject({
      tracked: true,
      quantity: 0,
      stockStatus: 'outOfStock',
    });
  });

  test('a lost answer is unknown, not failed, and a store’s own error is failed', async () => {
    await using harness = await openShopify();
    const [a, b] = await seedMany(harness, 2);
    if (a === undefined || b === undefined) throw new Error('Not seeded');
    harness.simulator.faults.plant({ kind: 'write', effect: { type: 'lost-answer', landsAfterMs: 0 }, times: 1 });
    const lost = await harness.connector.write([patchOf(a, { quantity: 1 })], WRITE);
    harness.simulator.faults.plant({ kind: 'write', effect: { type: 'status', status: 502 }, times: 1 });
    const failed = await harness.connector.write([patchOf(b, { quantity: 1 })], WRITE);

    expect([...outcomes(lost), ...outcomes(failed)]).toEqual(['unknown', 'failed']);
  });

  test('nothing is sent once maySend says no, between two calls of one write as well', async () => {
    await using harness = await openShopify();
    const products = await seedMany(harness, 2);
    const [first, second] = products;
    if (first === undefined || second === undefined) throw new Error('Not seeded');
    let asked = 0;

    const results = await harness.connector.write([patchOf(first, { price: EUR(500), quantity: 1 })], {
      ...WRITE,
      maySend: () => asked++ === 0,
    });

    expect(outcomes(results)).toEqual(['not-sent']);
    expect(harness.writes()).toEqual(['mutation productVariantsBulkUpdate']);
  });

  test('an unreachable shop is thrown where nothing was sent', async () => {
    let reachable = true;
    await using harness = await openShopify({
      fetch: (url, init) =>
        reachable
          ? fetch(url, init)
          : Promise.reject(
              new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }),
            ),
    });
    const [product] = await seedMany(harness, 1);
    if (product === undefined) throw new Error('Not seeded');
    reachable = false;

    const written = harness.connector.write([patchOf(product, { quantity: 1 })], WRITE);

    await expect(written).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });

  test('an unreachable shop is told per item where something had been sent', async () => {
    let calls = 0;
    await using harness = await openShopify({
      fetch: (url, init) => {
        const isWrite = typeof init.body === 'string' && init.body.includes('mutation');
        if (isWrite && ++calls > 1)
          return Promise.reject(
            new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }),
          );
        return fetch(url, init);
      },
    });
    const [product] = await seedMany(harness, 1);
    if (product === undefined) throw new Error('Not seeded');

    const results = await harness.connector.write([patchOf(product, { price: EUR(500), quantity: 1 })], WRITE);

    expect(outcomes(results)).toEqual(['failed']);
  });
});

describe('the Shopify connector writes products', () => {
  test('a patch touches its own fields and no others', async () => {
    await using harness = await openShopify();
    const seeded = harness.simulator.seedProduct({
      title: 'Tee',
      descriptionHtml: '<p>Soft</p>',
      tags: ['b', 'a'],
      options: ['Size'],
      variants: [
        { sku: 'A', price: '10', compareAtPrice: '12', barcode: '111', optionValues: ['S'], quantity: 5 },
        { sku: 'B', price: '20', optionValues: ['M'], quantity: 6 },
      ],
    });
    const present = await readProduct(harness, seeded.productId);

    const [result] = await harness.connector.write([patchOf(present, { price: EUR(1550) })], WRITE);

    expect(result).toEqual({ outcome: 'stored', stored: { [present.variants[0]?.id ?? '']: { price: EUR(1550) } } });
    const after = await readProduct(harness, seeded.productId);
    const first = present.variants[0];
    expect(after.product).toEqual(present.product);
    expect(after.variants[0]?.variant).toEqual({ ...first?.variant, price: EUR(1550) });
    expect(after.variants[1]?.variant).toEqual(present.variants[1]?.variant);
  });

  test('a bad variant fails alone', async () => {
    await using harness = await openShopify();
    const seeded = harness.simulator.seedProduct({
      title: 'Tee',
      options: ['Size'],
      variants: [
        { sku: 'A', price: '10', optionValues: ['S'] },
        { sku: 'B', price: '20', optionValues: ['M'] },
      ],
    });
    const present = await readProduct(harness, seeded.productId);
    const [a, b] = present.variants;

    const [result] = await harness.connector.write(
      [
        {
          ...patchOf(present, {}),
          entities: [
            { entity: 'variant', targetId: a?.id ?? '', values: { price: EUR(-5) } },
            { entity: 'variant', targetId: b?.id ?? '', values: { price: EUR(2500) } },
          ],
        },
      ],
      WRITE,
    );

    expect(result?.outcome).toBe('refused');
    const after = await readProduct(harness, seeded.productId);
    expect(after.variants.map(({ variant }) => variant.price)).toEqual([EUR(1000), EUR(2500)]);
  });

  test('texts and status go by the product, as the shop then has them', async () => {
    await using harness = await openShopify();
    const seeded = harness.simulator.seedProduct({
      title: 'Tee',
      tags: ['old'],
      variants: [{ sku: 'A', price: '10' }],
    });
    const present = await readProduct(harness, seeded.productId);
    const values = { title: 'Shirt', tags: ['a', 'b'], status: 'archived' };

    const [result] = await harness.connector.write(
      [{ ...patchOf(present, {}), entities: [{ entity: 'product', targetId: present.id, values }] }],
      WRITE,
    );

    expect(result).toEqual({ outcome: 'stored', stored: { [present.id]: values } });
    expect((await readProduct(harness, seeded.productId)).product).toEqual({ ...present.product, ...values });
  });
});
