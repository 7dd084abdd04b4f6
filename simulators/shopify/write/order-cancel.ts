import type { Maybe, ResolverMap } from '../context.ts';
import { toDecimal, toUnits } from '../decimals.ts';
import { openQuantity, refreshFulfillmentStatus } from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import { defaultLocationId, moveStock } from '../inventory.ts';
import { recomputeFinancialStatus } from '../order-money.ts';
import type { OrderRecord, UserErrorRecord } from '../records.ts';
import { insertRefundTransaction, payments } from '../refunds.ts';
import type { World } from '../world.ts';
import { findOrder, openAuthorisation } from './orders.ts';

type Args = {
  readonly orderId: string;
  readonly reason: string;
  readonly restock: boolean;
  readonly notifyCustomer?: Maybe<boolean>;
  readonly refund?: Maybe<boolean>;
  readonly refundMethod?: Maybe<{ readonly originalPaymentMethodsRefund?: Maybe<boolean> }>;
  readonly staffNote?: Maybe<string>;
};

export const orderCancelMutations: ResolverMap[string] = {
  /** Asynchronous: the answer is a job, whose result is polled. */
  orderCancel: (_: unknown, args: Args, { world }) => {
    const errors = cancelErrors(world, args);
    if (errors.length > 0) return { job: null, jobResult: null, orderCancelUserErrors: errors };
    const jobId = world.gid('Job');
    const id = world.gid('OrderCancelJobResult');
    const jobResult = world.cancelJobs.insert({ id, jobId, orderId: args.orderId, status: 'STARTED', errors: [] });
    world.schedule(world.settings.jobMs, () => {
      const late = cancelErrors(world, args);
      if (late.length === 0) cancel(world, args);
      world.cancelJobs.update(id, late.length === 0 ? { status: 'SUCCEEDED' } : { status: 'FAILED', errors: late });
    });
    return { job: { id: jobId, done: false }, jobResult, orderCancelUserErrors: [] };
  },
};

function cancelErrors(world: World, args: Args): UserErrorRecord[] {
  const order = findOrder(world, args.orderId);
  if (order === undefined) return [userError(['orderId'], 'Order does not exist', 'NOT_FOUND')];
  if (typeof args.refund === 'boolean' && args.refundMethod !== undefined && args.refundMethod !== null) {
    return [userError(['refund'], 'Only one of refund or refundMethod can be specified.', 'INVALID')];
  }
  if ((args.staffNote ?? '').length > 255)
    return [userError(['staffNote'], 'Staff note is too long (maximum is 255 characters)', 'INVALID')];
  if (order.cancelledAt !== null) return [userError(['orderId'], 'Order has already been cancelled', 'INVALID')];
  if (world.fulfillments.of(order.id).some(({ status }) => status === 'SUCCESS'))
    return [userError(['orderId'], 'Order has outstanding fulfillments', 'INVALID')];
  if (world.transactions.of(order.id).some(({ kind, status }) => kind === 'AUTHORIZATION' && status === 'PENDING')) {
    return [userError(['orderId'], 'Order has pending payment authorizations', 'INVALID')];
  }
  return [];
}

function cancel(world: World, args: Args): void {
  const order = findOrder(world, args.orderId);
  if (order === undefined) return;
  const refunds = args.refund === true || args.refundMethod?.originalPaymentMethodsRefund === true;
  const paid = payments(world, order.id).length > 0;
  const stamp = world.stamp();
  if (refunds && paid) refundAll(world, order, args.restock);
  const authorised = openAuthorisation(world, order.id);
  for (const open of world.fulfillmentOrders.of(order.id)) {
    world.fulfillmentOrders.update(open.id, {
      status: 'CLOSED',
      holds: [],
      lines: open.lines.map((line) => ({ ...line, remainingQuantity: 0 })),
      updatedAt: stamp,
    });
  }
  releaseStock(world, order, args.restock);
  world.orders.update(order.id, {
    cancelledAt: stamp,
    cancelReason: args.reason,
    // Recorded: a paid order cancelled without a refund stayed open.
    closedAt: paid && !refunds ? order.closedAt : stamp,
    ...(paid || authorised !== undefined ? {} : { displayFinancialStatus: 'VOIDED' }),
    updatedAt: stamp,
  });
  if (paid) recomputeFinancialStatus(world, order.id);
  refreshFulfillmentStatus(world, order.id);
  if (args.notifyCustomer === true) world.effect('mail', 'order', order.id, 'order cancelled');
}

/** Restocking gives every unshipped unit back, whether or not creation had taken it. */
function releaseStock(world: World, order: OrderRecord, restock: boolean): void {
  for (const line of order.lineItems) {
    const units = openQuantity(line);
    if (line.variantId === null || units === 0 || (!restock && line.claimed === 0)) continue;
    const locationId = line.claimedAt ?? defaultLocationId(world);
    const why = restock ? 'cancellation with restock' : 'cancellation';
    moveStock(world, {
      variantId: line.variantId,
      locationId,
      available: restock ? units : 0,
      committed: -line.claimed,
      entity: 'order',
      id: order.id,
      why,
    });
  }
  const lineItems = (world.orders.get(order.id) ?? order).lineItems.map((line) => ({ ...line, claimed: 0 }));
  world.orders.update(order.id, { lineItems });
}

function refundAll(world: World, order: OrderRecord, restock: boolean): void {
  const refundId = world.gid('Refund');
  const stamp = world.stamp();
  const parents = payments(world, order.id).map((parent) => ({
    parent,
    amount: toUnits(parent.amount) - refundedOf(world, parent.id, order.id),
  }));
  const total = parents.reduce((sum, { amount }) => sum + amount, 0);
  if (total <= 0) return;
  world.refunds.insert({
    id: refundId,
    orderId: order.id,
    note: null,
    createdAt: stamp,
    processedAt: stamp,
    updatedAt: stamp,
    totalRefunded: toDecimal(total),
    shipping: order.totalShipping,
    lines: order.lineItems
      .filter((line) => line.quantity > line.refundedQuantity)
      .map((line) => ({
        id: world.gid('RefundLineItem'),
        lineItemId: line.id,
        quantity: line.quantity - line.refundedQuantity,
        restockType: restock ? 'CANCEL' : 'NO_RESTOCK',
        restocked: restock,
        locationId: restock ? (line.claimedAt ?? defaultLocationId(world)) : null,
        subtotal: line.discountedTotal,
      })),
  });
  for (const { parent, amount } of parents.filter((part) => part.amount > 0))
    insertRefundTransaction(world, order, { refundId, parent, amount, processedAt: stamp });
}

function refundedOf(world: World, parentId: string, orderId: string): number {
  return world.transactions
    .of(orderId)
    .filter(
      (transaction) =>
        transaction.kind === 'REFUND' && transaction.parentId === parentId && transaction.status === 'SUCCESS',
    )
    .reduce((total, { amount }) => total + toUnits(amount), 0);
}
