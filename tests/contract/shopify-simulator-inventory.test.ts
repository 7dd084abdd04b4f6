import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openShop, type Harness } from './shopify-simulator.harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await openShop({ locations: ['Main warehouse', 'Second'] });
});
afterEach(() => shop.sim.stop());

function seedShirt(): { productId: string; items: readonly string[]; variants: readonly string[]; place: string } {
  const { productId, inventoryItemIds, variantIds } = shop.sim.seedProduct({
    title: 'Linen shirt',
    options: ['Size'],
    variants: [
      { sku: 'LS-M', price: '49.90', quantity: 5, optionValues: ['M'] },
      { sku: 'LS-L', price: '49.90', quantity: 3, optionValues: ['L'] },
    ],
  });
  return { productId, items: inventoryItemIds, variants: variantIds, place: shop.sim.locationIds[0] ?? '' };
}

function stock(): (number | undefined)[] {
  return shop.sim
    .state()
    .products.flatMap(({ variants }) => variants.map(({ inventoryQuantity }) => inventoryQuantity));
}

const set = (rows: readonly Record<string, unknown>[], idempotencyKey: string, head: Record<string, unknown> = {}) =>
  shop.send('SetInventory', {
    idempotencyKey,
    input: { name: 'available', reason: 'correction', quantities: rows, ...head },
  });

describe('inventorySetQuantities', () => {
  test('is refused without the @idempotent directive', async () => {
    const { items, place } = seedShirt();

    const answer = await shop.query(
      'mutation ($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) { userErrors { message } } }',
      {
        input: {
          name: 'available',
          reason: 'correction',
          quantities: [{ inventoryItemId: items[0], locationId: place, quantity: 1, changeFromQuantity: null }],
        },
      },
    );

    expect(answer.at('errors.0.message')).toBe(
      'The @idempotent directive is required for this mutation but was not provided.',
    );
    expect(answer.at('errors.0.extensions.code')).toBe('BAD_REQUEST');
    expect(answer.at('data')).toEqual({ inventorySetQuantities: null });
  });

  test('is refused where changeFromQuantity is absent', async () => {
    const { items, place } = seedShirt();

    const answer = await set([{ inventoryItemId: items[0], locationId: place, quantity: 1 }], 'k');

    expect(answer.at('errors.0.message')).toBe(
      'InventoryQuantityInput must include the following argument: changeFromQuantity.',
    );
    expect(answer.at('errors.0.extensions.code')).toBe('INVALID_FIELD_ARGUMENTS');
  });

  test('a field that is gone is an invalid variable', async () => {
    const answer = await set([], 'k', { ignoreCompareQuantity: true });

    expect(answer.at('errors.0.extensions')).toMatchObject({
      code: 'INVALID_VARIABLE',
      problems: [
        { path: ['ignoreCompareQuantity'], explanation: 'Field is not defined on InventorySetQuantitiesInput' },
      ],
    });
  });

  test('writes what it is told, as a plain write and no side effect', async () => {
    const { items, place } = seedShirt();

    const answer = await set(
      [{ inventoryItemId: items[0], locationId: place, quantity: 9, changeFromQuantity: 5 }],
      'k',
    );

    expect(answer.at('data.inventorySetQuantities')).toMatchObject({
      inventoryAdjustmentGroup: { id: expect.stringMatching(/^gid:/) as string },
      userErrors: [],
    });
    expect(answer.at('extensions.cost.actualQueryCost')).toBe(11);
    expect(stock()).toEqual([9, 3]);
    expect(shop.sim.ledger.effects).toEqual([]);
    expect(shop.sim.ledger.entries.at(-1)).toMatchObject({
      actor: 'api',
      entity: 'inventoryLevel',
      action: 'update',
      changes: { available: { from: 5, to: 9 } },
      callId: 0,
    });
  });

  test('one stale row fails the whole batch', async () => {
    const { items, place } = seedShirt();

    const answer = await set(
      [
        { inventoryItemId: items[0], locationId: place, quantity: 9, changeFromQuantity: 5 },
        { inventoryItemId: items[1], locationId: place, quantity: 9, changeFromQuantity: 4 },
      ],
      'k',
    );

    expect(answer.at('data.inventorySetQuantities')).toMatchObject({
      inventoryAdjustmentGroup: null,
      userErrors: [{ code: 'CHANGE_FROM_QUANTITY_STALE', field: ['input', 'quantities', '1', 'changeFromQuantity'] }],
    });
    expect(stock()).toEqual([5, 3]);
  });

  test('the value that is there already is a success that changes nothing', async () => {
    const { items, place } = seedShirt();

    const answer = await set(
      [{ inventoryItemId: items[0], locationId: place, quantity: 5, changeFromQuantity: 5 }],
      'k',
    );

    expect(answer.at('data.inventorySetQuantities')).toEqual({ inventoryAdjustmentGroup: null, userErrors: [] });
  });

  test('a pair named twice is an error on each of its rows', async () => {
    const { items, place } = seedShirt();
    const row = { inventoryItemId: items[0], locationId: place, quantity: 1, changeFromQuantity: null };

    const answer = await set([row, row], 'k');

    expect(answer.at('data.inventorySetQuantities.userErrors')).toMatchObject([
      { code: 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR' },
      { code: 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR' },
    ]);
  });

  test.each([
    ['available', 1_000_000_001, 'INVALID_QUANTITY_TOO_HIGH'],
    ['available', -1_000_000_001, 'INVALID_QUANTITY_TOO_LOW'],
    ['on_hand', -1, 'INVALID_QUANTITY_NEGATIVE'],
    ['committed', 1, 'INVALID_NAME'],
  ])('%s = %i is refused with %s', async (name, quantity, code) => {
    const { items, place } = seedShirt();

    const answer = await set(
      [{ inventoryItemId: items[0], locationId: place, quantity, changeFromQuantity: null }],
      'k',
      { name },
    );

    expect(answer.at('data.inventorySetQuantities.userErrors.0.code')).toBe(code);
  });

  test('an unknown reason is refused', async () => {
    const { items, place } = seedShirt();

    const answer = await set(
      [{ inventoryItemId: items[0], locationId: place, quantity: 1, changeFromQuantity: null }],
      'k',
      { reason: 'whim' },
    );

    expect(answer.at('data.inventorySetQuantities.userErrors.0')).toMatchObject({
      code: 'INVALID_REASON',
      field: ['input', 'reason'],
    });
  });

  test('stocks an item at a location that never had it', async () => {
    const { items } = seedShirt();

    await set(
      [{ inventoryItemId: items[0], locationId: shop.sim.locationIds[1], quantity: 4, changeFromQuantity: null }],
      'k',
    );

    expect(shop.sim.state().products[0]?.variants[0]?.levels).toMatchObject([
      { available: 5 },
      { available: 4, isActive: true },
    ]);
  });

  test('the same key and variables answer as the first time, and write once', async () => {
    const { items, place } = seedShirt();
    const rows = [{ inventoryItemId: items[0], locationId: place, quantity: 9, changeFromQuantity: null }];

    const first = await set(rows, 'k');
    shop.sim.setAvailable(shop.sim.state().products[0]?.variants[0]?.id ?? '', 2);
    const again = await set(rows, 'k');

    expect(again.at('data')).toEqual(first.at('data'));
    expect(stock()).toEqual([2, 3]);
  });

  test('the same key with other variables is a mismatch', async () => {
    const { items, place } = seedShirt();
    await set([{ inventoryItemId: items[0], locationId: place, quantity: 9, changeFromQuantity: null }], 'k');

    const answer = await set(
      [{ inventoryItemId: items[0], locationId: place, quantity: 8, changeFromQuantity: null }],
      'k',
    );

    expect(answer.at('data.inventorySetQuantities.userErrors.0.code')).toBe('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
  });

  test('a key whose attempt failed is spent', async () => {
    const { items, place } = seedShirt();
    const rows = [{ inventoryItemId: items[0], locationId: place, quantity: 9, changeFromQuantity: 1 }];
    await set(rows, 'k');

    const answer = await set(rows, 'k');

    expect(answer.at('data.inventorySetQuantities.userErrors.0.code')).toBe('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED');
  });
});
