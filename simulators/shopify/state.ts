import { inventoryQuantity } from './inventory.ts';
import { metafieldsOf } from './metafields.ts';
import { currentTotal, outstanding, receivedTotal, refundedTotal } from './order-money.ts';
import { toDecimal } from './decimals.ts';
import type {
  CollectionRecord,
  CustomerRecord,
  FulfillmentOrderRecord,
  FulfillmentRecord,
  InventoryItemRecord,
  InventoryLevelRecord,
  LocationRecord,
  OrderRecord,
  ProductRecord,
  RefundRecord,
  TransactionRecord,
  VariantRecord,
} from './records.ts';
import type { MetafieldDefinitionRecord, MetafieldRecord, WebhookSubscriptionRecord } from './app-records.ts';
import { variantsOf } from './read/catalogue.ts';
import type { World } from './world.ts';

export type VariantState = VariantRecord & {
  readonly item: InventoryItemRecord;
  /** Available over all active locations. */
  readonly inventoryQuantity: number;
  readonly levels: readonly InventoryLevelRecord[];
  readonly metafields: readonly MetafieldRecord[];
};
export type ProductState = ProductRecord & {
  readonly variants: readonly VariantState[];
  readonly metafields: readonly MetafieldRecord[];
};
export type OrderState = OrderRecord & {
  readonly currentTotal: string;
  readonly received: string;
  readonly refunded: string;
  readonly outstanding: string;
  readonly transactions: readonly TransactionRecord[];
  readonly fulfillments: readonly FulfillmentRecord[];
  readonly fulfillmentOrders: readonly FulfillmentOrderRecord[];
  readonly refunds: readonly RefundRecord[];
  readonly metafields: readonly MetafieldRecord[];
};
export type CustomerState = CustomerRecord & { readonly metafields: readonly MetafieldRecord[] };
export type ShopState = {
  readonly products: readonly ProductState[];
  readonly orders: readonly OrderState[];
  readonly customers: readonly CustomerState[];
  readonly collections: readonly CollectionRecord[];
  readonly locations: readonly LocationRecord[];
  readonly definitions: readonly MetafieldDefinitionRecord[];
  readonly webhooks: readonly WebhookSubscriptionRecord[];
};

/** All that the store holds now, for whoever judges a run. */
export function takeState(world: World): ShopState {
  world.settle();
  return {
    products: world.products.all().map((product) => ({
      ...product,
      variants: variantsOf(world, product.id).map((variant) => toVariantState(world, variant)),
      metafields: metafieldsOf(world, product.id),
    })),
    orders: world.orders.all().map((order) => toOrderState(world, order)),
    customers: world.customers.all().map((customer) => ({ ...customer, metafields: metafieldsOf(world, customer.id) })),
    collections: world.collections.all(),
    locations: world.locations.all(),
    definitions: world.definitions.all(),
    webhooks: world.webhooks.all(),
  };
}

function toVariantState(world: World, variant: VariantRecord): VariantState {
  return {
    ...variant,
    item: world.items.get(variant.inventoryItemId) as InventoryItemRecord,
    inventoryQuantity: inventoryQuantity(world, variant),
    levels: world.levels.of(variant.inventoryItemId),
    metafields: metafieldsOf(world, variant.id),
  };
}

function toOrderState(world: World, order: OrderRecord): OrderState {
  return {
    ...order,
    currentTotal: toDecimal(currentTotal(order)),
    received: toDecimal(receivedTotal(world, order.id)),
    refunded: toDecimal(refundedTotal(world, order.id)),
    outstanding: toDecimal(outstanding(world, order)),
    transactions: world.transactions.of(order.id),
    fulfillments: world.fulfillments.of(order.id),
    fulfillmentOrders: world.fulfillmentOrders.of(order.id),
    refunds: world.refunds.of(order.id),
    metafields: metafieldsOf(world, order.id),
  };
}
