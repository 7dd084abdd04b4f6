import { describe, expect, test } from 'vitest';
import { readRecordings } from '../../simulators/woocommerce/index.ts';
import type { Recordings, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import type { RecordedAnswer } from '../fixtures/woocommerce/recordings.ts';
import { WOOCOMMERCE_RECORDINGS, recordedAnswer } from '../fixtures/woocommerce/recordings.ts';
import type { Json } from '../fixtures/woocommerce/shop.ts';
import { ask, newShop } from '../fixtures/woocommerce/shop.ts';

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
  const runs: Json[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && run[0]['date_modified_gmt'] === row['date_modified_gmt']) run.push(row);
    else runs.push([row]);
  }
  return runs.map((run) => run.toSorted((a, b) => Number(a['id']) - Number(b['id'])));
}

function withLocalTime(order: Json): Json {
  return { ...order, date_modified: undefined };
}

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
