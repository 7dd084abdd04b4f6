import { describe, expect, test } from 'vitest';

import type { OrderState } from '#libs/model/order.ts';
import { anOrderLine, eur } from '#tests/builders/entities.ts';
import { create, made, openTarget, orderDraft, READ } from './woocommerce-target-harness.ts';
import type { Target } from './woocommerce-target-harness.ts';

const OPEN: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const ADDRESS = {
  firstName: 'Ada',
  lastName: 'L',
  company: '',
  address1: 'Weg 1',
  address2: '',
  city: 'Bonn',
  region: '',
  postcode: '53111',
  country: 'DE',
  phone: '030 1',
};
const HISTORY = [
  { id: '7', at: '2026-10-30T10:05:00Z', text: 'Packed <b>twice</b> & sealed', forCustomer: false },
  { id: 'x y/8', at: '2026-10-30T11:00:00Z', text: 'Sent', forCustomer: true },
];

/** No mail, no movement of stock, no call of a gateway, since then. */
function silent({ shop }: Target, since = 0): void {
  expect(shop.ledger.effects.slice(since)).toEqual([]);
}

describe('the WooCommerce connector creates orders', () => {
  test('whole to the cent, with what people look for, and moves neither stock nor mail nor money', async () => {
    const target = await openTarget();
    const { id: productId } = target.shop.people.createProduct({
      name: 'Tee',
      sku: 'T',
      regular_price: '1',
      manage_stock: true,
      stock_quantity: 5,
    });
    const { id: customerId } = target.shop.people.createCustomer({ email: 'ada@example.com' });
    const before = target.shop.ledger.effects.length;
    const lines = [
      anOrderLine({ id: '1', title: 'Shirt', quantity: 2, unitPrice: eur(2000), total: eur(3600) }),
      anOrderLine({ id: '2', title: 'Gone', sku: 'OLD-1', quantity: 1, unitPrice: eur(500), total: eur(500) }),
    ];
    const draft = orderDraft(
      {
        lines,
        shipping: [{ title: 'DHL', amount: eur(490), taxes: [] }],
        fees: [{ title: 'Gift wrap', amount: eur(100), taxes: [] }],
        discount: eur(400),
        total: eur(4690),
        billing: ADDRESS,
        note: 'Ring twice',
        paymentMethod: 'PayPal',
        paidAt: '2026-10-30T10:01:00Z',
        history: HISTORY,
      },
      { lineVariantIds: [String(productId), null], customerId: String(customerId) },
    );

    const result = await create(target, draft);

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: {
        sourceId: '1047',
        order: {
          total: eur(4690),
          discount: eur(400),
          note: 'Ring twice',
          email: 'ada@example.com',
          customerId: String(customerId),
          paidAt: '2026-10-30T10:01:00Z',
          status: { state: OPEN },
          shipping: [{ title: 'DHL', amount: eur(490) }],
          fees: [{ title: 'Gift wrap', amount: eur(100) }],
          lines: [
            { title: 'Shirt', quantity: 2, variantId: String(productId), total: eur(3600) },
            { title: 'Gone', quantity: 1, variantId: null, total: eur(500) },
          ],
          history: HISTORY,
        },
      },
    });
    silent(target, before);
    const [order] = target.shop.state().orders;
    expect(order).toMatchObject({ created_via: 'lockstep:1047', payment_method: '', payment_method_title: 'PayPal' });
    expect(order?.meta_data).toContainEqual(expect.objectContaining({ key: 'lockstep_order_number', value: '1047' }));
    expect(order?.meta_data).toContainEqual(
      expect.objectContaining({ key: 'lockstep_placed_at', value: '2026-10-30T10:00:00Z' }),
    );
    expect(order?.line_items[1]?.meta_data).toContainEqual(expect.objectContaining({ key: 'SKU', value: 'OLD-1' }));
    expect(target.shop.state().notes.filter(({ customer_note }) => customer_note)).toEqual([]);
    expect(target.shop.state().products[0]?.stock_quantity).toBe(5);
  });

  const held: readonly [string, Partial<OrderState>, string, OrderState][] = [
    ['paid', {}, 'on-hold', OPEN],
    ['not paid', { payment: 'pending' }, 'on-hold', { ...OPEN, payment: 'pending' }],
  ];
  test.each(held)('on hold while it is open (%s), which is no difference', async (_, state, status, read) => {
    const target = await openTarget();

    const order = await made(target, orderDraft({}, { hold: true, state: { ...OPEN, ...state } }));

    expect(order).toMatchObject({ heldByUs: true, order: { status: { state: read } } });
    expect(target.shop.state().orders[0]?.status).toBe(status);
    silent(target);
  });

  test('never so that the customer could pay here', async () => {
    const target = await openTarget();

    await made(target, orderDraft({}, { state: { ...OPEN, payment: 'pending' } }));

    expect(target.shop.state().orders[0]?.status).toBe('on-hold');
  });

  const over: readonly [string, Partial<OrderState>, string][] = [
    ['shipped', { fulfilment: 'fulfilled' }, 'completed'],
    ['cancelled', { cancelled: true }, 'cancelled'],
    ['paid back', { payment: 'refunded' }, 'refunded'],
  ];
  test.each(over)('%s as such', async (_, state, status) => {
    const target = await openTarget();

    const result = await create(target, orderDraft({}, { hold: true, state: { ...OPEN, ...state } }));

    expect(result).toMatchObject({ outcome: 'created', complete: true, stored: { heldByUs: false } });
    expect(target.shop.state().orders[0]?.status).toBe(status);
    silent(target);
  });

  test('with refunds that call no gateway and restock nothing, each once', async () => {
    const target = await openTarget();
    const refunds = [
      { id: 'r-1', at: '2026-11-01T10:00:00Z', amount: eur(1000), reason: 'broken' },
      { id: 'r-2', at: '2026-11-02T10:00:00Z', amount: eur(3990), reason: null },
    ];
    const state = { ...OPEN, payment: 'refunded', fulfilment: 'fulfilled' } as const;

    const order = await made(target, orderDraft({ refunds }, { state }));

    expect(order).toMatchObject({
      order: {
        refunds: [
          { id: 'r-2', amount: eur(3990) },
          { id: 'r-1', amount: eur(1000), reason: 'broken' },
        ],
        status: { state: { payment: 'refunded', fulfilment: 'fulfilled' } },
      },
    });
    expect(target.shop.state().refunds.map(({ refunded_payment }) => refunded_payment)).toEqual([false, false]);
    silent(target);
  });

  test('with tax on top as a line, where the shop works out none', async () => {
    const target = await openTarget();
    const order = { taxesIncluded: false, tax: eur(948), total: eur(5938) };

    expect(await create(target, orderDraft(order))).toMatchObject({
      complete: true,
      stored: { order: { total: eur(5938), fees: [{ title: 'Tax', amount: eur(948) }] } },
    });
  });

  test('not where its parts do not come to its total', async () => {
    const target = await openTarget();

    expect(await create(target, orderDraft({ total: eur(1) }))).toMatchObject({ outcome: 'refused' });
    expect(target.writes()).toEqual([]);
  });

  test('one by one, each found again by its mark alone', async () => {
    const target = await openTarget();
    const ids = ['1047', '1', '10471', 'gid/with,comma and blank'];
    for (const sourceId of ids) await made(target, orderDraft({}, { sourceId }));

    const found = await target.connect().findBySourceId('order', [...ids, '2'], READ);

    expect(found.map((one) => one?.sourceId ?? null)).toEqual([...ids, null]);
    expect(new Set(found.map((one) => one?.id)).size).toBe(5);
  });

  test('one that somebody put into the trash is there: it is not made again', async () => {
    const target = await openTarget();
    const { id } = await made(target, orderDraft());
    target.shop.people.trashOrder(Number(id));

    const [found] = await target.connector.findBySourceId('order', ['1047'], READ);

    expect(found?.id).toBe(id);
  });

  test.each([
    ['meta', { total: 0, lines: 0 }],
    ['items', { total: 0, lines: 1 }],
    ['totals', { total: 4990, lines: 1 }],
    ['status', { total: 4990, lines: 1 }],
  ] as const)(
    'one whose making was cut short after %s is found, as far as it came',
    async (after, { total, lines }) => {
      const target = await openTarget();
      target.shop.phpFaults.plant({ match: /^POST .*orders$/, effect: { type: 'killed', after }, times: 1 });

      expect(await create(target, orderDraft())).toMatchObject({ outcome: 'unknown' });

      const [found] = await target.connector.findBySourceId('order', ['1047'], READ);
      expect(found).toMatchObject({ sourceId: '1047', order: { total: eur(total) } });
      expect(found?.root === 'order' && found.order.lines).toHaveLength(lines);
      silent(target);
    },
  );

  test('a gateway that gave up before the order was begun', async () => {
    const target = await openTarget();
    target.shop.phpFaults.plant({ match: /^POST .*orders$/, effect: { type: 'gateway', landsAfterMs: 40 }, times: 1 });

    expect(await create(target, orderDraft())).toMatchObject({ outcome: 'unknown' });
    const look = async () => (await target.connector.findBySourceId('order', ['1047'], READ))[0]?.id ?? null;

    expect(await look()).toBeNull();
    await expect.poll(look).not.toBeNull();
  });

  test('half of one is completed, unless it is not to be told which half it is', async () => {
    const target = await openTarget();
    const lines = ['A', 'B'].map((sku) => anOrderLine({ id: sku, sku, total: eur(1000), unitPrice: eur(1000) }));
    const whole = orderDraft({ lines, total: eur(2000), billing: ADDRESS });
    target.shop.phpFaults.plant({ match: /^POST .*orders$/, effect: { type: 'killed', after: 'meta' }, times: 1 });
    await create(target, whole);
    const one = await made(target, orderDraft({ lines: lines.slice(0, 1), total: eur(1000) }, { sourceId: '2' }));
    const [half] = await target.connector.findBySourceId('order', ['1047'], READ);

    const completed = await create(target, { ...whole, ...(half === null || half === undefined ? {} : { half }) });
    const refused = await create(target, { ...whole, sourceId: '2', half: one });

    expect(completed).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: { id: half?.id, order: { total: eur(2000) } },
    });
    expect(refused).toMatchObject({ outcome: 'refused', message: expect.stringContaining('half made') });
    expect(target.shop.state().orders.map(({ line_items }) => line_items.length)).toEqual([2, 1]);
  });
});
