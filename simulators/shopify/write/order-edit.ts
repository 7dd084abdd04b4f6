import type { OrderEditRecord } from '../app-records.ts';
import { connect, type PageArgs } from '../connection.ts';
import type { Maybe, ResolverMap } from '../context.ts';
import { sum, toDecimal, toUnits } from '../decimals.ts';
import { openFulfillmentOrders, openQuantity, refreshFulfillmentStatus } from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import { recomputeFinancialStatus } from '../order-money.ts';
import type { LineItemRecord, OrderRecord, UserErrorRecord } from '../records.ts';
import { lineValue } from '../refunds.ts';
import { numberOf, type World } from '../world.ts';
import { toLineItem } from './order-totals.ts';
import { findOrder } from './orders.ts';

type Calculated = {
  readonly id: string;
  readonly quantity: number;
  readonly editableQuantity: number;
  readonly sku: string | null;
};
type LinePayload = { readonly calculatedLineItem: Calculated | null; readonly userErrors: readonly UserErrorRecord[] };

export const orderEditResolvers: ResolverMap = {
  CalculatedOrder: {
    lineItems: (edit: OrderEditRecord, args: PageArgs, { world, unpaged }) =>
      connect(calculatedLines(world, edit), args, { unpaged }),
  },
};

export const orderEditMutations: ResolverMap[string] = {
  orderEditBegin: (_: unknown, { id }: { id: string }, { world }) => {
    const order = findOrder(world, id);
    const why = order === undefined ? 'The order does not exist.' : whyNotEditable(order);
    if (order === undefined || why !== undefined)
      return { calculatedOrder: null, userErrors: [userError(['id'], why ?? '')] };
    const edit = { id: world.gid('CalculatedOrder'), orderId: order.id, quantities: {}, added: [] };
    return { calculatedOrder: world.orderEdits.insert(edit), userErrors: [] };
  },
  orderEditSetQuantity: (
    _: unknown,
    args: { id: string; lineItemId: string; quantity: number; restock?: Maybe<boolean> },
    { world },
  ) => setQuantity(world, args),
  orderEditAddVariant: (
    _: unknown,
    args: { id: string; variantId: string; quantity: number; allowDuplicates?: Maybe<boolean> },
    { world },
  ) => addVariant(world, args),
  orderEditCommit: (_: unknown, { id, notifyCustomer }: { id: string; notifyCustomer?: Maybe<boolean> }, { world }) => {
    const edit = world.orderEdits.get(id);
    const order = edit === undefined ? undefined : findOrder(world, edit.orderId);
    if (edit === undefined || order === undefined)
      return { order: null, userErrors: [userError(['id'], 'The calculated order does not exist.')] };
    commit(world, order, edit);
    world.orderEdits.remove(id);
    if (notifyCustomer === true) world.effect('mail', 'order', order.id, 'order edited');
    return { order: world.orders.get(order.id), userErrors: [] };
  },
};

/** Only what is not shipped can be edited, and nothing of an order that is over. */
function whyNotEditable(order: OrderRecord): string | undefined {
  if (order.cancelledAt !== null) return 'The order cannot be edited because it is canceled.';
  const open = order.lineItems.some((line) => openQuantity(line) > 0);
  return open ? undefined : 'The order cannot be edited.';
}

function toCalculatedId(lineItemId: string): string {
  return `gid://shopify/CalculatedLineItem/${numberOf(lineItemId)}`;
}

function calculatedLines(world: World, edit: OrderEditRecord): readonly Calculated[] {
  const lines = world.orders.get(edit.orderId)?.lineItems ?? [];
  return [
    ...lines.map((line): Calculated => ({
      id: toCalculatedId(line.id),
      quantity: edit.quantities[line.id] ?? line.quantity - line.refundedQuantity,
      editableQuantity: openQuantity(line),
      sku: line.sku,
    })),
    ...edit.added.map(({ id, variantId, quantity }): Calculated => ({
      id,
      quantity,
      editableQuantity: quantity,
      sku: world.variants.get(variantId)?.sku ?? null,
    })),
  ];
}

function setQuantity(
  world: World,
  { id, lineItemId, quantity }: { id: string; lineItemId: string; quantity: number },
): LinePayload {
  const edit = world.orderEdits.get(id);
  if (edit === undefined) return refuse('id', 'The calculated order does not exist.');
  const added = edit.added.find((line) => line.id === lineItemId);
  const line = world.orders.get(edit.orderId)?.lineItems.find((one) => toCalculatedId(one.id) === lineItemId);
  if (line === undefined && added === undefined) return refuse('lineItemId', 'The line item does not exist.');
  if (line !== undefined && quantity < line.fulfilledQuantity)
    return refuse('quantity', 'Cannot set the quantity below the number of units that are fulfilled.');
  const next = world.orderEdits.update(id, {
    quantities: line === undefined ? edit.quantities : { ...edit.quantities, [line.id]: quantity },
    added: edit.added.map((one) => (one.id === lineItemId ? { ...one, quantity } : one)),
  });
  return { calculatedLineItem: lineOf(world, next, lineItemId), userErrors: [] };
}

function addVariant(
  world: World,
  args: { id: string; variantId: string; quantity: number; allowDuplicates?: Maybe<boolean> },
): LinePayload {
  const edit = world.orderEdits.get(args.id);
  if (edit === undefined) return refuse('id', 'The calculated order does not exist.');
  if (world.variants.get(args.variantId) === undefined) return refuse('variantId', 'The variant does not exist.');
  if (args.quantity < 1) return refuse('quantity', 'Quantity must be greater than 0.');
  const known = world.orders.get(edit.orderId)?.lineItems.some(({ variantId }) => variantId === args.variantId);
  if (known === true && args.allowDuplicates !== true)
    return refuse('variantId', 'The variant is already on the order.');
  const line = { id: world.gid('CalculatedLineItem'), variantId: args.variantId, quantity: args.quantity };
  const next = world.orderEdits.update(edit.id, { added: [...edit.added, line] });
  return { calculatedLineItem: lineOf(world, next, line.id), userErrors: [] };
}

function lineOf(world: World, edit: OrderEditRecord, id: string): Calculated | null {
  return calculatedLines(world, edit).find((line) => line.id === id) ?? null;
}

function refuse(field: string, message: string): LinePayload {
  return { calculatedLineItem: null, userErrors: [userError([field], message)] };
}

/** Units that go leave the order as refunded ones do; more of a line is a line of its own, as its price may be another by then. */
function commit(world: World, order: OrderRecord, edit: OrderEditRecord): void {
  const changes = order.lineItems.flatMap((line) => {
    const quantity = edit.quantities[line.id];
    return quantity === undefined ? [] : [{ line, by: quantity - (line.quantity - line.refundedQuantity) }];
  });
  const gone = new Map(changes.filter(({ by }) => by < 0).map(({ line, by }) => [line.id, -by]));
  const fresh = [
    ...changes.filter(({ by }) => by > 0).map(({ line, by }) => copyOf(world, line, by)),
    ...edit.added
      .filter(({ quantity }) => quantity > 0)
      .map(({ variantId, quantity }) => toLineItem(world, { variantId, quantity, requiresShipping: true })),
  ];
  const value = order.lineItems.reduce((total, line) => total + lineValue(order, line, gone.get(line.id) ?? 0), 0);
  const more = sum(fresh.map(({ discountedTotal }) => discountedTotal));
  const edited = world.orders.update(order.id, {
    lineItems: [
      ...order.lineItems.map((line) => ({
        ...line,
        refundedQuantity: line.refundedQuantity + (gone.get(line.id) ?? 0),
      })),
      ...fresh,
    ],
    removed: toDecimal(toUnits(order.removed) + value),
    subtotal: toDecimal(toUnits(order.subtotal) + more),
    total: toDecimal(toUnits(order.total) + more),
    updatedAt: world.stamp(),
  });
  takeOut(world, order.id, gone);
  openFulfillmentOrders(world, edited, new Map(fresh.map(({ id, quantity }) => [id, quantity])));
  recomputeFinancialStatus(world, order.id);
  refreshFulfillmentStatus(world, order.id);
}

function copyOf(world: World, line: LineItemRecord, quantity: number): LineItemRecord {
  const input = {
    variantId: line.variantId,
    title: line.title,
    sku: line.sku,
    quantity,
    requiresShipping: line.requiresShipping,
  };
  const priceSet = { shopMoney: { amount: line.unitPrice, currencyCode: world.settings.currency } };
  return toLineItem(world, { ...input, priceSet });
}

function takeOut(world: World, orderId: string, gone: ReadonlyMap<string, number>): void {
  const left = new Map(gone);
  for (const open of world.fulfillmentOrders.of(orderId)) {
    if (open.status === 'CLOSED' || open.status === 'CANCELLED') continue;
    const lines = open.lines.map((line) => {
      const units = Math.min(line.remainingQuantity, left.get(line.lineItemId) ?? 0);
      left.set(line.lineItemId, (left.get(line.lineItemId) ?? 0) - units);
      return { ...line, remainingQuantity: line.remainingQuantity - units };
    });
    const empty = lines.every(({ remainingQuantity }) => remainingQuantity === 0);
    world.fulfillmentOrders.update(open.id, {
      lines,
      ...(empty ? { status: 'CLOSED' as const } : {}),
      updatedAt: world.stamp(),
    });
  }
}
