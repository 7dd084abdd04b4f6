import { sum, toDecimal, toPrice, toUnits } from '../decimals.ts';
import { variantTitle } from '../read/catalogue.ts';
import type { LineItemRecord, OrderRecord, ShippingLineRecord, TaxLine } from '../records.ts';
import type { World } from '../world.ts';
import type { OrderCreateInput, OrderLineInput, TaxLineInput } from './order-input.ts';

export type OrderTotals = Pick<OrderRecord, 'subtotal' | 'totalDiscounts' | 'totalShipping' | 'totalTax' | 'total'>;

export function toLineItem(world: World, input: OrderLineInput): LineItemRecord {
  const variant = world.variants.get(input.variantId);
  const product = world.products.get(variant?.productId ?? input.productId);
  const unitPrice = input.priceSet?.shopMoney.amount ?? variant?.price ?? '0';
  const own = variant === undefined ? null : variantTitle(variant);
  const total = toUnits(unitPrice) * input.quantity;
  return {
    id: world.gid('LineItem'),
    title: input.title ?? product?.title ?? '',
    variantTitle: input.variantTitle ?? (own === 'Default Title' ? null : own),
    sku: input.sku ?? variant?.sku ?? null,
    vendor: input.vendor ?? product?.vendor ?? null,
    quantity: input.quantity,
    productId: product?.id ?? null,
    variantId: variant?.id ?? null,
    unitPrice: toDecimal(toUnits(unitPrice)),
    discountedTotal: toDecimal(total),
    requiresShipping: input.requiresShipping ?? false,
    taxable: input.taxable ?? true,
    customAttributes: (input.properties ?? []).map(({ name, value }) => ({ key: name, value })),
    taxLines: toTaxLines(input.taxLines ?? [], total),
    claimed: 0,
    claimedAt: null,
    fulfilledQuantity: 0,
    refundedQuantity: 0,
  };
}

export function toTaxLines(inputs: readonly TaxLineInput[], base: number): TaxLine[] {
  return inputs.map(({ title, rate, priceSet }) => ({
    title,
    rate: Number(rate),
    amount: toDecimal(
      priceSet === undefined || priceSet === null
        ? toUnits(toPrice((base * Number(rate)) / 10_000))
        : toUnits(priceSet.shopMoney.amount),
    ),
  }));
}

export function toShippingLines(world: World, input: OrderCreateInput): ShippingLineRecord[] {
  const free =
    input.discountCode?.freeShippingDiscountCode !== undefined && input.discountCode.freeShippingDiscountCode !== null;
  return (input.shippingLines ?? []).map(({ title, code, source, priceSet, taxLines }) => ({
    id: world.gid('ShippingLine'),
    title,
    code: code ?? null,
    source: source ?? null,
    price: toDecimal(toUnits(priceSet.shopMoney.amount)),
    discountedPrice: free ? '0.0' : toDecimal(toUnits(priceSet.shopMoney.amount)),
    taxLines: toTaxLines(taxLines ?? [], toUnits(priceSet.shopMoney.amount)),
  }));
}

export function discountOf(
  input: OrderCreateInput,
  subtotal: number,
): { readonly codes: readonly string[]; readonly amount: number } {
  const {
    itemFixedDiscountCode: fixed,
    itemPercentageDiscountCode: percentage,
    freeShippingDiscountCode: shipping,
  } = input.discountCode ?? {};
  if (fixed !== undefined && fixed !== null)
    return { codes: [fixed.code], amount: Math.min(subtotal, toUnits(fixed.amountSet?.shopMoney.amount ?? 0)) };
  if (percentage !== undefined && percentage !== null)
    return {
      codes: [percentage.code],
      amount: toUnits(toPrice((subtotal * (percentage.percentage ?? 0)) / 100 / 10_000)),
    };
  return { codes: shipping === undefined || shipping === null ? [] : [shipping.code], amount: 0 };
}

export function toTotals(
  order: Pick<OrderRecord, 'lineItems' | 'shippingLines' | 'taxLines' | 'taxesIncluded'>,
  discount: number,
): OrderTotals {
  const lines = sum(order.lineItems.map(({ discountedTotal }) => discountedTotal));
  const subtotal = lines - discount;
  const shipping = sum(order.shippingLines.map(({ discountedPrice }) => discountedPrice));
  const freed = sum(order.shippingLines.map(({ price }) => price)) - shipping;
  const taxes = [
    ...order.taxLines,
    ...[...order.lineItems, ...order.shippingLines].flatMap(({ taxLines }) => taxLines),
  ];
  const tax = sum(taxes.map(({ amount }) => amount));
  return {
    subtotal: toDecimal(subtotal),
    totalDiscounts: toDecimal(discount + freed),
    totalShipping: toDecimal(shipping),
    totalTax: toDecimal(tax),
    total: toDecimal(subtotal + shipping + (order.taxesIncluded ? 0 : tax)),
  };
}
