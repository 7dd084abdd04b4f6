import type { Order, OrderState, Refund } from './order.ts';

/** What an order lists as paid back, in minor units of its currency. */
export function refundedSum(refunds: readonly Refund[]): number {
  return refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
}

/**
 * The state that a status word means, once the order's own refunds are counted: no platform's word for "paid" or "shipped" says
 * that part of the money went back (WooCommerce leaves `processing` and `completed` as they are). Only what was paid can be paid
 * back, so any other payment state stays as it is.
 */
export function afterRefunds(state: OrderState, { refunds, total }: Pick<Order, 'refunds' | 'total'>): OrderState {
  const sum = refundedSum(refunds);
  const wasPaid = state.payment === 'paid' || state.payment === 'partiallyRefunded';
  if (sum <= 0 || !wasPaid) return withRefundedPart(state, { refunds });
  return withRefundedPart(
    { ...state, payment: sum >= total.amountMinor ? 'refunded' : 'partiallyRefunded' },
    { refunds },
  );
}

/** How much of it, where the payment state says that a part was paid back and the order lists its refunds. */
export function withRefundedPart(state: OrderState, { refunds }: Pick<Order, 'refunds'>): OrderState {
  const { refunded: _before, ...rest } = state;
  const [first] = refunds;
  const sum = refundedSum(refunds);
  if (state.payment !== 'partiallyRefunded' || first === undefined || sum <= 0) return rest;
  return { ...rest, refunded: { amountMinor: sum, currency: first.amount.currency } };
}
