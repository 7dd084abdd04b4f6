import type { OrderState, PaymentState } from '#libs/model/order.ts';
import type { StatusTarget } from './field-maps.ts';

type Words = Readonly<Record<string, OrderState>>;

/**
 * Payments that a store tells of, and that nobody can give an order of another store: an authorisation and a part payment lie with a
 * gateway, and a payment is voided by cancelling only. Until more is paid such an order is one that waits for its money.
 */
const WAITS_FOR_MONEY: ReadonlySet<PaymentState> = new Set<PaymentState>(['authorised', 'partiallyPaid', 'voided']);

/** Payments of which a platform may have one word for all. */
const UNPAID: ReadonlySet<PaymentState> = new Set<PaymentState>(['pending', 'authorised', 'voided']);

/**
 * What words of the source mean at this target where they cannot mean what they say: from what both platforms tell of their words.
 * A word that is not here means what it says. The config has the last word. Pure.
 */
export function pairStatusMap(source: Words = {}, target: Words = {}): Readonly<Record<string, StatusTarget>> {
  return Object.fromEntries(
    Object.entries(source).flatMap(([word, { payment, fulfilment, cancelled }]) => {
      if (cancelled || !WAITS_FOR_MONEY.has(payment)) return [];
      const instead = { payment: 'pending', fulfilment, cancelled: false, onHold: false } as const;
      return hasPlace(instead, target) ? [[word, { payment: instead.payment, fulfilment }] as const] : [];
    }),
  );
}

/** Whether the target has a word for such a state; what has none is withheld there. Pure. */
export function hasPlace({ payment, fulfilment, cancelled }: OrderState, target: Words): boolean {
  return Object.values(target).some((state) => {
    if (cancelled || state.cancelled) return cancelled && state.cancelled;
    // "Refunded" leaves open whether it had been shipped; a part that was paid back is kept beside the word.
    if (payment === 'refunded') return state.payment === 'refunded';
    return state.fulfilment === fulfilment && plain(state.payment) === plain(payment);
  });
}

function plain(payment: PaymentState): PaymentState {
  if (payment === 'partiallyRefunded') return 'paid';
  return UNPAID.has(payment) ? 'pending' : payment;
}
