import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecordings } from '../../simulators/woocommerce/index.ts';
import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { WOOCOMMERCE_RECORDINGS, recordedAnswer } from '../fixtures/woocommerce/recordings.ts';
import type { Answer, Json } from '../fixtures/woocommerce/shop.ts';
import { LOGIN, READ_ONLY, RECORDED_AT, ask, newShop } from '../fixtures/woocommerce/shop.ts';

const everything = readRecordings(WOOCOMMERCE_RECORDINGS);

function oauthPath(base: string): string {
  const params = new URLSearchParams({
    per_page: '1',
    oauth_consumer_key: 'ck_all',
    oauth_nonce: `${base.length}n`,
    oauth_timestamp: String(RECORDED_AT / 1000),
    oauth_signature_method: 'HMAC-SHA256',
  });
  const pairs = [...params]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted();
  const text = ['GET', base, pairs.join('&')].map(encodeURIComponent).join('&');
  params.set('oauth_signature', createHmac('sha256', 'cs_all&').update(text).digest('base64'));
  return `/wp-json/wc/v3/products?${params.toString()}`;
}

function batchTrimmed(address: string, fields: string): Promise<Answer> {
  const sent = { update: [{ id: 10, stock_quantity: 5 }] };
  return ask(address, { method: 'POST', path: `/wp-json/wc/v3/products/batch?_fields=${fields}`, sent });
}

function summary(from: unknown): unknown {
  return (from as { update: readonly Json[] }).update.map((row) => ({
    id: row['id'],
    status: row['status'],
    error: row['error'],
  }));
}

describe('what the real shop refused', () => {
  let shop: WooCommerceSimulator;
  let url: string;

  beforeAll(async () => {
    shop = newShop();
    shop.seedFromRecordings(everything);
    ({ url } = await shop.start());
  });
  afterAll(() => shop.stop());

  test.each([
    'batch-empty',
    'batch-over-100-413',
    'batch-update-without-id',
    'customer-delete-without-force-501',
    'error-400-duplicate-customer-email',
    'error-400-duplicate-gtin',
    'error-400-duplicate-sku',
    'error-400-duplicate-sku-put',
    'error-400-invalid-body-type',
    'error-400-invalid-enum',
    'error-400-invalid-json',
    'error-400-invalid-param',
    'error-400-order-invalid-customer',
    'error-400-order-invalid-status',
    'error-401-no-auth',
    'error-404-order',
    'error-404-product',
    'error-404-route',
    'product-404-after-delete',
    'products-list-per_page-101-400',
    'target-order-line-name-only',
    'target-order-line-name-product_id-0',
    'target-order-with-id',
    'variation-put-through-products-endpoint',
    'webhooks-06-create-invalid-topic-400',
    'webhooks-07-create-invalid-url-400',
  ])('is refused alike: %s', async (name) => {
    const recorded = recordedAnswer(name);
    const answer = await ask(url, recorded, recorded.authorized ? LOGIN : {});
    expect({ status: answer.status, body: answer.body }).toEqual({ status: recorded.status, body: recorded.body });
    expect(answer.headers.get('allow')).toBe(recorded.headers.get('allow') ?? null);
  });

  test.each([
    ['error-503-maintenance-json', 'maintenance'],
    ['error-500-fatal-json', 'fatal'],
  ] as const)('is down alike: %s', async (name, condition) => {
    const recorded = recordedAnswer(name);
    shop.setCondition(condition);
    const answer = await ask(url, recorded);
    shop.setCondition('up');
    expect({ status: answer.status, body: answer.body }).toEqual({ status: recorded.status, body: recorded.body });
    expect(answer.headers.get('retry-after')).toBe(recorded.headers.get('retry-after') ?? null);
  });

  test('a batch answers 200 with an error in each row that failed, and checks no types', async () => {
    const recorded = {
      method: 'POST',
      path: '/wp-json/wc/v3/products/batch',
      sent: {
        update: [
          { id: 10, stock_quantity: 31 },
          { id: 999_999, stock_quantity: 1 },
          { id: 11, stock_quantity: 'viele' },
          { id: 24, stock_quantity: 3 },
        ],
        create: [
          { name: 'Duplikat', sku: 'SIM-001' },
          { name: 'Neu im Batch', sku: 'BATCH-1', regular_price: '3.00' },
        ],
        delete: [999_998],
      },
    };
    const { status, body } = await ask(url, recorded);
    const rows = body as Record<
      string,
      readonly { id: number; stock_quantity?: number; error?: { code: string; data: { status: number } } }[]
    >;
    expect(status).toBe(200);
    expect(rows['create']?.map((row) => row.error?.code)).toEqual(['product_invalid_sku', undefined]);
    expect(rows['update']?.map((row) => row.error?.code ?? row.stock_quantity)).toEqual([
      31,
      'woocommerce_rest_product_invalid_id',
      0,
      'woocommerce_rest_invalid_product_id',
    ]);
    expect(rows['update']?.map((row) => row.error?.data.status)).toEqual([undefined, 400, undefined, 404]);
    expect(rows['delete']?.map((row) => row.error?.data.status)).toEqual([404]);
  });

  test('a batch of orders answers an unknown status as if it were fine', async () => {
    const recorded = recordedAnswer('batch-orders-with-failures');
    const { body } = await ask(url, recorded);
    expect(summary(body)).toEqual(summary(recorded.body));
  });

  test('_fields empties the answer of a batch', async () => {
    expect((await batchTrimmed(url, 'id,stock_quantity')).body).toEqual([]);
    expect((await batchTrimmed(url, 'update.id,update.error')).body).toEqual({ update: [] });
  });
});

describe('who may ask', () => {
  const path = '/wp-json/wc/v3/products?per_page=1';
  const overHttps = { 'X-Forwarded-Proto': 'https' };
  let shop: WooCommerceSimulator;
  let url: string;

  beforeAll(async () => {
    shop = newShop({ isSsl: false });
    shop.seedFromRecordings(everything);
    ({ url } = await shop.start());
  });
  afterAll(() => shop.stop());

  test.each([
    ['auth-01-no-credentials-401', path, {}],
    ['auth-02-basic-over-plain-http-401', path, LOGIN],
    ['auth-03-basic-x-forwarded-proto', path, { ...LOGIN, ...overHttps }],
    ['auth-04-query-string-over-plain-http-401', `${path}&consumer_key=ck_all&consumer_secret=cs_all`, {}],
    ['auth-05-query-string-over-https', `${path}&consumer_key=ck_all&consumer_secret=cs_all`, overHttps],
    ['auth-06-wrong-secret-401', path, { Authorization: `Basic ${btoa('ck_all:cs_other')}`, ...overHttps }],
    ['auth-07-unknown-key-401', path, { Authorization: `Basic ${btoa('ck_other:cs_all')}`, ...overHttps }],
    ['auth-08-read-key-write-401', '/wp-json/wc/v3/products', { ...READ_ONLY, ...overHttps }],
    ['auth-09-rest_route', '/?rest_route=/wc/v3/products&per_page=1', { ...LOGIN, ...overHttps }],
    ['auth-10-oauth1-plain-http-sig-over-http-url', oauthPath('http://source.example.com/wp-json/wc/v3/products'), {}],
    ['auth-11-oauth1-plain-http-sig-over-home-url', oauthPath('https://source.example.com/wp-json/wc/v3/products'), {}],
  ] as const)('%s', async (name, asked, headers) => {
    const recorded = recordedAnswer(name);
    const answer = await ask(url, { method: recorded.method, path: asked, sent: recorded.sent }, { ...headers });
    expect(answer.status).toBe(recorded.status);
    if (recorded.status !== 200) expect(answer.body).toEqual(recorded.body);
  });

  test('anybody sees what the site calls itself', async () => {
    const { body } = await ask(url, { method: 'GET', path: '/wp-json/?_fields=url,gmt_offset', sent: null }, {});
    expect(body).toEqual({ url: 'https://source.example.com', gmt_offset: '1' });
  });
});
