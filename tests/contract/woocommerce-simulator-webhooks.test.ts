import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { WOOCOMMERCE_RECORDINGS, recordedWebhook } from '../fixtures/woocommerce/recordings.ts';
import type { Answer, Json } from '../fixtures/woocommerce/shop.ts';
import { ask, newShop } from '../fixtures/woocommerce/shop.ts';

const API = '/wp-json/wc/v3';

type Received = { readonly headers: Readonly<Record<string, unknown>>; readonly raw: Buffer };

let shop: WooCommerceSimulator;
let url: string;
let receiver: Server;
let receiverUrl: string;
let received: Received[];
let reply: number;
let time: number;

beforeEach(async () => {
  received = [];
  reply = 200;
  time = Date.parse('2026-11-23T02:31:47Z');
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, raw: Buffer.concat(chunks) });
      response.writeHead(reply).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  shop = newShop({ now: () => time });
  ({ url } = await shop.start());
});

afterEach(async () => {
  await shop.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

function call(method: string, path: string, sent: unknown = null): Promise<Answer> {
  return ask(url, { method, path: `${API}${path}`, sent });
}

async function subscribe(topic: string): Promise<number> {
  const secret = 'whsec-fixture-0123456789';
  const { body } = await call('POST', '/webhooks', { topic, delivery_url: receiverUrl, secret });
  return Number((body as Json)['id']);
}

function sentBodies(): readonly Json[] {
  return received.map(({ raw }) => JSON.parse(raw.toString('utf8')) as Json);
}

/** The related products are drawn at each reading. */
function withoutRelated(raw: Buffer | undefined): string {
  return raw?.toString('utf8').replace(/"related_ids":\[[^\]]*\]/, '') ?? '';
}

describe('a delivery', () => {
  test('has the headers, the signature and the very bytes of the recorded one', async () => {
    const recorded = recordedWebhook('p01-stock-put-1-product-updated');
    shop.seedFromRecordings({ products: [recorded.body] });
    const id = await subscribe('product.updated');
    received = [];

    await call('PUT', '/products/13', { stock_quantity: 44 });
    await shop.deliverDue();

    const [delivery] = received;
    const same = [
      'user-agent',
      'accept',
      'content-type',
      'x-wc-webhook-source',
      'x-wc-webhook-topic',
      'x-wc-webhook-resource',
      'x-wc-webhook-event',
    ];
    for (const name of same) expect([name, delivery?.headers[name]]).toEqual([name, recorded.headers.get(name)]);
    expect(withoutRelated(delivery?.raw)).toBe(withoutRelated(recorded.raw));
    expect(delivery?.headers['x-wc-webhook-id']).toBe(String(id));
    const sign = (raw: Buffer): string => createHmac('sha256', recorded.secret).update(raw).digest('base64');
    expect(sign(recorded.raw)).toBe(recorded.headers.get('x-wc-webhook-signature'));
    expect(delivery?.headers['x-wc-webhook-signature']).toBe(sign(delivery?.raw ?? Buffer.alloc(0)));
  });

  test('carries the latest state, once for several changes', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    await subscribe('product.updated');
    received = [];

    shop.people.setStock(13, 9);
    shop.people.setStock(13, 8);
    await shop.deliverDue();

    expect(sentBodies().map((body) => [body['id'], body['stock_quantity']])).toEqual([[13, 8]]);
    expect(shop.ledger.deliveries[0]).toMatchObject({
      entity: 'product',
      id: '13',
      outcome: 'delivered',
      coversSeq: shop.ledger.entries.length - 1,
    });
  });

  test('shares its id with others of the same webhook and second', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    await subscribe('product.updated');
    received = [];

    shop.people.setStock(13, 9);
    shop.people.setStock(10, 8);
    await shop.deliverDue();

    expect(new Set(received.map(({ headers }) => headers['x-wc-webhook-delivery-id'])).size).toBe(1);
    expect(received).toHaveLength(2);
  });

  test('is a signed error where the product is gone before it goes out', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    await subscribe('product.updated');
    received = [];

    shop.people.setStock(13, 9);
    shop.people.deleteProduct(13);
    await shop.deliverDue();

    expect(received[0]?.raw.toString('utf8')).toBe(
      recordedWebhook('p16-update-then-force-delete-before-delivery-1-product-updated').raw.toString('utf8'),
    );
  });
});

describe('a webhook', () => {
  test('is pinged when it is made, unsigned and form-encoded, and its secret is never told', async () => {
    const { status, body } = await call('POST', '/webhooks', {
      topic: 'order.updated',
      delivery_url: receiverUrl,
      secret: 'abc',
    });
    expect(status).toBe(201);
    expect(received.map(({ raw }) => raw.toString('utf8'))).toEqual([`webhook_id=${String((body as Json)['id'])}`]);
    expect(received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(received[0]?.headers['x-wc-webhook-signature']).toBeUndefined();
    expect(JSON.stringify(body)).not.toContain('abc');
  });

  test('is pinged again after each delivery while the ping was not answered with 200', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    reply = 202;
    await subscribe('product.updated');
    received = [];
    shop.people.setStock(13, 9);
    await shop.deliverDue();
    expect(received.map(({ headers }) => headers['content-type'])).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
    ]);
  });

  test('is disabled by the seventh failure in a row, never retried, and by the next one when made active again', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    const id = await subscribe('product.updated');
    const statusNow = async (): Promise<unknown> => ((await call('GET', `/webhooks/${id}`)).body as Json)['status'];
    const fail = async (times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn += 1) {
        shop.people.setStock(13, turn);
        await shop.deliverDue();
      }
    };
    received = [];
    reply = 500;
    await fail(6);
    expect([await statusNow(), received.length]).toEqual(['active', 6]);
    await fail(1);
    expect(await statusNow()).toBe('disabled');
    await fail(1);
    expect(received).toHaveLength(7);
    await call('PUT', `/webhooks/${id}`, { status: 'active' });
    await fail(1);
    expect(await statusNow()).toBe('disabled');
  });

  test('takes a redirect for a success, and the event is lost', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    await subscribe('product.updated');
    reply = 302;
    shop.people.setStock(13, 9);
    await shop.deliverDue();
    expect(shop.ledger.deliveries.map(({ outcome, status }) => [outcome, status])).toEqual([['delivered', 302]]);
  });

  test('that is paused misses what happens, but what was queued goes out', async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    const id = await subscribe('product.updated');
    received = [];
    shop.people.setStock(13, 9);
    await call('PUT', `/webhooks/${id}`, { status: 'paused' });
    shop.people.setStock(10, 9);
    await shop.deliverDue();
    expect(sentBodies().map((body) => body['id'])).toEqual([13]);
  });
});

describe('the fate of a delivery', () => {
  beforeEach(async () => {
    shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
    await subscribe('product.updated');
    received = [];
  });

  test('lost: nothing arrives, and the ledger says so', async () => {
    shop.setDeliveryPolicy(() => 'lose');
    shop.people.setStock(13, 9);
    await shop.deliverDue();
    expect(received).toEqual([]);
    expect(shop.ledger.deliveries.map(({ outcome }) => outcome)).toEqual(['lost']);
  });

  test('doubled: the same bytes twice', async () => {
    shop.setDeliveryPolicy(() => 'double');
    shop.people.setStock(13, 9);
    await shop.deliverDue();
    expect(received).toHaveLength(2);
    expect(received[0]?.raw).toEqual(received[1]?.raw);
  });

  test('held back: an older state arrives after a newer one', async () => {
    shop.setDeliveryPolicy(() => ({ delayMs: 5000 }));
    shop.people.setStock(13, 9);
    await shop.deliverDue();
    shop.setDeliveryPolicy(() => 'deliver');
    shop.people.setStock(13, 8);
    await shop.deliverDue();
    time += 5000;
    await shop.deliverDue();
    expect(sentBodies().map((body) => body['stock_quantity'])).toEqual([8, 9]);
    expect(shop.ledger.deliveries.map(({ reordered }) => reordered ?? false)).toEqual([false, true]);
  });
});
