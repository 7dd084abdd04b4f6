import { refundedSum } from '#libs/model/order-refunds.ts';
import type { Order, OrderState, Refund } from '#libs/model/order.ts';

export type RefundPlan =
  | { readonly kind: 'refunds'; readonly refunds: readonly Refund[] }
  | { readonly kind: 'impossible'; readonly reason: string };

type Source = Pick<Order, 'number' | 'placedAt' | 'total' | 'refunds'>;

/**
 * The refunds of the source that the target lacks, oldest first. Each is known by the source's id, so it is recorded once,
 * however often it is planned. A refund that somebody else recorded there (the full migration, a person) bears no such id:
 * the amount tells how much is lacking, and the newest refunds that come to just that are the ones. Sums that cannot be made
 * to agree by recording more are impossible: a platform takes no refund back, and a guess would pay back twice.
 */
export function lackingRefunds(wanted: OrderState, source: Source, present: Pick<Order, 'refunds'>): RefundPlan {
  // Id and amount: the target's own number of somebody else's refund may be a number of the source as well.
  const known = new Set(present.refunds.map((refund) => keyOf(refund)));
  const unknown = source.refunds
    .filter((refund) => !known.has(keyOf(refund)) && refund.amount.amountMinor > 0)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const all = refundedSum(source.refunds);
  const due = wanted.payment === 'refunded' ? Math.max(all, source.total.amountMinor) : all;
  const lacking = due - refundedSum(present.refunds);
  if (lacking === 0) return { kind: 'refunds', refunds: [] };
  if (lacking < 0)
    return impossible('more was refunded at the target than at the source, and a refund is not taken back');

  for (let first = 0; first < unknown.length; first++) {
    const newest = unknown.slice(first);
    if (refundedSum(newest) === lacking) return { kind: 'refunds', refunds: newest };
  }
  const rest = lacking - refundedSum(unknown);
  if (wanted.payment !== 'refunded' || rest <= 0 || all >= due)
    return impossible('the refunds of both stores cannot be told apart, and recording one twice would pay back twice');
  // A status that says "refunded" although the records do not come to it: what is left, once.
  const whole = { amountMinor: rest, currency: source.total.currency };
  const last = { id: `${source.number}-whole`, amount: whole, at: unknown.at(-1)?.at ?? source.placedAt, reason: null };
  return { kind: 'refunds', refunds: [...unknown, last] };
}

function keyOf({ id, amount }: Refund): string {
  return `${id}/${String(amount.amountMinor)}`;
}

function impossible(reason: string): RefundPlan {
  return { kind: 'impossible', reason };
}
