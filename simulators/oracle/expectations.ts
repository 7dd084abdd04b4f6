import type { Note, Order, Product, Refund, ShopState as SourceState } from '../woocommerce/index.ts';

/** What the target should hold of one source entity, in the target's own words. The oracle's own mapping: it shares no code with the product. */
export type ExpectedVariant = {
  readonly id: string;
  readonly rootId: string;
  readonly sku: string | null;
  /** Null: not counted. */
  readonly quantity: number | null;
  readonly stockStatus: 'inStock' | 'outOfStock' | 'onBackorder';
  readonly price: string | null;
  readonly compareAtPrice: string | null;
};

export type ExpectedOrder = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly total: number;
  /** Null where the source's status says nothing to the target. */
  readonly status: {
    /** Of a part that was paid back, how much: `partially_refunded 12.30`. */
    readonly payment: 'pending' | 'paid' | 'refunded' | `partially_refunded ${string}` | null;
    readonly fulfilled: boolean | null;
    readonly cancelled: boolean;
  } | null;
  readonly tracking: readonly string[];
  readonly history: readonly string[];
};

export function expectedVariants({ products, variations }: SourceState): readonly ExpectedVariant[] {
  const parents = new Map(products.map((product) => [product.id, product]));
  const simple = products.filter(({ type, status }) => type === 'simple' && status !== 'trash');
  const children = variations.filter(
    ({ parent_id, status }) => status !== 'trash' && parents.get(parent_id)?.status !== 'trash',
  );
  return [
    ...simple.map((product) => expectedVariant(product, product)),
    ...children.flatMap((variation) => {
      const parent = parents.get(variation.parent_id);
      return parent === undefined ? [] : [expectedVariant(variation, parent)];
    }),
  ];
}

function expectedVariant(variant: Product, product: Product): ExpectedVariant {
  const holder = !variant.manage_stock && product.manage_stock ? product : variant;
  const onSale = variant.sale_price !== '' && Number(variant.sale_price) < Number(variant.regular_price);
  const price = onSale ? variant.sale_price : variant.regular_price;
  return {
    id: String(variant.id),
    rootId: String(product.id),
    sku: variant.sku === '' ? null : variant.sku,
    quantity: holder.manage_stock ? (holder.stock_quantity ?? 0) : null,
    stockStatus: STOCK[holder.stock_status],
    price: price === '' ? null : Number(price).toFixed(2),
    compareAtPrice: onSale ? Number(variant.regular_price).toFixed(2) : null,
  };
}

const STOCK = { instock: 'inStock', outofstock: 'outOfStock', onbackorder: 'onBackorder' } as const;

/** An order that was never placed is none. */
export function expectedOrders({ orders, notes, refunds }: SourceState, migratedAt: number): readonly ExpectedOrder[] {
  const notesOf = Map.groupBy(notes, ({ order_id }) => order_id);
  const refundsOf = Map.groupBy(refunds, ({ parent_id }) => parent_id);
  return orders
    .filter(({ status }) => status !== 'trash' && !status.endsWith('-draft'))
    .map((order) => ({
      ...expectedOrder(order, notesOf.get(order.id) ?? [], migratedAt),
      status: paidBack(statusOf(order.status), totalOf(order), refundsOf.get(order.id) ?? []),
    }));
}

function expectedOrder(order: Order, notes: readonly Note[], migratedAt: number): Omit<ExpectedOrder, 'status'> {
  const createdAt = Date.parse(`${order.date_created_gmt}Z`);
  // Of an order that was migrated only what happened since is carried.
  const since = createdAt >= migratedAt ? Number.NEGATIVE_INFINITY : migratedAt;
  return {
    id: String(order.id),
    name: `#${String(order.id)}`,
    createdAt,
    total: totalOf(order),
    tracking: numbersOf(order),
    history: notes
      .filter(({ date_created_gmt }) => Date.parse(`${date_created_gmt}Z`) >= since)
      .map(({ id }) => String(id)),
  };
}

/** The old shop's word stays "processing" or "completed" while parts of the money go back. */
function paidBack(word: ExpectedOrder['status'], total: number, refunds: readonly Refund[]): ExpectedOrder['status'] {
  const back = refunds.reduce((sum, { amount }) => sum + toCents(amount), 0);
  if (word?.payment !== 'paid' || back === 0) return word;
  return { ...word, payment: back >= Math.round(total * 100) ? 'refunded' : partly(back) };
}

export function partly(cents: number): `partially_refunded ${string}` {
  return `partially_refunded ${(cents / 100).toFixed(2)}`;
}

function statusOf(word: string): ExpectedOrder['status'] {
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

function totalOf(order: Order): number {
  const lines = [...order.line_items, ...order.shipping_lines, ...order.fee_lines];
  const cents = lines.reduce((sum, { total, total_tax }) => sum + toCents(total) + toCents(total_tax), 0);
  return cents / 100;
}

export function toCents(decimal: string): number {
  return Math.round(Number(decimal === '' ? 0 : decimal) * 100);
}

function numbersOf({ meta_data }: Order): readonly string[] {
  const items = meta_data.find(({ key }) => key === '_wc_shipment_tracking_items')?.value;
  return (Array.isArray(items) ? (items as { tracking_number?: unknown }[]) : [])
    .map(({ tracking_number: number }) => (typeof number === 'string' ? number.trim() : ''))
    .filter((number) => number !== '');
}
