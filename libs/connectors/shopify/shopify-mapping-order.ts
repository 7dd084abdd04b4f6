import { z } from 'zod';

import { compareText } from '#libs/fields/agree.ts';
import type { StatusTarget } from '#libs/fields/field-maps.ts';
import { withRefundedPart } from '#libs/model/order-refunds.ts';
import { withShippedPart } from '#libs/model/order-shipping.ts';
import {
  fulfilmentStateSchema,
  historyEntrySchema,
  type Charge,
  type FulfilmentState,
  type HistoryEntry,
  type Order,
  type OrderLine,
  type OrderState,
  type Parcel,
  type PaymentState,
  type Refund,
} from '#libs/model/order.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { toEvents } from './shopify-history.ts';
import { fromGid, toUtc } from './shopify-ids.ts';
import { orNull, toAddress } from './shopify-mapping.ts';
import { toLines, toMoney, toTaxes } from './shopify-order-lines.ts';
import type { LineWire, OrderWire } from './shopify-wire.ts';

/** The handle of our own hold: it is unique among an app's holds of one fulfilment order. */
export const OUR_HOLD = 'lockstep';

const PAYMENT: Readonly<Record<string, PaymentState>> = {
  PENDING: 'pending',
  AUTHORIZED: 'authorised',
  PARTIALLY_PAID: 'partiallyPaid',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'partiallyRefunded',
  REFUNDED: 'refunded',
  VOIDED: 'voided',
  EXPIRED: 'voided',
};

/** Shopify has no single status: a word is made of payment and fulfilment, and says no more than the state does. */
function toWord({ payment, fulfilment, cancelled }: OrderState): string {
  if (cancelled) return 'cancelled';
  return fulfilment === 'open' ? payment : `${payment}+${fulfilment}`;
}

const STATES: readonly OrderState[] = [...new Set(Object.values(PAYMENT))].flatMap((payment) =>
  fulfilmentStateSchema.options.map((fulfilment) => ({ payment, fulfilment, cancelled: false, onHold: false })),
);

/** Every word with the state it stands for. What a cancelled order was paid, and how far it was shipped, its word does not say. */
export const SHOPIFY_ORDER_STATUSES: Readonly<Record<string, OrderState>> = Object.fromEntries([
  ['cancelled', { payment: 'pending', fulfilment: 'open', cancelled: true, onHold: false }],
  ...STATES.map((state) => [toWord(state), state]),
]);

export const SHOPIFY_STATUS_MAP: Readonly<Record<string, StatusTarget>> = Object.fromEntries([
  ['cancelled', { cancelled: true }],
  ...STATES.map((state) => [toWord(state), { payment: state.payment, fulfilment: state.fulfilment }]),
]);

/** `events`: what happened is told from what the order keeps as well (a source), and not only from what was carried to it. */
export function toStoredOrder(
  wire: OrderWire,
  lines: readonly LineWire[],
  { events }: { readonly events: boolean } = { events: false },
): StoredOrder {
  const holds = (wire.fulfillmentOrders?.nodes ?? []).flatMap(({ fulfillmentHolds }) => fulfillmentHolds ?? []);
  const refunds = (wire.refunds ?? []).map((refund) => toRefund(refund, wire.currencyCode));
  const said: OrderState = {
    payment: PAYMENT[wire.displayFinancialStatus ?? 'PENDING'] ?? 'pending',
    fulfilment: toFulfilment(wire, lines),
    cancelled: orNull(wire.cancelledAt) !== null,
    onHold: holds.some(({ handle }) => handle !== OUR_HOLD),
  };
  const all = toLines(wire, lines);
  const state = withShippedPart(withRefundedPart(said, { refunds }), { lines: all });
  return {
    root: 'order',
    id: fromGid(wire.id),
    sourceId: wire.sourceId?.value ?? null,
    createdAt: toUtc(wire.createdAt),
    changedAt: toUtc(wire.updatedAt),
    order: toOrder(wire, { lines: all, state, refunds, history: toHistory(wire, events) }),
    heldByUs: holds.some(({ handle }) => handle === OUR_HOLD),
  };
}

/**
 * A hold hides how far an order has been shipped, so the lines are looked at. Custom lines that need no shipping (a fee that was
 * carried) are never shipped, and keep nothing open.
 */
function toFulfilment(wire: OrderWire, lines: readonly LineWire[]): FulfilmentState {
  const word = wire.displayFulfillmentStatus ?? '';
  if (word === 'FULFILLED' || word === 'FULFILLMENT_NOT_REQUIRED') return 'fulfilled';
  const shipped = (wire.fulfillments ?? []).some(({ status }) => status === 'SUCCESS');
  if (!shipped) return word === 'PARTIALLY_FULFILLED' ? 'partial' : 'open';
  const left = lines.some(
    ({ unfulfilledQuantity, requiresShipping, variant }) =>
      (unfulfilledQuantity ?? 0) > 0 && (requiresShipping === true || (variant !== null && variant !== undefined)),
  );
  return left ? 'partial' : 'fulfilled';
}

type Read = {
  readonly lines: OrderLine[];
  readonly state: OrderState;
  readonly refunds: Refund[];
  readonly history: HistoryEntry[] | null;
};

function toOrder(wire: OrderWire, { lines, state, refunds, history }: Read): Order {
  const currency = wire.currencyCode;
  const paid = (wire.transactions ?? []).find(
    ({ kind, status }) => status === 'SUCCESS' && (kind === 'SALE' || kind === 'CAPTURE'),
  );
  return {
    number: wire.name.replace(/^#/, ''),
    placedAt: toUtc(wire.processedAt) ?? toUtc(wire.createdAt) ?? '',
    email: orNull(wire.email),
    phone: orNull(wire.phone),
    currency,
    taxesIncluded: wire.taxesIncluded ?? false,
    customerId: wire.customer === null || wire.customer === undefined ? null : fromGid(wire.customer.id),
    lines,
    shipping: (wire.shippingLines?.nodes ?? []).map((line): Charge => ({
      title: line.title,
      amount: toMoney(line.discountedPriceSet, currency),
      taxes: toTaxes(line.taxLines, currency),
    })),
    fees: [],
    discount: toMoney(wire.totalDiscountsSet, currency),
    discountCodes: wire.discountCodes ?? [],
    tax: toMoney(wire.totalTaxSet, currency),
    total: toMoney(wire.totalPriceSet, currency),
    billing: toAddress(wire.billingAddress),
    shippingAddress: toAddress(wire.shippingAddress),
    paymentMethod: wire.paymentGatewayNames?.[0] ?? null,
    paidAt: toUtc(paid?.processedAt),
    refunds,
    status: { word: toWord(state), state },
    tracking: toParcels(wire),
    history,
    note: orNull(wire.note),
  };
}

/** Each number once: an order shipped in two parts may name the same parcel twice. */
function toParcels(wire: OrderWire): Parcel[] {
  const parcels = new Map<string, Parcel>();
  for (const { status, createdAt, trackingInfo } of wire.fulfillments ?? []) {
    if (status !== 'SUCCESS') continue;
    for (const [index, { company, number, url }] of (trackingInfo ?? []).entries()) {
      if (orNull(number) === null || parcels.has(number ?? '')) continue;
      parcels.set(number ?? '', {
        number: number ?? '',
        carrier: carrierOf(company, index, trackingInfo?.length ?? 0),
        url: orNull(url),
        shippedAt: toUtc(createdAt),
      });
    }
  }
  return [...parcels.values()];
}

const CARRIERS = ' / ';

/** A fulfilment has one carrier for all its parcels: where these have several, it names each, in their order. */
export function joinCarriers(carriers: readonly (string | null)[]): string | undefined {
  const named = [...new Set(carriers)].filter((carrier) => carrier !== null);
  if (named.length <= 1) return named[0];
  return carriers.map((carrier) => carrier ?? '?').join(CARRIERS);
}

function carrierOf(company: string | null | undefined, index: number, parcels: number): string | null {
  const named = (company ?? '').split(CARRIERS);
  if (parcels < 2 || named.length !== parcels) return orNull(company);
  return named[index] === '?' ? null : (named[index] ?? null);
}

// ── refunds ──────────────────────────────────────────────────────────────────────────────────────────────────

const REFUND_MARK = /\s*\[lockstep:([^\]]+)\]\s*$/;

/** A refund's note carries the source's id of it, so that it is found again and never made twice. */
export function toRefundNote(sourceId: string, reason: string | null): string {
  return [...(reason === null || reason === '' ? [] : [reason]), `[lockstep:${sourceId}]`].join(' ');
}

export function refundSourceId(note: string | null | undefined): string | null {
  return REFUND_MARK.exec(note ?? '')?.[1] ?? null;
}

/** A refund that we carried has the source's id: that is how it is known again. */
function toRefund(wire: NonNullable<OrderWire['refunds']>[number], currency: string): Refund {
  return {
    id: refundSourceId(wire.note) ?? fromGid(wire.id),
    at: toUtc(wire.processedAt) ?? toUtc(wire.createdAt) ?? '',
    amount: toMoney(wire.totalRefundedSet, currency),
    reason: orNull((wire.note ?? '').replace(REFUND_MARK, '')),
  };
}

// ── history ──────────────────────────────────────────────────────────────────────────────────────────────────

const historySchema = z.array(historyEntrySchema);

/** Undefined: not read; null: no metafield yet. Foreign content counts as no history rather than being guessed at. */
function toHistory(wire: OrderWire, events: boolean): HistoryEntry[] | null {
  const { history: metafield } = wire;
  if (metafield === undefined) return null;
  const carried = parseHistory(metafield?.value);
  if (!events) return carried;
  return [...carried, ...toEvents(wire)].toSorted((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
}

export function parseHistory(value: string | null | undefined): HistoryEntry[] {
  try {
    return historySchema.safeParse(JSON.parse(value ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}

/** Puts new entries behind the known ones, by their time, each id once; null where nothing is new. */
export function appendHistory(
  known: readonly HistoryEntry[],
  entries: readonly HistoryEntry[],
): readonly HistoryEntry[] | null {
  const seen = new Set(known.map(({ id }) => id));
  const added = entries.filter(({ id }) => !seen.has(id) && seen.add(id));
  return added.length === 0 ? null : [...known, ...added];
}
