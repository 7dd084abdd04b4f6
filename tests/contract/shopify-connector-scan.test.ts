import { describe, expect, test } from 'vitest';

import type { ScanPage } from '#libs/connectors/store-connector.ts';
import type { RootKind, StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import { bare, CALL, openShopify, type Harness } from './shopify-harness.ts';

async function scan({ connector }: Harness, root: RootKind, after: string | null = null): Promise<readonly ScanPage[]> {
  const pages: ScanPage[] = [];
  for await (const page of connector.scan(
    root,
    { after },
    { ...CALL, fields: new Set(['variant.quantity', 'order.tracking', 'customer.email']) },
  ))
    pages.push(page);
  return pages;
}

function ids(pages: readonly ScanPage[]): readonly string[] {
  return pages.flatMap(({ roots }) => roots.map(({ id }) => id));
}

async function changed({ connector }: Harness, root: RootKind, since: string): Promise<readonly StoredRoot[]> {
  const roots: StoredRoot[] = [];
  for await (const page of connector.scanChanged(root, since, CALL)) roots.push(...page.roots);
  return roots;
}

/** Somebody else's exports run, as many as the shop allows. */
function noExports({ simulator }: Harness): void {
  const message = 'A bulk query operation is already in progress';
  const userErrors = [{ field: null, message, code: 'OPERATION_IN_PROGRESS' }];
  const body = JSON.stringify({ data: { bulkOperationRunQuery: { bulkOperation: null, userErrors } } });
  simulator.faults.plant({
    kind: 'any',
    match: /bulkOperationRunQuery/,
    effect: { type: 'status', status: 200, body },
  });
}

function seedProducts({ simulator }: Harness, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    bare(
      simulator.seedProduct({
        title: `P${index}`,
        options: ['Size'],
        variants: [
          { sku: `A-${index}`, price: '1', quantity: index, optionValues: ['S'] },
          { sku: `B-${index}`, price: '2', quantity: 1, tracked: false, optionValues: ['M'] },
        ],
      }).productId,
    ),
  );
}

describe('the Shopify connector scans', () => {
  test('products by an export, whole and each once', async () => {
    await using harness = await openShopify();
    const seeded = seedProducts(harness, 300);

    const pages = await scan(harness, 'product');

    expect(harness.simulator.ledger.calls.map(({ name }) => name)).toContain('mutation bulkOperationRunQuery');
    expect([...ids(pages)].toSorted()).toEqual([...seeded].toSorted());
    expect(pages.flatMap(({ roots }) => roots).find(({ id }) => id === seeded[7])).toMatchObject({
      partial: false,
      variants: [
        { variant: { sku: 'A-7', quantity: 7, stockStatus: 'inStock' } },
        { variant: { sku: 'B-7', quantity: null, tracked: false } },
      ],
    });
  });

  test('an export is gone on with behind a page’s cursor', async () => {
    await using harness = await openShopify();
    const seeded = seedProducts(harness, 300);
    const [first] = await scan(harness, 'product');

    const rest = await scan(harness, 'product', first?.cursor ?? '');

    expect([...ids(first === undefined ? [] : [first]), ...ids(rest)].toSorted()).toEqual([...seeded].toSorted());
  });

  test('products page by page where no export can be had', async () => {
    await using harness = await openShopify();
    const seeded = seedProducts(harness, 70);
    noExports(harness);

    const pages = await scan(harness, 'product');
    const rest = await scan(harness, 'product', pages[0]?.cursor ?? '');

    expect(ids(pages)).toEqual(seeded);
    expect(pages).toHaveLength(2);
    expect([...ids(pages.slice(0, 1)), ...ids(rest)].length).toBeGreaterThanOrEqual(seeded.length);
  });

  test('orders by an export: lines, parcels, refunds, holds, and each once', async () => {
    await using harness = await openShopify();
    const { simulator } = harness;
    const lines = [{ title: 'Tee', sku: 'A', quantity: 2, price: '10' }];
    const seeded = Array.from({ length: 300 }, () => bare(simulator.seedOrder({ lines })));
    const gid = `gid://shopify/Order/${seeded[5]}`;
    simulator.shipOrder(gid, { units: { A: 1 }, parcels: [{ company: 'DHL', number: '0034' }] });
    simulator.refundOrder(gid, { amount: '3', note: 'scratched' });
    simulator.holdOrder(`gid://shopify/Order/${seeded[6]}`);

    const pages = await scan(harness, 'order');

    expect(harness.simulator.ledger.calls.map(({ name }) => name)).not.toContain('query orders');
    expect([...ids(pages)].toSorted()).toEqual([...seeded].toSorted());
    const found = new Map(pages.flatMap(({ roots }) => roots.map((root) => [root.id, root] as const)));
    const byId = await harness.connector.readRoots('order', [{ id: seeded[5] ?? '' }, { id: seeded[6] ?? '' }], CALL);
    for (const root of byId) {
      const { order, ...rest } = found.get(root?.id ?? '') as StoredOrder;
      // History was not asked for by the scan.
      expect({ ...rest, order: { ...order, history: [] } }).toEqual(root);
    }
    expect(found.get(seeded[5] ?? '')).toMatchObject({
      order: { tracking: [{ number: '0034' }], refunds: [{ reason: 'scratched' }], lines: [{ quantity: 2 }] },
    });
    expect(found.get(seeded[6] ?? '')).toMatchObject({ order: { status: { state: { onHold: true } } } });
  });

  test('an order with several shipping lines, of which an export has one, is read by itself', async () => {
    await using harness = await openShopify();
    harness.simulator.seedOrder({
      lines: [{ title: 'Tee', quantity: 1, price: '10' }],
      shipping: { title: 'DHL', price: '4' },
    });
    const answer = await fetch(`${harness.url}/admin/api/2026-10/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': 'shpat_test' },
      body: JSON.stringify({
        query:
          'mutation($order: OrderCreateOrderInput!) { orderCreate(order: $order) { order { id } userErrors { message } } }',
        variables: {
          order: {
            lineItems: [{ title: 'Cap', quantity: 1, priceSet: { shopMoney: { amount: '5', currencyCode: 'EUR' } } }],
            shippingLines: ['3', '2'].map((amount) => ({
              title: 'Parcel',
              priceSet: { shopMoney: { amount, currencyCode: 'EUR' } },
            })),
          },
        },
      }),
    });
    expect(await answer.json()).toMatchObject({ data: { orderCreate: { userErrors: [] } } });

    const pages = await scan(harness, 'order');

    const shipping = pages.flatMap(({ roots }) => roots.map((root) => (root as StoredOrder).order.shipping));
    expect(shipping.map((charges) => charges.map(({ amount }) => amount.amountMinor))).toEqual([[400], [300, 200]]);
  });

  test('a page over which the shop gives up is asked for in smaller pieces', async () => {
    await using harness = await openShopify();
    const seeded = seedProducts(harness, 60);
    noExports(harness);
    const errors = [{ message: 'Timeout', extensions: { code: 'TIMEOUT' } }];
    const body = JSON.stringify({ data: null, errors });
    const effect = { type: 'status', status: 200, body } as const;
    harness.simulator.faults.plant({ kind: 'read', match: /query products/, times: 2, effect });

    const pages = await scan(harness, 'product');

    expect(ids(pages)).toEqual(seeded);
    expect(pages[0]?.roots).toHaveLength(13);
  });

  test('orders by rising id with parcels where no export can be had, and gone on with behind a cursor', async () => {
    await using harness = await openShopify();
    noExports(harness);
    const seeded = Array.from({ length: 60 }, (_, index) =>
      bare(
        harness.simulator.seedOrder({
          lines: [{ title: 'Tee', quantity: 1, price: '10' }],
          ...(index === 3 ? { fulfillments: [{ tracking: { company: 'DHL', number: '0034' } }] } : {}),
        }),
      ),
    );

    const pages = await scan(harness, 'order');
    const rest = await scan(harness, 'order', pages[0]?.cursor ?? '');

    expect(ids(pages)).toEqual(seeded);
    expect([...ids(pages.slice(0, 1)), ...ids(rest)]).toEqual(seeded);
    expect(pages[0]?.roots[3]).toMatchObject({ order: { tracking: [{ number: '0034', carrier: 'DHL' }] } });
  });

  test('customers with their addresses', async () => {
    await using harness = await openShopify();
    harness.simulator.seedCustomer({
      email: 'ada@example.com',
      addresses: [{ address1: 'Weg 1', city: 'Bonn', zip: '53111', countryCode: 'DE' }],
    });

    const pages = await scan(harness, 'customer');

    expect(pages.flatMap(({ roots }) => roots)).toMatchObject([
      { customer: { email: 'ada@example.com', addresses: [{ city: 'Bonn' }] } },
    ]);
  });

  test('what changed since, oldest first', async () => {
    const clock = { at: Date.parse('2026-11-20T10:00:00Z') };
    await using harness = await openShopify({ now: () => clock.at });
    const [a, b, c] = seedProducts(harness, 3);
    clock.at += 1_800_000;
    for (const id of [c, a]) {
      clock.at += 60_000;
      harness.simulator.editTexts(`gid://shopify/Product/${id}`, { title: 'New' });
    }

    const roots = await changed(harness, 'product', '2026-11-20T10:30:30Z');

    expect(roots.map(({ id }) => id)).toEqual([c, a]);
    expect(roots.map(({ id }) => id)).not.toContain(b);
  });

  test('what the index had not seen at the last look is found at the next one', async () => {
    const clock = { at: Date.parse('2026-11-20T10:00:00Z') };
    await using harness = await openShopify({ now: () => clock.at, indexLagMs: 120_000 });
    const [late, early] = seedProducts(harness, 2);
    clock.at += 1_800_000;
    harness.simulator.editTexts(`gid://shopify/Product/${late}`, { title: 'New' });
    const first = await changed(harness, 'product', '2026-11-20T10:29:00Z');
    clock.at += 121_000;
    harness.simulator.editTexts(`gid://shopify/Product/${early}`, { title: 'New' });
    clock.at += 121_000;

    const second = await changed(harness, 'product', '2026-11-20T10:32:00Z');

    expect(first).toEqual([]);
    expect(second.map(({ id }) => id)).toEqual([late, early]);
  });

  test('a sale moves the clock of the product’s stock, though not the product’s own', async () => {
    const clock = { at: Date.parse('2026-11-20T10:00:00Z') };
    await using harness = await openShopify({ now: () => clock.at });
    const seeded = harness.simulator.seedProduct({
      title: 'Tee',
      options: ['Size'],
      variants: [
        { sku: 'A', price: '1', quantity: 3, optionValues: ['S'] },
        { sku: 'B', price: '1', quantity: 3, optionValues: ['M'] },
      ],
    });
    clock.at += 60_000;
    harness.simulator.setAvailable(seeded.variantIds[1] ?? '', 2);

    const [root] = await harness.connector.readRoots('product', [{ id: bare(seeded.productId) }], CALL);

    expect(root).toMatchObject({
      changedAt: '2026-11-20T10:01:00Z',
      variants: [{ changedAt: '2026-11-20T10:00:00Z' }, { changedAt: '2026-11-20T10:01:00Z' }],
    });
  });

  test('how many there are, and what time it is', async () => {
    await using harness = await openShopify();
    seedProducts(harness, 3);

    expect(await harness.connector.count('product', CALL)).toBe(3);
    expect(await harness.connector.count('order', CALL)).toBe(0);
    expect(await harness.connector.storeTime(CALL)).toBeGreaterThan(Date.parse('2020-01-01'));
  });
});

describe('the Shopify connector checks', () => {
  test('a target that has all it needs', async () => {
    await using harness = await openShopify();

    const findings = await harness.connector.check('target', CALL.fields, CALL);

    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(harness.writes()).toEqual([]);
  });

  test('missing scopes and a location that is not there, each with its remedy', async () => {
    await using harness = await openShopify({
      locations: ['Elsewhere'],
      scopes: ['read_locations', 'write_products', 'write_orders'],
    });

    const findings = await harness.connector.check('target', CALL.fields, CALL);

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems.map(({ topic }) => topic)).toEqual(['scopes', 'location']);
    expect(problems[0]?.message).toMatch(/write_inventory/);
    expect(problems[0]?.message).toMatch(/read_all_orders/);
    expect(problems[1]?.message).toMatch(/"Elsewhere"/);
  });
});
