import { describe, expect, onTestFinished, test } from 'vitest';

import { plantFault, type Plantable } from '../../../cli/demo/plant-fault.ts';
import { seededRandom } from '../../../cli/demo/seeded-random.ts';
import { editTexts } from '../../../simulators/migration/after-migration.ts';
import { migrate, type AnyShop } from '../../../simulators/migration/migrate.ts';
import { booksOf } from '../../../simulators/oracle/books.ts';
import { judge, type JudgeInput, type OracleRule } from '../../../simulators/oracle/judge.ts';
import { replayShopify } from '../../../simulators/oracle/replay.ts';
import { findUncarried } from '../../../simulators/oracle/uncarried.ts';
import { plainId } from '../../../simulators/oracle/words.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator, type WooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { MIGRATED_AT, SELECTED } from './shops.ts';

type Kind = 'woocommerce' | 'shopify';
const PAIRINGS: readonly (readonly [Kind, Kind])[] = [
  ['woocommerce', 'shopify'],
  ['shopify', 'woocommerce'],
  ['woocommerce', 'woocommerce'],
  ['shopify', 'shopify'],
];

function clocked(seed: number) {
  let now = MIGRATED_AT - 60_000;
  return { now: () => (now += 10), random: seededRandom(seed) };
}

function wooCommerce(seed: number): WooCommerceSimulator {
  return createWooCommerceSimulator({
    ...clocked(seed),
    consumerKey: 'ck_demo',
    consumerSecret: 'cs_demo',
    isSsl: true,
  });
}

function shopify(seed: number): ShopifySimulator {
  return createShopifySimulator({ ...clocked(seed), accessToken: 'shpat_demo' });
}

/** A shop with a past. */
function filled(kind: Kind, seed: number): AnyShop {
  const woo = wooCommerce(seed);
  woo.seedCatalogue({ variants: 60, orders: 120 });
  if (kind === 'woocommerce') return woo;
  const shop = shopify(seed);
  migrate(woo, shop);
  return shop;
}

function inputOf(source: AnyShop, target: AnyShop): JudgeInput {
  return {
    source: { ledger: source.ledger, state: source.state() },
    target: { ledger: target.ledger, state: target.state() },
    selected: new Set([...SELECTED, 'variant.compareAtPrice']),
    migratedAt: MIGRATED_AT,
    approvedSeq: 0,
  };
}

describe.each(PAIRINGS)('a shop of %s that was copied to %s', (from, to) => {
  test.each([1, 2, 3, 8])('is the same in all that is looked at (seed %i)', (seed) => {
    const source = filled(from, seed);
    const target = to === 'woocommerce' ? wooCommerce(seed + 50) : shopify(seed + 50);
    migrate(source, target);

    const books = booksOf(target.state());

    expect(judge(inputOf(source, target))).toEqual([]);
    expect(books.orders.length).toBeGreaterThan(30);
    expect(new Set(books.orders.map(({ status }) => status?.payment))).toContain('paid');
    expect(books.orders.some(({ tracking }) => tracking.length > 0)).toBe(true);
    expect(books.variants.some(({ compareAtPrice }) => compareAtPrice !== null)).toBe(true);
  });
});

async function copied() {
  const [source, target] = [filled('woocommerce', 6), wooCommerce(56)];
  migrate(source, target);
  const { url } = await target.start();
  onTestFinished(() => target.stop());
  return { source, target, url };
}

describe('at a WooCommerce shop', () => {
  test.each<[Plantable, OracleRule]>([
    ['lost-write', 'selected-field-differs'],
    ['doubled-order', 'doubled-entity'],
    ['unselected-field', 'unselected-field-written'],
    ['mail', 'mail'],
    ['stock-movement', 'stock-movement'],
  ])('the oracle finds a planted %s', async (fault, rule) => {
    const { source, target, url } = await copied();
    const before = judge(inputOf(source, target));

    await plantFault(fault, { url, target });

    expect(before).toEqual([]);
    expect(judge(inputOf(source, target)).map((found) => found.rule)).toContain(rule);
  });

  test('the oracle finds what people wrote and somebody overwrote', async () => {
    const { source, target } = await copied();
    editTexts(target, 9, () => 0.5);
    const before = judge(inputOf(source, target));
    const edited = target.ledger.entries.findLast(({ actor, changes }) => actor === 'people' && 'name' in changes);
    const product = target.state().products.find(({ id }) => String(id) === edited?.id);
    const state = { ...target.state(), products: target.state().products.filter((one) => one.id !== product?.id) };

    const after = judge({ ...inputOf(source, target), target: { ledger: target.ledger, state } });

    expect(before).toEqual([]);
    expect(after).toContainEqual({ rule: 'people-edit-lost', detail: `name of product ${String(product?.id)}` });
  });

  test('meta of others, and a mark that nobody asked for, are nobody’s to write', async () => {
    const { source, target, url } = await copied();
    const [order] = target.state().orders;
    const write = (key: string): Promise<unknown> =>
      fetch(`${url}/wp-json/wc/v3/orders/${String(order?.id)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('ck_demo:cs_demo')}` },
        body: JSON.stringify({ meta_data: [{ key, value: String(order?.id) }] }),
      });
    const found = (stamp: boolean): readonly string[] =>
      judge({ ...inputOf(source, target), stamp }).map(({ detail }) => detail);

    await write('_lockstep_source');
    expect(found(true)).toEqual([]);
    expect(found(false)).toEqual([`update order ${String(order?.id)}: meta _lockstep_source`]);
    await write('erp_id');
    expect(found(true)).toEqual([`update order ${String(order?.id)}: meta erp_id`]);
  });
});

test('a Shopify shop is replayed from its ledger', () => {
  const shop = filled('shopify', 4);

  expect(replayShopify(shop.ledger.entries, () => Number.POSITIVE_INFINITY)).toEqual(booksOf(shop.state()));
});

function trading() {
  const shop = filled('shopify', 5) as ShopifySimulator;
  const { ledger } = shop;
  const tradingSeq = ledger.entries.length;
  const [product] = shop.state().products.filter(({ variants }) => variants.length > 1);
  const [first, second] = product?.variants ?? [];
  if (product === undefined || first === undefined || second === undefined) throw new Error('no shirt in the shop');
  const hear = (entity: string, id: string, parentId?: string): void => {
    const at = { causedAt: 0, renderedAt: 0, coversSeq: 0, arrivedAt: 0, arrivedSeq: ledger.entries.length - 1 };
    const parent = parentId === undefined ? {} : { parentId };
    ledger.delivery({ topic: 'of no matter', entity, id, ...parent, ...at, outcome: 'delivered' });
  };
  const uncarried = (): readonly string[] =>
    findUncarried({
      ledger,
      state: shop.state(),
      trading: { tradingSeq, readsBefore: 1_000 },
      selected: SELECTED,
      migratedAt: MIGRATED_AT,
    }).map(({ entity, field }) => `${entity} ${field ?? 'whole'}`);
  return { shop, product, first, second, hear, uncarried };
}

describe('what webhooks of a Shopify shop could not carry', () => {
  test('is a quantity of which nobody told', () => {
    const { shop, first, uncarried } = trading();
    shop.setAvailable(first.id, 4_711);

    expect(uncarried()).toContain(`variant:${plainId(first.id)} variant.quantity`);
  });

  test('is nothing of a variant of whose stock it was told, and all of its sister', () => {
    const { shop, first, second, hear, uncarried } = trading();
    shop.setAvailable(first.id, 4_711);
    shop.setPrice(first.id, '98.00');
    shop.setPrice(second.id, '99.00');
    hear('inventoryLevel', first.levels[0]?.id ?? '', first.inventoryItemId);

    expect(uncarried()).toEqual([`variant:${plainId(second.id)} variant.price`]);
  });

  test('is nothing of a product of which the last that came told', () => {
    const { shop, product, first, second, hear, uncarried } = trading();
    shop.setAvailable(first.id, 4_711);
    shop.setPrice(second.id, '99.00');
    hear('product', product.id);

    expect(uncarried()).toEqual([]);
  });

  test('is what changed after the last that was heard', () => {
    const { shop, product, first, second, hear, uncarried } = trading();
    shop.setAvailable(first.id, 4_711);
    hear('product', product.id);
    shop.setPrice(second.id, '99.00');

    expect(uncarried()).toEqual([`variant:${plainId(second.id)} variant.price`]);
  });

  test('is an order that was placed and never told of', () => {
    const { shop, first, uncarried } = trading();
    const id = shop.placeOrder({
      email: 'a@shop.example',
      lines: [{ variantId: first.id, quantity: 1, price: '5.00' }],
    });

    expect(uncarried()).toContain(`order:${plainId(id)} whole`);
  });
});
