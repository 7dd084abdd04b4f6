import { describe, expect, test } from 'vitest';

import { create, openPrepared, orderDraft, patchOf, readProduct, seedMany } from './shopify-builders.ts';
import { bare, CALL, openShopify, WRITE } from './shopify-harness.ts';

const answering = (status: number, body: unknown) =>
  ({
    kind: 'any',
    effect: { type: 'status', status, body: typeof body === 'string' ? body : JSON.stringify(body) },
    times: 1,
  }) as const;
const topError = (code: string) => ({ errors: [{ message: 'No', extensions: { code } }] });

describe('the Shopify connector keeps to what one document may cost', () => {
  test('roots whose nodes are charged one by one are read in smaller pieces', async () => {
    await using harness = await openShopify({ chargesEachId: true });
    const seeded = await seedMany(harness, 30);

    const read = await harness.connector.readRoots(
      'product',
      seeded.map(({ id }) => ({ id })),
      CALL,
    );

    expect(read.map((root) => root?.id)).toEqual(seeded.map(({ id }) => id));
  });

  test('a page that is too dear is asked for in half its size, and nothing is left out', async () => {
    await using harness = await openShopify({ maxQueryCost: 400 });
    const seeded = await seedMany(harness, 60);
    const found = [];

    for await (const { roots } of harness.connector.scanChanged('product', '2000-01-01T00:00:00Z', CALL))
      found.push(...roots.map(({ id }) => id));

    expect(found.toSorted()).toEqual(seeded.map(({ id }) => id).toSorted());
  });
});

describe('the Shopify connector looks', () => {
  test('behind the first page of a search, where a second hit makes the first no match', async () => {
    await using harness = await openShopify();
    const options = Array.from({ length: 60 }, (_, index) => `S${index}`);
    harness.simulator.seedProduct({
      title: 'Alike',
      options: ['Size'],
      variants: options.map((value) => ({ sku: `TEE ${value}`, price: '1', optionValues: [value] })),
    });
    const first = harness.simulator.seedProduct({ title: 'One', variants: [{ sku: 'TEE', price: '1' }] });
    const second = harness.simulator.seedProduct({ title: 'Two', variants: [{ sku: 'TEE', price: '1' }] });

    const [hits] = await harness.connector.findByKey('sku', ['TEE'], CALL);

    expect(hits?.map(({ id }) => id)).toEqual([bare(first.productId), bare(second.productId)]);
  });

  test('for customers made since, though their creation cannot be searched for', async () => {
    await using harness = await openShopify();
    harness.simulator.seedCustomer({ email: 'old@example.com', createdAt: Date.parse('2026-01-01T00:00:00Z') });
    const id = harness.simulator.seedCustomer({
      email: 'new@example.com',
      createdAt: Date.parse('2026-11-01T00:00:00Z'),
    });

    const found = await harness.connector.listCreatedSince('customer', '2026-10-01T00:00:00Z', CALL);

    expect(found.map((root) => root.id)).toEqual([bare(id)]);
  });

  test('by source id, and takes an answer that leaves one out for no answer', async () => {
    await using harness = await openPrepared();
    harness.simulator.faults.plant(answering(200, { data: { k0: null } }));

    await expect(harness.connector.findBySourceId('order', ['a', 'b'], CALL)).rejects.toMatchObject({
      code: 'STORE_ANSWER_FOREIGN',
    });
  });
});

describe('the Shopify connector believes no answer that leaves something out', () => {
  test.each([
    ['a search', { k0: { nodes: [], pageInfo: { hasNextPage: false } } }, 'findByKey'],
    ['a list of nodes', { nodes: [null] }, 'readRoots'],
  ] as const)('%s', async (_what, data, question) => {
    await using harness = await openPrepared();
    harness.simulator.faults.plant(answering(200, { data }));

    const asking =
      question === 'findByKey'
        ? harness.connector.findByKey('sku', ['A', 'B'], CALL)
        : harness.connector.readRoots('order', [{ id: '1' }, { id: '2' }], CALL);

    await expect(asking).rejects.toMatchObject({ code: 'STORE_ANSWER_FOREIGN' });
  });
});

describe('the Shopify connector knows whose fault an answer is', () => {
  test.each([
    ['turned away by the platform’s guard', 430, '', 'STORE_RATE_LIMITED'],
    ['a request it cannot read', 400, { errors: { query: 'Required parameter missing or invalid' } }, 'STORE_REFUSED'],
    ['a proxy’s own 400', 400, '<html>Bad Request</html>', 'STORE_ANSWER_FOREIGN'],
    ['a shop that is closed to everybody', 200, topError('SHOP_INACTIVE'), 'STORE_UNAUTHORISED'],
    ['an object that says nothing', 200, { data: null, errors: [] }, 'STORE_ANSWER_FOREIGN'],
  ])('%s', async (_what, status, body, code) => {
    await using harness = await openShopify();
    harness.simulator.faults.plant({ ...answering(status, body), times: 20 });
    const never = { ...CALL, signal: AbortSignal.timeout(300) };

    const asked = harness.connector.identify(never);

    if (code === 'STORE_RATE_LIMITED') {
      await expect(asked).rejects.toThrow(/timeout/i);
      expect(harness.budget.backedOff).toEqual([10_000]);
    } else await expect(asked).rejects.toMatchObject({ code });
  });

  test('the few orders a minute that a trial shop takes: none is refused for it', async () => {
    await using harness = await openShopify({ ordersPerMinute: 0 });
    await harness.connector.prepare(CALL.fields, WRITE);

    expect(await create(harness, orderDraft())).toEqual({ outcome: 'throttled', retryAfterMs: 15_000 });
  });

  test('an error about a row that was never sent ends the write', async () => {
    await using harness = await openShopify();
    const [product] = await seedMany(harness, 1);
    const userErrors = [{ field: ['input', 'quantities', '7', 'quantity'], message: 'Odd', code: 'INVALID_REASON' }];
    harness.simulator.faults.plant({
      ...answering(200, { data: { inventorySetQuantities: { inventoryAdjustmentGroup: null, userErrors } } }),
      times: 5,
    });

    const read = product === undefined ? null : patchOf(product, { quantity: 1 });
    const results = await harness.connector.write(read === null ? [] : [read], WRITE);

    expect(results).toMatchObject([{ outcome: 'refused' }]);
  });
});

describe('the Shopify connector is content with the permissions that its selection needs', () => {
  const scopes = ['write_products', 'write_inventory', 'read_locations', 'write_publications'];

  test('for variants alone it prepares, checks, reads and writes without those of orders and customers', async () => {
    await using harness = await openShopify({ scopes });
    const fields = new Set(['variant.quantity'] as const);
    const [product] = await seedMany(harness, 1);
    if (product === undefined) throw new Error('Not seeded');

    await harness.connector.prepare(fields, WRITE);
    const findings = await harness.connector.check('target', fields, CALL);
    const results = await harness.connector.write([patchOf(product, { quantity: 2 })], WRITE);

    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(results).toMatchObject([{ outcome: 'stored' }]);
    expect((await readProduct(harness, product.id)).variants[0]?.variant.quantity).toBe(2);
  });

  test('where a permission that is needed is missing, preparing says so', async () => {
    await using harness = await openShopify({ scopes });

    await expect(harness.connector.prepare(new Set(['order.status'] as const), WRITE)).rejects.toMatchObject({
      code: 'STORE_UNAUTHORISED',
    });
  });
});

describe('the Shopify connector’s check', () => {
  test('tells another API version than the one asked for', async () => {
    await using harness = await openShopify({ answeringVersion: '2027-04' });

    const findings = await harness.connector.check('target', CALL.fields, CALL);

    expect(findings.filter(({ level }) => level === 'problem')).toMatchObject([
      { topic: 'version', message: expect.stringContaining('2027-04') as string },
    ]);
    expect((await harness.connector.identify(CALL)).version).toBe('2027-04');
  });

  test('warns where no customer shows who they are', async () => {
    await using harness = await openShopify();
    harness.simulator.seedCustomer({ phone: '+491701234567' });

    const findings = await harness.connector.check('target', CALL.fields, CALL);

    expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([{ level: 'warning', topic: 'people' }]);
  });
});
