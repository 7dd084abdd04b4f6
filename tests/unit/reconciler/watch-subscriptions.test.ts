import { describe, expect, test } from 'vitest';

import type { Subscription } from '#libs/connectors/store-connector.ts';
import { mendSubscriptions, planMending } from '../../../services/reconciler/watch-subscriptions.ts';
import { NOW } from './fake-stores.ts';
import { aWorld } from './world.ts';

const URL = 'https://sync.example.com/webhooks/acme';
const { signal } = new AbortController();

function aSubscription(topic: string, over: Partial<Subscription> = {}): Subscription {
  return { id: `id-${topic}`, topic, url: URL, status: 'active', ...over };
}

describe('mending', () => {
  test('makes anew what the shop has disabled', () => {
    const disabled = aSubscription('product.updated', { status: 'disabled' });

    const plan = planMending([disabled, aSubscription('order.updated')], ['product.updated', 'order.updated'], URL);

    expect(plan).toEqual({ create: ['product.updated'], remove: [disabled] });
  });

  test('makes what is missing beside others', () => {
    const plan = planMending([aSubscription('order.updated')], ['product.updated', 'order.updated'], URL);

    expect(plan).toEqual({ create: ['product.updated'], remove: [] });
  });

  test('leaves one alone that a person paused', () => {
    const plan = planMending([aSubscription('product.updated', { status: 'paused' })], ['product.updated'], URL);

    expect(plan).toEqual({ create: [], remove: [] });
  });

  test('does not register where nobody has, and does not touch what calls somebody else', () => {
    const foreign = aSubscription('product.updated', { url: 'https://erp.example.com', status: 'disabled' });

    expect(planMending([foreign], ['product.updated'], URL)).toEqual({ create: [], remove: [] });
  });

  test('is done at the store, successor first, and written down', async () => {
    const world = await aWorld();
    const value = { phase: 'follow' as const, at: NOW, by: 'anna' };
    await world.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value }]);
    const calls: string[] = [];
    const source: typeof world.source = {
      ...world.source,
      topicsFor: () => ['product.updated'],
      listSubscriptions: async () => [aSubscription('product.updated', { status: 'disabled' })],
      createSubscription: async ({ topic, url, secret }) => {
        calls.push(`create ${topic} ${secret}`);
        return aSubscription(topic, { url });
      },
      deleteSubscription: async (id) => void calls.push(`delete ${id}`),
    };

    expect(await mendSubscriptions({ ...world, source }, { url: URL, secret: 's' }, signal)).toBe(1);

    expect(calls).toEqual(['create product.updated s', 'delete id-product.updated']);
    expect(await world.facts.count('acme', 'act')).toBe(1);
  });

  test('waits for approval', async () => {
    const world = await aWorld();
    const source: typeof world.source = {
      ...world.source,
      topicsFor: () => ['product.updated'],
      listSubscriptions: async () => [aSubscription('product.updated', { status: 'disabled' })],
    };

    expect(await mendSubscriptions({ ...world, source }, { url: URL, secret: 's' }, signal)).toBe(0);
  });
});
