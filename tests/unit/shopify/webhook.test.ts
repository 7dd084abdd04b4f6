import { createHmac } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { readShopifyWebhook } from '#libs/connectors/shopify/shopify-webhook.ts';

function delivery(topic: string, body: string, secret = 'hush') {
  return {
    headers: {
      'X-Shopify-Topic': topic,
      'X-Shopify-Hmac-SHA256': createHmac('sha256', secret).update(body).digest('base64'),
    },
    body: new TextEncoder().encode(body),
  };
}

describe('readShopifyWebhook()', () => {
  test('names the root of a product update, with the shop’s time of it in UTC', () => {
    const body = '{"id":8123456789012,"updated_at":"2026-11-20T14:30:05+01:00"}';

    expect(readShopifyWebhook(delivery('products/update', body), ['hush'])).toEqual({
      kind: 'news',
      topic: 'products/update',
      root: 'product',
      rootId: '8123456789012',
      changedAt: '2026-11-20T13:30:05Z',
    });
  });

  test('takes the inventory item of a level, not the number in its gid', () => {
    const body =
      '{"inventory_item_id":46123456789012,"location_id":7,"available":12,"admin_graphql_api_id":"gid://shopify/InventoryLevel/143?inventory_item_id=46123456789012"}';

    expect(readShopifyWebhook(delivery('inventory_levels/update', body), ['hush'])).toEqual({
      kind: 'child',
      topic: 'inventory_levels/update',
      childKind: 'inventoryItem',
      childId: '46123456789012',
      root: 'product',
    });
  });

  test.each([
    ['fulfillments/create', '{"id":1,"order_id":22}'],
    ['refunds/create', '{"id":1,"order_id":22}'],
    ['order_transactions/create', '{"id":1,"order_id":22,"admin_graphql_api_id":"gid://shopify/OrderTransaction/1"}'],
    ['orders/edited', '{"order_edit":{"id":1,"order_id":22,"line_items":{"additions":[],"removals":[]}}}'],
    ['orders/delete', '{"id":22}'],
  ])('finds the order of %s', (topic, body) => {
    expect(readShopifyWebhook(delivery(topic, body), ['hush'])).toMatchObject({
      kind: 'news',
      root: 'order',
      rootId: '22',
    });
  });

  test.each([
    ['customers/update', '{"id":33,"admin_graphql_api_id":"gid://shopify/Customer/33"}'],
    ['customers_email_marketing_consent/update', '{"customer_id":33,"email_marketing_consent":{"state":"subscribed"}}'],
    ['customers_marketing_consent/update', '{"id":33,"sms_marketing_consent":{"state":"subscribed"}}'],
    ['customer.tags_added', '{"customerId":"gid://shopify/Customer/33","tags":["vip"],"occurredAt":"2026-11-20"}'],
    [
      'customers/merge',
      '{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/1","admin_graphql_api_customer_deleted_id":"gid://shopify/Customer/33","status":"completed"}',
    ],
  ])('finds the customer of %s', (topic, body) => {
    expect(readShopifyWebhook(delivery(topic, body), ['hush'])).toMatchObject({
      kind: 'news',
      root: 'customer',
      rootId: '33',
    });
  });

  test.each(['inventory_levels/connect', 'inventory_levels/disconnect'])('%s is news of the item', (topic) => {
    expect(readShopifyWebhook(delivery(topic, '{"inventory_item_id":44,"location_id":7}'), ['hush'])).toMatchObject({
      kind: 'child',
      childKind: 'inventoryItem',
      childId: '44',
      root: 'product',
    });
  });

  test('does not believe a topic, which nobody signed, against the body', () => {
    const body = '{"id":1,"admin_graphql_api_id":"gid://shopify/Product/1"}';

    expect(readShopifyWebhook(delivery('orders/delete', body), ['hush'])).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringMatching(/something else/) as string,
    });
  });

  test('keeps every digit of an id beyond what a number holds', () => {
    const body = '{"id":788032119674292922}';

    expect(readShopifyWebhook(delivery('products/update', body), ['hush'])).toMatchObject({
      rootId: '788032119674292922',
    });
  });

  test('takes any of several secrets', () => {
    expect(readShopifyWebhook(delivery('products/delete', '{"id":1}', 'old'), ['new', 'old'])).toMatchObject({
      kind: 'news',
    });
  });

  test.each([
    ['another secret', delivery('products/update', '{"id":1}', 'guess')],
    ['a changed body', { ...delivery('products/update', '{"id":1}'), body: new TextEncoder().encode('{"id":2}') }],
    ['no signature', { headers: { 'x-shopify-topic': 'products/update' }, body: new TextEncoder().encode('{"id":1}') }],
    ['an empty body', delivery('products/update', '')],
  ])('refuses %s', (_what, request) => {
    expect(readShopifyWebhook(request, ['hush'])).toEqual({ kind: 'forged' });
  });

  test('says so where a signed body cannot be read', () => {
    expect(readShopifyWebhook(delivery('orders/updated', '[1]'), ['hush'])).toMatchObject({
      kind: 'unreadable',
      root: 'order',
    });
    expect(readShopifyWebhook(delivery('orders/updated', '{}'), ['hush'])).toMatchObject({
      kind: 'unreadable',
      root: 'order',
    });
  });

  test('ignores a topic that says nothing of what is carried', () => {
    expect(readShopifyWebhook(delivery('carts/update', '{"id":1}'), ['hush'])).toEqual({
      kind: 'ignored',
      topic: 'carts/update',
    });
  });
});
