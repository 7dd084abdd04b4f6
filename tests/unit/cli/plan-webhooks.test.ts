import { expect, test } from 'vitest';

import type { Subscription } from '#libs/connectors/store-connector.ts';
import { planWebhooks } from '../../../cli/plan-webhooks.ts';

const wanted = ['product.updated', 'order.updated'];

function subscription(id: string, topic: string, status: Subscription['status'] = 'active'): Subscription {
  return { id, topic, status, url: 'https://sync.example.com/webhooks/acme' };
}

test('what is missing is created, and nothing that is there', () => {
  expect(planWebhooks({ wanted, ours: [subscription('1', 'product.updated')] })).toEqual({
    create: ['order.updated'],
    remove: [],
    keep: ['product.updated'],
  });
});

test('what the shop has stopped is made anew', () => {
  const plan = planWebhooks({
    wanted,
    ours: [subscription('1', 'product.updated', 'disabled'), subscription('2', 'order.updated')],
  });

  expect(plan.create).toEqual(['product.updated']);
  expect(plan.remove).toEqual([{ id: '1', topic: 'product.updated', why: 'stopped' }]);
});

test('of two for a topic one goes, and so does what nobody wants', () => {
  const plan = planWebhooks({
    wanted,
    ours: [
      subscription('1', 'product.updated'),
      subscription('2', 'product.updated'),
      subscription('3', 'order.updated'),
      subscription('4', 'coupon.created'),
    ],
  });

  expect(plan.create).toEqual([]);
  expect(plan.remove).toEqual([
    { id: '2', topic: 'product.updated', why: 'doubled' },
    { id: '4', topic: 'coupon.created', why: 'not wanted' },
  ]);
});

test('with everything in place there is nothing to do', () => {
  const plan = planWebhooks({ wanted, ours: wanted.map((topic, id) => subscription(String(id), topic)) });

  expect(plan.create.length + plan.remove.length).toBe(0);
});
