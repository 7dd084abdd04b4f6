import type { Customer, Meta, Note, Order, Product, Refund, ShopState } from '../woocommerce/index.ts';
import type { Books, CustomerEntry, OrderEntry, OrderStatus, ProductEntry, VariantEntry } from './books.ts';
import { partly, priceOf, toCents } from './words.ts';

/** Reads a WooCommerce shop. */
export function woocommerceBooks({ products, variations, orders, notes, refunds, customers }: ShopState): Books {
  const parents = new Map(products.map((product) => [product.id, product]));
  const children = variations.filter(
    ({ parent_id, status }) => status !== 'trash' && parents.get(parent_id)?.status !== 'trash',
  );
  const countOf = Map.groupBy(children, ({ parent_id }) => parent_id);
  const standing = products.filter(({ status }) => status !== 'trash');
  const notesOf = Map.groupBy(notes, ({ order_id }) => order_id);
  const refundsOf = Map.groupBy(refunds, ({ parent_id }) => parent_id);
  return {
    products: standing.map((product) => toProduct(product, countOf.get(product.id)?.length ?? 1)),
    variants: [
      ...standing.filter(({ type }) => type === 'simple').map((product) => toVariant(product, product)),
      ...children.flatMap((variation) => {
        const parent = parents.get(variation.parent_id);
        return parent === undefined ? [] : [toVariant(variation, parent)];
      }),
    ],
    // An order that was never placed is none.
    orders: orders
      .filter(({ status }) => status !== 'trash' && !status.endsWith('-draft'))
      .map((order) => toOrder(order, notesOf.get(order.id) ?? [], refundsOf.get(order.id) ?? [])),
    customers: customers.map(toCustomer),
  };
}

const MARK = '_lockstep_source';

function markOf(meta: readonly Meta[], key = MARK): string | null {
  const value = meta.find((one) => one.key === key)?.value;
  return typeof value === 'string' ? value : null;
}

function toProduct(product: Product, variants: number): ProductEntry {
  const { id, name, status, meta_data } = product;
  return { id: String(id), mark: markOf(meta_data), title: plain(name), isLive: status === 'publish', variants };
}

/** Names keep `&` as an entity. */
function plain(name: string): string {
  return name.replaceAll('&amp;', '&');
}

const STOCK = { instock: 'inStock', outofstock: 'outOfStock', onbackorder: 'onBackorder' } as const;

function toVariant(variant: Product, product: Product): VariantEntry {
  const holder = !variant.manage_stock && product.manage_stock ? product : variant;
  const onSale = variant.sale_price !== '' && Number(variant.sale_price) < Number(variant.regular_price);
  return {
    id: String(variant.id),
    rootId: String(product.id),
    mark: markOf(variant.meta_data),
    sku: variant.sku === '' ? null : variant.sku,
    quantity: holder.manage_stock ? (holder.stock_quantity ?? 0) : null,
    stockStatus: STOCK[holder.stock_status],
    price: priceOf(onSale ? variant.sale_price : variant.regular_price),
    compareAtPrice: onSale ? priceOf(variant.regular_price) : null,
  };
}

const VIA = 'lockstep:';

function toOrder(order: Order, notes: readonly Note[], refunds: readonly Refund[]): OrderEntry {
  const total = totalOf(order);
  const madeFrom = order.created_via.startsWith(VIA) ? order.created_via.slice(VIA.length) : null;
  return {
    id: String(order.id),
    mark: markOf(order.meta_data) ?? madeFrom,
    // A shop numbers its orders itself; a number from elsewhere is kept as plugins keep it.
    number: markOf(order.meta_data, '_order_number') ?? String(order.id),
    origin: originOf(order, madeFrom),
    createdAt: timeOf(order.date_created_gmt),
    cents: total,
    email: (order.billing.email ?? '').toLowerCase(),
    hasCustomer: order.customer_id !== 0,
    units: order.line_items.reduce((sum, { quantity }) => sum + quantity, 0),
    status: paidBack(statusOf(wordOf(order)), total, refunds),
    tracking: numbersOf(order),
    history: notes.map(({ id, date_created_gmt }) => ({ id: String(id), at: timeOf(date_created_gmt) })),
    carriedHistory: notes.flatMap(({ note }) => carriedIn(note) ?? []),
    refunds: refunds.map(({ id, amount }) => ({ id: String(id), cents: toCents(amount) })),
    carriedRefunds: refunds.flatMap(({ amount, meta_data }) => {
      const id = markOf(meta_data);
      return id === null ? [] : [{ id, cents: toCents(amount) }];
    }),
  };
}

function originOf({ created_via: via }: Order, madeFrom: string | null): OrderEntry['origin'] {
  if (madeFrom !== null || via === 'rest-api') return 'api';
  return via === 'migration' ? 'migration' : 'checkout';
}

/** The sync's own hold is no status of the order: beside it stands what the order is apart from that. */
function wordOf({ status, meta_data }: Order): string {
  return status === 'on-hold' ? (markOf(meta_data, '_lockstep_hold') ?? status) : status;
}

function statusOf(word: string): OrderStatus | null {
  switch (word) {
    case 'pending':
    case 'on-hold':
      return { payment: 'pending', fulfilled: false, cancelled: false };
    case 'processing':
      return { payment: 'paid', fulfilled: false, cancelled: false };
    case 'completed':
      return { payment: 'paid', fulfilled: true, cancelled: false };
    case 'cancelled':
      return { payment: null, fulfilled: null, cancelled: true };
    case 'refunded':
      return { payment: 'refunded', fulfilled: null, cancelled: false };
    default:
      return null;
  }
}

/** The word stays "processing" or "completed" while parts of the money go back. */
function paidBack(status: OrderStatus | null, total: number, refunds: readonly Refund[]): OrderStatus | null {
  const back = refunds.reduce((sum, { amount }) => sum + toCents(amount), 0);
  if (status?.payment !== 'paid' || back === 0) return status;
  return { ...status, payment: back >= total ? 'refunded' : partly(back) };
}

function totalOf(order: Order): number {
  const lines = [...order.line_items, ...order.shipping_lines, ...order.fee_lines];
  return lines.reduce((sum, { total, total_tax }) => sum + toCents(total) + toCents(total_tax), 0);
}

function numbersOf({ meta_data }: Order): readonly string[] {
  const items = meta_data.find(({ key }) => key === '_wc_shipment_tracking_items')?.value;
  return (Array.isArray(items) ? (items as { tracking_number?: unknown }[]) : [])
    .map(({ tracking_number: number }) => (typeof number === 'string' ? number.trim() : ''))
    .filter((number) => number !== '');
}

/** Notes take no meta: what entry of the other shop one carries stands in its text. */
function carriedIn(note: string): string | null {
  const id = /\[lockstep:(\S+) \d{4}-\d\d-\d\dT[^\]]*\]\s*$/.exec(note)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

function toCustomer({ id, email, last_name, meta_data }: Customer): CustomerEntry {
  return {
    id: String(id),
    mark: markOf(meta_data, 'lockstep_source'),
    email: email.toLowerCase(),
    lastName: last_name,
  };
}

function timeOf(gmt: string): number {
  return Date.parse(`${gmt}Z`);
}
