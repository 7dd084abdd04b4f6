import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { eur, openShop, type Answer, type Harness, type Json } from './shopify-simulator.harness.ts';

let shop: Harness;
let variantId: string;
beforeEach(async () => {
  shop = await openShop();
  variantId =
    shop.sim.seedProduct({ title: 'Linen shirt', variants: [{ sku: 'LS', price: '50.00', quantity: 5 }] })
      .variantIds[0] ?? '';
});
afterEach(() => shop.sim.stop());

const line = (more: Json = {}): Json => ({
  variantId,
  quantity: 2,
  requiresShipping: true,
  priceSet: eur('50.00'),
  ...more,
});
const create = (order: Json = {}, options: Json = {}): Promise<Answer> =>
  shop.send('CreateOrder', { order: { lineItems: [line()], ...order }, options });
const paid: Json = {
  financialStatus: 'PAID',
  transactions: [{ kind: 'SALE', gateway: 'manual', amountSet: eur('100.00') }],
};
const order = () => shop.sim.state().orders[0];
const available = (): number | undefined => shop.sim.state().products[0]?.variants[0]?.inventoryQuantity;

async function created(input: Json = {}, options: Json = {}): Promise<string> {
  const answer = await create(input, options);
  expect(answer.at('data.orderCreate.userErrors')).toEqual([]);
  return answer.at('data.orderCreate.order.id') as string;
}

async function fulfillmentOrder(id: string): Promise<{ id: string; status: string }> {
  const answer = await shop.send('OrderFulfillmentState', { id });
  return answer.at('data.order.fulfillmentOrders.nodes.0') as { id: string; status: string };
}

const ship = async (id: string, more: Json = {}): Promise<Answer> =>
  shop.send('CreateFulfillment', {
    fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: (await fulfillmentOrder(id)).id }], ...more },
  });

const cancel = (orderId: string, more: Json = {}): Promise<Answer> =>
  shop.send('CancelOrder', { orderId, reason: 'OTHER', restock: false, ...more });

describe('orderCancel', () => {
  test('is done later: the job tells', async () => {
    const id = await created({ financialStatus: 'PENDING' });

    const started = await cancel(id);
    const job = started.at('data.orderCancel.jobResult.id') as string;
    const early = await shop.send('OrderCancelResult', { id: job });
    shop.clock.ms += 100;
    const late = await shop.send('OrderCancelResult', { id: job });

    expect(started.at('data.orderCancel.jobResult.status')).toBe('STARTED');
    expect(early.at('data.node')).toMatchObject({ status: 'STARTED', done: false, order: { cancelledAt: null } });
    expect(late.at('data.node')).toMatchObject({
      status: 'SUCCEEDED',
      done: true,
      order: { displayFinancialStatus: 'VOIDED' },
    });
    expect(order()).toMatchObject({
      cancelledAt: '2026-11-20T12:00:00Z',
      cancelReason: 'OTHER',
      closedAt: '2026-11-20T12:00:00Z',
    });
    expect(shop.sim.ledger.effects).toEqual([]);
  });

  test('a paid order cancelled without a refund stays open', async () => {
    const id = await created(paid);

    await cancel(id);
    shop.clock.ms += 100;

    expect(order()).toMatchObject({ displayFinancialStatus: 'PAID', closedAt: null });
  });

  test('restock moves stock', async () => {
    const id = await created();

    await cancel(id, { restock: true });
    shop.clock.ms += 100;

    expect(order()?.cancelledAt).not.toBeNull();
    expect(available()).toBe(7);
    expect(shop.sim.ledger.effects).toMatchObject([{ kind: 'stock-movement', entity: 'order' }]);
  });

  test('is refused twice, and while something has shipped', async () => {
    const id = await created();
    await ship(id);
    const shipped = await cancel(id);
    await shop.send('CancelFulfillment', { id: order()?.fulfillments[0]?.id ?? '' });
    await cancel(id);
    shop.clock.ms += 100;

    const twice = await cancel(id);

    expect(shipped.at('data.orderCancel.orderCancelUserErrors.0.message')).toContain('has outstanding fulfillments');
    expect(twice.at('data.orderCancel.orderCancelUserErrors')).toHaveLength(1);
  });
});

describe('fulfilment', () => {
  test('ships what is left, with its tracking, and mails nobody', async () => {
    const id = await created();

    const answer = await ship(id, { trackingInfo: { company: 'DHL', number: '0034' } });

    expect(answer.at('data.fulfillmentCreate')).toMatchObject({
      fulfillment: { status: 'SUCCESS', totalQuantity: 2, trackingInfo: [{ company: 'DHL', number: '0034' }] },
      userErrors: [],
    });
    expect(order()?.displayFulfillmentStatus).toBe('FULFILLED');
    expect(shop.sim.ledger.effects).toEqual([]);
  });

  test('notifyCustomer mails', async () => {
    await ship(await created(), { notifyCustomer: true });

    expect(shop.sim.ledger.effects).toMatchObject([{ kind: 'mail', entity: 'fulfillment' }]);
  });

  test('a closed fulfilment order ships nothing more', async () => {
    const id = await created();
    await ship(id);

    const again = await ship(id);

    expect(again.at('data.fulfillmentCreate.userErrors.0.message')).toMatch(
      /^Fulfillment order \d+ has an unfulfillable status= closed\.$/,
    );
  });

  test('more than is left is refused', async () => {
    const id = await created();
    const state = await shop.send('OrderFulfillmentState', { id });
    const open = state.at('data.order.fulfillmentOrders.nodes.0.id');
    const lineId = state.at('data.order.fulfillmentOrders.nodes.0.lineItems.nodes.0.id');

    const answer = await shop.send('CreateFulfillment', {
      fulfillment: {
        lineItemsByFulfillmentOrder: [
          { fulfillmentOrderId: open, fulfillmentOrderLineItems: [{ id: lineId, quantity: 3 }] },
        ],
      },
    });

    expect(answer.at('data.fulfillmentCreate.userErrors.0.message')).toBe(
      'Invalid fulfillment order line item quantity requested.',
    );
  });

  test('a cancelled fulfilment is to be shipped again', async () => {
    const id = await created();
    await ship(id);

    await shop.send('CancelFulfillment', { id: order()?.fulfillments[0]?.id ?? '' });

    expect(order()).toMatchObject({
      displayFulfillmentStatus: 'UNFULFILLED',
      fulfillmentOrders: [{ status: 'CLOSED' }, { status: 'OPEN' }],
    });
  });

  test('a hold stops shipping, does not move the clock of the order, and is released by its external id', async () => {
    const id = await created();
    const { id: open } = await fulfillmentOrder(id);
    const before = order()?.updatedAt;
    shop.clock.ms += 5000;

    await shop.send('HoldFulfillmentOrder', { id: open, fulfillmentHold: { reason: 'OTHER', externalId: '77' } });
    const held = order();
    const refused = await ship(id);
    const release = await shop.query(
      'mutation ($id: ID!) { fulfillmentOrderReleaseHold(id: $id, externalId: "77") { fulfillmentOrder { status } userErrors { message } } }',
      { id: open },
    );

    expect(held).toMatchObject({
      displayFulfillmentStatus: 'ON_HOLD',
      updatedAt: before,
      fulfillmentOrders: [{ status: 'ON_HOLD', holds: [{ externalId: '77' }] }],
    });
    expect(refused.at('data.fulfillmentCreate.userErrors')).toHaveLength(1);
    expect(release.at('data.fulfillmentOrderReleaseHold')).toEqual({
      fulfillmentOrder: { status: 'OPEN' },
      userErrors: [],
    });
  });
});

const refund = (more: Json, idempotencyKey = 'r1'): Promise<Answer> =>
  shop.send('CreateRefund', { idempotencyKey, input: { orderId: order()?.id, ...more } });

const back = (amount: string, gateway = 'manual'): Json => ({
  orderId: order()?.id,
  parentId: order()?.transactions[0]?.id,
  gateway,
  kind: 'REFUND',
  amount,
});

describe('refundCreate', () => {
  test('gives money back once for one key', async () => {
    await created(paid);

    await refund({ transactions: [back('30.00')] });
    const again = await refund({ transactions: [back('30.00')] });

    expect(again.at('data.refundCreate.order')).toMatchObject({
      displayFinancialStatus: 'PARTIALLY_REFUNDED',
      totalRefundedSet: { shopMoney: { amount: '30.0' } },
    });
    expect(order()?.refunds).toHaveLength(1);
    expect(shop.sim.ledger.effects).toEqual([]);
  });

  test('more than was paid is refused', async () => {
    await created({ transactions: [{ amountSet: eur('15.00') }] });

    const answer = await refund({ transactions: [back('25.00')] });

    expect(answer.at('data.refundCreate.userErrors.0.message')).toBe(
      'Refund amount $25.00 is greater than net payment received $15.00',
    );
  });

  test('money needs the payment it belongs to', async () => {
    await created(paid);

    const answer = await refund({ transactions: [{ ...back('1.00'), parentId: null }] });

    expect(answer.at('data.refundCreate.userErrors.0.message')).toBe(
      'Transactions require a parent_id associated with the order',
    );
  });

  test('on a real gateway money moves, with restock the goods come back, with notify a mail goes out', async () => {
    await created({ transactions: [{ gateway: 'shopify_payments', amountSet: eur('100.00') }] });
    const lineItemId = order()?.lineItems[0]?.id;

    await refund({
      notify: true,
      transactions: [back('50.00')],
      refundLineItems: [{ lineItemId, quantity: 1, restockType: 'RETURN', locationId: shop.sim.locationIds[0] }],
    });

    expect(shop.sim.ledger.effects.map(({ kind }) => kind)).toEqual(['gateway-call', 'stock-movement', 'mail']);
    expect(order()?.transactions.at(-1)).toMatchObject({ kind: 'REFUND', gateway: 'shopify_payments' });
    expect(order()).toMatchObject({ currentTotal: '50.0', displayFinancialStatus: 'PARTIALLY_REFUNDED' });
    expect(available()).toBe(6);
  });
});
