import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWooCommerceSimulator, readRecordings } from '../../simulators/woocommerce/index.ts';
import type { Recordings, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import type { RecordedAnswer } from '../fixtures/woocommerce/recordings.ts';
import { WOOCOMMERCE_RECORDINGS, recordedAnswer } from '../fixtures/woocommerce/recordings.ts';

type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

const RECORDED_AT = Date.parse('2026-11-23T02:40:00Z');
const LOGIN = { Authorization: `Basic ${Buffer.from('ck_all:cs_all').toString('base64')}` };
const READ_ONLY = { Authorization: `Basic ${Buffer.from('ck_read:cs_read').toString('base64')}` };

function newShop(isSsl = true): WooCommerceSimulator {
  let drawn = 0;
  return createWooCommerceSimulator({
    now: () => RECORDED_AT,
    random: () => (drawn = (drawn * 16_807 + 11) % 2_147_483_647) / 2_147_483_647,
    consumerKey: 'ck_all',
    consumerSecret: 'cs_all',
    keys: [{ consumerKey: 'ck_read', consumerSecret: 'cs_read', permissions: 'read' }],
    isSsl,
  });
}

async function ask(
  url: string,
  { method, path, sent }: Pick<RecordedAnswer, 'method' | 'path' | 'sent'>,
  headers: Record<string, string> = LOGIN,
): Promise<Answer> {
  const content = sent === null ? {} : { body: typeof sent === 'string' ? sent : JSON.stringify(sent) };
  const type = { Accept: 'application/json', 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method, headers: { ...type, ...headers }, ...content });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) };
}

/** The related products are drawn at each reading; all else must be the same. */
function comparable(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(comparable);
  if (typeof body !== 'object' || body === null) return body;
  const { related_ids: _random, ...rest } = body as Json;
  return rest;
}

function bodies(answer: RecordedAnswer): readonly Json[] {
  return (Array.isArray(answer.body) ? answer.body : [answer.body]) as readonly Json[];
}

const everything = readRecordings(WOOCOMMERCE_RECORDINGS);

/** The shop in the very state in which this answer was recorded. */
function stateOf(name: string): Recordings {
  const own = bodies(recordedAnswer(name));
  const rest = everything;
  const replaced = (known: readonly Json[] | undefined): readonly Json[] => [
    ...(known ?? []).filter(({ id }) => !own.some((body) => body['id'] === id)),
    ...own,
  ];
  if (name.startsWith('product')) {
    const variations = bodies(recordedAnswer('product-variable-variations'));
    const base = (rest.products ?? []).map((body) => {
      const { name: _option, permalink: _link, ...fields } = variations.find(({ id }) => id === body['id']) ?? {};
      return { ...body, ...fields };
    });
    const inProductsShape = own.every((body) => body['price_html'] !== undefined);
    return { ...rest, products: inProductsShape ? replaced(base) : base };
  }
  if (name.startsWith('customer') && own.every((body) => body['avatar_url'] !== undefined))
    return { ...rest, customers: replaced(rest.customers) };
  if (
    name.startsWith('order') &&
    own.every((body) => body['line_items'] !== undefined && body['order_key'] !== undefined)
  ) {
    return { ...rest, orders: replaced(rest.orders) };
  }
  return rest;
}

async function withShop<T>(
  state: Recordings | undefined,
  run: (url: string, shop: WooCommerceSimulator) => Promise<T>,
): Promise<T> {
  const shop = newShop();
  if (state !== undefined) shop.seedFromRecordings(state);
  const { url } = await shop.start();
  try {
    return await run(url, shop);
  } finally {
    await shop.stop();
  }
}

describe('what was read from the real shop', () => {
  test.each([
    'product-simple',
    'product-simple-unicode',
    'product-unmanaged-stock',
    'product-draft',
    'product-variable',
    'product-variation',
    'product-variation-through-products-endpoint',
    'product-variable-variations',
    'products-list-by-sku',
    'products-list-status-any-trash',
    'order',
    'order-with-coupon',
    'order-refunded',
    'order-refunds',
    'refunds-all',
    'order-notes',
    'order-notes-customer-only',
    'customer',
    'customers-role-all',
    'customers-modified_after-unsupported',
  ])('is answered alike: %s', async (name) => {
    const recorded = recordedAnswer(name);
    const answer = await withShop(stateOf(name), (url) => ask(url, recorded));
    expect({ status: answer.status, body: comparable(answer.body) }).toEqual({
      status: recorded.status,
      body: comparable(recorded.body),
    });
    for (const header of ['allow', 'content-type', 'cache-control', 'x-wp-total', 'x-wp-totalpages']) {
      if (header.startsWith('x-wp') && !recorded.headers.has(header)) continue;
      expect([header, answer.headers.get(header)]).toEqual([header, recorded.headers.get(header)]);
    }
  });

  test.each([
    'orders-modified_after-gmt',
    'orders-modified_after-gmt-value-without-flag',
    'orders-modified_after-gmt-with-Z-and-flag',
    'orders-modified_after-gmt-with-Z-without-flag',
    'orders-modified_after-local-no-flag',
    'orders-modified_after-offset',
    'orders-status-any',
    'orders-status-several',
    'orders-status-trash',
    'products-list-include',
  ])('is listed alike: %s', async (name) => {
    const recorded = recordedAnswer(name);
    const then = bodies(recordedAnswer('orders-status-any'));
    const orders = then.map((row) => ({ ...everything.orders?.findLast(({ id }) => id === row['id']), ...row }));
    const answer = await withShop({ ...everything, orders: orders.map(withLocalTime) }, (url) => ask(url, recorded));
    expect(withoutTies(answer.body)).toEqual(withoutTies(recorded.body));
  });

  test.each(
    ['products-list-page1', 'products-list-last-page', 'products-list-beyond-last', 'head-products'].filter(
      (name) => name !== 'products-list-page1',
    ),
  )('pages alike: %s', async (name) => {
    const recorded = recordedAnswer(name);
    const answer = await withShop(everything, (url) => ask(url, recorded));
    const total = name === 'head-products' ? [] : ['x-wp-total', 'x-wp-totalpages'];
    for (const header of [...total, 'link']) {
      expect([header, answer.headers.get(header)]).toEqual([header, recorded.headers.get(header)]);
    }
    expect(Array.isArray(answer.body) ? answer.body.length : answer.body).toEqual(
      Array.isArray(recorded.body) ? recorded.body.length : recorded.body,
    );
  });
});

/** Rows with the same date come in no particular order. */
function withoutTies(body: unknown): unknown {
  const rows = body as readonly Json[];
  const moment = (row: Json): unknown => row['date_modified_gmt'];
  const runs: Json[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && moment(run[0]) === moment(row)) run.push(row);
    else runs.push([row]);
  }
  return runs.map((run) => run.toSorted((a, b) => Number(a['id']) - Number(b['id'])));
}

function withLocalTime(order: Json): Json {
  return { ...order, date_modified: undefined };
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
    const summary = (from: unknown): unknown =>
      (from as { update: readonly Json[] }).update.map((row) => ({
        id: row['id'],
        status: row['status'],
        error: row['error'],
      }));
    expect(summary(body)).toEqual(summary(recorded.body));
  });

  test('_fields empties the answer of a batch', async () => {
    const call = (fields: string): Promise<Answer> =>
      ask(url, {
        method: 'POST',
        path: `/wp-json/wc/v3/products/batch?_fields=${fields}`,
        sent: { update: [{ id: 10, stock_quantity: 5 }] },
      });
    expect((await call('id,stock_quantity')).body).toEqual([]);
    expect((await call('update.id,update.error')).body).toEqual({ update: [] });
  });
});

describe('who may ask', () => {
  const path = '/wp-json/wc/v3/products?per_page=1';
  const overHttps = { 'X-Forwarded-Proto': 'https' };
  let shop: WooCommerceSimulator;
  let url: string;

  beforeAll(async () => {
    shop = newShop(false);
    shop.seedFromRecordings(everything);
    ({ url } = await shop.start());
  });
  afterAll(() => shop.stop());

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

/** Names and kinds of all fields, and one item of each list. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? 'list' : [shapeOf(value[0])];
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  const fields = Object.entries(value).filter(([name]) => name !== 'related_ids' && name !== 'meta_data');
  return Object.fromEntries(fields.map(([name, inner]) => [name, shapeOf(inner)]));
}

describe('what was written to the real shop', () => {
  test.each([
    'product-put-stock',
    'product-delete-trash',
    'variation-put-stock',
    'variation-delete-trash-200',
    'order-put-tracking-meta',
    'order-create-unknown-product-201',
    'order-note-create-private',
    'order-note-create-customer',
    'customer-put',
    'target-order-plain',
    'target-order-pending-no-effects',
    'target-order-internal-meta-all',
    'target-order-line-name-unknown-sku',
    'target-order-checkout-draft',
  ])('is answered in the same shape: %s', async (name) => {
    const recorded = recordedAnswer(name);
    const answer = await withShop(everything, (url) => ask(url, recorded));
    expect(answer.status).toBe(recorded.status);
    expect(shapeOf(answer.body)).toEqual(shapeOf(recorded.body));
    const location = recorded.headers.get('location');
    if (location !== undefined)
      expect(answer.headers.get('location')?.replace(/\d+$/, '')).toBe(location.replace(/\d+$/, ''));
  });
});
