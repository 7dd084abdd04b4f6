import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openShop, type Harness } from './shopify-simulator.harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await openShop({ clientId: 'app', clientSecret: 'hush', locations: ['Main warehouse', 'Second'] });
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

describe('tokens', () => {
  test('a wrong token is answered 401 in the words of the platform', async () => {
    const answer = await shop.query('{ shop { id } }', {}, 'wrong');

    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
    });
  });

  test('client credentials give a token that lives a day', async () => {
    const response = await fetch(`${shop.url}/admin/oauth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'app', client_secret: 'hush' }),
    });
    const { access_token: token, expires_in: life } = (await response.json()) as {
      access_token: string;
      expires_in: number;
    };

    expect(life).toBe(86_399);
    expect((await shop.query('{ shop { id } }', {}, token)).status).toBe(200);
    shop.clock.ms += 86_399_000;
    expect((await shop.query('{ shop { id } }', {}, token)).status).toBe(401);
  });

  test('wrong client credentials are refused', async () => {
    const response = await fetch(`${shop.url}/admin/oauth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'app', client_secret: 'no' }),
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });
});

describe('cost', () => {
  test.each([
    [1, 3],
    [5, 5],
    [10, 6],
    [20, 7],
    [50, 9],
    [100, 11],
    [250, 13],
  ])('products(first: %i) asks for %i points', async (first, cost) => {
    const answer = await shop.query(`{ products(first: ${first}) { nodes { id } } }`);

    expect(answer.at('extensions.cost.requestedQueryCost')).toBe(cost);
  });

  test.each([
    ['ProductForSync', { id: 'gid://shopify/Product/1' }, 238],
    ['OrderForSync', { id: 'gid://shopify/Order/1' }, 126],
    ['OrdersPage', {}, 303],
    ['ProductsPage', {}, 429],
    ['CustomersPage', {}, 47],
    ['Counts', {}, 30],
  ])('%s asks for what the model of recorded costs says', async (name, variables, cost) => {
    const answer = await shop.send(name, variables);

    expect(answer.at('extensions.cost.requestedQueryCost')).toBe(cost);
  });

  test('nodes(ids:) costs one object however many ids there are', async () => {
    const { variants } = seedShirt();

    const answer = await shop.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: variants });

    expect(answer.at('extensions.cost.requestedQueryCost')).toBe(1);
  });

  test('a variant of a bulk mutation costs a fifth of a point', async () => {
    const { productId, variants } = seedShirt();
    const rows = Array.from({ length: 6 }, () => ({ id: variants[0], price: '1.00' }));

    const answer = await shop.query(
      'mutation ($id: ID!, $rows: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $rows) { userErrors { message } } }',
      { id: productId, rows },
    );

    expect(answer.at('extensions.cost.requestedQueryCost')).toBe(12);
  });

  test('what a call did not use goes back into the bucket', async () => {
    const answer = await shop.send('ProductsPage');

    expect(answer.at('extensions.cost')).toMatchObject({
      requestedQueryCost: 429,
      actualQueryCost: 2,
      throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1998, restoreRate: 100 },
    });
  });

  test('a short bucket answers THROTTLED with status 200, and fills again with time', async () => {
    shop.sim.drainBucket(1990);

    const throttled = await shop.send('CustomersPage');

    expect(throttled.status).toBe(200);
    expect(throttled.at('errors.0')).toMatchObject({ message: 'Throttled', extensions: { code: 'THROTTLED' } });
    expect(throttled.at('extensions.cost')).toMatchObject({
      requestedQueryCost: 47,
      actualQueryCost: null,
      throttleStatus: { currentlyAvailable: 10 },
    });
    shop.clock.ms += 370;
    expect((await shop.send('CustomersPage')).at('errors')).toBeUndefined();
  });

  test('a single query above 1,000 points is refused whatever the bucket holds', async () => {
    const answer = await shop.query(
      '{ products(first: 250) { nodes { variants(first: 250) { nodes { inventoryItem { inventoryLevels(first: 250) { nodes { id } } } } } } } }',
    );

    expect(answer.at('errors.0.extensions')).toMatchObject({ code: 'MAX_COST_EXCEEDED', maxCost: 1000 });
  });

  test('every call is in the ledger with its cost', async () => {
    await shop.send('Counts');

    expect(shop.sim.ledger.calls).toMatchObject([
      { id: 0, name: 'query productsCount', kind: 'read', status: 200, cost: 30 },
    ]);
  });
});

const setOne = (ownerId: string | undefined, value: string, more: Record<string, unknown> = {}) =>
  shop.send('SetMetafields', {
    metafields: [{ ownerId, namespace: 'lockstep', key: 'source_id', type: 'id', value, ...more }],
  });

const define = (ownerType: string, more: Record<string, unknown> = {}) =>
  shop.send('CreateSourceIdDefinition', {
    definition: { ownerType, namespace: 'lockstep', key: 'source_id', type: 'id', name: 'Source id', ...more },
  });

describe('metafields', () => {
  test('a look-up by custom id needs a definition of type id', async () => {
    const answer = await shop.send('ProductBySourceId', { value: '42' });

    expect(answer.at('errors.0.message')).toBe("Metafield definition of type 'id' is required when using custom ids.");
    expect(answer.at('errors.0.extensions.code')).toBe('NOT_FOUND');
  });

  test('a product is found by its custom id', async () => {
    const { productId } = seedShirt();
    await define('PRODUCT');
    await setOne(productId, '42');

    const answer = await shop.send('ProductBySourceId', { value: '42' });

    expect(answer.at('data.productByIdentifier')).toMatchObject({ id: productId, sourceId: { value: '42' } });
  });

  test('type id cannot do without unique values', async () => {
    const answer = await define('ORDER', { capabilities: { uniqueValues: { enabled: false } } });

    expect(answer.at('data.metafieldDefinitionCreate.userErrors.0.code')).toBe('CAPABILITY_REQUIRED_BUT_DISABLED');
  });

  test('a value of type id belongs to one owner', async () => {
    const { variants } = seedShirt();
    await define('PRODUCTVARIANT');
    await setOne(variants[0], '42');

    const answer = await setOne(variants[1], '42');

    expect(answer.at('data.metafieldsSet')).toMatchObject({
      metafields: null,
      userErrors: [{ code: 'TAKEN', elementIndex: 0 }],
    });
  });

  test('takes 25 at most', async () => {
    const { productId } = seedShirt();
    const metafields = Array.from({ length: 26 }, (_, index) => ({
      ownerId: productId,
      namespace: 'a',
      key: `k${index}`,
      type: 'single_line_text_field',
      value: 'x',
    }));

    const answer = await shop.send('SetMetafields', { metafields });

    expect(answer.at('data.metafieldsSet.userErrors.0.field')).toEqual(['metafields']);
    expect(answer.at('extensions.cost.actualQueryCost')).toBe(10);
  });

  test('an old digest is stale', async () => {
    const { productId } = seedShirt();
    await setOne(productId, 'a');

    const answer = await setOne(productId, 'b', { compareDigest: 'of-something-else' });

    expect(answer.at('data.metafieldsSet.userErrors.0.code')).toBe('STALE_OBJECT');
  });
});

const page = (after: string | null) =>
  shop.query(
    `query ($after: String) { products(first: 2, after: $after, sortKey: UPDATED_AT, query: "updated_at:>='2026-11-02T00:00:00Z'") { nodes { title } pageInfo { hasNextPage endCursor } } }`,
    { after },
  );

describe('search', () => {
  test('a SKU is cut into words, so that others are found as well', async () => {
    shop.sim.seedProduct({ title: 'A', variants: [{ sku: 'LS-M', price: '1' }] });
    shop.sim.seedProduct({ title: 'B', variants: [{ sku: 'LS-M-BL', price: '1' }] });

    const answer = await shop.send('VariantsBySku', { query: "sku:'LS-M'" });

    expect(answer.at('data.productVariants.nodes')).toMatchObject([{ sku: 'LS-M' }, { sku: 'LS-M-BL' }]);
  });

  test('an unknown field finds everything and warns', async () => {
    seedShirt();

    const answer = await shop.query('{ products(first: 5, query: "colour:red") { nodes { id } } }');

    expect(answer.at('data.products.nodes')).toHaveLength(1);
    expect(answer.at('extensions.search.0.warnings.0')).toMatchObject({ field: 'colour', code: 'invalid_field' });
  });

  test('a range of dates and the key of the last row page through what changed', async () => {
    for (const day of [1, 2, 3, 4])
      shop.sim.seedProduct({
        title: `P${day}`,
        createdAt: Date.parse(`2026-11-0${day}T00:00:00Z`),
        variants: [{ price: '1' }],
      });

    const first = await page(null);
    const second = await page(first.at('data.products.pageInfo.endCursor') as string);

    expect(first.at('data.products')).toMatchObject({
      nodes: [{ title: 'P2' }, { title: 'P3' }],
      pageInfo: { hasNextPage: true },
    });
    expect(second.at('data.products')).toMatchObject({ nodes: [{ title: 'P4' }], pageInfo: { hasNextPage: false } });
  });

  test('the index lags behind, a look-up by handle does not', async () => {
    const lagging = await openShop({ indexLagMs: 5000 });
    lagging.sim.seedProduct({ title: 'Linen shirt', variants: [{ price: '1' }] });

    const searched = await lagging.query('{ products(first: 5, query: "handle:linen-shirt") { nodes { id } } }');
    const looked = await lagging.send('ProductByHandle', { handle: 'linen-shirt' });
    lagging.clock.ms += 5000;
    const later = await lagging.query('{ products(first: 5, query: "handle:linen-shirt") { nodes { id } } }');
    await lagging.sim.stop();

    expect(searched.at('data.products.nodes')).toEqual([]);
    expect(looked.at('data.productByIdentifier.handle')).toBe('linen-shirt');
    expect(later.at('data.products.nodes')).toHaveLength(1);
  });
});
