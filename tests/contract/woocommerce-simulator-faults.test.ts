import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGate } from '../../simulators/core/faults.ts';
import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { WOOCOMMERCE_RECORDINGS } from '../fixtures/woocommerce/recordings.ts';
import type { Answer } from '../fixtures/woocommerce/shop.ts';
import { LOGIN, ask, newShop } from '../fixtures/woocommerce/shop.ts';

let shop: WooCommerceSimulator;
let url: string;
let laterOn: (() => void)[];

beforeEach(async () => {
  laterOn = [];
  shop = newShop({ later: (_delayMs, run) => void laterOn.push(run) });
  shop.seedFromRecordings(WOOCOMMERCE_RECORDINGS);
  ({ url } = await shop.start());
});

afterEach(() => shop.stop());

const STOCK = { method: 'PUT', path: '/wp-json/wc/v3/products/13', sent: { stock_quantity: 3 } };

function stock(id = 13): number | null | undefined {
  return shop.state().products.find((product) => product.id === id)?.stock_quantity;
}

async function loseAnswer(landsAfterMs: number | null, quantity: number): Promise<void> {
  shop.faults.plant({ kind: 'write', effect: { type: 'lost-answer', landsAfterMs }, times: 1 });
  await expect(ask(url, { ...STOCK, sent: { stock_quantity: quantity } })).rejects.toThrow('fetch failed');
}

function batchOf(id: number): Promise<Answer> {
  return ask(url, {
    method: 'POST',
    path: '/wp-json/wc/v3/products/batch',
    sent: { update: [{ id, stock_quantity: 1 }] },
  });
}

describe('a fault', () => {
  test('throttles without applying', async () => {
    shop.faults.plant({ kind: 'write', effect: { type: 'throttle', retryAfterSeconds: 7 }, times: 1 });
    const before = stock();
    const answer = await ask(url, STOCK).catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(SyntaxError);
    expect(stock()).toBe(before);
    expect(shop.ledger.calls.at(-1)).toMatchObject({
      name: 'PUT /wp-json/wc/v3/products/{id}',
      kind: 'write',
      status: 429,
      fault: 'throttle',
    });
  });

  test('loses the answer of a call that lands at once, later, or never', async () => {
    await loseAnswer(0, 100);
    expect(stock()).toBe(100);
    await loseAnswer(60_000, 200);
    expect(stock()).toBe(100);
    laterOn.shift()?.();
    await expect.poll(() => stock()).toBe(200);
    await loseAnswer(null, 300);
    expect([stock(), laterOn.length]).toEqual([200, 0]);
  });

  test('holds a call before it is applied, and it lands although the client is gone', async () => {
    const gate = createGate();
    shop.faults.plant({ kind: 'write', effect: { type: 'hold-before', gate }, times: 1 });
    const before = stock();
    const client = new AbortController();
    const body = JSON.stringify(STOCK.sent);
    const pending = fetch(`${url}${STOCK.path}`, {
      method: 'PUT',
      headers: { ...LOGIN, 'Content-Type': 'application/json' },
      body,
      signal: client.signal,
    });
    await gate.reached;
    client.abort();
    await expect(pending).rejects.toThrow('aborted');
    expect(stock()).toBe(before);
    gate.release();
    await expect.poll(() => stock()).toBe(3);
  });

  test('holds the answer of a call that was applied', async () => {
    const gate = createGate();
    shop.faults.plant({ kind: 'write', effect: { type: 'hold-after', gate }, times: 1 });
    const pending = ask(url, STOCK);
    await gate.reached;
    expect(stock()).toBe(3);
    gate.release();
    expect((await pending).status).toBe(200);
  });

  test('cuts a batch in the middle', async () => {
    shop.faults.plant({ kind: 'write', effect: { type: 'partial', items: 1 }, times: 1 });
    const before = stock(11);
    const sent = { update: [13, 11].map((id) => ({ id, stock_quantity: 1 })) };
    await expect(ask(url, { method: 'POST', path: '/wp-json/wc/v3/products/batch', sent })).rejects.toThrow(
      'fetch failed',
    );
    expect([stock(13), stock(11)]).toEqual([1, before]);
  });

  test('brings down a batch for one poisonous item only', async () => {
    shop.faults.plant({
      kind: 'write',
      bodyIncludes: '"id":11,',
      effect: { type: 'status', status: 500, body: '"fatal"' },
    });
    expect([(await batchOf(11)).status, (await batchOf(13)).status]).toEqual([500, 200]);
  });
});

test('another shop at the same address tells another identity', async () => {
  const path = '/wp-json/wc/v3/system_status?_fields=environment.store_id,environment.home_url';
  const identity = { method: 'GET', path, sent: null };
  const home_url = 'https://source.example.com';
  const { storeId } = shop.identity();
  expect((await ask(url, identity)).body).toEqual({ environment: { home_url, store_id: storeId } });
  shop.setIdentity({ storeId: 'another' });
  expect((await ask(url, identity)).body).toEqual({ environment: { home_url, store_id: 'another' } });
});

describe('the ledger', () => {
  test('replayed gives the state', async () => {
    shop.seedCatalogue({ variants: 60, orders: 20 });
    shop.people.setStock(13, 4);
    shop.people.setStockSilently(10, 77);
    const order = shop.people.placeOrder({
      line_items: [
        { product_id: 10, quantity: 2 },
        { variation_id: 24, quantity: 1 },
      ],
      billing: { email: 'ny@post.example' },
    });
    shop.people.addTracking(order.id, 'dhl', '0034');
    shop.people.setOrderStatus(order.id, 'completed');
    shop.people.addOrderNote(order.id, 'intern');
    shop.people.refundOrder(order.id, { amount: '1.00' });
    shop.people.trashProduct(11);
    shop.people.deleteProduct(12);
    await ask(url, STOCK);

    const rows = new Map<string, Record<string, unknown>>();
    for (const { action, entity, id, changes } of shop.ledger.entries) {
      const key = `${entity}:${id}`;
      if (action === 'delete') rows.delete(key);
      else
        rows.set(key, {
          ...rows.get(key),
          ...Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to])),
        });
    }
    const of = (entity: string): readonly unknown[] =>
      [...rows].filter(([key]) => key.startsWith(`${entity}:`)).map(([, row]) => row);
    const state = shop.state();
    expect(of('product')).toEqual(state.products);
    expect(of('variation')).toEqual(state.variations);
    expect(of('order')).toEqual(state.orders);
    expect(of('note')).toEqual(state.notes);
    expect(of('refund')).toEqual(state.refunds);
    expect(of('customer')).toEqual(state.customers);
  });

  test('tells who did what, and by which call', async () => {
    shop.people.setStock(13, 4);
    await ask(url, STOCK);
    const stocks = shop.ledger.entries.filter(({ changes }) => changes['stock_quantity'] !== undefined).slice(-2);
    expect(stocks.map(({ actor }) => actor)).toEqual(['people', 'api']);
    expect(shop.ledger.calls.find(({ id }) => id === stocks[1]?.callId)?.name).toBe('PUT /wp-json/wc/v3/products/{id}');
  });

  test('marks what moves no clock', () => {
    shop.people.setStockSilently(13, 1);
    expect(shop.ledger.entries.at(-1)).toMatchObject({ silent: true, changes: { stock_quantity: { to: 1 } } });
  });
});

describe('a generated catalogue', () => {
  test('is the same for the same random numbers, and as large as asked', () => {
    const [one, other] = [newShop(), newShop()];
    for (const made of [one, other]) made.seedCatalogue({ variants: 500, orders: 120 });
    const { products, variations, orders } = one.state();
    expect(one.state()).toEqual(other.state());
    expect(products.filter(({ type }) => type === 'simple').length + variations.length).toBe(500);
    expect(orders).toHaveLength(120);
    const skus = [...products, ...variations].map(({ sku }) => sku);
    expect(new Set(skus).size).toBe(skus.length);
    expect(one.ledger.effects).toEqual([]);
  });
});

test('a refund moves money and stock unless told not to', async () => {
  const order = shop.people.placeOrder({ payment_method: 'stripe', line_items: [{ product_id: 10, quantity: 2 }] });
  const path = `/wp-json/wc/v3/orders/${order.id}/refunds`;
  const line = { id: order.line_items[0]?.id, quantity: 1, refund_total: '1.00' };
  const effectsOf = async (sent: unknown): Promise<readonly string[]> => {
    const before = shop.ledger.effects.length;
    await ask(url, { method: 'POST', path, sent });
    return shop.ledger.effects.slice(before).map(({ kind }) => kind);
  };
  expect(await effectsOf({ line_items: [line] })).toEqual(['gateway-call', 'stock-movement', 'mail']);
  await ask(url, {
    method: 'PUT',
    path: '/wp-json/wc/v3/settings/email_customer_refunded_order/enabled',
    sent: { value: 'no' },
  });
  expect(await effectsOf({ line_items: [line], api_refund: false, api_restock: false })).toEqual([]);
});
