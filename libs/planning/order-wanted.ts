import type { FieldValues } from '#libs/fields/field-names.ts';
import type { HistoryEntry, Order, OrderState, OrderStatus } from '#libs/model/order.ts';

/** What is wanted of an order that exists on both sides, given what the source's word leaves open and what lies before the migration. */
export function wantedOfOrder(
  wanted: FieldValues,
  source: FieldValues,
  target: FieldValues,
  migratedAt: number | null,
): FieldValues {
  const status = wanted['status'] as OrderStatus | undefined;
  const history = wanted['history'] as readonly HistoryEntry[] | null | undefined;
  return {
    ...wanted,
    ...(status === undefined ? {} : { status: asMeant(status, source, target['status'] as OrderStatus | undefined) }),
    ...(history === undefined ? {} : { history: sinceMigration(history, source['placedAt'], migratedAt) }),
  };
}

function asMeant(wanted: OrderStatus, source: FieldValues, present: OrderStatus | undefined): OrderStatus {
  const [state, there] = [wanted.state, present?.state];
  if (state === null || there === null || there === undefined) return wanted;
  return { ...wanted, state: leaveHold(leaveShipping(state, source, there), there) };
}

/**
 * "Refunded" says nothing of the shipping: what was shipped stays shipped. And what needs no shipping is never shipped: a store that
 * calls it done because nothing is left to send, and one that waits for a person to say so, mean the same.
 */
function leaveShipping(state: OrderState, source: FieldValues, there: OrderState): OrderState {
  if (state.fulfilment !== 'open') return state;
  const lines = (source['lines'] ?? []) as Order['lines'];
  const sent = lines.length === 0 || lines.some(({ requiresShipping }) => requiresShipping);
  if (state.payment === 'refunded' || (!sent && there.fulfilment === 'fulfilled'))
    return { ...state, fulfilment: there.fulfilment };
  return state;
}

/** Of what has left, or is cancelled, nothing could be held: whether it is on hold is as the target has it. */
function leaveHold(state: OrderState, there: OrderState): OrderState {
  const over = state.cancelled || state.fulfilment === 'fulfilled';
  return over && state.onHold ? { ...state, onHold: there.onHold } : state;
}

/** What happened before the full migration was carried by it, or left out by it; only an order placed since has its whole history here. */
function sinceMigration(
  history: readonly HistoryEntry[] | null,
  placedAt: unknown,
  migratedAt: number | null,
): readonly HistoryEntry[] | null {
  if (history === null || migratedAt === null) return history;
  if (typeof placedAt === 'string' && Date.parse(placedAt) >= migratedAt) return history;
  return history.filter(({ at }) => Date.parse(at) >= migratedAt);
}

/**
 * A hold of ours is not the merchant's, and no drift: but an order that is to be on hold, and is on ours, is on hold. Then the
 * axis is as the target has it.
 */
export function satisfiedByOurHold(wanted: FieldValues, target: FieldValues, heldByUs: boolean): FieldValues {
  const status = wanted['status'] as OrderStatus | undefined;
  const present = (target['status'] as OrderStatus | undefined)?.state;
  if (!heldByUs || status?.state?.onHold !== true || present === null || present === undefined) return wanted;
  return { ...wanted, status: { ...status, state: { ...status.state, onHold: present.onHold } } };
}
