import type { MetafieldRecord } from '../shopify/app-records.ts';
import type {
  CustomerRecord,
  FulfillmentRecord,
  InventoryItemRecord,
  InventoryLevelRecord,
  OrderRecord,
  ProductRecord,
  RefundRecord,
  VariantRecord,
} from '../shopify/records.ts';
import type { ShopState } from '../shopify/state.ts';

/** An entry of an order's timeline, as far as the books need it. */
export type TimelineRow = { readonly id: string; readonly orderId: string; readonly createdAt: string };

/** The tables of a Shopify shop that the books are read from: as they are, or as its ledger says that they were. */
export type ShopifyRows = {
  readonly products: readonly ProductRecord[];
  readonly variants: readonly VariantRecord[];
  readonly items: readonly InventoryItemRecord[];
  readonly levels: readonly InventoryLevelRecord[];
  readonly orders: readonly OrderRecord[];
  readonly fulfillments: readonly FulfillmentRecord[];
  readonly refunds: readonly RefundRecord[];
  readonly events: readonly TimelineRow[];
  readonly customers: readonly CustomerRecord[];
  readonly metafields: readonly MetafieldRecord[];
};

export function rowsOfState({ products, orders, customers }: ShopState): ShopifyRows {
  const variants = products.flatMap((product) => product.variants);
  return {
    products,
    variants,
    items: variants.map(({ item }) => item),
    levels: variants.flatMap(({ levels }) => levels),
    orders,
    fulfillments: orders.flatMap(({ fulfillments }) => fulfillments),
    refunds: orders.flatMap(({ refunds }) => refunds),
    events: orders.flatMap((order) => ('events' in order ? (order.events as readonly TimelineRow[]) : [])),
    customers,
    metafields: [...products, ...variants, ...orders, ...customers].flatMap(({ metafields }) => metafields),
  };
}
