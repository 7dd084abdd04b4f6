import { toUnits } from './decimals.ts';
import type { FinancialStatus, OrderRecord, TransactionRecord } from './records.ts';
import type { World } from './world.ts';

export function currentTotal(order: OrderRecord): number {
  return toUnits(order.total) - toUnits(order.removed);
}

function succeeded(transactions: readonly TransactionRecord[], kinds: readonly string[]): number {
  return transactions
    .filter(({ kind, status }) => kinds.includes(kind) && status === 'SUCCESS')
    .reduce((total, { amount }) => total + toUnits(amount), 0);
}

export function receivedTotal(world: World, orderId: string): number {
  return succeeded(world.transactions.of(orderId), ['SALE', 'CAPTURE']);
}

export function refundedTotal(world: World, orderId: string): number {
  return succeeded(world.transactions.of(orderId), ['REFUND']);
}

export function outstanding(world: World, order: OrderRecord): number {
  if (order.cancelledAt !== null) return 0;
  return Math.max(0, currentTotal(order) - (receivedTotal(world, order.id) - refundedTotal(world, order.id)));
}

export function canMarkAsPaid(world: World, order: OrderRecord): boolean {
  return order.cancelledAt === null && order.displayFinancialStatus !== 'PAID' && outstanding(world, order) > 0;
}

/** What the transactions say; null where there are none, as is recorded for orders created without status and transactions. */
export function financialStatusOf(
  order: OrderRecord,
  transactions: readonly TransactionRecord[],
): FinancialStatus | null {
  const received = succeeded(transactions, ['SALE', 'CAPTURE']);
  const refunded = succeeded(transactions, ['REFUND']);
  const authorised = succeeded(transactions, ['AUTHORIZATION']);
  if (transactions.length === 0) return null;
  if (refunded > 0) return refunded >= received ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  if (received > 0) return received >= currentTotal(order) ? 'PAID' : 'PARTIALLY_PAID';
  if (succeeded(transactions, ['VOID']) > 0) return 'VOIDED';
  return authorised > 0 ? 'AUTHORIZED' : 'PENDING';
}

/** A status that creation was given stays until an operation recomputes it from the transactions. */
export function recomputeFinancialStatus(world: World, orderId: string): void {
  const order = world.orders.get(orderId);
  if (order === undefined) return;
  const status = financialStatusOf(order, world.transactions.of(orderId)) ?? 'PENDING';
  if (status !== order.displayFinancialStatus) world.orders.update(orderId, { displayFinancialStatus: status });
}

/** Gateways that are words on paper only: nothing is asked to move money. */
export function isManualGateway(gateway: string | null): boolean {
  return (
    gateway === null ||
    ['manual', 'bogus', 'cash on delivery (cod)', 'bank deposit', 'money order'].includes(gateway.toLowerCase())
  );
}
