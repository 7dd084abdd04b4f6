import { describe, expect, test } from 'vitest';

import type { FieldName } from '#libs/fields/field-names.ts';
import type { ShopPair } from './shops.ts';
import { migrate } from '../../simulators/migration/migrate.ts';
import { openShopify, type Harness } from '../contract/shopify-harness.ts';
import { openShop, type OpenShop } from '../contract/woocommerce-connector-harness.ts';
import { newsOf } from './harness.ts';
import { openShopPair } from './shops.ts';

const WEEK_MS = 7 * 86_400_000;
const SELECTED: readonly FieldName[] = [
  'variant.quantity',
  'variant.stockStatus',
  'variant.price',
  'order.status',
  'order.tracking',
  'order.history',
];
const BUYER = {
  first_name: 'Anna',
  last_name: 'Holm',
  email: 'anna@example.com',
  address_1: 'Weg 1',
  city: 'Bonn',
  postcode: '53111',
  country: 'DE',
};

type Shops = AsyncDisposable & { readonly open: OpenShop; readonly target: Harness; readonly pair: ShopPair };

/** An old shop with its migrated copy, and the applier between them, a week later. */
async function openShops(): Promise<Shops> {
  let ago = WEEK_MS;
  const now = () => Date.now() - ago;
  const open = await openShop({ now });
  const { people } = open.shop;
  const target = await openShopify({ now });
  const product = people.createProduct({
    name: 'Shirt',
    sku: 'S-1',
    regular_price: '20.00',
    manage_stock: true,
    stock_quantity: 50,
  });
  const anna = people.createCustomer({ email: BUYER.email, first_name: 'Anna', last_name: 'Holm' });
  people.placeOrder({
    customer_id: anna.id,
    set_paid: true,
    billing: BUYER,
    shipping: BUYER,
    line_items: [{ product_id: product.id, quantity: 1 }],
  });
  migrate(open.shop, target.simulator);
  const migratedAt = Math.ceil(now() / 1000) * 1000;
  ago = 0;
  const settings = { selection: new Set(SELECTED), migratedAt, openOrders: 'hold' } as const;
  const pair = await openShopPair({ source: open.connector, target: target.connector, settings });
  return {
    open,
    target,
    pair,
    async [Symbol.asyncDispose]() {
      await pair[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

function ids({ open }: Shops) {
  const { products, orders } = open.shop.state();
  return { product: products[0]?.id ?? 0, order: orders[0]?.id ?? 0 };
}

/** What Lockstep's own calls would have caused outside the target. */
function effects({ target }: Shops) {
  return target.simulator.ledger.effects.filter(({ actor }) => actor === 'api');
}

describe('law 8: silence', () => {
  test('a sold-out product with a new price causes nothing but its new values', async () => {
    await using shops = await openShops();
    const { product } = ids(shops);
    shops.open.shop.people.setStock(product, 0);
    shops.open.shop.people.setPrice(product, { regular: '25.00' });

    await shops.pair.hear(newsOf('product', String(product)));

    expect(shops.target.simulator.state().products[0]?.variants[0]).toMatchObject({
      inventoryQuantity: 0,
      price: '25.00',
    });
    expect(effects(shops)).toEqual([]);
  });

  test('an order that is shipped with a number mails nobody and moves no stock', async () => {
    await using shops = await openShops();
    const { order } = ids(shops);
    shops.open.shop.people.addTracking(order, 'dhl', '00340434');
    shops.open.shop.people.setOrderStatus(order, 'completed');

    await shops.pair.hear(newsOf('order', String(order)));

    const [carried] = shops.target.simulator.state().orders;
    expect(carried).toMatchObject({ displayFulfillmentStatus: 'FULFILLED' });
    expect(JSON.stringify(carried)).toContain('00340434');
    expect(effects(shops)).toEqual([]);
  });

  test('a refund moves no money, restocks nothing and mails nobody', async () => {
    await using shops = await openShops();
    const { order } = ids(shops);
    shops.open.shop.people.refundOrder(order, { amount: '20.00', reason: 'dented', api_refund: false });
    shops.open.shop.people.setOrderStatus(order, 'refunded');

    await shops.pair.hear(newsOf('order', String(order)));

    expect(shops.target.simulator.state().orders[0]).toMatchObject({ displayFinancialStatus: 'REFUNDED' });
    expect(shops.target.simulator.state().products[0]?.variants[0]?.inventoryQuantity).toBe(49);
    expect(effects(shops)).toEqual([]);
  });

  test('parts of an order go back one after another, each once, although the answer to the first is lost', async () => {
    await using shops = await openShops();
    const { order } = ids(shops);
    const of = newsOf('order', String(order));
    shops.target.simulator.faults.plant({
      kind: 'write',
      match: /refundCreate/,
      times: 1,
      effect: { type: 'lost-answer', landsAfterMs: 0 },
    });

    shops.open.shop.people.refundOrder(order, { amount: '5.00', reason: 'dented' });
    await shops.pair.hear(of);
    shops.open.shop.people.refundOrder(order, { amount: '2.35' });
    await shops.pair.hear(of, of);

    const [carried] = shops.target.simulator.state().orders;
    expect(carried).toMatchObject({ displayFinancialStatus: 'PARTIALLY_REFUNDED', refunded: '7.35' });
    expect(carried?.refunds.map(({ totalRefunded }) => totalRefunded)).toEqual(['5.0', '2.35']);
    expect(shops.target.simulator.state().products[0]?.variants[0]?.inventoryQuantity).toBe(49);
    expect(effects(shops)).toEqual([]);
  });

  test('a cancelled order is cancelled without refund, restock or mail', async () => {
    await using shops = await openShops();
    const { order } = ids(shops);
    shops.open.shop.people.setOrderStatus(order, 'cancelled');

    await shops.pair.hear(newsOf('order', String(order)));

    expect(shops.target.simulator.state().orders[0]?.cancelledAt).not.toBeNull();
    expect(effects(shops)).toEqual([]);
  });

  test('a new customer, a new product and a new open order come silently, and no warehouse may ship the order', async () => {
    await using shops = await openShops();
    const { people } = shops.open.shop;
    const eve = people.createCustomer({ email: 'eve@example.com', first_name: 'Eve', last_name: 'Bo' });
    const mug = people.createProduct({
      name: 'Mug',
      sku: 'M-1',
      regular_price: '9.00',
      manage_stock: true,
      stock_quantity: 7,
    });
    const billing = { ...BUYER, first_name: 'Eve', last_name: 'Bo', email: 'eve@example.com' };
    const order = people.placeOrder({
      customer_id: eve.id,
      set_paid: true,
      billing,
      shipping: billing,
      line_items: [{ product_id: mug.id, quantity: 2 }],
    });

    await shops.pair.hear(
      newsOf('customer', String(eve.id)),
      newsOf('product', String(mug.id)),
      newsOf('order', String(order.id)),
    );

    const { products, orders, customers } = shops.target.simulator.state();
    expect([products.length, orders.length, customers.length]).toEqual([2, 2, 2]);
    expect(products.flatMap(({ variants }) => variants).find(({ sku }) => sku === 'M-1')?.inventoryQuantity).toBe(5);
    const made = orders.at(-1);
    expect(made?.fulfillmentOrders.map(({ status }) => status)).toEqual(['ON_HOLD']);
    expect(effects(shops)).toEqual([]);
  });
});
