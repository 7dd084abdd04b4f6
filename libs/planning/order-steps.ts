import { agrees, missingHistory, parcelKeys, refundedAgrees, shippedAgrees } from '#libs/fields/agree.ts';
import type { FieldValues } from '#libs/fields/field-names.ts';
import type { OrderStep, ShippedUnits } from '#libs/connectors/store-connector.ts';
import type { HistoryEntry, Order, OrderState, OrderStatus, Parcel, Refund } from '#libs/model/order.ts';
import { lackingUnits, type PartPlan, type VariantLinks } from './order-lines.ts';
import { lackingRefunds, type RefundPlan } from './order-refunds.ts';

export type StepPlan =
  | { readonly kind: 'steps'; readonly steps: readonly OrderStep[]; readonly state: OrderState }
  /** No legal list of transitions leads there. */
  | { readonly kind: 'impossible'; readonly reason: string };

export type StepInput = {
  /** Differing fields of the order with the wanted values. */
  readonly patch: FieldValues;
  /** Id of the order at the source: what Lockstep's own hold carries, at creation and later. */
  readonly sourceId: string;
  readonly source: Order;
  readonly present: Order;
  readonly heldByUs: boolean;
  /** All wanted parcels, whether or not they differ: a fulfilment carries them. */
  readonly parcels: readonly Parcel[];
  /** By which its lines are known again at the target; absent: by SKU and title alone. */
  readonly variantOf?: VariantLinks;
  /** Whether what is left is held, whoever let go of it, when a part leaves; absent: only where it was held. */
  readonly holdsRest?: boolean;
  /** Whether the target can cancel what was shipped; absent: it can. */
  readonly cancelsShipped?: boolean;
};

/** The shortest legal list of transitions and appends that makes an order agree with the patch. */
export function planOrderSteps(input: StepInput): StepPlan {
  const { patch, sourceId, source, present, heldByUs, parcels } = input;
  const steps: OrderStep[] = [];
  const from = present.status.state;
  if (from === null)
    return { kind: 'impossible', reason: `the target's own status "${present.status.word}" is not known` };
  let state = from;

  if ('status' in patch) {
    const wanted = (patch['status'] as OrderStatus).state;
    if (wanted === null) return { kind: 'impossible', reason: 'the wanted status is not mapped' };
    const reason = whyImpossible(from, wanted, input.cancelsShipped !== false);
    if (reason !== null) return { kind: 'impossible', reason };
    const part = partOf(wanted, input);
    if (part.kind === 'impossible') return part;
    const refunds = refundsOf(wanted, source, present);
    if (refunds.kind === 'impossible') return refunds;
    steps.push(
      ...transitions({
        from,
        wanted,
        sourceId,
        source,
        present,
        heldByUs,
        parcels,
        refunds: refunds.refunds,
        holdsRest: input.holdsRest === true,
        units: part.units,
      }),
    );
    state = wanted;
  }
  if ('tracking' in patch && !steps.some(({ kind }) => kind === 'fulfil')) {
    // A parcel that left says more than a status that has not been changed yet, but only a shipped order can carry a number.
    if (from.fulfilment === 'open') return { kind: 'steps', steps: finish(steps, patch, present), state };
    steps.push({ kind: 'track', parcels });
  }
  return { kind: 'steps', steps: finish(steps, patch, present), state };
}

/** Fields of the patch that wait for another one: tracking of an order that is not shipped at the target. */
export function waitsForShipping(patch: FieldValues, present: Order): boolean {
  if (!('tracking' in patch) || present.status.state?.fulfilment !== 'open') return false;
  const wanted = (patch['status'] as OrderStatus | undefined)?.state;
  return wanted === undefined || wanted === null || wanted.fulfilment === 'open';
}

function finish(steps: readonly OrderStep[], patch: FieldValues, present: Order): readonly OrderStep[] {
  const appended: OrderStep[] = [];
  if ('history' in patch) {
    const entries = missingHistory(patch['history'] as readonly HistoryEntry[], present.history);
    if (entries.length > 0) appended.push({ kind: 'history', entries });
  }
  if ('note' in patch) appended.push({ kind: 'note', text: patch['note'] as string | null });
  return [...steps, ...appended];
}

type Move = {
  readonly from: OrderState;
  readonly wanted: OrderState;
  readonly sourceId: string;
  readonly source: Order;
  readonly present: Order;
  readonly heldByUs: boolean;
  readonly parcels: readonly Parcel[];
  readonly refunds: readonly Refund[];
  readonly holdsRest: boolean;
  /** What is to leave of an order that is shipped in part. */
  readonly units: readonly ShippedUnits[];
};

function transitions({
  from,
  wanted,
  sourceId,
  source,
  present,
  heldByUs,
  parcels,
  refunds,
  holdsRest,
  units,
}: Move): readonly OrderStep[] {
  const steps: OrderStep[] = [];
  if (needsPayment(from, wanted)) steps.push({ kind: 'pay', at: source.paidAt });
  const ships = from.fulfilment !== 'fulfilled' && wanted.fulfilment === 'fulfilled';
  const held = heldByUs || from.onHold;
  if (ships || units.length > 0) {
    if (held) steps.push({ kind: 'releaseHold' });
    steps.push({
      kind: 'fulfil',
      parcels: newParcels(parcels, present.tracking),
      ...(ships ? {} : { lines: units }),
    });
    // What is left of an order that is shipped in part is held as the whole was.
    if (!ships && (heldByUs || wanted.onHold || holdsRest)) steps.push({ kind: 'hold', sourceId });
    // Of an order that is carried on a hold of ours, that one must stay: it is not what the source's status speaks of.
  } else if (from.onHold && !wanted.onHold && !heldByUs) steps.push({ kind: 'releaseHold' });
  else if (!from.onHold && wanted.onHold && !heldByUs) steps.push({ kind: 'hold', sourceId });
  for (const { id, amount, at, reason } of refunds) steps.push({ kind: 'refund', sourceId: id, amount, at, reason });
  if (!from.cancelled && wanted.cancelled) steps.push({ kind: 'cancel' });
  return steps;
}

function needsPayment(from: OrderState, wanted: OrderState): boolean {
  const paidStates: readonly string[] = ['paid', 'partiallyRefunded', 'refunded'];
  return !paidStates.includes(from.payment) && paidStates.includes(wanted.payment);
}

// Where both already say the same of the payment, another axis differs, and no money is spoken of.
function refundsOf(wanted: OrderState, source: Order, present: Order): RefundPlan {
  const from = present.status.state;
  const isRefund = wanted.payment === 'refunded' || wanted.payment === 'partiallyRefunded';
  const same = wanted.payment === from?.payment && refundedAgrees(wanted, from);
  if (!isRefund || same) return { kind: 'refunds', refunds: [] };
  if (from?.payment === 'partiallyRefunded' && present.refunds.length === 0)
    return { kind: 'impossible', reason: 'the target does not say how much of the order was refunded there' };
  return lackingRefunds(wanted, source, present);
}

/** What is to leave of an order that is to be shipped in part; no units where it already is as far as that. */
function partOf(wanted: OrderState, { source, present, variantOf = () => undefined }: StepInput): PartPlan {
  const from = present.status.state;
  const same = wanted.fulfilment === from?.fulfilment && shippedAgrees(wanted, from);
  if (wanted.fulfilment !== 'partial' || same) return { kind: 'units', units: [] };
  if (wanted.shipped === undefined)
    return { kind: 'impossible', reason: 'the source does not say which lines were shipped' };
  if (from?.fulfilment === 'partial' && from.shipped === undefined)
    return { kind: 'impossible', reason: 'the target does not say which lines were shipped there' };
  return lackingUnits(source, present, variantOf);
}

function newParcels(wanted: readonly Parcel[], present: readonly Parcel[]): readonly Parcel[] {
  const known = new Set(parcelKeys(present));
  return wanted.filter((parcel) => !known.has(parcelKeys([parcel])[0] ?? ''));
}

function whyImpossible(from: OrderState, wanted: OrderState, cancelsShipped: boolean): string | null {
  if (from.cancelled && !wanted.cancelled)
    return 'the order is cancelled at the target, and nothing un-cancels one there';
  const rank = {
    pending: 0,
    authorised: 0,
    voided: 0,
    partiallyPaid: 1,
    paid: 2,
    partiallyRefunded: 3,
    refunded: 4,
  } as const;
  if (rank[wanted.payment] < rank[from.payment] && rank[from.payment] >= 2)
    return `its payment is "${from.payment}" at the target and cannot go back to "${wanted.payment}"`;
  if (wanted.payment === 'partiallyPaid' && from.payment !== 'partiallyPaid')
    return 'a part payment cannot be recorded at the target';
  if (wanted.payment === 'authorised' && from.payment !== 'authorised') return 'an authorisation cannot be carried';
  if (wanted.payment === 'voided' && from.payment !== 'voided' && !wanted.cancelled)
    return 'a payment is voided at the target by cancelling only';
  if (from.fulfilment === 'fulfilled' && wanted.fulfilment !== 'fulfilled')
    return 'the order is shipped at the target, and a shipment is not taken back';
  if (from.fulfilment === 'partial' && wanted.fulfilment === 'open')
    return 'a part of the order is shipped at the target, and a shipment is not taken back';
  if (!cancelsShipped && wanted.cancelled && !from.cancelled && from.fulfilment !== 'open')
    return 'the order is shipped at the target, and what was shipped cannot be cancelled there';
  return null;
}

/** Whether two wanted order values agree, for the comparison after a write. */
export function orderFieldAgrees(field: string, wanted: unknown, stored: unknown): boolean {
  return agrees(`order.${field}` as Parameters<typeof agrees>[0], wanted, stored);
}
