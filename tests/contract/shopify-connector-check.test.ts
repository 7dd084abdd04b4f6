import { describe, expect, test } from 'vitest';

import { entityOf } from '#libs/fields/field-names.ts';
import { DEFAULT_SCOPES } from '../../simulators/shopify/settings.ts';
import { create, orderDraft } from './shopify-builders.ts';
import { CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

const ORDERS = new Set([...CALL.fields].filter((field) => entityOf(field) === 'order'));
const DAY_MS = 86_400_000;

const without = (...scopes: readonly string[]) => DEFAULT_SCOPES.filter((scope) => !scopes.includes(scope));

async function check({ connector }: Harness, fields = CALL.fields) {
  return await connector.check('target', fields, CALL);
}

function seedOld({ simulator }: Harness): void {
  const lines = [{ title: 'Tee', quantity: 1, price: '10' }];
  simulator.seedOrder({ createdAt: Date.now() - 61 * DAY_MS, lines });
}

describe('the check of a Shopify target', () => {
  test('reads an order older than sixty days', async () => {
    await using harness = await openShopify();
    seedOld(harness);

    const findings = await check(harness);

    expect(findings.filter(({ topic }) => topic === 'old orders')).toEqual([
      { level: 'ok', topic: 'old orders', message: 'An order older than 60 days can be read' },
    ]);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  test('says where no order is that old, and asks for none where none is carried', async () => {
    await using harness = await openShopify();

    const findings = await check(harness);
    const products = await check(harness, new Set(['product.title']));

    expect(findings.find(({ topic }) => topic === 'old orders')).toMatchObject({
      level: 'ok',
      message: expect.stringContaining('none to try it on') as string,
    });
    expect(products.some(({ topic }) => topic === 'old orders')).toBe(false);
  });

  test('is a problem without the scope, and no order is made then', async () => {
    await using harness = await openShopify({ scopes: without('read_all_orders') });
    seedOld(harness);

    const findings = await check(harness, ORDERS);
    await harness.connector.prepare(ORDERS, WRITE);
    const made = await create(harness, orderDraft());

    expect(findings.find(({ topic }) => topic === 'scopes')).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('read_all_orders') as string,
    });
    expect(made).toMatchObject({ outcome: 'refused', message: expect.stringContaining('read_all_orders') as string });
    expect(harness.simulator.state().orders).toHaveLength(1);
  });

  test('warns of what cannot be shown in a channel, held at a service, or said of images', async () => {
    await using harness = await openShopify({
      scopes: without('write_publications', 'write_third_party_fulfillment_orders'),
    });
    await using second = await openShopify({ scopes: without('write_files') });
    seedOld(harness);

    const findings = await check(harness);
    const images = await check(second, new Set(['product.images']));
    const titles = await check(second, new Set(['product.title']));

    expect(findings.filter(({ level }) => level === 'warning').map(({ topic }) => topic)).toEqual([
      'shipping',
      'publishing',
    ]);
    expect(images).toContainEqual(expect.objectContaining({ level: 'problem', message: 'The app lacks write_files' }));
    expect(titles.filter(({ level }) => level === 'problem')).toEqual([]);
  });
});
