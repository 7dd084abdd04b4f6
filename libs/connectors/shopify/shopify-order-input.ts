import { addMoney, formatMoney, type Money } from '#libs/model/money.ts';
import type { Charge, Order, PaymentState, TaxLine } from '#libs/model/order.ts';
import type { RootDraft } from '../store-connector.ts';
import { sourceIdField } from './shopify-create-product.ts';
import { toE164 } from './shopify-express.ts';
import { toGid } from './shopify-ids.ts';
import { toAddressInput } from './shopify-write-customers.ts';

export type OrderDraft = Extract<RootDraft, { readonly root: 'order' }>;
/** Given at creation, and never again: a merchant may take it away. */
const CARRIED_TAG = 'lockstep';

type Input = Readonly<Record<string, unknown>>;

/** What orderCreate takes, or how many minor units the order's parts are away from its total. */
export function toOrderInput(draft: OrderDraft): { readonly input: Input } | { readonly offBy: number } {
  const { order, sourceId, customerId } = draft;
  const sums = addUp(order);
  if (sums.offBy !== 0) return { offBy: sums.offBy };
  const taxes = taxesByLine(order) ? 'lines' : 'order';
  const phone = order.phone === null ? null : (toE164(order.phone) ?? null);
  return {
    input: {
      name: `#${order.number}`,
      processedAt: order.placedAt,
      currency: order.currency,
      taxesIncluded: order.taxesIncluded,
      test: false,
      sourceIdentifier: sourceId,
      // A merchant finds by it what came from the old store.
      tags: [CARRIED_TAG],
      ...(order.email === null ? {} : { email: order.email }),
      ...(phone === null ? {} : { phone }),
      ...(order.note === null ? {} : { note: order.note }),
      // By id only: an upsert would change the customer.
      ...(customerId === null ? {} : { customer: { toAssociate: { id: toGid('Customer', customerId) } } }),
      ...(order.billing === null ? {} : { billingAddress: toAddressInput(order.billing) }),
      ...(order.shippingAddress === null ? {} : { shippingAddress: toAddressInput(order.shippingAddress) }),
      lineItems: [...toLines(draft, taxes), ...toFees(order.fees, taxes), ...toRounding(sums.rounding)],
      ...(order.shipping.length === 0
        ? {}
        : { shippingLines: order.shipping.map((charge) => toShipping(charge, taxes)) }),
      ...(taxes === 'order' && order.tax.amountMinor > 0
        ? { taxLines: [toTax({ title: 'Tax', rate: null, amount: order.tax }, order.total)] }
        : {}),
      ...(sums.discount.amountMinor === 0 ? {} : { discountCode: toDiscount(order, sums.discount) }),
      ...toPayment(draft),
      metafields: [sourceIdField(sourceId), ...toHistoryField(order)],
    },
  };
}

type Sums = { readonly discount: Money; readonly rounding: Money; readonly offBy: number };

/**
 * Lines keep their unit price; what they were charged less is one fixed discount. Unit prices that were rounded may come to less
 * than the lines: the cents that are missing become a line of their own.
 */
function addUp({ currency, lines, fees, shipping, tax, taxesIncluded, total }: Order): Sums {
  const sum = (amounts: readonly Money[]): number => addMoney(currency, ...amounts).amountMinor;
  const gross = lines.reduce((all, { unitPrice, quantity }) => all + unitPrice.amountMinor * quantity, 0);
  const charged = sum(lines.map((line) => line.total));
  const credits = -sum(fees.map(({ amount }) => amount).filter(({ amountMinor }) => amountMinor < 0));
  const less = gross - charged;
  const money = (amountMinor: number): Money => ({ amountMinor: Math.max(0, amountMinor), currency });
  const parts =
    charged +
    sum(fees.map(({ amount }) => amount)) +
    sum(shipping.map(({ amount }) => amount)) +
    (taxesIncluded ? 0 : tax.amountMinor);
  return { discount: money(Math.max(0, less) + credits), rounding: money(-less), offBy: total.amountMinor - parts };
}

/** Taxes stand on the lines where these account for all of them, else once on the order: the platform takes no mixture. */
function taxesByLine({ currency, lines, shipping, fees, tax }: Order): boolean {
  const all = [...lines, ...shipping, ...fees].flatMap(({ taxes }) => taxes.map(({ amount }) => amount));
  return addMoney(currency, ...all).amountMinor === tax.amountMinor && all.every(({ amountMinor }) => amountMinor >= 0);
}

type TaxPlace = 'lines' | 'order';

function toLines({ order, lineVariantIds }: OrderDraft, place: TaxPlace): readonly Input[] {
  return order.lines.map((line, index) => {
    const variantId = lineVariantIds[index] ?? null;
    return {
      ...(variantId === null
        ? { title: line.title, ...(line.sku === null ? {} : { sku: line.sku }) }
        : { variantId: toGid('ProductVariant', variantId) }),
      quantity: line.quantity,
      priceSet: toBag(line.unitPrice),
      // Left out it would be false, and the order would need no fulfilment.
      requiresShipping: line.requiresShipping,
      ...taxesOf(line.taxes, line.total, place),
    };
  });
}

function toFees(fees: readonly Charge[], place: TaxPlace): readonly Input[] {
  return fees
    .filter(({ amount }) => amount.amountMinor >= 0)
    .map(({ title, amount, taxes }) => ({
      title,
      quantity: 1,
      priceSet: toBag(amount),
      requiresShipping: false,
      ...taxesOf(taxes, amount, place),
    }));
}

function toRounding(rounding: Money): readonly Input[] {
  if (rounding.amountMinor === 0) return [];
  return [{ title: 'Rounding', quantity: 1, priceSet: toBag(rounding), requiresShipping: false, taxable: false }];
}

function toShipping({ title, amount, taxes }: Charge, place: TaxPlace): Input {
  return { title: title === '' ? 'Shipping' : title, priceSet: toBag(amount), ...taxesOf(taxes, amount, place) };
}

function taxesOf(taxes: readonly TaxLine[], base: Money, place: TaxPlace): Input {
  const some = taxes.filter(({ amount }) => amount.amountMinor > 0);
  return place === 'lines' && some.length > 0 ? { taxLines: some.map((tax) => toTax(tax, base)) } : {};
}

/** A rate is demanded; where the source has none it is what the amount comes to. */
function toTax({ title, rate, amount }: TaxLine, base: Money): Input {
  const net = base.amountMinor > 0 ? amount.amountMinor / base.amountMinor : 0;
  return {
    title: title === '' ? 'Tax' : title,
    rate: (rate ?? Math.round(net * 10_000) / 10_000).toString(),
    priceSet: toBag(amount),
  };
}

/** One code is all that the platform takes. */
function toDiscount({ discountCodes }: Order, amount: Money): Input {
  const code = discountCodes.length === 0 ? 'DISCOUNT' : discountCodes.join(', ');
  return { itemFixedDiscountCode: { code, amountSet: toBag(amount) } };
}

const FINANCIAL: Readonly<Record<PaymentState, string>> = {
  pending: 'PENDING',
  authorised: 'AUTHORIZED',
  partiallyPaid: 'PARTIALLY_PAID',
  paid: 'PAID',
  // Paid first; the refunds follow, each once.
  partiallyRefunded: 'PAID',
  refunded: 'PAID',
  voided: 'VOIDED',
};

/** A status is always given: without one, and without transactions, the order would have none. Payments are the manual gateway's. */
function toPayment({ order, state }: OrderDraft): Input {
  if (state.payment === 'refunded' && order.refunds.length === 0) return { financialStatus: 'REFUNDED' };
  const financialStatus = FINANCIAL[state.payment];
  if (financialStatus !== 'PAID' || order.total.amountMinor <= 0) return { financialStatus };
  return {
    financialStatus,
    transactions: [
      {
        kind: 'SALE',
        status: 'SUCCESS',
        gateway: 'manual',
        test: false,
        amountSet: toBag(order.total),
        processedAt: order.paidAt ?? order.placedAt,
      },
    ],
  };
}

function toHistoryField({ history }: Order): readonly Input[] {
  if (history === null || history.length === 0) return [];
  return [{ namespace: 'lockstep', key: 'history', type: 'json', value: JSON.stringify(history) }];
}

function toBag(money: Money): Input {
  return { shopMoney: { amount: formatMoney(money), currencyCode: money.currency } };
}
