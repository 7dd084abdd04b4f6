import { expect, test } from 'vitest';

import { receiveWebhook } from '../../../services/ingest/receive-webhook.ts';

const at = { pair: 'acme', now: 1_000 };

test('news of a root carries its reference, the source’s clock and no body', () => {
  const received = receiveWebhook(
    {
      kind: 'news',
      topic: 'product.updated',
      root: 'product',
      rootId: '7',
      children: ['8'],
      changedAt: '2026-01-01T00:00:00Z',
    },
    at,
  );

  expect(received).toEqual({
    kind: 'accepted',
    news: {
      v: 1,
      pair: 'acme',
      root: 'product',
      rootId: '7',
      children: ['8'],
      kind: 'news',
      topic: 'product.updated',
      changedAt: '2026-01-01T00:00:00Z',
      receivedAt: 1_000,
      via: 'webhook',
      tries: 0,
    },
  });
});

test('where only a child is known the news is keyed by the child', () => {
  const received = receiveWebhook(
    { kind: 'child', topic: 'inventory_levels/update', root: 'product', childKind: 'inventoryItem', childId: '46' },
    at,
  );

  expect(received).toMatchObject({
    kind: 'accepted',
    news: { root: 'product', rootId: '', child: { kind: 'inventoryItem', id: '46' } },
  });
});

test.each([
  [{ kind: 'ping' }, 'ignored'],
  [{ kind: 'ignored', topic: 'coupon.created' }, 'ignored'],
  [{ kind: 'forged' }, 'rejected'],
  [{ kind: 'unreadable', topic: 'order.updated', reason: 'no id', root: 'order' }, 'kept'],
] as const)('%o is %s', (read, kind) => {
  expect(receiveWebhook(read, at).kind).toBe(kind);
});
