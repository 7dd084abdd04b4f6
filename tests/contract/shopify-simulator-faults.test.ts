import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createGate } from '../../simulators/core/faults.ts';
import { documentOf, openShop, type Harness, type Json } from './shopify-simulator.harness.ts';

let shop: Harness;
let items: readonly string[];
beforeEach(async () => {
  shop = await openShop();
  items = shop.sim.seedProduct({
    title: 'Linen shirt',
    options: ['Size'],
    variants: ['S', 'M', 'L'].map((size) => ({ sku: size, price: '1.00', quantity: 1, optionValues: [size] })),
  }).inventoryItemIds;
});
afterEach(() => shop.sim.stop());

const input = (quantity: number): Json => ({
  name: 'available',
  reason: 'correction',
  quantities: items.map((inventoryItemId) => ({
    inventoryItemId,
    locationId: shop.sim.locationIds[0],
    quantity,
    changeFromQuantity: null,
  })),
});
const set = (quantity: number, idempotencyKey = 'k') =>
  shop.send('SetInventory', { idempotencyKey, input: input(quantity) });
const stock = () => shop.sim.state().products[0]?.variants.map(({ inventoryQuantity }) => inventoryQuantity);
const landed = () => expect.poll(stock, { timeout: 5000, interval: 5 });

describe('faults', () => {
  test('throttle: answered THROTTLED, not applied', async () => {
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'throttle', retryAfterSeconds: 2 } });

    const answer = await set(7);

    expect(answer.at('errors.0.extensions.code')).toBe('THROTTLED');
    expect(stock()).toEqual([1, 1, 1]);
    expect(shop.sim.ledger.calls.at(-1)).toMatchObject({
      name: 'mutation inventorySetQuantities',
      fault: 'throttle',
      cost: 0,
    });
  });

  test('strike the calls of one token alone, where they name it', async () => {
    const effect = { type: 'status', status: 500 } as const;
    shop.sim.faults.plant({ kind: 'write', token: 'of-another', effect });

    expect((await set(7)).status).toBe(200);
    expect(stock()).toEqual([7, 7, 7]);
    shop.sim.faults.plant({ kind: 'write', token: 'static-token', effect });
    expect((await set(8, 'k2')).status).toBe(500);
    expect(stock()).toEqual([7, 7, 7]);
  });

  test('status: one poisonous item brings the whole batch down', async () => {
    shop.sim.faults.plant({ kind: 'any', bodyIncludes: items[1] ?? '', effect: { type: 'status', status: 500 } });

    const response = await fetch(`${shop.url}/admin/api/2026-10/graphql.json`, {
      method: 'POST',
      headers: { 'x-shopify-access-token': 'static-token' },
      body: JSON.stringify({ query: documentOf('SetInventory'), variables: { idempotencyKey: 'k', input: input(7) } }),
    });

    expect(response.status).toBe(500);
    expect(stock()).toEqual([1, 1, 1]);
  });

  test('lost-answer: the connection is cut, the call was applied', async () => {
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'lost-answer', landsAfterMs: 0 } });

    await expect(set(7)).rejects.toThrow('fetch failed');

    expect(stock()).toEqual([7, 7, 7]);
    expect(shop.sim.ledger.calls.at(-1)).toMatchObject({ status: 0, fault: 'lost-answer' });
  });

  test('lost-answer that never lands', async () => {
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'lost-answer', landsAfterMs: null } });

    await expect(set(7)).rejects.toThrow('fetch failed');

    expect(stock()).toEqual([1, 1, 1]);
  });

  test('lost-answer that lands later: until then its key is under way', async () => {
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'lost-answer', landsAfterMs: 400 } });
    await expect(set(7)).rejects.toThrow('fetch failed');

    const meanwhile = await set(7);

    expect(meanwhile.at('data.inventorySetQuantities.userErrors.0.code')).toBe('IDEMPOTENCY_CONCURRENT_REQUEST');
    await landed().toEqual([7, 7, 7]);
  });

  test('hold-before: applied when the gate opens, though the client is gone', async () => {
    const gate = createGate();
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'hold-before', gate } });
    const client = new AbortController();
    const call = fetch(`${shop.url}/admin/api/2026-10/graphql.json`, {
      method: 'POST',
      signal: client.signal,
      headers: { 'x-shopify-access-token': 'static-token' },
      body: JSON.stringify({ query: documentOf('SetInventory'), variables: { idempotencyKey: 'k', input: input(7) } }),
    });
    await gate.reached;
    client.abort();
    await expect(call).rejects.toThrow('abort');
    const before = stock();

    gate.release();

    await landed().toEqual([7, 7, 7]);
    expect(before).toEqual([1, 1, 1]);
  });

  test('hold-after: applied at once, answered when the gate opens', async () => {
    const gate = createGate();
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'hold-after', gate } });

    const call = set(7);
    await gate.reached;
    const meanwhile = stock();
    gate.release();

    expect(meanwhile).toEqual([7, 7, 7]);
    expect((await call).at('data.inventorySetQuantities.userErrors')).toEqual([]);
  });

  test('partial: only the first rows of a batch are applied', async () => {
    shop.sim.faults.plant({
      kind: 'write',
      match: /inventorySetQuantities/,
      times: 1,
      effect: { type: 'partial', items: 2 },
    });

    await expect(set(7)).rejects.toThrow('fetch failed');

    expect(stock()).toEqual([7, 7, 1]);
  });

  test('partial: an order is left as far as its creation got', async () => {
    shop.sim.faults.plant({ kind: 'write', times: 1, effect: { type: 'partial', items: 1 } });
    const order = {
      sourceIdentifier: '77',
      lineItems: [{ title: 'Shirt', quantity: 1, requiresShipping: true }],
      transactions: [{ amountSet: { shopMoney: { amount: '1', currencyCode: 'EUR' } } }],
    };

    await expect(shop.send('CreateOrder', { order })).rejects.toThrow('fetch failed');

    expect(shop.sim.state().orders).toMatchObject([
      { sourceIdentifier: '77', transactions: [], fulfillmentOrders: [] },
    ]);
  });
});

const run = async (query: string) => shop.send('RunBulkQuery', { query });

describe('bulk operations', () => {
  test('a query runs for a while, then its lines lie under a URL, children behind their parent', async () => {
    const started = await run(documentOf('BulkProducts'));
    const id = started.at('data.bulkOperationRunQuery.bulkOperation.id') as string;
    const running = await shop.send('GetBulkOperation', { id });
    shop.clock.ms += 1000;
    const done = await shop.send('GetBulkOperation', { id });
    const text = await (await fetch(done.at('data.bulkOperation.url') as string)).text();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);

    expect(started.at('data.bulkOperationRunQuery')).toMatchObject({
      bulkOperation: { status: 'CREATED' },
      userErrors: [],
    });
    expect(running.at('data.bulkOperation')).toMatchObject({ status: 'RUNNING', url: null });
    expect(done.at('data.bulkOperation')).toMatchObject({
      status: 'COMPLETED',
      objectCount: '4',
      rootObjectCount: '1',
    });
    expect(lines[0]).toMatchObject({ title: 'Linen shirt' });
    expect(lines.slice(1).map(({ sku, __parentId }) => [sku, __parentId])).toEqual(
      ['S', 'M', 'L'].map((sku) => [sku, lines[0]?.['id']]),
    );
  });

  test.each(['BulkInventory', 'BulkOrders', 'BulkCustomers'])('%s is taken', async (name) => {
    expect((await run(documentOf(name))).at('data.bulkOperationRunQuery.userErrors')).toEqual([]);
  });

  test('a connection inside a list is refused', async () => {
    const answer = await run('{ orders { edges { node { id refunds { id refundLineItems { nodes { id } } } } } } }');

    expect(answer.at('data.bulkOperationRunQuery.userErrors')).toContainEqual({
      field: ['query'],
      message: 'Queries that contain a connection field within a list field are not currently supported.',
      code: 'INVALID',
    });
  });

  test.each([
    ['nodes', '{ products { nodes { id } } }'],
    ['a top-level node', '{ node(id: "gid://shopify/Product/1") { id } }'],
    ['two top-level fields', '{ products { edges { node { id } } } customers { edges { node { id } } } }'],
    ['no connection', '{ shop { id } }'],
    ['a parent without its id', '{ products { edges { node { title variants { edges { node { id } } } } } } }'],
  ])('%s is refused', async (_, query) => {
    expect((await run(query)).at('data.bulkOperationRunQuery.userErrors.0.code')).toBe('INVALID');
  });

  test('the sixth at once is refused', async () => {
    for (let count = 0; count < 5; count += 1) await run(documentOf('BulkCustomers'));

    const sixth = await run(documentOf('BulkCustomers'));

    expect(sixth.at('data.bulkOperationRunQuery.userErrors.0')).toMatchObject({
      code: 'OPERATION_IN_PROGRESS',
      message: expect.stringContaining('already in progress: gid://') as string,
    });
  });

  test('a cancelled one yields nothing', async () => {
    const id = (await run(documentOf('BulkCustomers'))).at('data.bulkOperationRunQuery.bulkOperation.id') as string;

    await shop.send('CancelBulk', { id });
    shop.clock.ms += 1000;

    expect((await shop.send('GetBulkOperation', { id })).at('data.bulkOperation')).toMatchObject({
      status: 'CANCELED',
      url: null,
    });
  });

  test('a mutation runs over the lines of an upload', async () => {
    const { productId } = shop.sim.seedProduct({ title: 'Old', variants: [{ price: '1' }] });
    const staged = await shop.send('StageUpload', {
      input: [
        { resource: 'BULK_MUTATION_VARIABLES', filename: 'rows.jsonl', mimeType: 'text/jsonl', httpMethod: 'PUT' },
      ],
    });
    await fetch(staged.at('data.stagedUploadsCreate.stagedTargets.0.url') as string, {
      method: 'PUT',
      body: JSON.stringify({ product: { id: productId, title: 'New' } }),
    });

    await shop.send('RunBulkMutation', {
      mutation: documentOf('UpdateProduct'),
      stagedUploadPath: staged.at('data.stagedUploadsCreate.stagedTargets.0.parameters.0.value'),
    });
    shop.clock.ms += 1000;

    expect(shop.sim.state().products.find(({ id }) => id === productId)?.title).toBe('New');
  });
});
