import { createHmac, timingSafeEqual } from 'node:crypto';

import type { RootKind } from '#libs/model/stored.ts';
import type { WebhookRead, WebhookReader, WebhookRequest } from '../store-connector.ts';
import { decodeSpecialChars } from './html-entities.ts';
import { toUtc } from './woocommerce-mapping.ts';
import { webhookBodySchema } from './woocommerce-wire.ts';

const TOPICS: Readonly<Record<string, RootKind>> = { product: 'product', order: 'order', customer: 'customer' };

/**
 * Reads one delivery. Delivery ids are shared between deliveries (a hash of webhook and second), so nothing is deduplicated by
 * them; nor is a body ever taken for data: it names the root, which is then read.
 */
export const readWooCommerceWebhook: WebhookReader = (request, secrets) => {
  const signature = headerOf(request, 'x-wc-webhook-signature');
  if (signature === null) return isPing(request) ? { kind: 'ping' } : { kind: 'forged' };
  if (!isSigned(request.body, signature, secrets)) return { kind: 'forged' };

  const topic = (headerOf(request, 'x-wc-webhook-topic') ?? '').slice(0, TOPIC_MAX);
  // A proxy that drops headers must not make a change nothing.
  if (topic === '') return { kind: 'unreadable', topic: 'none', reason: 'the topic is missing', root: null };
  const root = rootOf(topic);
  return root === null ? { kind: 'ignored', topic } : readBody(request.body, topic, root);
};

// Of what the shop says, only this much goes into facts and logs.
const TOPIC_MAX = 100;
const ERROR_CODE = /^[\w-]{1,100}$/;

/** Sent once when a webhook is made, and again after each delivery that was answered with anything but 200: unsigned. */
function isPing(request: WebhookRequest): boolean {
  if (request.body.byteLength > 40) return false;
  return /^webhook_id=\d+$/.test(Buffer.from(request.body).toString('latin1'));
}

function isSigned(body: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature, 'base64');
  let matches = 0;
  // All secrets are tried whatever matches, so that the time taken says nothing.
  for (const secret of secrets) {
    const wanted = createHmac('sha256', decodeSpecialChars(secret)).update(body).digest();
    matches |= Number(given.length === wanted.length && timingSafeEqual(given, wanted));
  }
  return matches === 1;
}

/** Whatever the event is called (plugins add `order.paid`), it is news of its entity, which is read. */
function rootOf(topic: string): RootKind | null {
  const [resource = ''] = topic.split('.');
  return Object.hasOwn(TOPICS, resource) ? (TOPICS[resource] ?? null) : null;
}

function readBody(body: Uint8Array, topic: string, root: RootKind): WebhookRead {
  const unreadable = (reason: string): WebhookRead => ({ kind: 'unreadable', topic, reason, root });
  const json = parseJson(body);
  if (json === undefined) return unreadable('the body is not JSON');
  const parsed = webhookBodySchema.safeParse(json);
  if (!parsed.success) return unreadable('the body is not an entity');
  const { id, type, parent_id: parentId, date_modified_gmt: modified, code } = parsed.data;
  // Rendered at delivery: the webhook's user may lack rights, or the entity be gone, and the error is signed like anything else.
  if (id === null || id === undefined)
    return unreadable(
      typeof code === 'string' && ERROR_CODE.test(code) ? `the shop sent its error ${code}` : 'the body has no id',
    );

  const changedAt = toUtc(modified);
  const dated = changedAt === null ? {} : { changedAt };
  if (root !== 'product' || type !== 'variation') return { kind: 'news', topic, root, rootId: id, ...dated };
  // Variations come under the product's topics, with their own id.
  if (!/^[1-9]\d{0,18}$/.test(parentId)) return unreadable('a variation without a parent');
  return { kind: 'news', topic, root, rootId: parentId, children: [id], ...dated };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

function headerOf({ headers }: WebhookRequest, name: string): string | null {
  const exact = headers[name];
  if (exact !== undefined) return exact;
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === name) return value;
  return null;
}
