import { expect, onTestFinished, test } from 'vitest';

import { replay } from '../../../simulators/oracle/replay.ts';
import { findUncarried } from '../../../simulators/oracle/uncarried.ts';
import type { Product } from '../../../simulators/woocommerce/index.ts';
import { MIGRATED_AT, SELECTED, twoShops, type TwoShops } from './shops.ts';

type Traded = TwoShops & {
  /** As `<entity> <field>`. */
  readonly uncarried: (selected?: ReadonlySet<string>) => readonly string[];
  readonly bowl: Product;
};

/** Two shops that begin to trade now. */
function trading(): Traded {
  const shops = twoShops();
  const { ledger, state } = shops.source;
  const trade = { tradingSeq: ledger.entries.length, readsBefore: 1_000 };
  const bowl = state().products.find(({ type, manage_stock, sale_price }) => {
    return type === 'simple' && manage_stock && sale_price === '';
  });
  if (bowl === undefined) throw new Error('Cannot trade without a bowl');
  const uncarried = (selected: ReadonlySet<string> = SELECTED): readonly string[] =>
    findUncarried({ ledger, state: state(), trading: trade, selected, migratedAt: MIGRATED_AT }).map(
      ({ entity, field }) => `${entity} ${field ?? 'whole'}`,
    );
  return { ...shops, bowl, uncarried };
}

/** A webhook comes after all that has changed until now. */
function hear({ source }: TwoShops, entity: string, id: number, parentId?: number): void {
  const parent = parentId === undefined ? {} : { parentId: String(parentId) };
  const at = { causedAt: 0, renderedAt: 0, coversSeq: 0, arrivedAt: 0, arrivedSeq: source.ledger.entries.length - 1 };
  source.ledger.delivery({
    topic: `${entity}.updated`,
    entity,
    id: String(id),
    ...parent,
    ...at,
    outcome: 'delivered',
  });
}

function shirt({ source }: TwoShops) {
  return source.people.createVariableProduct(
    { name: 'Shirt', sku: 'SH', attributes: [{ name: 'Size', variation: true, options: ['S', 'M'] }] },
    ['S', 'M'].map((Size) => ({
      options: { Size },
      sku: `SH-${Size}`,
      regular_price: '5.00',
      manage_stock: true,
      stock_quantity: 4,
    })),
  );
}

test('nothing, where nothing changed', () => {
  expect(trading().uncarried()).toEqual([]);
});

test('the fields that moved, and no other of the same row', () => {
  const shop = trading();
  shop.source.people.setStock(shop.bowl.id, (shop.bowl.stock_quantity ?? 0) + 5);

  expect(shop.uncarried()).toEqual([`variant:${shop.bowl.id} variant.quantity`]);
});

test('both what is counted and what is said of it, where the last one was sold', () => {
  const shop = trading();
  shop.source.people.setStock(shop.bowl.id, 0);

  expect(shop.uncarried()).toEqual([
    `variant:${shop.bowl.id} variant.quantity`,
    `variant:${shop.bowl.id} variant.stockStatus`,
  ]);
});

test('no field that was not selected', () => {
  const shop = trading();
  shop.source.people.setPrice(shop.bowl.id, { regular: '99.00' });

  expect(shop.uncarried()).toEqual([`variant:${shop.bowl.id} variant.price`]);
  expect(shop.uncarried(new Set(['variant.quantity']))).toEqual([]);
});

test('nothing of what a later webhook of the root could carry', () => {
  const shop = trading();
  shop.source.people.setStock(shop.bowl.id, 4711);
  hear(shop, 'product', shop.bowl.id);

  expect(shop.uncarried()).toEqual([]);
});

test('only what changed after the last webhook', () => {
  const shop = trading();
  shop.source.people.setStock(shop.bowl.id, 4711);
  hear(shop, 'product', shop.bowl.id);
  shop.source.people.setPrice(shop.bowl.id, { regular: '99.00' });

  expect(shop.uncarried()).toEqual([`variant:${shop.bowl.id} variant.price`]);
});

test('nothing of a number that went there and back again', () => {
  const shop = trading();
  const { id, stock_quantity: before } = shop.bowl;
  shop.source.people.setStock(id, 4711);
  shop.source.people.setStock(id, before ?? 0);

  expect(shop.uncarried()).toEqual([]);
});

test('a product that is new, once for all of its variations', () => {
  const shop = trading();
  const { product } = shirt(shop);

  expect(shop.uncarried()).toEqual([`product:${product.id} whole`]);
});

test('of a new product nothing, where one of its variations told of it; of what changed then, that', () => {
  const shop = trading();
  const { product, variations } = shirt(shop);
  const [small, medium] = variations.map(({ id }) => id);
  hear(shop, 'variation', small ?? 0, product.id);

  expect(shop.uncarried()).toEqual([]);
  shop.source.people.setStock(medium ?? 0, 3);
  expect(shop.uncarried()).toEqual([`variant:${medium} variant.quantity`]);
});

test('an order and a customer that are new', () => {
  const shop = trading();
  const order = shop.source.people.placeOrder({ billing: { email: 'a@shop.example' }, line_items: [] });
  const customer = shop.source.people.createCustomer({ email: 'b@shop.example' });

  expect(shop.uncarried()).toEqual([`order:${order.id} whole`, `customer:${customer.id} whole`]);
});

test('of an order that was sent: its state, what the shop wrote about it, and the parcel', () => {
  const shop = trading();
  const order = shop.source.state().orders.find(({ status }) => status === 'processing');
  const id = order?.id ?? 0;
  shop.source.people.setOrderStatus(id, 'completed');
  shop.source.people.addTracking(id, 'dhl', 'P-1');

  expect(shop.uncarried()).toEqual([
    `order:${id} order.status`,
    `order:${id} order.tracking`,
    `order:${id} order.history`,
  ]);
  hear(shop, 'order', id);
  expect(shop.uncarried()).toEqual([]);
});

test('a row that was read, in its state of then', async () => {
  const shop = trading();
  const { url } = await shop.source.start();
  onTestFinished(() => shop.source.stop());
  shop.source.people.setStock(shop.bowl.id, 4711);
  hear(shop, 'product', shop.bowl.id);
  shop.source.people.setStock(shop.bowl.id, 4712);
  const key = `Basic ${Buffer.from('ck:cs').toString('base64')}`;
  const read = (): Promise<unknown> =>
    fetch(`${url}/wp-json/wc/v3/products?include=${shop.bowl.id}`, {
      headers: { authorization: key, 'x-forwarded-proto': 'https' },
    }).then((answer) => answer.json());

  expect(shop.uncarried()).toEqual([`variant:${shop.bowl.id} variant.quantity`]);
  await read();
  expect(shop.uncarried()).toEqual([]);
  shop.source.people.setStock(shop.bowl.id, 4713);
  expect(shop.uncarried()).toEqual([`variant:${shop.bowl.id} variant.quantity`]);
});

const EVERYTHING = (): number => Number.POSITIVE_INFINITY;

test('the whole ledger played again is the shop as it is', () => {
  const { source } = trading();
  const { product, variations } = shirt({ source } as TwoShops);
  source.people.deleteProduct(product.id);
  source.people.setOrderStatus(source.state().orders[0]?.id ?? 0, 'cancelled');

  const again = replay(source.ledger.entries, EVERYTHING);

  const { products, variations: kinds, orders, notes, customers } = source.state();
  expect(again).toMatchObject({ products, variations: kinds, orders, notes, customers });
  expect(again.variations.map(({ id }) => id)).not.toContain(variations[0]?.id);
});
