import { describe, expect, test } from 'vitest';

import type { Retirement, WriteResult } from '#libs/connectors/store-connector.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import { made, openTarget, orderDraft, productDraft, WRITE } from './woocommerce-target-harness.ts';
import type { Target } from './woocommerce-target-harness.ts';

async function retire(target: Target, present: StoredRoot, how: Retirement['how'], more = {}): Promise<WriteResult> {
  const item = { root: present.root, targetId: present.id, sourceId: 's', present, how, ...more };
  const results = await must(target.connector.retire, 'retire')([item], WRITE);
  return must(results[0], 'a result');
}

const STORED = { outcome: 'stored', stored: {} };

describe('the WooCommerce connector retires', () => {
  test('a product: hidden as a draft, shown again as it was, deleted for good', async () => {
    const target = await openTarget();
    const product = await made(target, productDraft());
    const status = () => target.shop.state().products[0]?.status;

    expect(await retire(target, product, 'archive')).toEqual(STORED);
    expect(status()).toBe('draft');
    expect(await retire(target, product, 'restore', { status: 'active' })).toEqual(STORED);
    expect(status()).toBe('publish');
    expect(await retire(target, product, 'delete')).toEqual(STORED);
    expect(status()).toBeUndefined();
    // What is gone already is as it was to be.
    expect(await retire(target, product, 'delete')).toEqual(STORED);
  });

  test('an order: trash and back on hold, deleted, without mail or stock', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createProduct({
      name: 'Tee',
      regular_price: '1',
      manage_stock: true,
      stock_quantity: 5,
    });
    const placed = target.shop.people.placeOrder({
      status: 'processing',
      line_items: [{ product_id: id, quantity: 2 }],
    });
    const order = await target.order(placed.id);
    const before = target.shop.ledger.effects.length;
    const status = () => target.shop.state().orders[0]?.status;

    expect(await retire(target, order, 'archive')).toEqual(STORED);
    expect(status()).toBe('trash');
    expect(await retire(target, order, 'restore')).toEqual(STORED);
    expect(status()).toBe('on-hold');
    expect(await retire(target, order, 'delete')).toEqual(STORED);
    expect(status()).toBeUndefined();

    expect(target.shop.state().products[0]?.stock_quantity).toBe(3);
    expect(target.shop.ledger.effects.slice(before)).toEqual([]);
  });

  test('an order not while the shop mails about it', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft());
    await target.connector.mails?.set('email_cancelled_order', true, WRITE);

    expect(await retire(target, order, 'archive')).toMatchObject({ outcome: 'refused' });
    expect(target.shop.state().orders[0]?.status).not.toBe('trash');
  });

  test('a customer: deleted, and never archived', async () => {
    const target = await openTarget();
    const { id } = target.shop.people.createCustomer({ email: 'ada@example.com' });
    const customer = await target.read('customer', id);

    expect(await retire(target, customer, 'archive')).toMatchObject({ outcome: 'refused' });
    expect(await retire(target, customer, 'delete')).toEqual(STORED);
    expect(target.shop.state().customers).toEqual([]);
  });
});
