import type { FieldValues } from '#libs/fields/field-names.ts';
import type { HistoryEntry, OrderStatus } from '#libs/model/order.ts';

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
    ...(status === undefined ? {} : { status: keepShipped(status, target['status'] as OrderStatus | undefined) }),
    ...(history === undefined ? {} : { history: sinceMigration(history, source['placedAt'], migratedAt) }),
  };
}

/** "Refunded" says nothing of the shipping: what was shipped stays shipped. */
function keepShipped(wanted: OrderStatus, present: OrderStatus | undefined): OrderStatus {
  const { state } = wanted;
  const shipped = present?.state?.fulfilment;
  if (state === null || shipped === undefined || state.payment !== 'refunded' || state.fulfilment !== 'open')
    return wanted;
  return { ...wanted, state: { ...state, fulfilment: shipped } };
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
