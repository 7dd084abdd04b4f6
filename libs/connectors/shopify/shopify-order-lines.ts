import { addMoney, parseMoney, type Money } from '#libs/model/money.ts';
import type { OrderLine, TaxLine } from '#libs/model/order.ts';
import { fromGid } from './shopify-ids.ts';
import { orNull } from './shopify-mapping.ts';
import type { LineWire, OrderWire, TaxLineWire } from './shopify-wire.ts';

/** The lines of an order, each with what was charged for it: discounts of the whole order are shared out among them. */
export function toLines(wire: OrderWire, lines: readonly LineWire[]): OrderLine[] {
  const all = lines.map((line) => toLine(line, wire.currencyCode));
  const shares = shareOut(all, orderDiscount(wire, all));
  return all.map((line, index) => ({
    ...line,
    total: { ...line.total, amountMinor: line.total.amountMinor - (shares[index] ?? 0) },
  }));
}

function toLine(line: LineWire, currency: string): OrderLine {
  return {
    id: fromGid(line.id),
    productId: idOf(line.product),
    variantId: idOf(line.variant),
    sku: orNull(line.sku),
    title: line.title,
    quantity: line.quantity,
    unitPrice: toMoney(line.originalUnitPriceSet, currency),
    total: toMoney(line.discountedTotalSet, currency),
    taxes: toTaxes(line.taxLines, currency),
    requiresShipping: line.requiresShipping ?? false,
    // Units that were taken off the order are not left to ship, and have not left either.
    shipped: Math.max(0, (line.currentQuantity ?? line.quantity) - (line.unfulfilledQuantity ?? 0)),
  };
}

/**
 * What the lines come to more than the order's subtotal, in minor units. Discounts of the whole order are in no line's price; but an
 * order whose lines were edited later comes to less as well, and that is no discount: only what the order says it discounted counts.
 */
function orderDiscount(
  { subtotalPriceSet, totalDiscountsSet, currencyCode }: OrderWire,
  lines: readonly OrderLine[],
): number {
  if (subtotalPriceSet === null || subtotalPriceSet === undefined) return 0;
  const charged = lines.reduce((sum, { total }) => sum + total.amountMinor, 0);
  const listed = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice.amountMinor * quantity, 0);
  const missing = charged - toMoney(subtotalPriceSet, currencyCode).amountMinor;
  const discounted = toMoney(totalDiscountsSet, currencyCode).amountMinor - (listed - charged);
  return missing > 0 && missing <= discounted ? missing : 0;
}

/** By what each line comes to, to the cent; the cents that are left over go to the first of them. */
function shareOut(lines: readonly OrderLine[], amount: number): readonly number[] {
  const all = lines.reduce((sum, { total }) => sum + total.amountMinor, 0);
  if (amount === 0 || all <= 0) return [];
  const shares = lines.map(({ total }) => Math.floor((total.amountMinor * amount) / all));
  let left = amount - shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share, index) => {
    const more = left > 0 && share < (lines[index]?.total.amountMinor ?? 0) ? 1 : 0;
    left -= more;
    return share + more;
  });
}

export function toTaxes(lines: readonly TaxLineWire[] | null | undefined, currency: string): TaxLine[] {
  return (lines ?? []).map(({ title, rate, priceSet }) => ({
    title,
    rate: rate ?? null,
    amount: toMoney(priceSet, currency),
  }));
}

/** Nothing where the shop says nothing. */
export function toMoney(
  bag: { readonly shopMoney: { readonly amount: string } } | null | undefined,
  currency: string,
): Money {
  return parseMoney(bag?.shopMoney.amount, currency) ?? addMoney(currency);
}

function idOf(node: { readonly id: string } | null | undefined): string | null {
  return node === null || node === undefined ? null : fromGid(node.id);
}
