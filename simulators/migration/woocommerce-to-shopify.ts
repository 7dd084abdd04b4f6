import type { ShopifySimulator } from '../shopify/shopify-simulator.ts';
import type { SeedOrder, SeedVariant } from '../shopify/seed-input.ts';
import type { Address, Customer, Order, Product, ShopState, WooCommerceSimulator } from '../woocommerce/index.ts';
import type { Migrated } from './migrate.ts';

/** Copies a whole WooCommerce shop into a Shopify shop. */
export function woocommerceToShopify(
  source: Pick<WooCommerceSimulator, 'state'>,
  target: Pick<ShopifySimulator, 'seedProduct' | 'seedOrder' | 'seedCustomer'>,
): Migrated {
  const shop = source.state();
  const customers = new Map(
    shop.customers.map((customer) => [String(customer.id), target.seedCustomer(toCustomer(customer))] as const),
  );
  const products = new Map<string, string>();
  const variants = new Map<string, string>();
  const children = childrenOf(shop);
  for (const product of shop.products) {
    const own = product.type === 'variable' ? (children.get(product.id) ?? []) : [product];
    if (own.length === 0) continue;
    const options = product.type === 'variable' ? product.attributes.filter(({ variation }) => variation) : [];
    const made = target.seedProduct({
      title: plain(product.name),
      handle: decodeURIComponent(product.slug),
      descriptionHtml: product.description,
      status: product.status === 'publish' ? 'ACTIVE' : 'DRAFT',
      createdAt: timeOf(product.date_created_gmt),
      ...(options.length === 0 ? {} : { options: options.map(({ name }) => name) }),
      variants: own.map((variant) => toVariant(variant, product)),
    });
    products.set(String(product.id), made.productId);
    own.forEach(({ id }, index) => variants.set(String(id), made.variantIds[index] ?? ''));
  }
  const orders = new Map(
    shop.orders
      .filter(({ status }) => status !== 'trash' && !status.endsWith('-draft'))
      .map((order) => [String(order.id), target.seedOrder(toOrder(order, { customers, variants, shop }))] as const),
  );
  return { products, variants, orders, customers };
}

function childrenOf(shop: ShopState): ReadonlyMap<number, readonly Product[]> {
  return Map.groupBy(shop.variations, ({ parent_id }) => parent_id);
}

function toVariant(variant: Product, product: Product): SeedVariant {
  const holder = !variant.manage_stock && product.manage_stock ? product : variant;
  const onSale = variant.sale_price !== '' && Number(variant.sale_price) < Number(variant.regular_price);
  const price = onSale ? variant.sale_price : variant.regular_price;
  const backorders = holder.backorders !== 'no';
  const counted = holder.manage_stock;
  const sold = counted || variant.stock_status === 'instock';
  return {
    sku: variant.sku === '' ? null : variant.sku,
    price: price === '' ? '0.00' : price,
    compareAtPrice: onSale ? variant.regular_price : null,
    tracked: counted || !sold,
    policy: counted ? (backorders ? 'CONTINUE' : 'DENY') : variant.stock_status === 'onbackorder' ? 'CONTINUE' : 'DENY',
    ...(counted ? { quantity: holder.stock_quantity ?? 0 } : sold ? {} : { quantity: 0 }),
    ...(variant.type === 'variation' ? { optionValues: variant.options.map(({ option }) => option) } : {}),
  };
}

function toCustomer({ email, first_name, last_name, date_created_gmt, billing }: Customer) {
  return {
    email,
    firstName: first_name,
    lastName: last_name,
    createdAt: timeOf(date_created_gmt),
    addresses: billing.address_1 === '' ? [] : [toAddress(billing)],
  };
}

type Known = {
  readonly customers: ReadonlyMap<string, string>;
  readonly variants: ReadonlyMap<string, string>;
  readonly shop: ShopState;
};

function toOrder(order: Order, { customers, variants, shop }: Known): SeedOrder {
  const placedAt = timeOf(order.date_created_gmt);
  const discount = order.line_items.reduce((sum, { subtotal, total }) => sum + Number(subtotal) - Number(total), 0);
  const shipping = order.shipping_lines[0];
  const shipped = order.status === 'completed' || (order.status === 'refunded' && order.date_completed_gmt !== null);
  const parcels = shipped ? trackingOf(order) : [];
  const skuOf = (id: number): string | null =>
    [...shop.products, ...shop.variations].find((product) => product.id === id)?.sku ?? null;
  return {
    name: `#${String(order.id)}`,
    createdAt: placedAt,
    processedAt: placedAt,
    email: order.billing.email ?? null,
    customerId: customers.get(String(order.customer_id)) ?? null,
    lines: [
      ...order.line_items.map((line) => {
        const bought = line.variation_id === 0 ? line.product_id : line.variation_id;
        return {
          sku: skuOf(bought),
          variantId: variants.get(String(bought)) ?? null,
          title: line.name,
          quantity: line.quantity,
          price: (Number(line.subtotal) / line.quantity).toFixed(2),
        };
      }),
      ...order.fee_lines.map(({ name, total }) => ({ title: name, quantity: 1, price: total })),
    ],
    ...(shipping === undefined ? {} : { shipping: { title: shipping.method_title, price: shipping.total } }),
    ...(discount > 0 ? { discount: discount.toFixed(2) } : {}),
    ...stateOf(order, shop),
    ...(shipped ? { fulfillments: [parcels[0] === undefined ? {} : { tracking: parcels[0] }] } : {}),
    ...(order.billing.address_1 === '' ? {} : { billingAddress: toAddress(order.billing) }),
    ...(order.shipping.address_1 === '' ? {} : { shippingAddress: toAddress(order.shipping) }),
  };
}

function stateOf(order: Order, { refunds }: ShopState): Pick<SeedOrder, 'financialStatus' | 'cancelledAt' | 'refunds'> {
  switch (order.status) {
    case 'processing':
    case 'completed':
      return {
        financialStatus: 'PAID',
        refunds: refunds.filter(({ parent_id }) => parent_id === order.id).map(({ amount }) => ({ amount })),
      };
    case 'refunded':
      return { financialStatus: 'REFUNDED' };
    case 'cancelled':
      return {
        financialStatus: order.date_paid_gmt === null ? 'PENDING' : 'PAID',
        cancelledAt: timeOf(order.date_modified_gmt),
      };
    default:
      return { financialStatus: 'PENDING' };
  }
}

function trackingOf(order: Order): readonly { readonly company: string; readonly number: string }[] {
  const items = order.meta_data.find(({ key }) => key === '_wc_shipment_tracking_items')?.value;
  return (Array.isArray(items) ? (items as Readonly<Record<string, unknown>>[]) : []).map((item) => ({
    company: text(item['tracking_provider']) || text(item['custom_tracking_provider']),
    number: text(item['tracking_number']),
  }));
}

function toAddress(address: Address) {
  return {
    firstName: address.first_name,
    lastName: address.last_name,
    company: address.company,
    address1: address.address_1,
    address2: address.address_2,
    city: address.city,
    zip: address.postcode,
    countryCode: address.country,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function plain(title: string): string {
  return title.replaceAll('&amp;', '&');
}

function timeOf(gmt: string): number {
  return Date.parse(`${gmt}Z`);
}
