import { describe, expect, test } from 'vitest';

import type { Subscription } from '#libs/connectors/store-connector.ts';
import { mendSubscriptions, placeOf, planMending } from '../../../services/reconciler/watch-subscriptions.ts';
import { NOW } from './fake-stores.ts';
import { aWorld } from './world.ts';

const URL = 'https://sync.example.com/webhooks/acme';
const { signal } = new AbortController();

function aSubscription(topic: string, over: Partial<Subscription> = {}): Subscription {
  return { id: `id-${topic}`, topic, url: URL, status: 'active', ...over };
}

const WANTED = ['product.updated', 'order.updated'];
const REGISTERED = { url: URL };
const mending = (present: readonly Subscription[], subscribed: { readonly url: string } | null = REGISTERED) =>
  planMending(present, WANTED, URL, subscribed);
const ORDERS = aSubscription('order.updated');

describe('mending', () => {
  test('makes anew what the shop has disabled', () => {
    const disabled = aSubscription('product.updated', { status: 'disabled' });

    expect(mending([disabled, ORDERS])).toEqual({
      create: [{ topic: 'product.updated', why: 'disabled' }],
      remove: [{ id: disabled.id, topic: 'product.updated', why: 'disabled' }],
      left: [],
    });
  });

  test('makes what is missing beside others, also where nobody noted that they were registered', () => {
    const missing = { create: [{ topic: 'product.updated', why: 'missing' }], remove: [], left: [] };

    expect([mending([ORDERS]), mending([ORDERS], null)]).toEqual([missing, missing]);
  });

  test('makes all anew where the shop has deleted them, as one does after failures', () => {
    expect(mending([]).create.map(({ topic }) => topic)).toEqual(WANTED);
  });

  test('takes one of two away', () => {
    const second = aSubscription('product.updated', { id: '2' });

    expect(mending([aSubscription('product.updated'), second, ORDERS])).toMatchObject({
      create: [],
      remove: [{ id: '2', why: 'doubled' }],
    });
  });

  test('leaves one alone that a person paused, and tells it', () => {
    expect(mending([aSubscription('product.updated', { status: 'paused' }), ORDERS])).toEqual({
      create: [],
      remove: [],
      left: [{ topic: 'product.updated', why: 'paused' }],
    });
  });

  test('moves to the new address what it had registered at the earlier one, and nothing else', () => {
    const before = 'https://before.example.com/webhooks/acme';
    const staging = aSubscription('product.updated', { id: 's', url: 'https://staging.example.com/webhooks/acme' });
    const old = aSubscription('product.updated', { id: 'old', url: before });

    expect(mending([staging, old, ORDERS], { url: before })).toEqual({
      create: [{ topic: 'product.updated', why: 'elsewhere' }],
      remove: [{ id: 'old', topic: 'product.updated', why: 'elsewhere' }],
      left: [{ topic: 'product.updated', why: 'elsewhere' }],
    });
  });

  test('does not register where nobody has, and does not touch what calls somebody else', () => {
    const foreign = aSubscription('product.updated', { url: 'https://erp.example.com', status: 'disabled' });

    expect(mending([foreign], null)).toEqual({ create: [], remove: [], left: [] });
  });

  test('is done at the store, successor first, and written down', async () => {
    const world = await aWorld();
    const value = { phase: 'follow' as const, at: NOW, by: 'anna' };
    await world.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value }]);
    const calls: string[] = [];
    const source: typeof world.source = {
      ...world.source,
      topicsFor: () => ['product.updated'],
      listSubscriptions: async () => [aSubscription('product.updated', { id: 'old', status: 'disabled' })],
      createSubscription: async ({ topic, url, secret }) => {
        calls.push(`create ${topic} ${secret}`);
        return aSubscription(topic, { url });
      },
      deleteSubscription: async (id) => void calls.push(`delete ${id}`),
    };

    expect(await mendSubscriptions({ ...world, source }, { url: URL, secret: 's' }, signal)).toBe(1);

    expect(calls).toEqual(['create product.updated s', 'delete old']);
    expect(await world.facts.count('acme', 'act')).toBe(1);
  });

  test('does not take away what the shop changed instead of making another', async () => {
    const world = await aWorld();
    const value = { phase: 'follow' as const, at: NOW, by: 'anna' };
    await world.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value }]);
    const deleted: string[] = [];
    const source: typeof world.source = {
      ...world.source,
      topicsFor: () => ['product.updated'],
      listSubscriptions: async () => [aSubscription('product.updated', { id: 'same', unsound: 'it has a filter' })],
      createSubscription: async ({ topic }) => aSubscription(topic, { id: 'same' }),
      deleteSubscription: async (id) => void deleted.push(id),
    };

    await mendSubscriptions({ ...world, source }, { url: URL, secret: 's' }, signal);

    expect(deleted).toEqual([]);
    expect(await world.facts.get('acme', 'subscribed', 'webhooks')).toMatchObject({ url: URL, wanted: 1, faults: [] });
  });

  test('keeps to the address that a person gave instead of the config’s, until the config says another', () => {
    const own = 'https://tunnel.example.com/webhooks/acme';
    const subscribed = { url: own, overrides: URL };

    expect([placeOf(URL, subscribed), placeOf('https://new.example.com/webhooks/acme', subscribed)]).toEqual([
      own,
      'https://new.example.com/webhooks/acme',
    ]);
    expect([placeOf(URL, null), placeOf(URL, { url: own })]).toEqual([URL, URL]);
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
