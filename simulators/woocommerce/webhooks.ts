import { RestError, invalidId } from './errors.ts';
import type { Cause, Shop, ShopEvent } from './shop.ts';
import { deleteRow, insertRow, nowGmt, updateRow } from './shop.ts';
import type { Webhook } from './types.ts';
import type { Body } from './values.ts';
import { randomText, textOf } from './values.ts';

/** Subscriptions and the queue of what is to be delivered. */

export const HOOKS: Readonly<Record<string, readonly string[]>> = {
  'product.created': [
    'woocommerce_process_product_meta',
    'woocommerce_new_product',
    'woocommerce_new_product_variation',
  ],
  'product.updated': [
    'woocommerce_process_product_meta',
    'woocommerce_update_product',
    'woocommerce_update_product_variation',
  ],
  'product.deleted': ['wp_trash_post'],
  'product.restored': ['untrashed_post'],
  'order.created': ['woocommerce_new_order'],
  'order.updated': ['woocommerce_update_order', 'woocommerce_order_refunded'],
  'order.deleted': ['wp_trash_post', 'woocommerce_trash_order'],
  'order.restored': ['untrashed_post', 'woocommerce_untrash_order'],
  'customer.created': ['user_register', 'woocommerce_created_customer', 'woocommerce_new_customer'],
  'customer.updated': ['profile_update', 'woocommerce_update_customer'],
  'customer.deleted': ['delete_user'],
  'coupon.created': ['woocommerce_process_shop_coupon_meta', 'woocommerce_new_coupon'],
  'coupon.updated': ['woocommerce_process_shop_coupon_meta', 'woocommerce_update_coupon'],
  'coupon.deleted': ['wp_trash_post'],
  'coupon.restored': ['untrashed_post'],
  // Accepted, but bound to nothing: it never fires.
  'customer.restored': [],
};

/** One delivery that waits: for each webhook and resource at most one. */
export type Pending = ShopEvent & { readonly webhookId: number; readonly causedAt: number };

export type WebhookQueue = {
  readonly push: (event: ShopEvent) => void;
  /** Takes the oldest; from then on the same resource can be queued again. */
  readonly take: () => Pending | undefined;
  readonly size: () => number;
};

export function createWebhookQueue(webhooks: Map<number, Webhook>, now: () => number): WebhookQueue {
  const pending = new Map<string, Pending>();
  return {
    push(event) {
      for (const { id, topic, status } of webhooks.values()) {
        if (topic !== event.topic || status !== 'active') continue;
        const key = `${id}:${event.id}`;
        if (!pending.has(key)) pending.set(key, { ...event, webhookId: id, causedAt: now() });
      }
    },
    take() {
      const [oldest] = pending;
      if (oldest === undefined) return undefined;
      pending.delete(oldest[0]);
      return oldest[1];
    },
    size: () => pending.size,
  };
}

export function webhookOf(shop: Shop, id: number): Webhook {
  const webhook = shop.tables.webhook.get(id);
  if (webhook === undefined) throw invalidId('shop_webhook');
  return webhook;
}

export function createWebhook(shop: Shop, body: Body, cause: Cause): Webhook {
  const topic = topicOf(body['topic']);
  const secret = textOf(body['secret']);
  const webhook: Webhook = {
    id: shop.nextId('webhook'),
    name: textOf(body['name']) || `Webhook created on ${nowGmt(shop).slice(0, 16).replace('T', ' @ ')}`,
    status: statusOf(body['status']) ?? 'active',
    topic,
    delivery_url: urlOf(body['delivery_url']),
    secret: secret === '' ? randomText(shop.random, 50) : secret,
    date_created_gmt: nowGmt(shop),
    date_modified_gmt: null,
    failure_count: 0,
    ping_answered: false,
  };
  insertRow(shop, 'webhook', webhook, cause);
  return webhook;
}

/** Made active again it keeps its failures: the next one disables it once more. */
export function updateWebhook(shop: Shop, webhook: Webhook, body: Body, cause: Cause): Webhook {
  const secret = textOf(body['secret']);
  const patch = {
    name: body['name'] === undefined ? webhook.name : textOf(body['name']),
    status: statusOf(body['status']) ?? webhook.status,
    topic: body['topic'] === undefined ? webhook.topic : topicOf(body['topic']),
    delivery_url: body['delivery_url'] === undefined ? webhook.delivery_url : urlOf(body['delivery_url']),
    secret: secret === '' ? webhook.secret : secret,
    date_modified_gmt: nowGmt(shop),
  };
  return updateRow(shop, 'webhook', webhook.id, patch, cause);
}

export function deleteWebhook(shop: Shop, webhook: Webhook, cause: Cause): void {
  deleteRow(shop, 'webhook', webhook.id, cause);
}

function statusOf(value: unknown): Webhook['status'] | undefined {
  return value === 'active' || value === 'paused' || value === 'disabled' ? value : undefined;
}

function topicOf(value: unknown): string {
  const topic = textOf(value);
  if (HOOKS[topic] !== undefined || /^action\.\w+$/.test(topic)) return topic;
  throw new RestError(
    'woocommerce_rest_shop_webhook_invalid_topic',
    'Webhook topic is required and must be valid.',
    400,
  );
}

function urlOf(value: unknown): string {
  const url = textOf(value);
  if (/^https?:\/\/\S+$/.test(url)) return url;
  const why = 'Webhook delivery URL must be a valid URL starting with http:// or https://.';
  throw new RestError('woocommerce_rest_shop_webhook_invalid_delivery_url', why, 400);
}

const MAX_FAILURES = 5;

/** The count runs before the comparison, so that the seventh failure in a row disables. */
export function countDelivery(shop: Shop, webhookId: number, succeeded: boolean): void {
  const webhook = shop.tables.webhook.get(webhookId);
  if (webhook === undefined) return;
  const by: Cause = { actor: 'store' };
  if (succeeded) {
    if (webhook.failure_count > 0) updateRow(shop, 'webhook', webhookId, { failure_count: 0 }, by);
    return;
  }
  if (webhook.failure_count > MAX_FAILURES) {
    updateRow(shop, 'webhook', webhookId, { status: 'disabled', date_modified_gmt: nowGmt(shop) }, by);
    return;
  }
  updateRow(shop, 'webhook', webhookId, { failure_count: webhook.failure_count + 1 }, by);
}

export function pingAnswered(shop: Shop, webhookId: number): void {
  if (!shop.tables.webhook.has(webhookId)) return;
  updateRow(shop, 'webhook', webhookId, { ping_answered: true, date_modified_gmt: nowGmt(shop) }, { actor: 'store' });
}
