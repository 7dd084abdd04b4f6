import type { Address, LineItemRecord } from '../shopify/records.ts';
import type { SeedOrder, SeedVariant } from '../shopify/seed-input.ts';
import type { ShopifySimulator } from '../shopify/shopify-simulator.ts';
import type { CustomerState, OrderState, ProductState, VariantState } from '../shopify/state.ts';
import type { Migrated } from './migrate.ts';

/** Copies a whole Shopify shop into another one. */
export function shopifyToShopify(
  source: Pick<ShopifySimulator, 'state'>,
  target: Pick<ShopifySimulator, 'seedProduct' | 'seedOrder' | 'seedCustomer'>,
): Migrated {
  const shop = source.state();
  const customers = new Map(shop.customers.map((one) => [one.id, target.seedCustomer(toCustomer(one))] as const));
  const products = new Map<string, string>();
  const variants = new Map<string, string>();
  for (const product of shop.products) {
    const made = target.seedProduct(toProduct(product));
    products.set(product.id, made.productId);
    product.variants.forEach(({ id }, index) => variants.set(id, made.variantIds[index] ?? ''));
  }
  const orders = new Map(
    shop.orders.map((order) => [order.id, target.seedOrder(toOrder(order, { customers, variants }))] as const),
  );
  return { products, variants, orders, customers };
}

function toProduct(product: ProductState) {
  const { title, handle, descriptionHtml, vendor, productType, tags, status, seo, options, createdAt } = product;
  return {
    title,
    handle,
    descriptionHtml,
    vendor,
    productType,
    tags,
    status,
    seo,
    createdAt: Date.parse(createdAt),
    options: options.map(({ name }) => name),
    images: product.media.map(({ url, alt }) => ({ src: url, ...(alt === null ? {} : { alt }) })),
    variants: product.variants.map(toVariant),
  };
}

function toVariant(variant: VariantState): SeedVariant {
  const { sku, barcode, price, compareAtPrice, inventoryPolicy, taxable, item, inventoryQuantity } = variant;
  return {
    sku,
    barcode,
    price,
    compareAtPrice,
    taxable,
    tracked: item.tracked,
    policy: inventoryPolicy,
    requiresShipping: item.requiresShipping,
    optionValues: variant.selectedOptions.map(({ value }) => value),
    ...(item.weight === null ? {} : { weight: item.weight }),
    ...(item.tracked ? { quantity: inventoryQuantity } : {}),
  };
}

function toCustomer({
  email,
  firstName,
  lastName,
  phone,
  note,
  tags,
  emailConsent,
  addresses,
  createdAt,
}: CustomerState) {
  return {
    email,
    firstName,
    lastName,
    phone,
    note,
    tags,
    emailMarketing: emailConsent.marketingState === 'SUBSCRIBED',
    addresses: addresses.map(toAddress),
    createdAt: Date.parse(createdAt),
  };
}

export function toAddress(address: Address) {
  const { id: _id, provinceCode, countryCodeV2, ...rest } = address;
  return { ...rest, provinceCode, countryCode: countryCodeV2 };
}

type Known = { readonly customers: ReadonlyMap<string, string>; readonly variants: ReadonlyMap<string, string> };

function toOrder(order: OrderState, { customers, variants }: Known): SeedOrder {
  const [shipping] = order.shippingLines;
  const shipped = order.fulfillments.filter(({ status }) => status === 'SUCCESS');
  const discount = Number(order.totalDiscounts);
  const isWhole = order.displayFulfillmentStatus === 'FULFILLED';
  return {
    name: order.name,
    createdAt: Date.parse(order.createdAt),
    processedAt: Date.parse(order.processedAt),
    email: order.email,
    phone: order.phone,
    note: order.note,
    tags: order.tags,
    customerId: order.customerId === null ? null : (customers.get(order.customerId) ?? null),
    lines: order.lineItems.map((line) => toLine(line, variants)),
    taxesIncluded: order.taxesIncluded,
    financialStatus: order.displayFinancialStatus ?? 'PENDING',
    refunds: order.displayFinancialStatus === 'PARTIALLY_REFUNDED' ? refundsOf(order) : [],
    fulfillments: shipped.map(({ trackingInfo: [parcel], lines }, index) => ({
      // Units go by SKU, which may stand on several lines: the last parcel of a whole order takes what is left.
      ...(isWhole && index === shipped.length - 1 ? {} : { lines: unitsOf(order, lines) }),
      ...(parcel === undefined ? {} : { tracking: { company: parcel.company ?? '', number: parcel.number ?? '' } }),
    })),
    ...(shipping === undefined ? {} : { shipping: { title: shipping.title, price: shipping.price } }),
    ...(discount > 0 ? { discount: discount.toFixed(2) } : {}),
    ...(order.cancelledAt === null ? {} : { cancelledAt: Date.parse(order.cancelledAt) }),
    ...(order.billingAddress === null ? {} : { billingAddress: toAddress(order.billingAddress) }),
    ...(order.shippingAddress === null ? {} : { shippingAddress: toAddress(order.shippingAddress) }),
  };
}

function toLine(line: LineItemRecord, variants: ReadonlyMap<string, string>): SeedOrder['lines'][number] {
  return {
    sku: line.sku,
    variantId: line.variantId === null ? null : (variants.get(line.variantId) ?? null),
    title: line.title,
    quantity: line.quantity,
    price: line.unitPrice,
    requiresShipping: line.requiresShipping,
  };
}

export function refundsOf({ refunds }: OrderState): readonly { readonly amount: string }[] {
  return refunds.map(({ totalRefunded }) => ({ amount: totalRefunded })).filter(({ amount }) => Number(amount) > 0);
}

function unitsOf(order: OrderState, lines: OrderState['fulfillments'][number]['lines']) {
  return lines.flatMap(({ lineItemId, quantity }) => {
    const sku = order.lineItems.find(({ id }) => id === lineItemId)?.sku;
    return sku === null || sku === undefined ? [] : [{ sku, quantity }];
  });
}
