import { describe, expect, test } from 'vitest';

import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import type { Stage } from '../../simulators/woocommerce/index.ts';
import { newsOf } from './harness.ts';
import { LANDING_MS, newCustomer, newOrder, newShirt, openShops, type Shops } from './woocommerce-target.ts';

// The look after `landing` is a news of its own, which comes later.
const PATIENCE = { timeout: 15_000 } as const;

/** Until it is known at the target; what may still land is waited for first. */
async function linked({ pair }: Shops, key: string): Promise<void> {
  await expect.poll(() => pair.facts.get('acme', 'link', key), PATIENCE).not.toBeNull();
}

/** How many there are at the target of a kind, whatever became of them. */
function count({ target }: Shops, root: StoredRoot['root']): number {
  const { products, orders, customers } = target.shop.state();
  return { product: products, order: orders, customer: customers }[root].length;
}

async function parked({ pair }: Shops): Promise<readonly string[]> {
  const reasons: string[] = [];
  for await (const { id, value } of pair.facts.list('acme', 'parked')) reasons.push(`${id} ${value.reason}`);
  return reasons;
}

const plainOrder = () => ({
  ...newOrder(),
  order: {
    ...newOrder().order,
    lines: newOrder().order.lines.map((line) => ({ ...line, productId: null, variantId: null })),
  },
});

const roots: readonly [StoredRoot['root'], () => StoredRoot, RegExp][] = [
  ['product', newShirt, /^POST .*products$/],
  ['order', plainOrder, /^POST .*orders$/],
  ['customer', newCustomer, /^POST .*customers$/],
];

describe.each(roots)('law 4: no second %s in a WooCommerce shop', (root, aRoot, match) => {
  test('where the answer to its creation was lost', async () => {
    await using shops = await openShops();
    const stored = aRoot();
    shops.pair.sourceStore.put(stored);
    shops.target.shop.faults.plant({
      kind: 'write',
      match,
      times: 1,
      effect: { type: 'lost-answer', landsAfterMs: 0 },
    });

    await shops.pair.hear(newsOf(root, stored.id), newsOf(root, stored.id));
    await shops.pair.hear(newsOf(root, stored.id));

    expect(count(shops, root)).toBe(1);
    expect(await parked(shops)).toEqual([]);
  });

  test('where it waited for a worker and began after everybody had given up', async () => {
    await using shops = await openShops();
    const stored = aRoot();
    shops.pair.sourceStore.put(stored);
    shops.target.shop.phpFaults.plant({ match, times: 1, effect: { type: 'gateway', landsAfterMs: 150 } });

    await shops.pair.hear(newsOf(root, stored.id));
    await linked(shops, `${root}:${stored.id}`);
    await shops.pair.hear(newsOf(root, stored.id));

    expect(count(shops, root)).toBe(1);
    expect(await parked(shops)).toEqual([]);
  });
});

describe('law 4: what a killed process left half made in a WooCommerce shop', () => {
  test.each<[Stage]>([['row'], ['sku'], ['data']])(
    'a product (%s) is completed, with SKU or without',
    async (after) => {
      for (const sku of ['SIM-014', null]) {
        await using shops = await openShops(
          {},
          { selection: new Set(['product.title', 'variant.quantity', 'variant.price']) },
        );
        shops.pair.sourceStore.put(newShirt('14', sku));
        shops.target.shop.phpFaults.plant({ match: /^POST .*products$/, times: 1, effect: { type: 'killed', after } });

        await shops.pair.hear(newsOf('product', '14'));
        await linked(shops, 'product:14');
        await shops.pair.hear(newsOf('product', '14'));

        expect(shops.target.shop.state().products).toMatchObject([
          { name: 'Linen shirt', stock_quantity: 7, regular_price: '19.90', status: 'publish' },
        ]);
        expect(shops.target.shop.state().products[0]?.slug).not.toContain('lockstep');
      }
    },
  );

  test.each<[Stage]>([['meta'], ['items'], ['totals'], ['status']])(
    'an order (%s) is completed to the cent, and never made a second time',
    async (after) => {
      await using shops = await openShops();
      shops.pair.sourceStore.put(plainOrder());
      shops.target.shop.phpFaults.plant({ match: /^POST .*orders$/, times: 1, effect: { type: 'killed', after } });

      await shops.pair.hear(newsOf('order', '1047'));
      await linked(shops, 'order:1047');
      await shops.pair.hear(newsOf('order', '1047'));

      expect(count(shops, 'order')).toBe(1);
      expect(await parked(shops)).toEqual([]);
      const [order] = shops.target.shop.state().orders;
      expect(order).toMatchObject({ status: 'on-hold', stock_reduced: true, billing: { email: 'ada@example.com' } });
      expect(order?.line_items.map(({ total }) => total)).toEqual(['49.90']);
      expect(shops.target.shop.ledger.effects).toEqual([]);
    },
  );

  test('a product whose variations were cut short gets those that are lacking, and is shown when it is whole', async () => {
    await using shops = await openShops({}, { selection: new Set(['variant.quantity']) });
    const shirt = newShirt();
    const variants = ['S', 'M', 'L'].map((size, at) => ({
      ...must(shirt.variants[0], 'a variant'),
      id: `v${size}`,
      variant: {
        ...must(shirt.variants[0], 'a variant').variant,
        sku: size,
        quantity: at,
        options: [{ name: 'Size', value: size }],
      },
    }));
    shops.pair.sourceStore.put({ ...shirt, variants });
    shops.target.shop.faults.plant({
      kind: 'write',
      match: /variations\/batch/,
      times: 1,
      effect: { type: 'partial', items: 1 },
    });

    await shops.pair.hear(newsOf('product', '14'));
    await linked(shops, 'product:14');

    const { products, variations } = shops.target.shop.state();
    expect(products).toMatchObject([{ status: 'publish', slug: 'shirt-14' }]);
    expect(variations.map(({ sku, stock_quantity }) => [sku, stock_quantity])).toEqual([
      ['S', 0],
      ['M', 1],
      ['L', 2],
    ]);
    expect(await parked(shops)).toEqual([]);
  });

  test.each<[Stage]>([['row'], ['data']])('a customer (%s) is found by the address, and completed', async (after) => {
    await using shops = await openShops({}, { selection: new Set(['customer.name']) });
    shops.pair.sourceStore.put(newCustomer());
    shops.target.shop.phpFaults.plant({ match: /^POST .*customers$/, times: 1, effect: { type: 'killed', after } });

    await shops.pair.hear(newsOf('customer', '7'));
    await shops.pair.hear(newsOf('customer', '7'));

    expect(shops.target.shop.state().customers).toMatchObject([{ email: 'ada@example.com', first_name: 'Ada' }]);
  });
});

describe('law 4: an order that landed twice in a WooCommerce shop after all', () => {
  const timing = {
    ...DEFAULT_TIMING,
    landingMs: LANDING_MS,
    retriesMs: [50, 100, 200] as const,
    coalesceMs: 1,
    lookAgainMs: 600,
  };

  /** Its first creation lands so late that the second is there already. */
  async function openDoubled(): Promise<Shops> {
    const shops = await openShops({}, { timing });
    shops.pair.sourceStore.put(plainOrder());
    shops.target.shop.phpFaults.plant({
      match: /^POST .*orders$/,
      times: 1,
      effect: { type: 'gateway', landsAfterMs: 900 },
    });
    await shops.pair.hear(newsOf('order', '1047'));
    await expect.poll(() => count(shops, 'order'), PATIENCE).toBe(2);
    return shops;
  }

  test('is found an hour later, parked and shown, and neither is deleted', async () => {
    await using shops = await openDoubled();
    await expect.poll(() => parked(shops), PATIENCE).toEqual(['order:1047 doubled']);

    expect(count(shops, 'order')).toBe(2);
    const message = (await shops.pair.facts.get('acme', 'parked', 'order:1047'))?.message ?? '';
    for (const { id } of shops.target.shop.state().orders) expect(message).toContain(String(id));
  });

  test('is no longer parked once a person has removed one of them', async () => {
    await using shops = await openDoubled();
    await expect.poll(() => parked(shops), PATIENCE).toEqual(['order:1047 doubled']);
    await shops.pair.hear(newsOf('order', '1047'));
    expect(await parked(shops)).toEqual(['order:1047 doubled']);
    shops.target.shop.people.trashOrder(must(shops.target.shop.state().orders[1], 'the later one').id);

    await shops.pair.hear(newsOf('order', '1047'));

    expect(await parked(shops)).toEqual([]);
  });
});
