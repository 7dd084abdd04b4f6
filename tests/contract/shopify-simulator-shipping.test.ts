import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { eur, openShop, type Answer, type Harness, type Json } from './shopify-simulator.harness.ts';

let shop: Harness;
let variantId: string;
let itemId: string;
beforeEach(async () => {
  shop = await openShop({ locations: ['Berlin', 'Bonn'] });
  const seeded = shop.sim.seedProduct({
    title: 'Linen shirt',
    variants: [{ sku: 'LS', price: '50.00', quantity: 0 }],
  });
  variantId = seeded.variantIds[0] ?? '';
  itemId = seeded.inventoryItemIds[0] ?? '';
});
afterEach(() => shop.sim.stop());

const order = () => {
  const [first] = shop.sim.state().orders;
  if (first === undefined) throw new Error('No order');
  return first;
};

async function created(lineItems: readonly Json[]): Promise<string> {
  const total = lineItems.reduce((sum, { quantity }) => sum + Number(quantity) * 50, 0);
  const transactions = [{ kind: 'SALE', gateway: 'manual', amountSet: eur(String(total)) }];
  const answer = await shop.send('CreateOrder', {
    order: {
      lineItems: lineItems.map((line) => ({ requiresShipping: true, priceSet: eur('50.00'), ...line })),
      financialStatus: 'PAID',
      transactions,
    },
    options: {},
  });
  return answer.at('data.orderCreate.order.id') as string;
}

const hold = (id: string, more: Json = {}): Promise<Answer> =>
  shop.send('HoldFulfillmentOrder', { id, fulfillmentHold: { reason: 'OTHER', ...more } });

async function setStock(locationId: string, quantity: number): Promise<void> {
  const quantities = [{ inventoryItemId: itemId, locationId, quantity, changeFromQuantity: null }];
  const input = { name: 'available', reason: 'correction', quantities };
  await shop.send('SetInventory', { input, idempotencyKey: `k-${locationId}` });
}

describe('fulfilment orders', () => {
  test('lie where the units lie, one for each location', async () => {
    const [berlin = '', bonn = ''] = shop.sim.locationIds;
    await setStock(bonn, 5);

    await created([
      { variantId, quantity: 2 },
      { title: 'Gift card', quantity: 1 },
    ]);

    const { fulfillmentOrders, lineItems } = order();
    expect(
      fulfillmentOrders.map(({ locationId, lines }) => [locationId, lines.map(({ lineItemId }) => lineItemId)]),
    ).toEqual([
      [bonn, [lineItems[0]?.id]],
      [berlin, [lineItems[1]?.id]],
    ]);
    const both = await shop.send('CreateFulfillment', {
      fulfillment: { lineItemsByFulfillmentOrder: fulfillmentOrders.map(({ id }) => ({ fulfillmentOrderId: id })) },
    });
    expect(both.at('data.fulfillmentCreate.userErrors.0.message')).toMatch(/same order and location/);
  });

  test('are split where a part is held: the rest goes on under one of its own', async () => {
    await created([{ variantId, quantity: 3 }]);
    const [whole] = order().fulfillmentOrders;
    const lineId = whole?.lines[0]?.id ?? '';

    const answer = await hold(whole?.id ?? '', { fulfillmentOrderLineItems: [{ id: lineId, quantity: 2 }] });

    expect(answer.at('data.fulfillmentOrderHold.userErrors')).toEqual([]);
    expect(order().fulfillmentOrders.map(({ status, lines }) => [status, lines[0]?.remainingQuantity])).toEqual([
      ['ON_HOLD', 2],
      ['OPEN', 1],
    ]);
    const rest = order().fulfillmentOrders[1]?.id;
    const shipped = await shop.send('CreateFulfillment', {
      fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: rest }] },
    });
    expect(shipped.at('data.fulfillmentCreate.userErrors')).toEqual([]);
    expect(order()).toMatchObject({ displayFulfillmentStatus: 'ON_HOLD', lineItems: [{ fulfilledQuantity: 1 }] });
  });

  test.each([
    ['what is held already', 1, true, 'FULFILLMENT_ORDER_NOT_SPLITTABLE'],
    ['more than is left', 4, false, 'INVALID_LINE_ITEM_QUANTITY'],
    ['nothing', 0, false, 'GREATER_THAN_ZERO'],
  ])('no part is held of %s', async (_name, quantity, isHeld, code) => {
    await created([{ variantId, quantity: 3 }]);
    const [whole] = order().fulfillmentOrders;
    const id = whole?.id ?? '';
    if (isHeld) await hold(id, { handle: 'a' });

    const answer = await shop.query(
      `mutation ($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { userErrors { code } } }`,
      {
        id,
        hold: { reason: 'OTHER', handle: 'b', fulfillmentOrderLineItems: [{ id: whole?.lines[0]?.id, quantity }] },
      },
    );

    expect(answer.at('data.fulfillmentOrderHold.userErrors.0.code')).toBe(code);
    expect(order().fulfillmentOrders).toHaveLength(1);
  });
});

async function begin(id: string): Promise<{ id: string; lines: readonly { id: string; editableQuantity: number }[] }> {
  const answer = await shop.send('BeginOrderEdit', { id });
  return {
    id: answer.at('data.orderEditBegin.calculatedOrder.id') as string,
    lines: answer.at('data.orderEditBegin.calculatedOrder.lineItems.nodes') as [],
  };
}

describe('an order that is edited', () => {
  test('changes when the edit is committed: units go, lines come, and the difference is due', async () => {
    const other = shop.sim.seedProduct({ title: 'Cap', variants: [{ sku: 'CAP', price: '20.00' }] }).variantIds[0];
    const id = await created([{ variantId, quantity: 3 }]);
    const edit = await begin(id);

    await shop.send('OrderEditSetLineQuantity', { id: edit.id, lineItemId: edit.lines[0]?.id, quantity: 2 });
    await shop.send('OrderEditAddLine', { id: edit.id, variantId: other, quantity: 4 });
    expect(order().lineItems).toHaveLength(1);
    const committed = await shop.send('CommitOrderEdit', { id: edit.id });

    expect(committed.at('data.orderEditCommit.userErrors')).toEqual([]);
    expect(order()).toMatchObject({
      total: '230.0',
      currentTotal: '180.0',
      outstanding: '30.0',
      displayFinancialStatus: 'PARTIALLY_PAID',
      lineItems: [
        { sku: 'LS', quantity: 3, refundedQuantity: 1 },
        { sku: 'CAP', quantity: 4 },
      ],
    });
    expect(order().fulfillmentOrders.map(({ lines }) => lines[0]?.remainingQuantity)).toEqual([2, 4]);
    expect(shop.sim.ledger.effects).toEqual([]);
  });

  test('not below what is shipped, not with a variant that is on it, and not when it is over', async () => {
    const id = await created([{ variantId, quantity: 2 }]);
    const [open] = order().fulfillmentOrders;
    const units = [{ id: open?.lines[0]?.id, quantity: 1 }];
    const part = [{ fulfillmentOrderId: open?.id, fulfillmentOrderLineItems: units }];
    await shop.send('CreateFulfillment', { fulfillment: { lineItemsByFulfillmentOrder: part } });
    const edit = await begin(id);

    const less = await shop.send('OrderEditSetLineQuantity', {
      id: edit.id,
      lineItemId: edit.lines[0]?.id,
      quantity: 0,
    });
    const twice = await shop.send('OrderEditAddLine', { id: edit.id, variantId, quantity: 1 });
    await shop.send('CreateFulfillment', {
      fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: open?.id }] },
    });
    const over = await shop.send('BeginOrderEdit', { id });

    expect(edit.lines[0]?.editableQuantity).toBe(1);
    expect(less.at('data.orderEditSetQuantity.userErrors.0.message')).toMatch(/fulfilled/);
    expect(twice.at('data.orderEditAddVariant.userErrors.0.message')).toMatch(/already/);
    expect(over.at('data.orderEditBegin.userErrors.0.message')).toMatch(/cannot be edited/);
  });
});
