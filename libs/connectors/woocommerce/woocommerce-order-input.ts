import { addMoney, formatMoney, type Money } from '#libs/model/money.ts';
import type { Charge, Order, OrderLine, TaxLine } from '#libs/model/order.ts';
import type { OrderState } from '#libs/model/order.ts';
import type { RootDraft } from '../store-connector.ts';
import { isEmail } from './woocommerce-create-customer.ts';
import { createdVia } from './woocommerce-marks.ts';
import { toAddressBody } from './woocommerce-write-customers.ts';
import { paidMeta, STOCK_TAKEN } from './woocommerce-write-orders.ts';
import { holdMeta, sourceMeta, type Body, type MetaBody } from './woocommerce-write-values.ts';

export type OrderDraft = Extract<RootDraft, { readonly root: 'order' }>;

/** How the shop counts taxes: `own`: it works them out from what is net; `none`: a line is worth what it says. */
export type TaxMode = 'own' | 'none';

/** What POST /orders takes, or how many minor units the order's parts are away from its total. Pure. */
export function toOrderBody(
  draft: OrderDraft,
  taxes: TaxMode,
  tracking: readonly MetaBody[],
): { readonly body: Body } | { readonly offBy: number } {
  const { order, sourceId, customerId } = draft;
  const offBy = order.total.amountMinor - sumOfParts(order);
  if (offBy !== 0) return { offBy };
  const { email } = order;
  return {
    body: {
      status: statusOf(draft),
      currency: order.currency,
      created_via: createdVia(sourceId),
      ...(customerId === null ? {} : { customer_id: Number(customerId) }),
      ...(order.note === null ? {} : { customer_note: order.note }),
      // No method of payment: a live one would offer to pay, or to pay back. Its name stays for people.
      ...(order.paymentMethod === null ? {} : { payment_method_title: order.paymentMethod }),
      billing: { ...toAddressBody(order.billing), ...(email !== null && isEmail(email) ? { email } : {}) },
      shipping: toAddressBody(order.shippingAddress),
      line_items: order.lines.map((line, index) => toLine(line, draft.lineVariantIds[index] ?? null, order, taxes)),
      shipping_lines: order.shipping.map((charge) => ({
        method_id: 'lockstep',
        method_title: charge.title === '' ? 'Shipping' : charge.title,
        total: toAmount(charge.amount, charge.taxes, order, taxes),
      })),
      fee_lines: [...order.fees.map((charge) => toFee(charge, order, taxes)), ...toTaxFee(order, taxes)],
      meta_data: [...toMeta(draft), ...tracking],
    },
  };
}

/**
 * The status that it is made with. What was paid back is made as what it was before, and the refunds that follow turn it. One that
 * is open, or not paid, waits as `on-hold`, never as `pending`, which would let the customer pay here.
 */
export function statusOf(draft: OrderDraft): string {
  const { state, order } = draft;
  if (state.cancelled) return 'cancelled';
  if (state.payment === 'refunded' && order.refunds.length === 0) return 'refunded';
  const isPaid = PAID.has(state.payment);
  if (isPaid && state.fulfilment === 'fulfilled') return 'completed';
  return isPaid && !isHeld(draft) ? 'processing' : 'on-hold';
}

/** Whether it waits on our hold: not what is over. */
export function isHeld({ state, hold }: OrderDraft): boolean {
  const isOpen = !state.cancelled && state.fulfilment !== 'fulfilled' && state.payment !== 'refunded';
  return isOpen && (hold || state.onHold);
}

const PAID: ReadonlySet<OrderState['payment']> = new Set(['paid', 'partiallyRefunded', 'refunded']);

/** Mark, silence, and what WooCommerce has no field for: a number and a date of its own are not to be had. */
function toMeta(draft: OrderDraft): readonly MetaBody[] {
  const { order, sourceId, state } = draft;
  const { paidAt } = order;
  return [
    sourceMeta(sourceId),
    STOCK_TAKEN,
    { key: '_new_order_email_sent', value: 'true' },
    ...(isHeld(draft) ? [holdMeta(PAID.has(state.payment) ? 'processing' : 'pending')] : []),
    ...(paidAt !== null && PAID.has(state.payment) ? [paidMeta(paidAt)] : []),
    // The number as plugins for consecutive order numbers keep it; then, without an underscore, as the order's page shows it.
    { key: '_order_number', value: order.number },
    { key: 'lockstep_order_number', value: order.number },
    { key: 'lockstep_placed_at', value: order.placedAt },
    ...(order.tax.amountMinor === 0 ? [] : [{ key: 'lockstep_tax', value: formatMoney(order.tax) }]),
    ...(order.discountCodes.length === 0
      ? []
      : [{ key: 'lockstep_discount_codes', value: order.discountCodes.join(', ') }]),
  ];
}

function sumOfParts({ lines, fees, shipping, tax, taxesIncluded, currency }: Order): number {
  const parts = [
    ...lines.map(({ total }) => total),
    ...fees.map(({ amount }) => amount),
    ...shipping.map(({ amount }) => amount),
    ...(taxesIncluded ? [] : [tax]),
  ];
  return addMoney(currency, ...parts).amountMinor;
}

// ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────

function toLine(line: OrderLine, variantId: string | null, order: Order, taxes: TaxMode): Body {
  const before: Money = { amountMinor: line.unitPrice.amountMinor * line.quantity, currency: order.currency };
  // Rounded unit prices may come to less than what was charged: a discount is never below zero.
  const subtotal = before.amountMinor < line.total.amountMinor ? line.total : before;
  const shared = {
    name: line.title,
    quantity: line.quantity,
    subtotal: toAmount(subtotal, scaled(line, subtotal), order, taxes),
    total: toAmount(line.total, line.taxes, order, taxes),
  };
  if (variantId !== null) return { ...shared, product_id: Number(variantId) };
  // A line needs a product or a SKU, and one that no product has leaves it without either: its own goes into the line's meta.
  const sku = line.sku === null ? [] : [{ key: 'SKU', value: line.sku }];
  return { ...shared, sku: `lockstep-custom-line-${line.id}`, meta_data: sku };
}

/** The tax of what the line came to before its discount: in the same proportion. */
function scaled(line: OrderLine, subtotal: Money): readonly TaxLine[] {
  if (line.total.amountMinor === 0 || subtotal.amountMinor === line.total.amountMinor) return line.taxes;
  const factor = subtotal.amountMinor / line.total.amountMinor;
  return line.taxes.map((tax) => ({
    ...tax,
    amount: { ...tax.amount, amountMinor: Math.round(tax.amount.amountMinor * factor) },
  }));
}

function toFee({ title, amount, taxes: own }: Charge, order: Order, taxes: TaxMode): Body {
  return { name: title === '' ? 'Fee' : title, total: toAmount(amount, own, order, taxes) };
}

/** Where the shop works out no taxes, a tax on top is a line of its own, so that the total is what was paid. */
function toTaxFee({ tax, taxesIncluded }: Order, taxes: TaxMode): readonly Body[] {
  if (taxes === 'own' || taxesIncluded || tax.amountMinor === 0) return [];
  return [{ name: 'Tax', total: formatMoney(tax), tax_status: 'none' }];
}

/** WooCommerce keeps amounts without the tax that it works out itself. */
function toAmount(amount: Money, own: readonly TaxLine[], { taxesIncluded, currency }: Order, taxes: TaxMode): string {
  if (taxes === 'none' || !taxesIncluded) return formatMoney(amount);
  const tax = addMoney(currency, ...own.map((line) => line.amount));
  return formatMoney({ ...amount, amountMinor: amount.amountMinor - tax.amountMinor });
}
