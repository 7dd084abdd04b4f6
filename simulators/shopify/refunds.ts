import type { Maybe } from './context.ts';
import { sum, toDecimal, toUnits } from './decimals.ts';
import { receivedTotal, refundedTotal } from './order-money.ts';
import { bag } from './read/money.ts';
import type { LineItemRecord, OrderRecord, TransactionRecord } from './records.ts';
import type { World } from './world.ts';

export type RefundLineInput = {
  readonly lineItemId: string;
  readonly quantity: number;
  readonly restockType?: Maybe<string>;
  readonly locationId?: Maybe<string>;
};
export type SuggestArgs = {
  readonly refundLineItems?: Maybe<readonly RefundLineInput[]>;
  readonly shippingAmount?: Maybe<string>;
  readonly refundShipping?: Maybe<boolean>;
  readonly suggestFullRefund?: Maybe<boolean>;
};

/** What so many units of a line cost, tax included where the order's prices do not. */
export function lineValue(order: OrderRecord, line: LineItemRecord, quantity: number): number {
  const tax = order.taxesIncluded ? 0 : sum(line.taxLines.map(({ amount }) => amount));
  return line.quantity === 0
    ? 0
    : Math.round(((toUnits(line.discountedTotal) + tax) * quantity) / line.quantity / 100) * 100;
}

export function payments(world: World, orderId: string): readonly TransactionRecord[] {
  return world.transactions
    .of(orderId)
    .filter(({ kind, status }) => (kind === 'SALE' || kind === 'CAPTURE') && status === 'SUCCESS');
}

export function suggestRefund(world: World, order: OrderRecord, args: SuggestArgs): unknown {
  const most = receivedTotal(world, order.id) - refundedTotal(world, order.id);
  const lines = (args.refundLineItems ?? []).reduce((total, { lineItemId, quantity }) => {
    const line = order.lineItems.find(({ id }) => id === lineItemId);
    return line === undefined ? total : total + lineValue(order, line, quantity);
  }, 0);
  const shipping = args.refundShipping === true ? toUnits(order.totalShipping) : toUnits(args.shippingAmount ?? 0);
  const amount = Math.min(most, args.suggestFullRefund === true ? most : lines + shipping);
  const parent = payments(world, order.id)[0];
  return {
    amountSet: bag(toDecimal(amount), order.currencyCode),
    maximumRefundableSet: bag(toDecimal(most), order.currencyCode),
    suggestedTransactions:
      parent === undefined || amount === 0
        ? []
        : [
            {
              kind: 'SUGGESTED_REFUND',
              gateway: parent.gateway,
              parentTransaction: parent,
              amountSet: bag(toDecimal(amount), order.currencyCode),
            },
          ],
  };
}

/** Books money back; on a gateway that is more than a word it really moves. */
export function insertRefundTransaction(
  world: World,
  order: OrderRecord,
  part: { refundId: string; parent: TransactionRecord; amount: number; processedAt: string },
): void {
  world.transactions.insert({
    id: world.gid('OrderTransaction'),
    orderId: order.id,
    refundId: part.refundId,
    kind: 'REFUND',
    status: 'SUCCESS',
    gateway: part.parent.gateway,
    manual: part.parent.manual,
    test: part.parent.test,
    amount: toDecimal(part.amount),
    parentId: part.parent.id,
    createdAt: world.stamp(),
    processedAt: part.processedAt,
  });
  if (!part.parent.manual)
    world.effect('gateway-call', 'order', order.id, `refund ${toDecimal(part.amount)} on ${part.parent.gateway ?? ''}`);
}
