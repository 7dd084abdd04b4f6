import type { Context, Maybe, ResolverMap } from '../context.ts';
import { toDecimal, toUnits } from '../decimals.ts';
import { refreshFulfillmentStatus } from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import { moveStock } from '../inventory.ts';
import { receivedTotal, recomputeFinancialStatus, refundedTotal } from '../order-money.ts';
import type { OrderRecord, RefundRecord, UserErrorRecord } from '../records.ts';
import { insertRefundTransaction, lineValue, type RefundLineInput } from '../refunds.ts';
import type { World } from '../world.ts';
import { idempotent } from './idempotent.ts';
import { findOrder } from './orders.ts';

export type RefundInput = {
  readonly orderId: string;
  readonly note?: Maybe<string>;
  readonly notify?: Maybe<boolean>;
  readonly allowOverRefunding?: Maybe<boolean>;
  readonly processedAt?: Maybe<string>;
  readonly refundLineItems?: Maybe<readonly RefundLineInput[]>;
  readonly shipping?: Maybe<{ readonly amount?: Maybe<string>; readonly fullRefund?: Maybe<boolean> }>;
  readonly transactions?: Maybe<
    readonly {
      readonly amount: string;
      readonly gateway: string;
      readonly kind: string;
      readonly orderId: string;
      readonly parentId?: Maybe<string>;
    }[]
  >;
};
type Payload = { readonly order: unknown; readonly refund: unknown; readonly userErrors: readonly UserErrorRecord[] };

export const refundMutations: ResolverMap[string] = {
  refundCreate: (_: unknown, { input }: { input: RefundInput }, context, info) =>
    idempotent(context, info, input, () => createRefund(context, input)),
};

/** Books a refund, as the call does. */
export function createRefund({ world }: Pick<Context, 'world'>, input: RefundInput): Payload {
  const order = findOrder(world, input.orderId);
  if (order === undefined)
    return { order: null, refund: null, userErrors: [userError(['orderId'], 'Order does not exist')] };
  const errors = refundErrors(world, order, input);
  if (errors.length > 0) return { order, refund: null, userErrors: errors };
  const refund = insertRefund(world, order, input);
  for (const { parentId, amount } of input.transactions ?? []) {
    const parent = world.transactions.get(parentId);
    if (parent !== undefined)
      insertRefundTransaction(world, order, {
        refundId: refund.id,
        parent,
        amount: toUnits(amount),
        processedAt: refund.processedAt,
      });
  }
  takeBack(world, order, refund);
  recomputeFinancialStatus(world, order.id);
  refreshFulfillmentStatus(world, order.id);
  if (input.notify === true) world.effect('mail', 'refund', refund.id, 'refund notification');
  return { order: world.orders.get(order.id), refund: world.refunds.get(refund.id), userErrors: [] };
}

function refundErrors(world: World, order: OrderRecord, input: RefundInput): UserErrorRecord[] {
  const errors: UserErrorRecord[] = [];
  for (const [index, { lineItemId, quantity, restockType, locationId }] of (input.refundLineItems ?? []).entries()) {
    const line = order.lineItems.find(({ id }) => id === lineItemId);
    if (line === undefined)
      errors.push(userError(['refundLineItems', index, 'lineItemId'], 'Line item does not exist'));
    else if (quantity > line.quantity - line.refundedQuantity)
      errors.push(
        userError(['refundLineItems', index, 'quantity'], 'Quantity cannot refund more items than were purchased'),
      );
    if ((restockType === 'RETURN' || restockType === 'CANCEL') && world.locations.get(locationId) === undefined) {
      errors.push(userError(['refundLineItems', index, 'locationId'], 'Location must be specified when restocking'));
    }
  }
  const transactions = input.transactions ?? [];
  if (transactions.some(({ parentId }) => world.transactions.get(parentId)?.orderId !== order.id)) {
    errors.push(userError(null, 'Transactions require a parent_id associated with the order'));
  }
  const wanted = transactions.reduce((total, { amount }) => total + toUnits(amount), 0);
  const net = receivedTotal(world, order.id) - refundedTotal(world, order.id);
  if (wanted > net && input.allowOverRefunding !== true) {
    errors.push(
      userError(null, `Refund amount ${dollars(wanted)} is greater than net payment received ${dollars(net)}`),
    );
  }
  if (transactions.length === 0 && (input.refundLineItems ?? []).length === 0 && input.shipping === undefined) {
    errors.push(userError(null, 'A refund must have at least one of refund line items, shipping or transactions'));
  }
  return errors;
}

function dollars(units: number): string {
  return `$${(units / 10_000).toFixed(2)}`;
}

function insertRefund(world: World, order: OrderRecord, input: RefundInput): RefundRecord {
  const stamp = world.stamp();
  const shipping =
    input.shipping?.fullRefund === true ? toUnits(order.totalShipping) : toUnits(input.shipping?.amount ?? 0);
  return world.refunds.insert({
    id: world.gid('Refund'),
    orderId: order.id,
    note: input.note ?? null,
    createdAt: stamp,
    processedAt: typeof input.processedAt === 'string' && input.processedAt < stamp ? input.processedAt : stamp,
    updatedAt: stamp,
    totalRefunded: toDecimal((input.transactions ?? []).reduce((total, { amount }) => total + toUnits(amount), 0)),
    shipping: toDecimal(shipping),
    lines: (input.refundLineItems ?? []).map(({ lineItemId, quantity, restockType, locationId }) => {
      const line = order.lineItems.find(({ id }) => id === lineItemId);
      return {
        id: world.gid('RefundLineItem'),
        lineItemId,
        quantity,
        restockType: restockType ?? 'NO_RESTOCK',
        restocked: restockType === 'RETURN' || restockType === 'CANCEL',
        locationId: locationId ?? null,
        subtotal:
          line === undefined
            ? '0.0'
            : toDecimal(Math.round((toUnits(line.discountedTotal) * quantity) / line.quantity)),
      };
    }),
  });
}

/** Refunded units leave the order, what has not shipped leaves its fulfilment orders, and restocked ones go back on the shelf. */
function takeBack(world: World, order: OrderRecord, refund: RefundRecord): void {
  const units = new Map(refund.lines.map(({ lineItemId, quantity }) => [lineItemId, quantity]));
  for (const part of refund.lines.filter(({ restocked }) => restocked)) {
    const line = order.lineItems.find(({ id }) => id === part.lineItemId);
    if (line?.variantId === null || line === undefined || part.locationId === null) continue;
    const committed = -Math.min(line.claimed, part.quantity);
    moveStock(world, {
      variantId: line.variantId,
      locationId: part.locationId,
      available: part.quantity,
      committed,
      entity: 'refund',
      id: refund.id,
      why: `refund with ${part.restockType.toLowerCase()}`,
    });
  }
  for (const open of world.fulfillmentOrders
    .of(order.id)
    .filter(({ status }) => status !== 'CLOSED' && status !== 'CANCELLED')) {
    const lines = open.lines.map((line) => ({
      ...line,
      remainingQuantity: Math.max(0, line.remainingQuantity - (units.get(line.lineItemId) ?? 0)),
    }));
    const empty = lines.every(({ remainingQuantity }) => remainingQuantity === 0);
    world.fulfillmentOrders.update(open.id, {
      lines,
      ...(empty ? { status: 'CLOSED' as const } : {}),
      updatedAt: world.stamp(),
    });
  }
  const value = order.lineItems.reduce((total, line) => total + lineValue(order, line, units.get(line.id) ?? 0), 0);
  world.orders.update(order.id, {
    lineItems: order.lineItems.map((line) => {
      const quantity = units.get(line.id) ?? 0;
      return quantity === 0
        ? line
        : {
            ...line,
            refundedQuantity: line.refundedQuantity + quantity,
            claimed: Math.max(0, line.claimed - quantity),
          };
    }),
    removed: toDecimal(toUnits(order.removed) + value + toUnits(refund.shipping)),
    updatedAt: world.stamp(),
  });
}
