import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { toKeptHtml } from '#libs/connectors/woocommerce/woocommerce-express.ts';
import type { Stage, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { recordedAnswer } from '../fixtures/woocommerce/recordings.ts';
import type { Answer, Json } from '../fixtures/woocommerce/shop.ts';
import { ask, newShop } from '../fixtures/woocommerce/shop.ts';

// What a real shop answered to somebody who wrote to it, held against what the simulator answers to the very same call.

let shop: WooCommerceSimulator;
let url: string;
let laterOn: (() => void)[];

beforeEach(async () => {
  laterOn = [];
  shop = newShop({ later: (_delayMs, run) => void laterOn.push(run), writeMs: 1 });
  ({ url } = await shop.start());
});

afterEach(() => shop.stop());

/** Lets pass what the shop waits for, until an answer is there. */
async function settled<T>(answer: Promise<T>): Promise<T> {
  let isThere = false;
  const done = answer.finally(() => (isThere = true));
  while (!isThere) {
    await new Promise((go) => setTimeout(go, 1));
    for (const run of laterOn.splice(0)) run();
  }
  return done;
}

const recorded = (name: string) => recordedAnswer(`../target/${name}`);
const api = (path: string): string => `/wp-json/wc/v3/${path}`;
const post = (path: string, sent: unknown): Promise<Answer> =>
  settled(ask(url, { method: 'POST', path: api(path), sent }));
const put = (path: string, sent: unknown): Promise<Answer> =>
  settled(ask(url, { method: 'PUT', path: api(path), sent }));

/** Sends what was recorded, to another id where the recording's own entity has another here. */
function again(name: string, path?: string): Promise<Answer> {
  const { method, path: own, sent } = recorded(name);
  return settled(ask(url, { method, path: path === undefined ? own : api(path), sent }));
}

/** The recorded fields that this test speaks of. */
function of(name: string, ...fields: readonly string[]): Json {
  const body = recorded(name).body as Json;
  return Object.fromEntries(fields.map((field) => [field, body[field]]));
}

function idOf(answer: Answer): number {
  return Number((answer.body as Json)['id']);
}

describe('refusals', () => {
  test('of a SKU that a product in the trash has', async () => {
    shop.people.trashProduct(shop.people.createProduct({ name: 'x', sku: 'FIND-1' }).id);

    expect(await again('find-product-create-sku-of-trashed')).toMatchObject({
      status: 400,
      body: recorded('find-product-create-sku-of-trashed').body,
    });
  });

  test('of the second of two with one SKU in a batch, with the id of the first', async () => {
    const { body } = await again('batch-same-sku-twice');
    const [first, second] = (body as { readonly create: readonly Json[] }).create;

    const wanted = (recorded('batch-same-sku-twice').body as { readonly create: readonly Json[] }).create[1];
    const error = Object(wanted?.['error']) as Json;
    const data = { ...(error['data'] as Json), resource_id: first?.['id'] };
    expect(second).toEqual({ ...wanted, error: { ...error, data } });
  });

  test('of a category that is there, with its id', async () => {
    const id = idOf(await post('products/categories', { name: 'Töpfe' }));
    const wanted = recorded('product-category-duplicate').body as Json;

    expect(await again('product-category-duplicate')).toMatchObject({
      status: 400,
      body: { ...wanted, data: { status: 400, resource_id: id } },
    });
  });

  test('of a variation among products', async () => {
    expect((await again('variable-create-variation-in-products-batch')).body).toEqual(
      recorded('variable-create-variation-in-products-batch').body,
    );
  });

  test('of a user name, and of an address that is another customer’s', async () => {
    shop.people.createCustomer({ email: 'c0@cust.example', username: 'lockstep-cust-1' });
    const { id } = shop.people.createCustomer({ email: 'n2@cust.example' });

    for (const [name, path] of [
      ['find-customer-duplicate-username', 'customers'],
      ['customer-put-email-of-another', `customers/${id}`],
    ] as const)
      expect(await again(name, path)).toMatchObject({ status: recorded(name).status, body: recorded(name).body });
  });

  test('of refunds: too much, and by gateways that cannot', async () => {
    const line_items = [{ name: 'x', sku: 'nothing', quantity: 1, total: '10.00' }];
    const order = (payment_method: string) => shop.people.placeOrder({ payment_method, line_items }).id;

    for (const [name, method] of [
      ['refund-target-too-much', ''],
      ['refund-target-unknown-gateway-default', 'oldshop_stripe'],
      ['refund-target-gateway-without-refunds-default', 'bacs'],
    ] as const)
      expect(await again(name, `orders/${order(method)}/refunds`)).toMatchObject({
        status: 500,
        body: recorded(name).body,
      });
    expect(shop.state().refunds).toEqual([]);
  });
});

describe('answers', () => {
  test('of a batch are empty where they are trimmed', async () => {
    const { id } = shop.people.createProduct({ name: 'x', manage_stock: true, stock_quantity: 1 });
    const { path } = recorded('batch-products-fields');
    const sent = {
      update: [
        { id, stock_quantity: 5 },
        { id: 999_999, stock_quantity: 1 },
      ],
    };

    expect((await settled(ask(url, { method: 'POST', path, sent }))).body).toEqual(
      recorded('batch-products-fields').body,
    );
    expect(shop.state().products[0]?.stock_quantity).toBe(5);
  });

  test('to a customer keep no meta that begins with an underscore', async () => {
    const { body } = await again('customer-create-meta');

    const meta = (list: unknown) => (list as readonly Json[]).map(({ key, value }) => ({ key, value }));
    expect(meta((body as Json)['meta_data'])).toEqual(meta(of('customer-create-meta', 'meta_data')['meta_data']));
  });

  test('to a refund without gateway and restock keep its meta, and neither its date nor who made it', async () => {
    const { id: product } = shop.people.createProduct({
      name: 'Prod 0',
      sku: 'P-000',
      regular_price: '10',
      manage_stock: true,
      stock_quantity: 9,
    });
    const order = shop.people.placeOrder({
      payment_method: 'stripe',
      line_items: [{ product_id: product, quantity: 3 }],
    });
    const { sent } = recorded('refund-target-both-false-with-meta');
    const line_items = [{ id: order.line_items[0]?.id, quantity: 1, refund_total: 10 }];
    const before = shop.ledger.effects.length;

    const answer = await post(`orders/${order.id}/refunds`, { ...(sent as Json), line_items });

    const meta = (list: unknown) => (list as readonly Json[]).map(({ key, value }) => ({ key, value }));
    const wanted = of('refund-target-both-false-with-meta', 'amount', 'reason', 'refunded_by', 'refunded_payment');
    expect(answer).toMatchObject({ status: 201, body: wanted });
    expect(meta((answer.body as Json)['meta_data'])).toEqual(
      meta(of('refund-target-both-false-with-meta', 'meta_data')['meta_data']),
    );
    expect((answer.body as Json)['date_created_gmt']).not.toBe('2026-01-02T02:04:05');
    expect(shop.ledger.effects.slice(before).map(({ kind, detail }) => [kind, detail])).toEqual([
      ['mail', 'customer_refunded_order'],
    ]);
  });

  test('to a note have neither the author nor the date that was sent', async () => {
    const { id } = shop.people.placeOrder({ line_items: [{ name: 'x', sku: 'nothing', quantity: 1, total: '1' }] });

    for (const name of ['note-create-private-with-author-date-meta', 'note-create-added_by_user'])
      expect(await again(name, `orders/${id}/notes`)).toMatchObject({
        status: 201,
        body: of(name, 'author', 'note', 'customer_note'),
      });
  });

  test('to an order on hold with its stock taken show neither the flag nor a line that took any', async () => {
    const { id } = shop.people.createProduct({
      name: 'Prod 20',
      sku: 'P-020',
      regular_price: '10',
      manage_stock: true,
      stock_quantity: 9,
    });
    const { sent } = recorded('hold-onhold-stock_reduced-mails-off');

    const answer = await post('orders', { ...(sent as Json), line_items: [{ product_id: id, quantity: 2 }] });

    expect(answer).toMatchObject({
      status: 201,
      body: of('hold-onhold-stock_reduced-mails-off', 'status', 'total', 'meta_data', 'needs_payment', 'date_paid'),
    });
    expect(((answer.body as Json)['line_items'] as readonly Json[])[0]?.['meta_data']).toEqual([]);
    expect(shop.state().products[0]?.stock_quantity).toBe(9);
  });

  test('to HTML show what WordPress keeps of it, which the connector says beforehand', async () => {
    const sent = recorded('variable-create-parent-all-in-one').sent as Json;
    const kept = of('variable-create-parent-all-in-one', 'description')['description'];

    const { body } = await post('products', { name: 'x', description: sent['description'] });

    expect((body as Json)['description']).toBe(kept);
    expect(toKeptHtml(String(sent['description']))).toBe(kept);
  });
});

describe('what breaks down', () => {
  test('a lock that is waited for too long: 200, with the old number', async () => {
    const { id } = shop.people.createProduct({ name: 'Prod 0', manage_stock: true, stock_quantity: 701 });
    shop.phpFaults.plant({ effect: { type: 'locked' } });

    expect(await again('late-put-lock-wait-timeout', `products/${id}`)).toMatchObject({
      status: 200,
      body: of('late-put-lock-wait-timeout', 'stock_quantity', 'manage_stock'),
    });
  });

  test('no worker: 504 before the order is begun, and it is made afterwards', async () => {
    const { id } = shop.people.createProduct({ name: 'Prod 5', regular_price: '1' });
    shop.phpFaults.plant({ effect: { type: 'gateway', landsAfterMs: 6_000 }, times: 1 });
    const { method, path, sent } = recorded('late-order-queued-504');
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        Authorization: `Basic ${Buffer.from('ck_all:cs_all').toString('base64')}`,
      },
      body: JSON.stringify({ ...(sent as Json), line_items: [{ product_id: id }] }),
    });

    expect([answer.status, (await answer.text()).includes('504 Gateway Time-out')]).toEqual([504, true]);
    expect(shop.state().orders).toEqual([]);
    for (const run of laterOn.splice(0)) run();
    await expect.poll(() => shop.state().orders.length).toBe(1);
  });

  async function killed(path: string, sent: unknown, after: Stage): Promise<void> {
    shop.phpFaults.plant({ effect: { type: 'killed', after }, times: 1 });
    const { status } = await fetch(`${url}${api(path)}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        Authorization: `Basic ${Buffer.from('ck_all:cs_all').toString('base64')}`,
      },
      body: JSON.stringify(sent),
    });
    expect(status).toBe(502);
  }

  test('a worker killed in an order: the row with its meta, and no items', async () => {
    const meta_data = [{ key: '_lockstep_source', value: 'kill-18-1795452555' }];
    await killed(
      'orders',
      {
        status: 'processing',
        customer_note: 'kill-18-1795452555',
        meta_data,
        line_items: [{ sku: 'x', name: 'x', total: '9' }],
      },
      'meta',
    );
    const [order] = shop.state().orders;

    const { body } = await ask(url, { method: 'GET', path: api(`orders/${order?.id}`), sent: null });

    expect(body).toMatchObject(
      of(
        'late-half-order-no-items',
        'status',
        'total',
        'created_via',
        'customer_note',
        'line_items',
        'needs_payment',
        'date_paid',
      ),
    );
    expect((body as { readonly meta_data: readonly Json[] }).meta_data).toMatchObject([meta_data[0]]);
  });

  test('a worker killed in a product: published, without SKU, price, meta and category, found by slug and not by SKU', async () => {
    await killed(
      'products',
      {
        name: 'hp20',
        slug: 'hp20',
        sku: 'HP-20',
        regular_price: '5',
        description: 'x',
        meta_data: [{ key: 'a', value: 'b' }],
      },
      'row',
    );
    const find = async (query: string) =>
      (await ask(url, { method: 'GET', path: api(`products?${query}`), sent: null })).body as readonly Json[];

    expect(await find('sku=HP-20')).toEqual([]);
    expect(await find('slug=hp20')).toMatchObject([
      of(
        'late-half-product-no-sku',
        'status',
        'sku',
        'price',
        'regular_price',
        'description',
        'meta_data',
        'categories',
        'tags',
      ),
    ]);
  });

  test('parallel calls do not see each other: deltas are lost, and customers double', async () => {
    const { id } = shop.people.createProduct({ name: 'x', manage_stock: true, stock_quantity: 100 });
    const email = { email: 'two@cust.example' };

    const raw = (method: string, path: string, sent: unknown) => ask(url, { method, path: api(path), sent });
    const deltas = Promise.all([1, 2, 3].map(() => raw('PUT', `products/${id}`, { inventory_delta: -1 })));
    const customers = Promise.all([1, 2].map(() => raw('POST', 'customers', email)));
    // All have read what is there, and none has stored anything.
    await expect.poll(() => laterOn.length).toBe(5);
    for (const run of laterOn.splice(0)) run();

    expect((await deltas).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(shop.state().products[0]?.stock_quantity).toBe(99);
    expect((await customers).map(({ status }) => status)).toEqual([201, 201]);
    expect(shop.state().customers).toHaveLength(2);
    expect((await post('customers', email)).status).toBe(400);
    await put(`products/${id}`, { inventory_delta: -1 });
    expect(shop.state().products[0]?.stock_quantity).toBe(98);
  });
});
