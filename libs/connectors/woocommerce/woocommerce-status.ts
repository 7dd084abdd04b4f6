import type { StatusTarget } from '#libs/fields/field-maps.ts';
import { afterRefunds } from '#libs/model/order-refunds.ts';
import type { Order, OrderState } from '#libs/model/order.ts';

/**
 * What WooCommerce's own words mean where the config does not say otherwise. Words of plugins are missing on purpose: they are
 * `unmapped-value` until a person maps them.
 */
export const WOOCOMMERCE_STATUS_MAP: Readonly<Record<string, StatusTarget>> = {
  pending: { payment: 'pending', fulfilment: 'open' },
  // Waits for money (a bank transfer, a cheque), not for a person.
  'on-hold': { payment: 'pending', fulfilment: 'open' },
  processing: { payment: 'paid', fulfilment: 'open' },
  completed: { payment: 'paid', fulfilment: 'fulfilled' },
  // Whether it had been paid is not in the word.
  cancelled: { cancelled: true },
  refunded: { payment: 'refunded' },
  // A failed payment is tried again by the customer; what the target cancelled for it could not be brought back.
  failed: 'ignore',
  'checkout-draft': 'ignore',
  'auto-draft': 'ignore',
  trash: 'ignore',
};

/** The word as the API and people write it, without the prefix that it has in the database. */
export function statusWord(status: string): string {
  return status.startsWith('wc-') ? status.slice(3) : status;
}

/** The state that the word means by default, filled up by what the order itself says; null where nothing maps the word. */
export function toOrderState(
  word: string,
  order: Pick<Order, 'refunds' | 'total'> & { readonly paid: boolean; readonly shipped?: boolean },
): OrderState | null {
  const target = Object.hasOwn(WOOCOMMERCE_STATUS_MAP, word) ? WOOCOMMERCE_STATUS_MAP[word] : undefined;
  if (target === undefined || target === 'ignore') return null;
  const state: OrderState = {
    payment: target.payment ?? (order.paid ? 'paid' : 'pending'),
    // "Refunded" and "cancelled" leave open whether it had been shipped before; the day of its completion tells.
    fulfilment: target.fulfilment ?? (order.shipped === true ? 'fulfilled' : 'open'),
    cancelled: target.cancelled ?? false,
    onHold: target.onHold ?? false,
  };
  return afterRefunds(state, order);
}
