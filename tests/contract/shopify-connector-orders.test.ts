import { describe, expect, test } from 'vitest';

import type { OrderStep } from '#libs/connectors/store-connector.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { EUR, OPEN, anOrder, orderDraft, create, createOrder, step, openPrepared } from './shopify-builders.ts';
import { bare, CALL } from './shopify-harness.ts';

describe('the Shopify connector creates orders', () => {
  test('whole to the cent, without moving stock, mail or money', async () => {
    await using harness = await openPrepared();
    const seeded = harness.simulator.seedProduct({ title: 'Tee', variants: [{ sku: 'A', price: '10', quantity: 5 }] });
    const draft = { ...orderDraft(), lineVariantIds: [bare(seeded.variantIds[0] ?? '')] };

    const result = await create(harness, draft);

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: {
        sourceId: 'woo-77',
        order: {
          number: '1042',
          total: EUR(3390),
          tax: EUR(509),
          note: 'Ring twice',
          status: { state: OPEN },
          shipping: [{ title: 'DHL', amount: EUR(490) }],
        },
      },
    });
    expect(harness.simulator.ledger.effects).toEqual([]);
    expect(harness.simulator.state().products[0]?.variants[0]?.inventoryQuantity).toBe(5);
    const found = await harness.connector.findByKey('order-number', ['1042'], CALL);
    expect(found[0]?.map(({ sourceId }) => sourceId)).toEqual(['woo-77']);
    const since = await harness.connector.listCreatedSince('order', new Date(Date.now() - 60_000).toISOString(), CALL);
    expect(since.map(({ sourceId }) => sourceId)).toEqual(['woo-77']);
  });

  test('with taxes on top of its prices', async () => {
    await using harness = await openPrepared();
    const order = { taxesIncluded: false, total: EUR(3899) };

    const result = await create(harness, orderDraft({ order }));

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: { order: { total: EUR(3899), tax: EUR(509) } },
    });
  });

  test('with unit prices that were rounded, to the cent all the same', async () => {
    await using harness = await openPrepared();
    const [line] = anOrder().lines;
    if (line === undefined) throw new Error('No line');
    const order = {
      lines: [{ ...line, unitPrice: EUR(333), total: EUR(1000), taxes: [] }],
      shipping: [],
      fees: [],
      discount: EUR(0),
      discountCodes: [],
      tax: EUR(160),
      total: EUR(1000),
    };

    const result = await create(harness, orderDraft({ order }));

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: { order: { total: EUR(1000), tax: EUR(160) } },
    });
  });

  test('nothing where its parts do not come to its total', async () => {
    await using harness = await openPrepared();

    const result = await create(harness, orderDraft({ order: { total: EUR(3391) } }));

    expect(result?.outcome).toBe('refused');
    expect(harness.simulator.state().orders).toEqual([]);
  });

  test('open ones on our own hold, which is no hold of the merchant’s', async () => {
    await using harness = await openPrepared();

    const stored = await createOrder(harness, orderDraft({ hold: true }));

    expect(stored).toMatchObject({
      heldByUs: true,
      order: { status: { state: { onHold: false, fulfilment: 'open' } } },
    });
    expect(harness.simulator.state().orders[0]?.fulfillmentOrders[0]?.holds[0]?.externalId).toBe('woo-77');
  });

  test('shipped ones with their parcels, and cancelled ones cancelled', async () => {
    await using harness = await openPrepared();
    const tracking = [{ number: '0034', carrier: 'DHL', url: null, shippedAt: null }];

    const shipped = await createOrder(
      harness,
      orderDraft({ order: { tracking }, state: { fulfilment: 'fulfilled' }, hold: true }),
    );
    const cancelled = await createOrder(harness, {
      ...orderDraft({ state: { payment: 'pending', cancelled: true } }),
      sourceId: 'woo-78',
    });

    expect(shipped.order).toMatchObject({
      status: { state: { fulfilment: 'fulfilled' } },
      tracking: [{ number: '0034', carrier: 'DHL' }],
    });
    expect(cancelled.order.status.state).toMatchObject({ payment: 'voided', cancelled: true });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});

describe('the Shopify connector takes an order’s steps', () => {
  test('a held order is released, paid and shipped in one go', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ state: { payment: 'pending' }, hold: true }));
    const parcels = [{ number: '0034', carrier: 'DHL', url: null, shippedAt: null }];

    const result = await step(
      harness,
      present,
      { kind: 'releaseHold' },
      { kind: 'pay', at: null },
      { kind: 'fulfil', parcels },
    );

    expect(result).toMatchObject({
      outcome: 'stored',
      stored: {
        [present.id]: {
          status: { state: { payment: 'paid', fulfilment: 'fulfilled' } },
          tracking: [{ number: '0034' }],
        },
      },
    });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('steps taken before are not taken again: no doubled payment, refund, parcel or entry', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ state: { payment: 'pending' } }));
    const entry = { id: 'n1', at: '2026-11-20T11:00:00Z', text: 'Packed', forCustomer: false };
    const steps: readonly OrderStep[] = [
      { kind: 'pay', at: null },
      { kind: 'fulfil', parcels: [{ number: '0034', carrier: 'DHL', url: null, shippedAt: null }] },
      { kind: 'refund', sourceId: 'r1', amount: EUR(1000), at: '2026-11-21T10:00:00Z', reason: 'Torn' },
      { kind: 'history', entries: [entry] },
    ];

    await step(harness, present, ...steps);
    const result = await step(harness, present, ...steps, {
      kind: 'history',
      entries: [entry, { ...entry, id: 'n2', text: 'Sent' }],
    });

    expect(result?.outcome).toBe('stored');
    const [order] = harness.simulator.state().orders;
    expect(order).toMatchObject({ received: '33.9', refunded: '10.0' });
    expect(order?.refunds).toHaveLength(1);
    expect(order?.fulfillments).toHaveLength(1);
    const [after] = await harness.connector.readRoots('order', [{ id: present.id }], CALL);
    expect(after).toMatchObject({
      order: {
        refunds: [{ id: 'r1', amount: EUR(1000), reason: 'Torn' }],
        history: [{ id: 'n1' }, { id: 'n2' }],
        status: { state: { payment: 'partiallyRefunded' } },
      },
    });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test.each([
    ['refundCreate', { kind: 'refund', sourceId: 'r1', amount: EUR(1000), at: '2026-11-21T10:00:00Z', reason: null }],
    ['fulfillmentCreate', { kind: 'fulfil', parcels: [{ number: '1', carrier: null, url: null, shippedAt: null }] }],
    [
      'metafieldsSet',
      { kind: 'history', entries: [{ id: 'n1', at: '2026-11-20T11:00:00Z', text: 'Packed', forCustomer: false }] },
    ],
    ['orderMarkAsPaid', { kind: 'pay', at: null }],
  ] as const)('%s whose answer was lost is not doubled when it is taken again', async (mutation, taken) => {
    await using harness = await openPrepared();
    const payment = mutation === 'orderMarkAsPaid' ? 'pending' : 'paid';
    const present = await createOrder(harness, orderDraft({ state: { payment } }));
    const match = new RegExp(mutation);
    harness.simulator.faults.plant({
      kind: 'write',
      match,
      effect: { type: 'lost-answer', landsAfterMs: 0 },
      times: 1,
    });

    const lost = await step(harness, present, taken);
    const before = harness.simulator.ledger.entries.length;
    const again = await step(harness, present, taken);

    expect([lost?.outcome, again?.outcome]).toEqual(['unknown', 'stored']);
    expect(harness.simulator.ledger.entries).toHaveLength(before);
  });

  test('new parcels of a shipped order replace the old ones without a mail', async () => {
    await using harness = await openPrepared();
    const tracking = [{ number: '1', carrier: 'DHL', url: null, shippedAt: null }];
    const present = await createOrder(harness, orderDraft({ order: { tracking }, state: { fulfilment: 'fulfilled' } }));

    const result = await step(harness, present, {
      kind: 'track',
      parcels: [...tracking, { number: '2', carrier: 'DHL', url: null, shippedAt: null }],
    });

    expect(result).toMatchObject({ stored: { [present.id]: { tracking: [{ number: '1' }, { number: '2' }] } } });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('a note is overwritten, and an order that is cancelled stays so', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ state: { payment: 'pending' } }));

    const result = await step(
      harness,
      present,
      { kind: 'note', text: 'Leave at door' },
      { kind: 'cancel' },
      { kind: 'cancel' },
    );

    expect(result).toMatchObject({
      stored: { [present.id]: { note: 'Leave at door', status: { state: { cancelled: true } } } },
    });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('a refund on a real gateway is refused: it would move money', async () => {
    await using harness = await openPrepared();
    const id = harness.simulator.seedOrder({
      lines: [{ title: 'Tee', quantity: 1, price: '10' }],
      gateway: 'shopify_payments',
    });
    const [present] = await harness.connector.readRoots('order', [{ id: bare(id) }], CALL);

    const result = await step(harness, present as StoredOrder, {
      kind: 'refund',
      sourceId: 'r1',
      amount: EUR(500),
      at: '2026-11-21T10:00:00Z',
      reason: null,
    });

    expect(result?.outcome).toBe('refused');
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});
