import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRecordings } from '../../simulators/woocommerce/index.ts';
import type { Recordings, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { WOOCOMMERCE_RECORDINGS, recordedAnswer, recordedScenario } from '../fixtures/woocommerce/recordings.ts';
import type { Answer, Json } from '../fixtures/woocommerce/shop.ts';
import { ask, newShop } from '../fixtures/woocommerce/shop.ts';

const API = '/wp-json/wc/v3';
const TOPICS = ['product', 'order', 'customer'].flatMap((resource) =>
  ['created', 'updated', 'deleted', 'restored'].map((event) => `${resource}.${event}`),
);

let shop: WooCommerceSimulator;
let url: string;
let time: number;

beforeEach(async () => {
  time = Date.parse('2026-11-23T02:29:00Z');
  shop = newShop({ now: () => time, allowReceiver: () => false });
  ({ url } = await shop.start());
});

afterEach(() => shop.stop());

function call(method: string, path: string, sent: unknown = null): Promise<Answer> {
  return ask(url, { method, path: `${API}${path}`, sent });
}

/** The shop as it was before the first order. */
async function openShop(): Promise<void> {
  const all = readRecordings(WOOCOMMERCE_RECORDINGS);
  const seeded = recordedScenario('s00-seed').map(({ body }) => body);
  // Two coupons took the next ids.
  const coupons = (all.refunds ?? []).slice(0, 1).map((body) => ({ ...body, id: 35, parent_id: 1 }));
  const recordings: Recordings = {
    products: seeded.filter((body) => body['sku'] !== undefined),
    customers: seeded.filter((body) => body['avatar_url'] !== undefined),
    refunds: coupons,
  };
  shop.seedFromRecordings(recordings);
  for (const topic of TOPICS) await call('POST', '/webhooks', { topic, delivery_url: 'http://127.0.0.1:9/hook' });
  // What would have been delivered stands in the ledger.
  shop.setDeliveryPolicy(() => 'lose');
}

async function eventsOf(act: () => unknown): Promise<readonly string[]> {
  const before = shop.ledger.deliveries.length;
  time += 3000;
  await act();
  await shop.deliverDue();
  return shop.ledger.deliveries.slice(before).map(({ topic, id }) => `${topic} ${id}`);
}

/** What was done in a scenario, in the order in which it was recorded; each builds on those before. */
const SCENARIOS: readonly (readonly [scenario: string, act: () => unknown])[] = [
  ['s01-order-create-pending', () => orderAs('s01-order-create-pending', {})],
  ['s02-order-create-processing', () => orderAs('s02-order-create-processing', {})],
  ['s03-order-create-set-paid', () => orderAs('s03-order-create-set-paid', { set_paid: true, status: undefined })],
  ...[
    '01-on-hold',
    '02-completed',
    '03-cancelled',
    '04-refunded',
    '05-failed',
    '06-processing',
    '07-completed',
    '08-completed',
  ].map(replayed),
  ...['09-processing', '10-on-hold', '11-pending', '12-completed'].map(replayed),
  ['p01-stock-put', () => call('PUT', '/products/13', { stock_quantity: 44 })],
  ['p02-stock-put-same-value', () => call('PUT', '/products/13', { stock_quantity: 44 })],
  ['p03-put-empty', () => call('PUT', '/products/13', {})],
  ['p04-price-put', () => call('PUT', '/products/13', { regular_price: '39.90', sale_price: '34.90' })],
  ['p06-variation-stock', () => call('PUT', '/products/23/variations/24', { stock_quantity: 77 })],
  ['p08-variation-out-of-stock', () => call('PUT', '/products/23/variations/24', { stock_quantity: 0 })],
  ['p08b-variation-via-products-endpoint-stock', () => call('PUT', '/products/24', { stock_quantity: 5 })],
  ['p10-variable-name', () => call('PUT', '/products/23', { name: 'T-Shirt v2' })],
  ['p11-category-rename', () => call('PUT', '/products/categories/17', { name: 'Garten & Balkon' })],
  ['p13-trash', () => call('DELETE', '/products/13')],
  ['p14-put-trashed-publish', () => call('PUT', '/products/13', { status: 'publish' })],
  ['o01-status-processing', () => call('PUT', '/orders/36', { status: 'processing' })],
  ['o02-status-onhold', () => call('PUT', '/orders/36', { status: 'on-hold' })],
  ['o03-status-completed', () => call('PUT', '/orders/36', { status: 'completed' })],
  ['o04-status-cancelled', () => call('PUT', '/orders/36', { status: 'cancelled' })],
  ['o05-status-same', () => call('PUT', '/orders/36', { status: 'cancelled' })],
  ['o06-put-empty', () => call('PUT', '/orders/36', {})],
  ['o07-status-failed', () => call('PUT', '/orders/36', { status: 'failed' })],
  ['o08-status-pending', () => call('PUT', '/orders/36', { status: 'pending' })],
  ['o09-status-processing-again', () => call('PUT', '/orders/36', { status: 'processing' })],
  ['o10-note-private', () => call('POST', '/orders/36/notes', { note: 'intern' })],
  ['o11-note-customer', () => call('POST', '/orders/36/notes', { note: 'unterwegs', customer_note: true })],
  ['o12-tracking-meta', () => shop.people.addTracking(36, 'dhl', '00340434161094042557')],
  ['o14-address', () => call('PUT', '/orders/36', { billing: { city: 'Bonn' } })],
  ['o15-line-item-qty', () => call('PUT', '/orders/36', { line_items: [{ id: 1, quantity: 3 }] })],
  [
    'o16-partial-refund',
    () =>
      call('POST', '/orders/36/refunds', {
        amount: '10.00',
        api_refund: false,
        line_items: [{ id: 1, quantity: 1, refund_total: 10 }],
      }),
  ],
  [
    'o17-refund-delete',
    () => call('DELETE', `/orders/36/refunds/${String(shop.state().refunds.at(-1)?.id)}?force=true`),
  ],
  ['o18-full-refund', () => call('POST', '/orders/37/refunds', { amount: '24.90', api_refund: false })],
  ['o19-trash', () => call('DELETE', '/orders/45')],
  ['o20-put-trashed-status', () => call('PUT', '/orders/45', { status: 'processing' })],
  ['x01-wc_update_product_stock', () => shop.people.setStock(17, 50)],
  ['x02-direct-meta', () => shop.people.setStockSilently(17, 51)],
  ['x03-trash-untrash', () => shop.people.trashProduct(17)],
  ['x03b-untrash', () => shop.people.restoreProduct(17)],
  ['x09-order-trash', () => shop.people.trashOrder(38)],
  ['x15-customer-put', () => call('PUT', '/customers/2', { first_name: 'Jürgen-Änderung' })],
  ['x16-customer-delete', () => call('DELETE', '/customers/7?force=true')],
  [
    'b02-products-batch-only-good',
    () => call('POST', '/products/batch', { update: [10, 11, 14].map((id) => ({ id, stock_quantity: 5 })) }),
  ],
  ['b05-batch-delete', () => call('POST', '/products/batch', { delete: [22] })],
];

function replayed(name: string): readonly [string, () => unknown] {
  const scenario = `s04-order-create-${name}`;
  return [scenario, () => orderAs(scenario, {})];
}

/** The recorded order, asked for anew. */
function orderAs(scenario: string, more: Json): Promise<Answer> {
  const order = recordedScenario(scenario)[0]?.body ?? {};
  const lines = (order['line_items'] as readonly Json[]).map(({ product_id, variation_id, quantity }) => ({
    product_id,
    variation_id,
    quantity,
  }));
  const shipping = (order['shipping_lines'] as readonly Json[]).map(({ method_title, total }) => ({
    method_title,
    total,
  }));
  const { status, customer_id, billing, payment_method } = order;
  return call('POST', '/orders', {
    status,
    customer_id,
    billing,
    payment_method,
    line_items: lines,
    shipping_lines: shipping,
    ...more,
  });
}

/** Mails that were counted when it was recorded, where there were any. */
const MAILS: Readonly<Record<string, number>> = {
  's02-order-create-processing': 2,
  's03-order-create-set-paid': 2,
  's04-order-create-01-on-hold': 2,
  's04-order-create-02-completed': 2,
  's04-order-create-04-refunded': 1,
  's04-order-create-05-failed': 2,
  's04-order-create-06-processing': 2,
  's04-order-create-07-completed': 2,
  's04-order-create-08-completed': 2,
  's04-order-create-09-processing': 2,
  's04-order-create-10-on-hold': 2,
  's04-order-create-12-completed': 2,
  'o01-status-processing': 2,
  'o03-status-completed': 1,
  'o07-status-failed': 1,
  'o09-status-processing-again': 1,
  'o11-note-customer': 1,
  'o16-partial-refund': 1,
  'o18-full-refund': 1,
};

test('the same things done bring the same events in the same order, and as many mails, as they did in the recorded shop', async () => {
  await openShop();
  for (const [scenario, act] of SCENARIOS) {
    const effectsBefore = shop.ledger.effects.length;
    const events = await eventsOf(act);
    const mails = shop.ledger.effects.slice(effectsBefore).filter(({ kind }) => kind === 'mail');
    const expected = recordedScenario(scenario).map(({ topic, body }) => `${topic} ${String(body['id'])}`);
    expect({ scenario, events, mails: mails.length }).toEqual({
      scenario,
      events: expected,
      mails: MAILS[scenario] ?? 0,
    });
  }
});

/** What the store itself noted, with the numbers left out: the recorded shop had sold more in between. */
function storesNotes(body: unknown): readonly string[] {
  const texts = (body as readonly Json[]).map(({ note }) => String(note));
  return texts
    .filter((text) => !/unterwegs|Notiz|intern/.test(text))
    .map((text) => text.replaceAll(/\d+&rarr;\d+|\d+ to \d+/g, '#'))
    .toSorted((a, b) => a.localeCompare(b));
}

test('the same things done leave the same notes on an order', async () => {
  await openShop();
  for (const [scenario, act] of SCENARIOS) {
    if (/^(?:s0[1-4]|o)/.test(scenario)) await eventsOf(act);
  }
  const { body } = await call('GET', '/orders/36/notes');
  expect(storesNotes(body)).toEqual(storesNotes(recordedAnswer('order-notes').body));
});

test('a real checkout queues updated before created, then the news of the stock', async () => {
  await openShop();
  const events = await eventsOf(() =>
    shop.people.placeOrder({
      line_items: [
        { variation_id: 28, quantity: 1 },
        { product_id: 10, quantity: 1 },
      ],
    }),
  );
  expect(events).toEqual(['order.updated 36', 'order.created 36', 'product.updated 28', 'product.updated 10']);
});

test('an order out of a draft is announced as created again', async () => {
  await openShop();
  const line_items = [{ product_id: 10, quantity: 1 }];
  expect(await eventsOf(() => call('POST', '/orders', { status: 'checkout-draft', line_items }))).toEqual([
    'order.created 36',
    'order.updated 36',
  ]);
  expect(await eventsOf(() => call('PUT', '/orders/36', { status: 'processing' }))).toEqual([
    'order.created 36',
    'product.updated 10',
  ]);
});

test('stock that the parent keeps is news of the parent alone', async () => {
  await openShop();
  const [variation] = shop.state().variations.filter(({ parent_id }) => parent_id === 31);
  const before = variation?.date_modified_gmt;
  expect(await eventsOf(() => shop.people.setStock(variation?.id ?? 0, 19))).toEqual(['product.updated 31']);
  expect(shop.state().variations.find(({ id }) => id === variation?.id)?.date_modified_gmt).toBe(before);
});

test('what else is announced: all variations saved in wp-admin, a page in the trash, a sale that begins', async () => {
  await openShop();
  expect(await eventsOf(() => shop.people.saveVariations(27))).toEqual(
    [27, 28, 29, 30].map((id) => `product.updated ${id}`),
  );
  expect(await eventsOf(() => shop.people.trashPage())).toEqual(['product.deleted 36']);
  shop.people.editTexts(10, { sale_price: '8.00', date_on_sale_from_gmt: '2026-11-23T03:00:00' });
  await shop.deliverDue();
  time = Date.parse('2026-11-23T03:00:01Z');
  expect(await eventsOf(() => shop.runScheduledSales())).toEqual(['product.updated 10']);
  expect(shop.ledger.entries.at(-1)?.actor).toBe('store');
});
