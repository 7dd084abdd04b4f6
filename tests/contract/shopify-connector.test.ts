import { describe, expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { readProduct, patchOf, seedMany } from './shopify-builders.ts';
import { bare, CALL, openShopify, WRITE } from './shopify-harness.ts';

describe('the Shopify connector reads', () => {
  test('roots in the order asked, and null for one that is not there or is something else', async () => {
    await using harness = await openShopify();
    const [a, b] = await seedMany(harness, 2);

    const read = await harness.connector.readRoots(
      'product',
      [{ id: b?.id ?? '' }, { id: '1' }, { id: a?.id ?? '' }],
      CALL,
    );

    expect(read.map((root) => root?.id ?? null)).toEqual([b?.id, null, a?.id]);
  });

  test('all variants of a product that has more than one page of them', async () => {
    await using harness = await openShopify();
    const variants = Array.from({ length: 260 }, (_, index) => ({
      sku: `V-${index}`,
      price: '1',
      optionValues: [`Size ${index}`],
    }));
    const { productId } = harness.simulator.seedProduct({ title: 'Many', options: ['Size'], variants });

    const product = await readProduct(harness, productId);

    expect(new Set(product.variants.map(({ variant }) => variant.sku)).size).toBe(260);
  });

  test('as many variants as a product can have, by its id, by a page and by an export', async () => {
    await using harness = await openShopify();
    const sizes = Array.from({ length: 2_048 }, (_, index) => `Size ${index}`);
    const variants = sizes.map((size) => ({ sku: size, price: '1', optionValues: [size] }));
    const { productId } = harness.simulator.seedProduct({ title: 'Many', options: ['Size'], variants });
    const scanned = async (paged: boolean): Promise<StoredProduct> => {
      const call = { ...CALL, fields: new Set(['variant.quantity'] as const) };
      for await (const { roots } of harness.connector.scan('product', { paged }, call))
        return roots[0] as StoredProduct;
      throw new Error('Not scanned');
    };

    for (const product of [await readProduct(harness, productId), await scanned(true), await scanned(false)])
      expect(product.variants.map(({ variant }) => variant.sku)).toEqual(sizes);
  });

  test('ids beyond what a number holds, with every digit', async () => {
    await using harness = await openShopify({ firstId: 788_032_119_674_292_922n });
    const { simulator, connector } = harness;
    const { productId, variantIds, inventoryItemIds } = simulator.seedProduct({
      title: 'Tee',
      variants: [{ sku: 'A', price: '1', quantity: 4 }],
    });
    const [productNumber, variantNumber] = [productId, variantIds[0] ?? ''].map(bare);
    const customerId = simulator.seedCustomer({ email: 'ada@example.com' });
    const orderId = simulator.seedOrder({ customerId, lines: [{ sku: 'A', quantity: 1, price: '1' }] });

    const [order] = await connector.readRoots('order', [{ id: bare(orderId) }], CALL);
    const owners = await connector.readRootsOf('inventoryItem', [bare(inventoryItemIds[0] ?? '')], CALL);

    expect(Number.isSafeInteger(Number(productNumber))).toBe(false);
    expect(await readProduct(harness, productId)).toMatchObject({
      id: productNumber,
      variants: [{ id: variantNumber }],
    });
    expect(owners).toEqual([{ root: 'product', rootId: productNumber, children: [variantNumber] }]);
    expect(order).toMatchObject({
      id: bare(orderId),
      order: { customerId: bare(customerId), lines: [{ productId: productNumber, variantId: variantNumber }] },
    });
  });

  test('only the children asked for, and says that they are not all', async () => {
    await using harness = await openShopify();
    const seeded = harness.simulator.seedProduct({
      title: 'Tee',
      options: ['Size'],
      variants: [
        { sku: 'A', price: '1', optionValues: ['S'], quantity: 3 },
        { sku: 'B', price: '1', optionValues: ['M'] },
      ],
    });

    const [root] = await harness.connector.readRoots(
      'product',
      [{ id: bare(seeded.productId), children: [bare(seeded.variantIds[0] ?? '')] }],
      CALL,
    );

    expect(root).toMatchObject({ partial: true, variants: [{ variant: { sku: 'A', quantity: 3 } }] });
    expect((root as StoredProduct).variants).toHaveLength(1);
  });

  test('a product whose child is gone is still there', async () => {
    await using harness = await openShopify();
    const [product] = await seedMany(harness, 1);

    const [root, none] = await harness.connector.readRoots(
      'product',
      [
        { id: product?.id ?? '', children: ['12345'] },
        { id: '999', children: ['12345'] },
      ],
      CALL,
    );

    expect(root).toMatchObject({ id: product?.id, partial: true, variants: [] });
    expect(none).toBeNull();
  });

  test('the product of an inventory item', async () => {
    await using harness = await openShopify();
    const seeded = harness.simulator.seedProduct({ title: 'Tee', variants: [{ sku: 'A', price: '1' }] });

    const found = await harness.connector.readRootsOf(
      'inventoryItem',
      [bare(seeded.inventoryItemIds[0] ?? ''), '7'],
      CALL,
    );

    expect(found).toEqual([
      { root: 'product', rootId: bare(seeded.productId), children: [bare(seeded.variantIds[0] ?? '')] },
      null,
    ]);
  });

  test('the product of an inventory item is asked for once, as it is so for life', async () => {
    await using harness = await openShopify();
    const { connector, simulator } = harness;
    const [a, b] = ['A', 'B'].map((sku) => simulator.seedProduct({ title: sku, variants: [{ sku, price: '1' }] }));
    const items = [a, b].map((seeded) => bare(seeded?.inventoryItemIds[0] ?? ''));
    const calls = (): number => simulator.ledger.calls.length;
    // Known by a read of the product.
    await connector.readRoots('product', [{ id: bare(a?.productId ?? '') }], CALL);

    const before = calls();
    const first = await connector.readRootsOf('inventoryItem', items, CALL);
    const between = calls();
    const second = await connector.readRootsOf('inventoryItem', [...items.toReversed(), '7'], CALL);

    expect([between - before, calls() - between]).toEqual([1, 1]);
    expect(second).toEqual([first[1], first[0], null]);
    // Whether the product is still there is for the read that follows.
    simulator.deleteProduct(a?.productId ?? '');
    expect(await connector.readRootsOf('inventoryItem', items, CALL)).toEqual(first);
    expect(await connector.readRoots('product', [{ id: first[0]?.rootId ?? '' }], CALL)).toEqual([null]);
  });

  test('the available number at the configured location, not the sum of all', async () => {
    await using harness = await openShopify({ locations: ['Main warehouse', 'Shop'] });
    const seeded = harness.simulator.seedProduct({ title: 'Tee', variants: [{ sku: 'A', price: '1', quantity: 4 }] });
    harness.simulator.setAvailable(seeded.variantIds[0] ?? '', 100, harness.simulator.locationIds[1]);

    const product = await readProduct(harness, seeded.productId);

    expect(product.variants[0]?.variant.quantity).toBe(4);
  });
});

describe('the Shopify connector keeps to limits and credentials', () => {
  test('a throttled read waits and is asked again', async () => {
    await using harness = await openShopify();
    const [product] = await seedMany(harness, 1);
    harness.simulator.faults.plant({ kind: 'read', effect: { type: 'throttle' }, times: 1 });

    const read = await harness.connector.readRoots('product', [{ id: product?.id ?? '' }], CALL);

    expect(read[0]?.id).toBe(product?.id);
    expect(harness.budget.backedOff).toHaveLength(1);
    expect(harness.budget.reported.length).toBeGreaterThan(0);
  });

  test('a throttled write was certainly not applied', async () => {
    await using harness = await openShopify();
    const [product] = await seedMany(harness, 1);
    if (product === undefined) throw new Error('Not seeded');
    harness.simulator.faults.plant({ kind: 'write', effect: { type: 'throttle' }, times: 1 });

    const results = await harness.connector.write([patchOf(product, { quantity: 1 })], WRITE);

    expect(results).toMatchObject([{ outcome: 'throttled' }]);
    expect((await readProduct(harness, product.id)).variants[0]?.variant.quantity).toBe(5);
  });

  test('client credentials are exchanged once, and again when the token is no longer taken', async () => {
    let asked = 0;
    await using harness = await openShopify({
      credentials: 'client',
      fetch: (url, init) => {
        if (url.endsWith('/oauth/access_token')) asked += 1;
        return fetch(url, init);
      },
    });
    await Promise.all([harness.connector.probe(CALL), harness.connector.probe(CALL), harness.connector.probe(CALL)]);
    const first = asked;
    harness.simulator.revokeTokens();
    await harness.connector.probe(CALL);

    expect([first, asked]).toEqual([1, 2]);
  });

  test('a static token that is refused is told', async () => {
    await using harness = await openShopify();
    harness.simulator.revokeTokens();

    await expect(harness.connector.probe(CALL)).rejects.toMatchObject({ code: 'STORE_UNAUTHORISED' });
  });

  test('something else than the shop is told apart from a missing product', async () => {
    await using harness = await openShopify();
    const [product] = await seedMany(harness, 1);
    harness.simulator.faults.plant({
      kind: 'any',
      effect: { type: 'status', status: 200, body: '<html>maintenance</html>' },
      times: 1,
    });

    await expect(harness.connector.readRoots('product', [{ id: product?.id ?? '' }], CALL)).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
    });
  });
});
