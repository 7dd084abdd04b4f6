import type { Address as ShopifyAddress, LineItemRecord } from '../shopify/records.ts';
import type { ShopifySimulator } from '../shopify/shopify-simulator.ts';
import type { CustomerState, OrderState, ProductState, VariantState } from '../shopify/state.ts';
import type { Address, LineItem, Meta, Product, WooCommerceSimulator } from '../woocommerce/index.ts';
import type { Migrated } from './migrate.ts';
import { refundsOf } from './shopify-to-shopify.ts';

/** Copies a whole Shopify shop into a WooCommerce shop: orders keep their numbers as ids, as tools for it can, and all else lies above them. */
export function shopifyToWooCommerce(
  source: Pick<ShopifySimulator, 'state'>,
  target: Pick<WooCommerceSimulator, 'seedProduct' | 'seedVariation' | 'seedOrder' | 'seedRefund' | 'seedCustomer'>,
): Migrated {
  const shop = source.state();
  const ids = counter(100_000 + Math.max(0, ...shop.orders.map(numberOf)));
  const customers = new Map(
    shop.customers.map((one) => [one.id, String(target.seedCustomer(toCustomer(one)))] as const),
  );
  const products = new Map<string, string>();
  const variants = new Map<string, string>();
  for (const product of shop.products) {
    const [only] = product.variants;
    if (only === undefined) continue;
    const isSimple = product.variants.length === 1 && only.selectedOptions.every(({ name }) => name === 'Title');
    const productId = ids.next();
    products.set(product.id, String(productId));
    target.seedProduct({
      ...toProduct(product, isSimple),
      id: productId,
      ...(isSimple ? toVariant(only) : {}),
    });
    if (isSimple) variants.set(only.id, String(productId));
    else
      for (const variant of product.variants) {
        const row = { ...toVariant(variant), id: ids.next(), options: toOptions(variant) };
        variants.set(variant.id, String(target.seedVariation(productId, row)));
      }
  }
  const parentOf = new Map(
    shop.products.flatMap((product) => product.variants.map(({ id }) => [id, products.get(product.id)] as const)),
  );
  const orders = new Map(
    shop.orders.map((order) => {
      const id = target.seedOrder(toOrder(order, { customers, variants, parentOf, ids }));
      if (order.displayFinancialStatus === 'PARTIALLY_REFUNDED')
        for (const { amount } of refundsOf(order))
          target.seedRefund(id, { id: ids.next(), amount: Number(amount).toFixed(2) });
      return [order.id, String(id)] as const;
    }),
  );
  return { products, variants, orders, customers };
}

type Ids = { readonly next: () => number };

function counter(from: number): Ids {
  let last = from;
  return { next: () => (last += 1) };
}

function numberOf({ name }: OrderState): number {
  return Number(name.replaceAll(/\D/g, ''));
}

function gmt(time: string): string {
  return time.replace(/(?:\.\d+)?Z$/, '');
}

/** Titles are kept with `&` as an entity. */
function stored(title: string): string {
  return title.replaceAll(/&(?!(?:[a-z]+|#\d+);)/gi, '&amp;');
}

function toProduct(product: ProductState, isSimple: boolean) {
  return {
    type: isSimple ? ('simple' as const) : ('variable' as const),
    name: stored(product.title),
    slug: product.handle,
    description: product.descriptionHtml,
    status: product.status === 'ACTIVE' ? 'publish' : 'draft',
    date_created_gmt: gmt(product.createdAt),
    date_modified_gmt: gmt(product.updatedAt),
    attributes: isSimple
      ? []
      : product.options.map(({ name, values }, position) => ({
          id: 0,
          name,
          slug: name,
          position,
          visible: true,
          variation: true,
          options: values.map((value) => value.name),
        })),
  };
}

function toOptions({ selectedOptions }: VariantState): Product['options'] {
  return selectedOptions.map(({ name, value }) => ({ id: 0, name, slug: name, option: value }));
}

function toVariant(variant: VariantState): Partial<Omit<Product, 'type'>> {
  const { sku, barcode, price, compareAtPrice, inventoryPolicy, item, inventoryQuantity } = variant;
  const onSale = compareAtPrice !== null && Number(compareAtPrice) > Number(price);
  return {
    sku: sku ?? '',
    global_unique_id: barcode ?? '',
    regular_price: Number(onSale ? compareAtPrice : price).toFixed(2),
    sale_price: onSale ? Number(price).toFixed(2) : '',
    manage_stock: item.tracked,
    stock_quantity: item.tracked ? inventoryQuantity : null,
    backorders: inventoryPolicy === 'CONTINUE' ? 'notify' : 'no',
  };
}

function toCustomer({ email, firstName, lastName, addresses, defaultAddressId, createdAt, updatedAt }: CustomerState) {
  const main = addresses.find(({ id }) => id === defaultAddressId) ?? addresses[0];
  return {
    email: email ?? '',
    first_name: firstName ?? '',
    last_name: lastName ?? '',
    date_created_gmt: gmt(createdAt),
    date_modified_gmt: gmt(updatedAt),
    billing: toAddress(main ?? null, email ?? ''),
    shipping: toAddress(main ?? null),
  };
}

function toAddress(address: ShopifyAddress | null, email?: string): Address {
  return {
    first_name: address?.firstName ?? '',
    last_name: address?.lastName ?? '',
    company: address?.company ?? '',
    address_1: address?.address1 ?? '',
    address_2: address?.address2 ?? '',
    city: address?.city ?? '',
    state: address?.provinceCode ?? '',
    postcode: address?.zip ?? '',
    country: address?.countryCodeV2 ?? '',
    ...(email === undefined ? {} : { email }),
    phone: address?.phone ?? '',
  };
}

type Known = {
  readonly customers: ReadonlyMap<string, string>;
  readonly variants: ReadonlyMap<string, string>;
  readonly parentOf: ReadonlyMap<string, string | undefined>;
  readonly ids: Ids;
};

function toOrder(order: OrderState, known: Known) {
  const paid = order.displayFinancialStatus !== 'PENDING' && order.displayFinancialStatus !== 'VOIDED';
  const status = wordOf(order);
  const bought = order.lineItems.filter(({ sku, variantId }) => sku !== null || variantId !== null);
  const fees = order.lineItems.filter((line) => !bought.includes(line));
  return {
    id: numberOf(order),
    status,
    currency: order.currencyCode,
    prices_include_tax: order.taxesIncluded,
    date_created_gmt: gmt(order.processedAt),
    date_modified_gmt: gmt(order.updatedAt),
    date_paid_gmt: paid ? gmt(order.processedAt) : null,
    // Whatever became of it later: it was shipped.
    date_completed_gmt: order.displayFulfillmentStatus === 'FULFILLED' ? gmt(order.updatedAt) : null,
    customer_id: Number(known.customers.get(order.customerId ?? '') ?? 0),
    order_key: `wc_order_${order.id.slice(-12)}`,
    billing: toAddress(order.billingAddress ?? order.shippingAddress, order.email ?? ''),
    shipping: toAddress(order.shippingAddress),
    customer_note: order.note ?? '',
    meta_data: trackingOf(order, known.ids),
    line_items: bought.map((line) => toLine(line, order, known)),
    fee_lines: fees.map(({ title, discountedTotal }) => ({
      id: known.ids.next(),
      name: title,
      total_tax: '0.00',
      total: money(discountedTotal),
    })),
    shipping_lines: order.shippingLines.map(({ title, price }) => ({
      id: known.ids.next(),
      method_title: title,
      method_id: 'flat_rate',
      total_tax: '0.00',
      total: money(price),
    })),
  };
}

function money(decimal: string): string {
  return Number(decimal).toFixed(2);
}

function wordOf(order: OrderState): string {
  if (order.cancelledAt !== null) return 'cancelled';
  if (order.displayFinancialStatus === 'REFUNDED') return 'refunded';
  if (order.displayFinancialStatus !== 'PAID' && order.displayFinancialStatus !== 'PARTIALLY_REFUNDED')
    return 'pending';
  return order.displayFulfillmentStatus === 'FULFILLED' ? 'completed' : 'processing';
}

/** The discount of a whole order is spread over its lines, the last of which takes what is left of rounding. */
function toLine(line: LineItemRecord, order: OrderState, { variants, parentOf, ids }: Known): LineItem {
  const own = Number(variants.get(line.variantId ?? '') ?? 0);
  const parent = Number(parentOf.get(line.variantId ?? '') ?? 0);
  const subtotal = Number(line.unitPrice) * line.quantity;
  return {
    id: ids.next(),
    name: line.title,
    product_id: parent,
    variation_id: own === parent ? 0 : own,
    quantity: line.quantity,
    tax_class: '',
    subtotal: subtotal.toFixed(2),
    subtotal_tax: '0.00',
    total: (subtotal - discountOf(line, order)).toFixed(2),
    total_tax: '0.00',
    meta_data: [],
  };
}

function discountOf(line: LineItemRecord, order: OrderState): number {
  const cents = Math.round(Number(order.totalDiscounts) * 100);
  const whole = order.lineItems.reduce((sum, { unitPrice, quantity }) => sum + Number(unitPrice) * quantity, 0);
  if (cents === 0 || whole === 0) return 0;
  const shareOf = ({ unitPrice, quantity }: LineItemRecord): number =>
    Math.floor((cents * Number(unitPrice) * quantity) / whole);
  const isLast = order.lineItems.at(-1) === line;
  const rest = cents - order.lineItems.reduce((sum, one) => sum + shareOf(one), 0);
  return (shareOf(line) + (isLast ? rest : 0)) / 100;
}

/** As the Shipment Tracking plugin keeps it. */
function trackingOf(order: OrderState, ids: Ids): readonly Meta[] {
  const value = order.fulfillments
    .filter(({ status }) => status === 'SUCCESS')
    .flatMap(({ trackingInfo, createdAt }) =>
      trackingInfo.flatMap(({ company, number }) =>
        number === null
          ? []
          : [
              {
                tracking_provider: company ?? '',
                custom_tracking_provider: '',
                custom_tracking_link: '',
                tracking_number: number,
                date_shipped: String(Math.floor(Date.parse(createdAt) / 86_400_000) * 86_400),
                tracking_id: `migrated${String(ids.next())}`,
              },
            ],
      ),
    );
  return value.length === 0 ? [] : [{ id: ids.next(), key: '_wc_shipment_tracking_items', value }];
}
