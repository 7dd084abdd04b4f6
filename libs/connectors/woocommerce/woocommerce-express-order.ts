import { orderStatusSchema, type OrderState, type PaymentState } from '#libs/model/order.ts';
import type { ExpressInput } from '../store-connector.ts';
import { withhold, type ExpressDraft } from './woocommerce-express-draft.ts';

/** Payment states that WooCommerce has one word for: nobody has paid yet. */
const UNPAID: ReadonlySet<PaymentState> = new Set(['pending', 'authorised', 'voided']);

/**
 * WooCommerce has one word for payment, shipping and cancelling together: what the word leaves open follows what the order there
 * says, and what no word says is withheld.
 */
export function expressStatus({ present }: ExpressInput, draft: ExpressDraft): void {
  const { wanted } = draft;
  const status = orderStatusSchema.safeParse(wanted['status']).data;
  if (status?.state === null || status === undefined) return;
  const there = orderStatusSchema.safeParse(present?.['status']).data?.state ?? null;
  const { state } = status;
  const why = whyWithheld(state);
  if (why !== null) return withhold(draft, 'status', why);
  wanted['status'] = { ...status, state: state.cancelled ? ofCancelled(state, there) : ofLiving(state, there) };
}

function whyWithheld({ payment, fulfilment, cancelled }: OrderState): string | null {
  if (payment === 'partiallyPaid') return 'WooCommerce has no status for an order that is paid in part';
  if (cancelled) return null;
  if (fulfilment === 'partial') return 'WooCommerce has no status for an order that is shipped in part';
  if (fulfilment === 'fulfilled' && UNPAID.has(payment))
    return 'WooCommerce has no status for an order that is shipped and not paid';
  return null;
}

/** "Cancelled" says nothing else; whether it had been shipped and paid is as the order has its dates. */
function ofCancelled(state: OrderState, there: OrderState | null): OrderState {
  const payment = UNPAID.has(state.payment) ? 'pending' : state.payment;
  return {
    ...state,
    onHold: false,
    payment: there?.cancelled === true && isPlain(payment) && isPlain(there.payment) ? there.payment : payment,
    fulfilment: there?.fulfilment ?? 'open',
  };
}

function isPlain(payment: PaymentState): boolean {
  return payment === 'pending' || payment === 'paid';
}

function ofLiving(state: OrderState, there: OrderState | null): OrderState {
  const payment = UNPAID.has(state.payment) ? 'pending' : state.payment;
  const over = state.fulfilment === 'fulfilled' || payment === 'refunded';
  // What was shipped, or paid back whole, cannot be held.
  return { ...state, payment, onHold: state.onHold && !over && there?.fulfilment !== 'fulfilled' };
}
