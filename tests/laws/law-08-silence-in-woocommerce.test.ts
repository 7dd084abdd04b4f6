import { describe, expect, test } from 'vitest';

import type { OrderStatus } from '#libs/model/order.ts';
import { must } from '#libs/runtime/must.ts';
import { eur } from '#tests/builders/entities.ts';
import { newsOf } from './harness.ts';
import { effects, newCustomer, newOrder, newShirt, openShops, type Shops } from './woocommerce-target.ts';

const OPEN = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false } as const;

function status(change: Partial<NonNullable<OrderStatus['state']>>): OrderStatus {
  return { word: 'word', state: { ...OPEN, ...change } };
}

/** A product, a customer and an order of both, made at the target. */
async function openCarried(): Promise<Shops> {
  const shops = await openShops(
    {},
    { selection: new Set(['variant.quantity', 'order.status', 'order.tracking', 'order.history', 'order.note']) },
  );
  shops.pair.sourceStore.put(newShirt());
  shops.pair.sourceStore.put(newCustomer());
  shops.pair.sourceStore.put(newOrder({ customerId: '7' }));
  await shops.pair.hear(newsOf('customer', '7'), newsOf('product', '14'), newsOf('order', '1047'));
  return shops;
}

function stock({ target }: Shops): number | null {
  return must(target.shop.state().products[0], 'a product').stock_quantity;
}

function statusThere({ target }: Shops): string | undefined {
  return target.shop.state().orders[0]?.status;
}

describe('law 8: silence of a WooCommerce target', () => {
  test('a new product, customer and open order come silently, take no stock, and wait on hold', async () => {
    await using shops = await openCarried();

    expect(statusThere(shops)).toBe('on-hold');
    expect(shops.target.shop.state().orders[0]).toMatchObject({ payment_method: '', stock_reduced: true });
    expect(stock(shops)).toBe(7);
    expect(effects(shops)).toEqual([]);
  });

  test('shipped, paid back in parts and whole, cancelled: nobody hears of it, no money and no stock moves', async () => {
    await using shops = await openCarried();
    const say = async (change: Parameters<typeof newOrder>[0]) => {
      shops.pair.sourceStore.put(newOrder({ customerId: '7', ...change }));
      await shops.pair.hear(newsOf('order', '1047'));
      return statusThere(shops);
    };
    const parcels = [{ number: '0034', carrier: 'DHL', url: null, shippedAt: null }];
    const history = [{ id: '1', at: '2026-11-20T09:00:00Z', text: 'Packed', forCustomer: true }];
    const part = { id: 'r1', at: '2026-11-21T09:00:00Z', amount: eur(990), reason: null };
    const rest = { id: 'r2', at: '2026-11-22T09:00:00Z', amount: eur(4000), reason: 'all of it' };

    expect(await say({ status: status({ fulfilment: 'fulfilled' }), tracking: parcels, history })).toBe('completed');
    expect(await say({ status: status({ fulfilment: 'fulfilled' }), tracking: parcels, refunds: [part] })).toBe(
      'completed',
    );
    expect(
      await say({
        status: status({ payment: 'refunded', fulfilment: 'fulfilled' }),
        tracking: parcels,
        refunds: [part, rest],
      }),
    ).toBe('refunded');

    expect(shops.target.shop.state().refunds.map(({ amount }) => amount)).toEqual(['9.90', '40.00']);
    expect(shops.target.shop.state().notes.filter(({ note }) => note.startsWith('Packed'))).toHaveLength(1);
    expect(stock(shops)).toBe(7);
    expect(effects(shops)).toEqual([]);
  });

  test('a cancelled order gives back no stock', async () => {
    await using shops = await openCarried();
    shops.pair.sourceStore.put(newOrder({ customerId: '7', status: status({ cancelled: true }) }));

    await shops.pair.hear(newsOf('order', '1047'));

    expect([statusThere(shops), stock(shops)]).toEqual(['cancelled', 7]);
    expect(effects(shops)).toEqual([]);
  });

  test('while its mails are on no order is written: it is parked with what to do, and goes on once they are off', async () => {
    await using shops = await openShops({ mails: 'on' });
    shops.pair.sourceStore.put(newShirt());
    shops.pair.sourceStore.put(newOrder());

    await shops.pair.hear(newsOf('product', '14'), newsOf('order', '1047'));

    expect(shops.target.shop.state().orders).toEqual([]);
    expect(stock(shops)).toBe(7);
    const parked = await shops.pair.facts.get('acme', 'parked', 'order:1047');
    expect(parked).toMatchObject({ reason: 'refused', message: expect.stringContaining('mails are on') });
    expect(effects(shops)).toEqual([]);

    const { list, set } = must(shops.target.connector.mails ?? null, 'mails');
    const write = { signal: new AbortController().signal, priority: 'change', maySend: () => true } as const;
    for (const { id, enabled } of await list(write)) if (enabled) await set(id, false, write);
    await shops.pair.hear(newsOf('order', '1047'));

    expect(statusThere(shops)).toBe('on-hold');
    expect(await shops.pair.facts.get('acme', 'parked', 'order:1047')).toBeNull();
    expect(effects(shops)).toEqual([]);
  });
});
