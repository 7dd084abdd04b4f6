import { describe, expect, test } from 'vitest';

import type { Finding } from '#libs/connectors/store-connector.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import { DEFAULT_SCOPES } from '../../simulators/shopify/settings.ts';
import { CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

async function amiss(
  { connector }: Harness,
  selection: ReadonlySet<FieldName> = CALL.fields,
): Promise<readonly Finding[]> {
  const findings = await connector.check('source', selection, CALL);
  return findings.filter(({ level }) => level !== 'ok');
}

describe('a check of a Shopify source', () => {
  test('a shop that grants all it needs, and none of what a target needs', async () => {
    await using harness = await openShopify({
      role: 'source',
      scopes: [
        'read_locations',
        'read_products',
        'read_inventory',
        'read_orders',
        'read_all_orders',
        'read_merchant_managed_fulfillment_orders',
        'read_assigned_fulfillment_orders',
        'read_third_party_fulfillment_orders',
        'read_fulfillments',
        'read_customers',
        'read_customer_merge',
      ],
    });

    expect(await amiss(harness)).toEqual([]);
  });

  test.each([
    ['read_all_orders', /older than 60 days/],
    ['read_inventory', /Grant/],
    ['read_fulfillments', /Grant/],
    ['read_customer_merge', /Grant/],
  ])('without %s it is a problem, with its remedy', async (scope, remedy) => {
    const scopes = DEFAULT_SCOPES.filter((one) => one.replace('write_', 'read_') !== scope);
    await using harness = await openShopify({ role: 'source', scopes });

    const [problem] = await amiss(harness);

    expect(problem).toMatchObject({ level: 'problem', topic: 'scopes', message: `The app lacks ${scope}` });
    expect(problem?.remedy).toMatch(remedy);
  });

  test('only what the selection needs', async () => {
    await using harness = await openShopify({
      role: 'source',
      scopes: ['read_locations', 'read_products', 'read_inventory'],
    });

    expect(await amiss(harness, new Set(['variant.quantity']))).toEqual([]);
  });

  test('a hold that the app cannot see is told', async () => {
    const scopes = DEFAULT_SCOPES.filter((scope) => !/assigned|third_party/.test(scope));
    await using harness = await openShopify({ role: 'source', scopes });

    expect(await amiss(harness)).toMatchObject([{ level: 'warning', topic: 'holds' }]);
  });

  test('people’s data that is denied is a problem of its own', async () => {
    await using harness = await openShopify({ role: 'source' });
    const errors = [
      {
        message: 'This app is not approved to access the Customer object.',
        extensions: { code: 'ACCESS_DENIED' },
        path: ['customers'],
      },
    ];
    const body = JSON.stringify({ data: { customers: null }, errors });
    harness.simulator.faults.plant({ kind: 'read', match: /customers/, effect: { type: 'status', status: 200, body } });

    const found = (await amiss(harness)).filter(({ topic }) => topic === 'people');

    expect(found).toMatchObject([
      { level: 'problem', remedy: expect.stringMatching(/protected customer data/) as string },
    ]);
  });

  test('webhooks in another version than is asked for', async () => {
    await using harness = await openShopify({ role: 'source', config: { apiVersion: '2026-07' } });
    await harness.connector.createSubscription(
      { topic: 'products/update', url: 'https://sync.example.com/', secret: '' },
      WRITE,
    );

    const found = (await amiss(harness)).filter(({ topic }) => topic === 'webhook version');

    expect(found).toMatchObject([{ level: 'warning', message: expect.stringMatching(/2026-10.*2026-07/) as string }]);
  });
});
