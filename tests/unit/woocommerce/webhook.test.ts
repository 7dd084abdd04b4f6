import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { WebhookRead } from '#libs/connectors/store-connector.ts';
import { readWooCommerceWebhook } from '#libs/connectors/woocommerce/woocommerce-webhook.ts';
import { recordedWebhook, recordedWebhooks } from './recordings.ts';

const signed = recordedWebhooks().filter(({ secret }) => secret !== undefined);
const pings = recordedWebhooks().filter(({ secret }) => secret === undefined);

function readRecorded(name: string): WebhookRead {
  const { headers, body, secret } = recordedWebhook(name);
  return readWooCommerceWebhook({ headers, body }, ['of another webhook', secret ?? '']);
}

function deliver(topic: string, text: string, secret = 'letters'): WebhookRead {
  const body = Buffer.from(text);
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  const headers = { 'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': signature };
  return readWooCommerceWebhook({ headers, body }, ['letters']);
}

describe('every recorded delivery', () => {
  test.each(signed)('$name is let in by its own secret', ({ headers, body, secret }) => {
    const read = readWooCommerceWebhook({ headers, body }, [secret ?? '']);

    expect(['news', 'ignored', 'unreadable']).toContain(read.kind);
  });

  test.each(signed)('$name is refused when one byte of it has changed', ({ headers, body, secret }) => {
    const changed = Buffer.from(body);
    changed.writeUInt8((changed[changed.length >> 1] ?? 0) ^ 1, changed.length >> 1);

    const read = readWooCommerceWebhook({ headers, body: changed }, [secret ?? '']);

    expect(read).toEqual({ kind: 'forged' });
  });

  test.each(signed)('$name is refused where its secret is not known', ({ headers, body }) => {
    expect(readWooCommerceWebhook({ headers, body }, ['another secret'])).toEqual({ kind: 'forged' });
    expect(readWooCommerceWebhook({ headers, body }, [])).toEqual({ kind: 'forged' });
  });

  test.each(signed.filter(({ name }) => !/^(signature|d02|p16|x04)/.test(name)))(
    '$name is news of its root',
    ({ headers, body, secret }) => {
      const read = readWooCommerceWebhook({ headers, body }, [secret ?? '']);

      expect(read.kind).toBe('news');
    },
  );

  test.each(pings)('$name is a ping', ({ headers, body }) => {
    expect(readWooCommerceWebhook({ headers, body }, ['a secret'])).toEqual({ kind: 'ping' });
  });
});

describe('what a delivery is about', () => {
  test('an event of a variation is news of its parent, narrowed to the variation', () => {
    expect(readRecorded('p06-variation-stock-1-product-updated')).toEqual({
      kind: 'news',
      topic: 'product.updated',
      root: 'product',
      rootId: '23',
      children: ['24'],
      changedAt: '2026-11-23T02:32:00Z',
    });
  });

  test('a deletion names its root although its body holds nothing but the id', () => {
    expect(readRecorded('o19-trash-1-order-deleted')).toEqual({
      kind: 'news',
      topic: 'order.deleted',
      root: 'order',
      rootId: '45',
    });
  });

  test('an error of the shop that was signed like data is not understood, with the kind that it was to be about', () => {
    expect(readRecorded('d02-webhook-user-without-rights-1-product-updated')).toEqual({
      kind: 'unreadable',
      topic: 'product.updated',
      reason: 'the shop sent its error woocommerce_rest_cannot_view',
      root: 'product',
    });
  });

  test('a topic that nobody asked for is ignored', () => {
    expect(readRecorded('signature-secret-1')).toEqual({ kind: 'ignored', topic: 'coupon.updated' });
  });

  test('an event that a plugin made up is news of its entity', () => {
    expect(deliver('order.paid', '{"id":7}')).toEqual({
      kind: 'news',
      topic: 'order.paid',
      root: 'order',
      rootId: '7',
    });
  });

  test('a signed body whose topic got lost on the way is kept', () => {
    const body = Buffer.from('{"id":7}');
    const signature = createHmac('sha256', 'letters').update(body).digest('base64');

    expect(readWooCommerceWebhook({ headers: { 'x-wc-webhook-signature': signature }, body }, ['letters'])).toEqual({
      kind: 'unreadable',
      topic: 'none',
      reason: 'the topic is missing',
      root: null,
    });
  });

  test('an id as a string, a time with a zone, and a byte order mark are understood', () => {
    const text =
      '\uFEFF{"id":"9007199254740993","type":7,"date_modified_gmt":"2026-11-23T02:32:00+01:00","parent_id":null}';

    expect(deliver('product.updated', text)).toMatchObject({
      kind: 'news',
      rootId: '9007199254740993',
      changedAt: '2026-11-23T01:32:00Z',
    });
  });

  test('an error of the shop leaves no more than a word behind', () => {
    expect(deliver('order.updated', JSON.stringify({ code: 'anna@example.com is not allowed' }))).toMatchObject({
      kind: 'unreadable',
      reason: 'the body has no id',
    });
  });

  test('whatever is signed is read without a throw, and news has a root that can be asked for', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.constantFrom('product', 'order', 'customer'), (json, word, root) => {
        const bodies = [json, { id: json, type: 'variation', parent_id: json }, { id: 7, date_modified_gmt: json }];
        for (const text of [...bodies.map((body) => JSON.stringify(body)), word]) {
          const read = deliver(`${root}.updated`, text);
          expect(['news', 'unreadable']).toContain(read.kind);
          if (read.kind === 'news') expect(read.rootId).toMatch(/^[1-9]\d{0,18}$/);
        }
      }),
    );
  });

  test.each([
    '{"id":',
    'null',
    '{"id":9007199254740993}',
    '{"id":1e30}',
    `{"id":"${'9'.repeat(20)}"}`,
    '[]',
    '{}',
    '{"id":0}',
    '{"id":"1 or 2"}',
    '{"id":7.5}',
    '"7"',
    '',
  ])('the signed body %j is not understood', (text) => {
    expect(deliver('order.updated', text)).toMatchObject({ kind: 'unreadable', root: 'order' });
  });

  test.each(['0', 'null', '-1', '"x"', '{}'])('a variation whose parent is %s is not understood', (parent) => {
    expect(deliver('product.updated', `{"id":7,"type":"variation","parent_id":${parent}}`)).toMatchObject({
      kind: 'unreadable',
      root: 'product',
    });
  });

  test('bytes that are no UTF-8 are not understood', () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    const signature = createHmac('sha256', 'letters').update(body).digest('base64');

    const read = readWooCommerceWebhook(
      { headers: { 'X-WC-Webhook-Topic': 'order.updated', 'X-WC-Webhook-Signature': signature }, body },
      ['letters'],
    );

    expect(read).toMatchObject({ kind: 'unreadable', root: 'order' });
  });
});

describe('what is refused', () => {
  test('a body without a signature that is no ping', () => {
    const body = Buffer.from('{"id":7}');

    expect(readWooCommerceWebhook({ headers: { 'x-wc-webhook-topic': 'order.updated' }, body }, ['s'])).toEqual({
      kind: 'forged',
    });
  });

  test.each(['', 'AAAA', 'not base64 at all'])('the signature %j', (signature) => {
    const body = Buffer.from('{"id":7}');
    const headers = { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-signature': signature };

    expect(readWooCommerceWebhook({ headers, body }, ['s'])).toEqual({ kind: 'forged' });
  });

  test('a ping’s words under a signature that is wrong', () => {
    const body = Buffer.from('webhook_id=7');

    expect(readWooCommerceWebhook({ headers: { 'x-wc-webhook-signature': 'AAAA' }, body }, ['s'])).toEqual({
      kind: 'forged',
    });
  });
});
