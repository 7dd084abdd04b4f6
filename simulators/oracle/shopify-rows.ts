import type { MetafieldRecord } from '../shopify/app-records.ts';
import type {
  CustomerRecord,
  FulfillmentRecord,
  InventoryItemRecord,
  InventoryLevelRecord,
  OrderRecord,
  ProductRecord,
  RefundRecord,
  TransactionRecord,
  VariantRecord,
} from '../shopify/records.ts';
import type { ShopState } from '../shopify/state.ts';

/** The tables of a Shopify shop that the books are read from: as they are, or as its ledger says that they were. */
export type ShopifyRows = {
  readonly products: readonly ProductRecord[];
  readonly variants: readonly VariantRecord[];
  readonly items: readonly InventoryItemRecord[];
  readonly levels: readonly InventoryLevelRecord[];
  readonly orders: readonly OrderRecord[];
  readonly fulfillments: readonly FulfillmentRecord[];
  readonly refunds: readonly RefundRecord[];
  readonly transactions: readonly TransactionRecord[];
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
    transactions: orders.flatMap(({ transactions }) => transactions),
    customers,
    metafields: [...products, ...variants, ...orders, ...customers].flatMap(({ metafields }) => metafields),
  };
}
