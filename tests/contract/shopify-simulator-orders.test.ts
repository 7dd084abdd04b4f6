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

describe('orderCreate', () => {
  test('needs a line', async () => {
    const answer = await create({ lineItems: [] });

    expect(answer.at('data.orderCreate.userErrors.0')).toEqual({
      field: ['order', 'lineItems'],
      message: 'Line items must have at least one line item',
      code: 'INVALID',
    });
  });

  test('mails nobody and moves no stock unless asked to', async () => {
    await created({ email: 'ada@example.com', ...paid });

    expect(shop.sim.ledger.effects).toEqual([]);
    expect(available()).toBe(5);
  });

  test('sendReceipt mails the customer', async () => {
    await created({ email: 'ada@example.com' }, { sendReceipt: true });

    expect(shop.sim.ledger.effects).toMatchObject([{ kind: 'mail', entity: 'order', actor: 'api' }]);
  });

  test('DECREMENT takes from available and leaves on_hand', async () => {
    await created({}, { inventoryBehaviour: 'DECREMENT_IGNORING_POLICY' });

    expect(shop.sim.state().products[0]?.variants[0]?.levels).toMatchObject([{ available: 3, committed: 2 }]);
    expect(shop.sim.ledger.effects).toMatchObject([{ kind: 'stock-movement' }]);
  });

  test('DECREMENT_OBEYING_POLICY refuses what is not there', async () => {
    const answer = await create(
      { lineItems: [line({ quantity: 6 })] },
      { inventoryBehaviour: 'DECREMENT_OBEYING_POLICY' },
    );

    expect(answer.at('data.orderCreate.userErrors.0.code')).toBe('INVENTORY_CLAIM_FAILED');
  });

  test('without status and transactions there is no financial status', async () => {
    const answer = await create();

    expect(answer.at('data.orderCreate.order.displayFinancialStatus')).toBeNull();
  });

  test('without status the transactions tell', async () => {
    const answer = await create({ transactions: [{ kind: 'SALE', amountSet: eur('40.00') }] });

    expect(answer.at('data.orderCreate.order.displayFinancialStatus')).toBe('PARTIALLY_PAID');
  });

  test('taxes on the order and on its lines exclude each other', async () => {
    const tax = { title: 'VAT', rate: '0.19', priceSet: eur('15.97') };

    const answer = await create({ taxLines: [tax], lineItems: [line({ taxLines: [tax] })] });

    expect(answer.at('data.orderCreate.userErrors.0.code')).toBe('INVALID');
  });

  test('adds up lines, shipping and tax', async () => {
    await created({
      taxesIncluded: false,
      taxLines: [{ title: 'VAT', rate: '0.19', priceSet: eur('19.00') }],
      shippingLines: [{ title: 'DHL', priceSet: eur('4.90') }],
    });

    expect(order()).toMatchObject({ subtotal: '100.0', totalShipping: '4.9', totalTax: '19.0', total: '123.9' });
  });

  test('a future date is clamped, the app is the source, tags come back sorted', async () => {
    await created({ processedAt: '2027-01-01T00:00:00Z', tags: ['b', 'a'], sourceIdentifier: '77' });

    expect(order()).toMatchObject({
      processedAt: '2026-11-20T12:00:00Z',
      sourceName: '580111000001',
      tags: ['a', 'b'],
      sourceIdentifier: '77',
    });
  });

  test('lines that need no shipping get no fulfilment order', async () => {
    const id = await created({ lineItems: [line({ requiresShipping: false })] });

    expect(await fulfillmentOrder(id)).toBeUndefined();
    expect(order()?.displayFulfillmentStatus).toBe('FULFILLMENT_NOT_REQUIRED');
  });

  test('FULFILLED without a parcel shows as fulfilled', async () => {
    await created({ fulfillmentStatus: 'FULFILLED' });

    expect(order()).toMatchObject({ displayFulfillmentStatus: 'FULFILLED', fulfillments: [] });
  });

  test('toUpsert changes the customer that it finds', async () => {
    shop.sim.seedCustomer({ email: 'ada@example.com', firstName: 'Ada' });

    await created({ customer: { toUpsert: { email: 'ADA@example.com', firstName: 'Augusta' } } });

    expect(shop.sim.state().customers).toMatchObject([{ firstName: 'Augusta' }]);
  });

  test('without read_all_orders an older order looks as if it were not there', async () => {
    const narrow = await openShop({ scopes: ['read_orders'] });
    const id = narrow.sim.seedOrder({
      createdAt: Date.parse('2026-09-01T00:00:00Z'),
      lines: [{ title: 'Shirt', quantity: 1, price: '1' }],
    });

    const answer = await narrow.query('query ($id: ID!) { order(id: $id) { id } orders(first: 5) { nodes { id } } }', {
      id,
    });
    await narrow.sim.stop();

    expect(answer.at('data')).toEqual({ order: null, orders: { nodes: [] } });
  });
});

describe('later changes of an order', () => {
  test('an update with nothing in it is refused', async () => {
    const id = await created();

    const answer = await shop.send('UpdateOrder', { input: { id } });

    expect(answer.at('data.orderUpdate.userErrors')).toEqual([
      { field: null, message: 'No valid update parameters have been provided' },
    ]);
  });

  test('marking as paid writes a manual sale and asks no gateway', async () => {
    const id = await created({ financialStatus: 'PENDING' });

    const answer = await shop.send('MarkOrderPaid', { input: { id } });

    expect(answer.at('data.orderMarkAsPaid.order')).toMatchObject({
      displayFinancialStatus: 'PAID',
      totalOutstandingSet: { shopMoney: { amount: '0.0' } },
    });
    expect(order()?.transactions).toMatchObject([{ kind: 'SALE', gateway: 'manual', amount: '100.0' }]);
    expect(shop.sim.ledger.effects).toEqual([]);
    expect((await shop.send('MarkOrderPaid', { input: { id } })).at('data.orderMarkAsPaid.userErrors')).toHaveLength(1);
  });

  test('part of a payment is for Plus only', async () => {
    const id = await created({ financialStatus: 'PENDING' });

    const answer = await shop.send('RecordManualPayment', { id, amount: { amount: '1', currencyCode: 'EUR' } });

    expect(answer.at('errors.0.extensions.code')).toBe('ACCESS_DENIED');
  });

  test('closing twice is a silent success', async () => {
    const id = await created();
    await shop.send('CloseOrder', { input: { id } });

    const answer = await shop.send('CloseOrder', { input: { id } });

    expect(answer.at('data.orderClose')).toMatchObject({ order: { closed: true }, userErrors: [] });
  });
});
