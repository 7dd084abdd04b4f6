import { addMoney, parseMoney } from '#libs/model/money.ts';
import type { Money } from '#libs/model/money.ts';
import type {
  Charge,
  HistoryEntry,
  Order,
  OrderLine,
  OrderStatus,
  Parcel,
  Refund,
  TaxLine,
} from '#libs/model/order.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { decodeEntities } from './html-entities.ts';
import { HOLD_META, readNoteText, SOURCE_META, sourceIdOfVia } from './woocommerce-marks.ts';
import { orNull, readText, stamps, toAddress, toUtc } from './woocommerce-mapping.ts';
import { notUnderstood } from './woocommerce-rows.ts';
import { statusWord, toOrderState } from './woocommerce-status.ts';
import { withShipped } from './woocommerce-shipped.ts';
import { findParcels, mergeParcels } from './woocommerce-tracking.ts';
import type { TrackingConfig } from './woocommerce-tracking.ts';
import type { FulfilmentWire } from './woocommerce-wire-tracking.ts';
import type { LineTaxWire, LineWire, NoteWire, OrderWire, RefundWire } from './woocommerce-wire.ts';

/** What an order's own answer leaves out, where it was read. */
export type OrderParts = {
  /** With their dates; the order itself lists only id, reason and amount. */
  readonly refunds: readonly RefundWire[];
  /** Null where they were not read. */
  readonly notes: readonly NoteWire[] | null;
  /** Notes that were read for the parcels they name, where the history was not asked for. */
  readonly parcelNotes?: readonly NoteWire[];
  /** Germanized's, where the order itself does not list them. */
  readonly shipments?: unknown;
  readonly fulfilments?: readonly (FulfilmentWire | null)[];
  readonly tracking?: TrackingConfig;
  /** Of a target only what Lockstep carried there is history: the shop's own notes have numbers that the source's have as well. */
  readonly carriedOnly?: boolean;
};

export function toStoredOrder(wire: OrderWire, parts: OrderParts): StoredOrder {
  const { sourceId, ...own } = stamps(wire, SOURCE_META);
  return {
    root: 'order',
    ...own,
    // The two are written one after the other, and an order may have been left between them.
    sourceId: sourceId ?? sourceIdOfVia(wire.created_via),
    order: toOrder(wire, parts),
    heldByUs: heldWord(wire) !== null,
    native: { status: wire.status, createdVia: wire.created_via },
  };
}

function toOrder(wire: OrderWire, parts: OrderParts): Order {
  const amounts = amountsOf(wire);
  const { money } = amounts;
  const refunds = wire.refunds.map((refund) => toRefund(refund, wire, parts.refunds));
  if (wire.total.trim() === '') throw notUnderstood(`read order ${wire.id}`, 'total');
  const total = money(wire.total);
  return {
    number: wire.number.replace(/^#/, ''),
    placedAt: toUtc(wire.date_created_gmt) ?? '1970-01-01T00:00:00Z',
    email: orNull(wire.billing?.email ?? ''),
    phone: orNull(wire.billing?.phone ?? ''),
    currency: wire.currency,
    taxesIncluded: wire.prices_include_tax,
    customerId: idOrNull(wire.customer_id),
    lines: withShipped(
      wire.line_items.map((line) => toLine(line, wire, amounts)),
      { ...parts, shipments: wire.shipments ?? parts.shipments },
    ),
    shipping: wire.shipping_lines.map((line) => toCharge(line.method_title, line, amounts)),
    fees: wire.fee_lines.map((line) => toCharge(line.name, line, amounts)),
    discount: amounts.withTax(wire.discount_total, wire.discount_tax),
    discountCodes: wire.coupon_lines.map(({ code }) => code),
    tax: money(wire.total_tax),
    total,
    billing: toAddress(wire.billing),
    shippingAddress: toAddress(wire.shipping),
    paymentMethod: orNull(decodeEntities(wire.payment_method_title)) ?? orNull(wire.payment_method),
    paidAt: toUtc(wire.date_paid_gmt),
    refunds,
    status: toStatus(wire, total, refunds),
    tracking: toParcels(wire, parts),
    history: parts.notes === null ? null : toHistory(parts.notes, parts.carriedOnly === true),
    note: orNull(wire.customer_note),
  };
}

/** How this order's decimals are read: WooCommerce keeps all line amounts without their tax, and the tax beside them. */
type Amounts = {
  readonly money: (decimal: string) => Money;
  /** The amount as the order says: with its tax where prices include it. */
  readonly withTax: (net: string, tax: string) => Money;
  readonly taxes: (lines: readonly LineTaxWire[]) => TaxLine[];
};

function amountsOf(wire: OrderWire): Amounts {
  const money = (decimal: string): Money => readMoney(decimal, wire);
  const rates = new Map(wire.tax_lines.map((line) => [line.rate_id, line]));
  return {
    money,
    withTax: (net, tax) => (wire.prices_include_tax ? addMoney(wire.currency, money(net), money(tax)) : money(net)),
    taxes: (lines) =>
      lines
        .filter(({ total }) => total !== '')
        .map(({ id, total }) => {
          const rate = rates.get(id);
          const percent = rate?.rate_percent ?? null;
          return {
            title: decodeEntities(rate?.label ?? ''),
            rate: percent === null ? null : percent / 100,
            amount: money(total),
          };
        }),
  };
}

/** An amount that is left out is none; one that cannot be read refuses the order: a wrong total is worse than none. */
function readMoney(decimal: string, order: Pick<OrderWire, 'id' | 'currency'>): Money {
  if (decimal.trim() === '') return addMoney(order.currency);
  const amount = parseMoney(decimal, order.currency);
  if (amount === null) throw notUnderstood(`read order ${order.id}`, 'an amount');
  return amount;
}

function toLine(line: LineWire, wire: OrderWire, amounts: Amounts): OrderLine {
  const productId = idOrNull(line.product_id);
  const { quantity } = line;
  // Plugins sell half metres; no other number of whole units is the same sale.
  if (quantity === null || !Number.isInteger(quantity))
    throw notUnderstood(`read order ${wire.id}`, `the quantity of line ${line.id}`);
  const before = amounts.withTax(line.subtotal, line.subtotal_tax);
  return {
    id: line.id,
    productId,
    // A product without variations is its own variant.
    variantId: idOrNull(line.variation_id) ?? productId,
    sku: orNull(line.sku),
    title: decodeEntities(line.name),
    quantity,
    unitPrice: divide(before, quantity),
    total: amounts.withTax(line.total, line.total_tax),
    taxes: amounts.taxes(line.taxes),
    requiresShipping: true,
  };
}

/** The price of one, rounded; the line's total stays exact beside it. */
function divide({ amountMinor, currency }: Money, quantity: number): Money {
  return { amountMinor: quantity === 0 ? amountMinor : Math.round(amountMinor / quantity), currency };
}

function toCharge(
  title: string,
  line: { readonly total: string; readonly total_tax: string; readonly taxes: readonly LineTaxWire[] },
  amounts: Amounts,
): Charge {
  return {
    title: decodeEntities(title),
    amount: amounts.withTax(line.total, line.total_tax),
    taxes: amounts.taxes(line.taxes),
  };
}

function toRefund(refund: OrderWire['refunds'][number], order: OrderWire, details: readonly RefundWire[]): Refund {
  const detail = details.find(({ id }) => id === refund.id);
  // The order's own list shows the amount below zero.
  const said = (detail?.amount ?? '').trim() === '' ? refund.total : (detail?.amount ?? '');
  return {
    // One that Lockstep recorded is known by the source's id.
    id: readText(detail?.meta_data ?? [], SOURCE_META) ?? refund.id,
    at: toUtc(detail?.date_created_gmt) ?? toUtc(order.date_modified_gmt) ?? '1970-01-01T00:00:00Z',
    amount: readMoney(said.trim().replace(/^-/, ''), order),
    reason: orNull(detail?.reason ?? refund.reason),
  };
}

/** The status that an order on Lockstep's hold has apart from it; null where it is on none. */
function heldWord({ status, meta_data: meta }: OrderWire): string | null {
  return statusWord(status) === 'on-hold' ? readText(meta, HOLD_META) : null;
}

function toStatus(wire: OrderWire, total: Money, refunds: Refund[]): OrderStatus {
  const word = heldWord(wire) ?? statusWord(wire.status);
  const paid = toUtc(wire.date_paid_gmt) !== null;
  const shipped = toUtc(wire.date_completed_gmt) !== null;
  return { word, state: toOrderState(word, { paid, shipped, refunds, total }) };
}

function toParcels(
  wire: OrderWire,
  { notes, parcelNotes, shipments, fulfilments, tracking = {} }: OrderParts,
): Parcel[] {
  const found = findParcels(
    {
      meta: wire.meta_data,
      shipments: wire.shipments ?? shipments,
      notes: notes ?? parcelNotes ?? null,
      ...(fulfilments === undefined ? {} : { fulfilments }),
    },
    tracking,
  );
  return mergeParcels(found);
}

/** Oldest first; within a second by id, since their order in the answer is not stable. */
function toHistory(notes: readonly NoteWire[], carriedOnly: boolean): HistoryEntry[] {
  return notes
    .map(
      (note) =>
        readNoteText(decodeEntities(note.note)) ??
        (carriedOnly
          ? null
          : {
              id: note.id,
              at: toUtc(note.date_created_gmt) ?? '1970-01-01T00:00:00Z',
              text: decodeEntities(note.note),
              forCustomer: note.customer_note,
            }),
    )
    .filter((entry) => entry !== null)
    .toSorted((one, other) => (one.at === other.at ? Number(one.id) - Number(other.id) : one.at < other.at ? -1 : 1));
}

function idOrNull(id: string | null | undefined): string | null {
  return id === null || id === undefined || id === '0' || id === '' ? null : id;
}
