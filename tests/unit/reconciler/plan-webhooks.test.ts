import { describe, expect, test } from 'vitest';

import type { Subscription } from '#libs/connectors/store-connector.ts';
import { planWebhooks } from '../../../services/reconciler/plan-webhooks.ts';

const URL = 'https://sync.example.com/webhooks/acme';
const wanted = ['product.updated', 'order.updated'];

function subscription(id: string, topic: string, change: Partial<Subscription> = {}): Subscription {
  return { id, topic, status: 'active', url: URL, ...change };
}

const plan = (...present: readonly Subscription[]) => planWebhooks(present, wanted, URL);
const ORDERS = subscription('o', 'order.updated');

describe('what is wanted of webhooks', () => {
  test('what is missing is created, and nothing that is there', () => {
    expect(plan(subscription('1', 'product.updated'))).toEqual({
      create: [{ topic: 'order.updated', why: 'missing' }],
      remove: [],
      keep: ['product.updated'],
    });
  });

  test.each([
    ['disabled', { status: 'disabled' }],
    ['paused', { status: 'paused' }],
    ['unsound', { unsound: 'it has a filter' }],
    ['elsewhere', { url: 'https://staging.example.com/webhooks/acme' }],
  ] as const)('one that is %s is made anew', (why, change) => {
    expect(plan(subscription('1', 'product.updated', change), ORDERS)).toEqual({
      create: [{ topic: 'product.updated', why }],
      remove: [{ id: '1', topic: 'product.updated', why }],
      keep: ['order.updated'],
    });
  });

  test('of two for a topic one goes, and so does what nobody wants', () => {
    const found = plan(
      subscription('1', 'product.updated'),
      subscription('2', 'product.updated'),
      ORDERS,
      subscription('4', 'coupon.created'),
    );

    expect(found.create).toEqual([]);
    expect(found.remove).toEqual([
      { id: '2', topic: 'product.updated', why: 'doubled' },
      { id: '4', topic: 'coupon.created', why: 'not wanted' },
    ]);
  });

  test('one that stopped beside one that is well only goes', () => {
    const found = plan(
      subscription('1', 'product.updated', { status: 'disabled' }),
      subscription('2', 'product.updated'),
      ORDERS,
    );

    expect(found).toMatchObject({ create: [], remove: [{ id: '1', why: 'disabled' }] });
  });

  test('what calls somebody else, or another pair, is left alone', () => {
    const others = ['https://erp.example.com/hooks', 'https://sync.example.com/webhooks/bodega', 'pubsub://p:t'];

    expect(plan(...others.map((url, id) => subscription(String(id), 'product.updated', { url })), ORDERS)).toEqual({
      create: [{ topic: 'product.updated', why: 'missing' }],
      remove: [],
      keep: ['order.updated'],
    });
  });

  test('with everything in place there is nothing to do', () => {
    expect(plan(subscription('1', 'product.updated'), ORDERS)).toMatchObject({ create: [], remove: [] });
  });
});
