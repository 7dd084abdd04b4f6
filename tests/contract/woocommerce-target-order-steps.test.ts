import { describe, expect, test } from 'vitest';

import type { OrderState } from '#libs/model/order.ts';
import { eur } from '#tests/builders/entities.ts';
import { create, made, openTarget, orderDraft, step, WRITE } from './woocommerce-target-harness.ts';
import type { Target } from './woocommerce-target-harness.ts';

const OPEN: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const HISTORY = [
  { id: '7', at: '2026-10-30T10:05:00Z', text: 'Packed <b>twice</b> & sealed', forCustomer: false },
  { id: 'x y/8', at: '2026-10-30T11:00:00Z', text: 'Sent', forCustomer: true },
];

/** No mail, no movement of stock, no call of a gateway, since then. */
function silent({ shop }: Target, since = 0): void {
  expect(shop.ledger.effects.slice(since)).toEqual([]);
}

describe('the WooCommerce connector changes orders', () => {
  test('releases its hold, pays, ships with parcels, and keeps what stands there of a parcel', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft({}, { hold: true, state: { ...OPEN, payment: 'pending' } }));

    const paid = await step(target, order, { kind: 'pay', at: '2026-11-01T10:00:00Z' });
    expect(paid).toMatchObject({ stored: { [order.id]: { status: { state: OPEN } } } });
    expect(await target.order(order.id)).toMatchObject({ heldByUs: true, order: { paidAt: '2026-11-01T10:00:00Z' } });

    const parcels = [{ number: '0034 1', carrier: 'DHL', url: null, shippedAt: '2026-11-02T00:00:00Z' }];
    const shipped = await step(target, order, { kind: 'releaseHold' }, { kind: 'fulfil', parcels });
    expect(shipped).toMatchObject({
      stored: {
        [order.id]: {
          status: { state: { ...OPEN, fulfilment: 'fulfilled' } },
          tracking: [{ number: '0034 1', carrier: 'DHL' }],
        },
      },
    });
    expect(await target.order(order.id)).toMatchObject({ heldByUs: false });
    silent(target);
  });

  test('a hold of its own can be released to what the order is without it', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft({}, { hold: true }));

    await step(target, order, { kind: 'releaseHold' });

    expect(target.shop.state().orders[0]?.status).toBe('processing');
    await step(target, await target.order(order.id), { kind: 'hold', sourceId: '1047' });
    expect(await target.order(order.id)).toMatchObject({ heldByUs: true, order: { status: { state: OPEN } } });
    silent(target);
  });

  test('an order that was linked moves no stock when it is paid, shipped or cancelled', async () => {
    const target = await openTarget();
    const { id: product } = target.shop.people.createProduct({
      name: 'Tee',
      regular_price: '1',
      manage_stock: true,
      stock_quantity: 5,
    });
    const line_items = [{ product_id: product, quantity: 2 }];
    const [first, second] = ['pending', 'processing'].map((status) =>
      target.shop.people.placeOrder({ status, line_items }),
    );
    const stock = target.shop.state().products[0]?.stock_quantity;
    const before = target.shop.ledger.effects.length;

    await step(target, await target.order(first?.id ?? 0), { kind: 'pay', at: null }, { kind: 'fulfil', parcels: [] });
    await step(target, await target.order(second?.id ?? 0), { kind: 'cancel' });

    expect(target.shop.state().orders.map(({ status }) => status)).toEqual(['completed', 'cancelled']);
    expect(target.shop.state().products[0]?.stock_quantity).toBe(stock);
    silent(target, before);
  });

  test('history is appended once per entry and in order, however often it is asked for', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft({ history: HISTORY.slice(0, 1) }));

    for (let times = 0; times < 2; times++) await step(target, order, { kind: 'history', entries: HISTORY });

    const ours = target.shop.state().notes.filter(({ note }) => note.includes('[lockstep:'));
    expect(ours.map(({ note }) => note.split('\n')[0])).toEqual(['Packed <b>twice</b> & sealed', 'Sent']);
    expect((await target.order(order.id)).order.history).toEqual(HISTORY);
  });

  test('a number of the shop’s own note is not taken for an entry of the source', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft());
    const note = target.shop.people.addOrderNote(Number(order.id), 'Ours');

    expect((await target.order(order.id)).order.history?.map(({ id }) => id)).not.toContain(String(note.id));
  });

  test('a refund whose answer was lost is not recorded twice', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft());
    const refund = {
      kind: 'refund',
      sourceId: 'r-1',
      amount: eur(4990),
      at: '2026-11-01T10:00:00Z',
      reason: null,
    } as const;
    target.shop.faults.plant({
      kind: 'write',
      match: /refunds/,
      effect: { type: 'lost-answer', landsAfterMs: 0 },
      times: 1,
    });

    const first = await step(target, order, refund);
    const second = await step(target, await target.order(order.id), refund);

    expect(first).toMatchObject({ outcome: 'unknown' });
    expect(second).toMatchObject({
      outcome: 'stored',
      stored: { [order.id]: { status: { state: { payment: 'refunded' } } } },
    });
    expect(target.shop.state().refunds).toHaveLength(1);
    silent(target);
  });

  test('a refund of more than is left is refused in the shop’s words', async () => {
    const target = await openTarget();
    const order = await made(target, orderDraft());

    const result = await step(target, order, {
      kind: 'refund',
      sourceId: 'r-1',
      amount: eur(99_900),
      at: '2026-11-01T10:00:00Z',
      reason: null,
    });

    expect(result).toMatchObject({ outcome: 'refused', message: expect.stringContaining('Invalid refund amount') });
  });

  test('parcels go where the shop’s own orders have theirs', async () => {
    const target = await openTarget();
    const line_items = [{ name: 'x', sku: 'nothing', quantity: 1, total: '1.00' }];
    const { id } = target.shop.people.placeOrder({ status: 'completed', line_items });
    await fetch(`${target.url}/wp-json/wc/v3/orders/${id}`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-proto': 'https',
        authorization: `Basic ${Buffer.from('ck_1:cs_1').toString('base64')}`,
      },
      body: JSON.stringify({ meta_data: [{ key: 'ywot_tracking_code', value: '1' }] }),
    });
    const order = await made(target, orderDraft({}, { state: { ...OPEN, fulfilment: 'fulfilled' } }));

    const result = await step(target, order, {
      kind: 'track',
      parcels: [{ number: '77', carrier: 'Bote', url: null, shippedAt: null }],
    });

    expect(result).toMatchObject({ stored: { [order.id]: { tracking: [{ number: '77', carrier: 'Bote' }] } } });
    const meta = target.shop.state().orders.find((one) => one.id === Number(order.id))?.meta_data ?? [];
    expect(meta.map(({ key }) => key)).toContain('ywot_tracking_code');
  });
});

describe('while the shop’s mails are on', () => {
  test('orders are neither made nor changed, customers not made, and products go on', async () => {
    const target = await openTarget({ mails: 'on' });
    const { id } = target.shop.people.createProduct({ name: 'Tee', manage_stock: true, stock_quantity: 1 });
    const line_items = [{ name: 'x', sku: 'nothing', quantity: 1, total: '1.00' }];
    const order = target.shop.people.placeOrder({ status: 'processing', line_items });
    const before = target.shop.ledger.effects.length;

    const present = await target.order(order.id);
    const customer = {
      email: 'a@example.com',
      name: { first: 'A', last: 'B' },
      phone: null,
      addresses: [],
      marketingConsent: null,
    };
    const results = [
      await create(target, orderDraft()),
      await step(target, present, { kind: 'fulfil', parcels: [] }),
      await create(target, { root: 'customer', sourceId: '7', customer }),
    ];

    for (const result of results)
      expect(result).toMatchObject({ outcome: 'refused', message: expect.stringContaining('mails are on') });
    expect(target.writes()).toEqual([]);
    silent(target, before);
    const stored = await target.connector.write(
      [
        {
          root: 'product',
          sourceId: 's',
          targetId: String(id),
          present: await target.product(id),
          entities: [{ entity: 'variant', targetId: String(id), values: { quantity: 3 } }],
          steps: [],
        },
      ],
      WRITE,
    );
    expect(stored).toMatchObject([{ outcome: 'stored' }]);
  });

  test('one that somebody switches on again is noticed', async () => {
    const target = await openTarget();
    await made(target, orderDraft());
    await target.connector.mails?.set('email_customer_processing_order', true, WRITE);

    const result = await create({ ...target, connector: target.connect() }, orderDraft({}, { sourceId: '2' }));

    expect(result).toMatchObject({ outcome: 'refused', message: expect.stringContaining('Customer processing order') });
  });
});
