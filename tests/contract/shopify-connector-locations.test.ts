import { describe, expect, test } from 'vitest';

import type { StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { patchOf, readProduct } from './shopify-builders.ts';
import { CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

const PLACES = { locations: ['Main warehouse', 'Shop', 'Outlet'], config: { locations: ['Shop'] } } as const;

function seedAt({ simulator }: Harness, [main, shop, outlet]: readonly [number, number, number]): string {
  const { productId, variantIds } = simulator.seedProduct({
    title: 'Tee',
    variants: [{ sku: 'A', price: '1', quantity: main }],
  });
  const [variantId = ''] = variantIds;
  simulator.setAvailable(variantId, shop, simulator.locationIds[1]);
  simulator.setAvailable(variantId, outlet, simulator.locationIds[2]);
  return productId;
}

function numbers({ simulator }: Harness): readonly number[] | undefined {
  return simulator.state().products[0]?.variants[0]?.levels.map(({ available }) => available);
}

async function quantityByScan({ connector }: Harness, fields: readonly 'variant.quantity'[]): Promise<number | null> {
  const roots: StoredRoot[] = [];
  for await (const page of connector.scan('product', { after: null }, { ...CALL, fields: new Set(fields) }))
    roots.push(...page.roots);
  return (roots[0] as StoredProduct).variants[0]?.variant.quantity ?? null;
}

describe('several locations of a Shopify shop', () => {
  test('what lies at those that count is one quantity, by read and by export', async () => {
    await using harness = await openShopify(PLACES);
    const productId = seedAt(harness, [4, 3, 100]);

    const product = await readProduct(harness, productId);

    expect(product.variants[0]?.variant.quantity).toBe(7);
    expect(await quantityByScan(harness, ['variant.quantity'])).toBe(7);
  });

  test('nothing counts where the item was never stocked', async () => {
    await using harness = await openShopify(PLACES);
    const { productId } = harness.simulator.seedProduct({
      title: 'Tee',
      variants: [{ sku: 'A', price: '1', quantity: 4 }],
    });

    expect((await readProduct(harness, productId)).variants[0]?.variant.quantity).toBe(4);
  });

  test('a write leaves alone what lies at the others', async () => {
    await using harness = await openShopify(PLACES);
    const present = await readProduct(harness, seedAt(harness, [4, 3, 100]));

    const results = await harness.connector.write([patchOf(present, { quantity: 10 })], WRITE);

    expect(results).toEqual([{ outcome: 'stored', stored: { [present.variants[0]?.id ?? '']: { quantity: 10 } } }]);
    expect(numbers(harness)).toEqual([7, 3, 100]);
  });

  test.each([
    ['exactly what lies at the others', 3, [0, 3, 100]],
    ['less than lies at the others', 2, [0, 2, 100]],
    ['nothing', 0, [0, 0, 100]],
    ['less than nothing', -4, [-4, 0, 100]],
  ] as const)('a number of %s tells none of them to owe units', async (_name, quantity, expected) => {
    await using harness = await openShopify(PLACES);
    const productId = seedAt(harness, [4, 3, 100]);
    const present = await readProduct(harness, productId);

    const results = await harness.connector.write([patchOf(present, { quantity })], WRITE);

    expect(results).toEqual([{ outcome: 'stored', stored: { [present.variants[0]?.id ?? '']: { quantity } } }]);
    expect(numbers(harness)).toEqual(expected);
    expect((await readProduct(harness, productId)).variants[0]?.variant.quantity).toBe(quantity);
  });

  test('a number that moved at another location meanwhile is not overwritten', async () => {
    await using harness = await openShopify(PLACES);
    const present = await readProduct(harness, seedAt(harness, [4, 3, 100]));
    const [variant] = harness.simulator.state().products[0]?.variants ?? [];
    harness.simulator.setAvailable(variant?.id ?? '', 1, harness.simulator.locationIds[1]);

    const results = await harness.connector.write([patchOf(present, { quantity: 0 })], WRITE);

    expect(results).toEqual([{ outcome: 'stale' }]);
    expect(numbers(harness)?.[1]).toBe(1);
  });

  test('a check of a source names the locations that do not count', async () => {
    await using harness = await openShopify(PLACES);

    const findings = await harness.connector.check('source', CALL.fields, CALL);

    const [warning] = findings.filter(({ level, topic }) => level === 'warning' && topic === 'location');
    expect(warning?.message).toMatch(/"Outlet"/);
    expect(warning?.message).not.toMatch(/"Shop"/);
  });

  test('a location that was closed is told, and another of its name is taken', async () => {
    await using harness = await openShopify(PLACES);
    const { simulator, connector } = harness;
    simulator.closeLocation(simulator.locationIds[1] ?? '');

    await expect(connector.readRoots('product', [{ id: '1' }], CALL)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/"Shop": it is deactivated/) as string,
    });
    simulator.openLocation('Shop');
    expect(await connector.readRoots('product', [{ id: '1' }], CALL)).toEqual([null]);
  });

  test('a location that the shop does not have is told', async () => {
    await using harness = await openShopify({ ...PLACES, config: { locations: ['Attic'] } });

    await expect(harness.connector.readRoots('product', [{ id: '1' }], CALL)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/"Attic"/) as string,
    });
  });
});
