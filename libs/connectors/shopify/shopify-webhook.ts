import { createHmac, timingSafeEqual } from 'node:crypto';

import type { WebhookRead, WebhookReader } from '../store-connector.ts';
import { fromGid, toUtc, typeOfGid } from './shopify-ids.ts';
import { TOPICS, type Topic } from './shopify-topics.ts';

export const readShopifyWebhook: WebhookReader = ({ headers, body }, secrets): WebhookRead => {
  const header = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (!isSigned(body, header.get('x-shopify-hmac-sha256') ?? '', secrets)) return { kind: 'forged' };
  const name = header.get('x-shopify-topic') ?? '';
  const topic = TOPICS[name];
  if (topic === undefined) return { kind: 'ignored', topic: name };
  const parsed = parseRecord(new TextDecoder().decode(body));
  const unreadable = (reason: string): WebhookRead => ({ kind: 'unreadable', topic: name, reason, root: topic.root });
  if (parsed === null) return unreadable('not a JSON object');
  if (!fits(topic, parsed)) return unreadable('the body is of something else than the topic says');
  const id = toId(topic.id.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), parsed));
  if (id === null) return unreadable('no id in the body');
  const { root, child } = topic;
  // Only of the root itself: a parcel, or the stock at one location, has another clock than what is read.
  const changed = isOfRoot(topic) && typeof parsed['updated_at'] === 'string' ? toUtc(parsed['updated_at']) : null;
  const news = { topic: name, root, ...(changed === null ? {} : { changedAt: changed }) };
  return child === undefined
    ? { kind: 'news', ...news, rootId: id }
    : { kind: 'child', ...news, childKind: child, childId: id };
};

/** The header is no part of what is signed: where the body says itself what it is, the two must agree. */
function fits({ gid }: Topic, { admin_graphql_api_id: own }: Readonly<Record<string, unknown>>): boolean {
  return typeof own !== 'string' || typeOfGid(own) === gid;
}

function isOfRoot({ root, gid, id }: Topic): boolean {
  return id[0] === 'id' && gid.toLowerCase() === root;
}

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
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function keepBigNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
    ? context.source
    : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The bare id; a text may be a gid. */
function toId(value: unknown): string | null {
  const id = typeof value === 'number' || typeof value === 'string' ? fromGid(String(value)) : '';
  return /^\d+$/.test(id) ? id : null;
}
