import { createHmac, timingSafeEqual } from 'node:crypto';

import type { RootKind } from '#libs/model/stored.ts';
import type { WebhookRead, WebhookReader } from '../store-connector.ts';
import { toUtc } from './shopify-ids.ts';

type Topic = { readonly root: RootKind } & ({ readonly id: string } | { readonly child: string });

const ORDER_TOPICS = ['create', 'updated', 'cancelled', 'paid', 'fulfilled', 'partially_fulfilled', 'delete'];

/** Where in a body the id of the root, or of the child, stands. */
const TOPICS: Readonly<Record<string, Topic>> = {
  'products/create': { root: 'product', id: 'id' },
  'products/update': { root: 'product', id: 'id' },
  'products/delete': { root: 'product', id: 'id' },
  'inventory_levels/update': { root: 'product', child: 'inventory_item_id' },
  'inventory_levels/connect': { root: 'product', child: 'inventory_item_id' },
  'inventory_levels/disconnect': { root: 'product', child: 'inventory_item_id' },
  'inventory_items/update': { root: 'product', child: 'id' },
  ...Object.fromEntries(ORDER_TOPICS.map((topic) => [`orders/${topic}`, { root: 'order', id: 'id' } as const])),
  'fulfillments/create': { root: 'order', id: 'order_id' },
  'fulfillments/update': { root: 'order', id: 'order_id' },
  'refunds/create': { root: 'order', id: 'order_id' },
  'order_transactions/create': { root: 'order', id: 'order_id' },
  'customers/create': { root: 'customer', id: 'id' },
  'customers/update': { root: 'customer', id: 'id' },
  'customers/delete': { root: 'customer', id: 'id' },
};

export const readShopifyWebhook: WebhookReader = ({ headers, body }, secrets): WebhookRead => {
  const header = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (!isSigned(body, header.get('x-shopify-hmac-sha256') ?? '', secrets)) return { kind: 'forged' };
  const name = header.get('x-shopify-topic') ?? '';
  const topic = TOPICS[name];
  if (topic === undefined) return { kind: 'ignored', topic: name };
  const text = new TextDecoder().decode(body);
  const parsed = parseRecord(text);
  const id = topLevelId(parsed, 'id' in topic ? topic.id : topic.child);
  if (parsed === null || id === null)
    return {
      kind: 'unreadable',
      topic: name,
      reason: parsed === null ? 'not a JSON object' : 'no id in the body',
      root: topic.root,
    };
  const changed = typeof parsed['updated_at'] === 'string' ? toUtc(parsed['updated_at']) : null;
  const changedAt = changed === null ? {} : { changedAt: changed };
  if ('child' in topic)
    return { kind: 'child', topic: name, childKind: 'inventoryItem', childId: id, root: topic.root, ...changedAt };
  return { kind: 'news', topic: name, root: topic.root, rootId: id, ...changedAt };
};

/** HMAC over the raw bytes; every secret is tried, so that time tells nothing about which one fits. */
function isSigned(body: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature, 'base64');
  let signed = false;
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(body).digest();
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) signed = true;
  }
  return signed && body.length > 0;
}

/** Ids beyond 2^53 are kept as they were written: numbers are read as text. */
function parseRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(text, keepBigNumbers);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function keepBigNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
    ? context.source
    : value;
}

function topLevelId(parsed: Readonly<Record<string, unknown>> | null, field: string): string | null {
  const value = parsed?.[field];
  const id = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^\d+$/.test(id) ? id : null;
}
