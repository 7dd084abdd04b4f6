import { describe, expect, test } from 'vitest';

import type { StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import {
  aVariant,
  create,
  createOrder,
  EUR,
  openPrepared,
  orderDraft,
  PRODUCT,
  seedMany,
  step,
} from './shopify-builders.ts';
import { bare, CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

async function readOrder({ connector }: Harness, id: string): Promise<StoredOrder> {
  const [order] = await connector.readRoots('order', [{ id: bare(id) }], CALL);
  if (order?.root !== 'order') throw new Error('Not there');
  return order;
}

async function scanned(harness: Harness, after: string | null): Promise<readonly StoredRoot[]> {
  const roots = [];
  for await (const page of harness.connector.scan(
    'product',
    { after },
    { ...CALL, fields: new Set(['variant.quantity']) },
  ))
    roots.push(...page.roots);
  return roots;
}

const refund = {
  kind: 'refund',
  sourceId: 'r1',
  amount: EUR(500),
  at: '2026-11-21T10:00:00Z',
  reason: null,
} as const;
const refundAnswer = (message: string) =>
  ({
    kind: 'write',
    match: /refundCreate/,
    effect: {
      type: 'status',
      status: 200,
      body: JSON.stringify({ data: { refundCreate: { refund: null, userErrors: [{ field: null, message }] } } }),
    },
    times: 1,
  }) as const;

describe('the Shopify connector moves no money', () => {
  test('an order whose payment waits at a real gateway is not marked as paid: that would capture it', async () => {
    await using harness = await openPrepared();
    const id = harness.simulator.seedOrder({
      lines: [{ title: 'Tee', quantity: 1, price: '10' }],
      financialStatus: 'AUTHORIZED',
      gateway: 'shopify_payments',
    });

    const result = await step(harness, await readOrder(harness, id), { kind: 'pay', at: null });

    expect(result).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('shopify_payments') as string,
    });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});

describe('the Shopify connector refunds once', () => {
  test('with another key where the platform remembers that the last attempt failed', async () => {
    await using harness = await openPrepared();
    const id = harness.simulator.seedOrder({ lines: [{ title: 'Tee', quantity: 1, price: '10' }] });
    harness.simulator.faults.plant(
      refundAnswer('The previous attempt with this idempotency key failed, please use a new key.'),
    );

    const result = await step(harness, await readOrder(harness, id), refund);

    expect(result?.outcome).toBe('stored');
    expect((await readOrder(harness, id)).order.refunds).toMatchObject([{ id: 'r1', amount: EUR(500) }]);
  });

  test('and looks again where its own first call is still under way', async () => {
    await using harness = await openPrepared();
    const id = harness.simulator.seedOrder({ lines: [{ title: 'Tee', quantity: 1, price: '10' }] });
    harness.simulator.faults.plant(refundAnswer('This request is currently in progress, please try again.'));

    expect(await step(harness, await readOrder(harness, id), refund)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('the Shopify connector holds orders', () => {
  test('and takes a hold that it set meanwhile for its own', async () => {
    await using harness = await openShopify({
      fetch: async (url, init) => {
        // The same call was made before, and its answer was lost.
        if (typeof init.body === 'string' && init.body.includes('fulfillmentOrderHold(')) await fetch(url, init);
        return await fetch(url, init);
      },
    });
    await harness.connector.prepare(CALL.fields, WRITE);
    const present = await createOrder(harness, orderDraft());

    const result = await step(harness, present, { kind: 'hold', sourceId: 'woo-77' });

    expect(result).toMatchObject({ outcome: 'stored' });
    expect(harness.simulator.state().orders[0]?.fulfillmentOrders[0]?.holds).toHaveLength(1);
  });
});

describe('the Shopify connector shows a product', () => {
  test('only once it is in the online store: until then it stays a draft, and unfinished', async () => {
    await using harness = await openPrepared();
    harness.simulator.faults.plant({
      kind: 'write',
      match: /publishablePublish/,
      effect: { type: 'throttle' },
      times: 1,
    });
    const variants = [{ sourceId: 'v1', variant: aVariant({}) }];

    const result = await create(harness, { root: 'product', sourceId: 'p1', product: PRODUCT, variants });

    expect(result).toMatchObject({ outcome: 'created', complete: false, stored: { product: { status: 'draft' } } });
  });
});

describe('the Shopify connector trusts an export', () => {
  test('only with all the rows that the shop counted', async () => {
    await using harness = await openShopify({
      fetch: async (url, init) => {
        if (!url.includes('/files/')) return await fetch(url, init);
        const lines = (await (await fetch(url, init)).text()).split('\n');
        return new Response(lines.slice(0, -3).join('\n'));
      },
    });
    await seedMany(harness, 5);

    await expect(scanned(harness, null)).rejects.toMatchObject({ code: 'STORE_SILENT' });
  });

  test('only while it is there: what is gone, or has lost its address, is read page by page', async () => {
    const gone = { files: true };
    await using harness = await openShopify({
      fetch: async (url, init) =>
        gone.files && url.includes('/files/') ? new Response('Expired', { status: 403 }) : await fetch(url, init),
    });
    const seeded = (await seedMany(harness, 3)).map(({ id }) => id);

    expect((await scanned(harness, null)).map(({ id }) => id)).toEqual(seeded);

    gone.files = false;
    const operation = { id: 'gid://shopify/BulkOperation/1', status: 'COMPLETED', objectCount: '6', url: null };
    harness.simulator.faults.plant({
      kind: 'read',
      match: /bulkOperation$/,
      effect: { type: 'status', status: 200, body: JSON.stringify({ data: { bulkOperation: operation } }) },
    });
    expect((await scanned(harness, 'bulk/1/2')).map(({ id }) => id)).toEqual(seeded);
  });
});
