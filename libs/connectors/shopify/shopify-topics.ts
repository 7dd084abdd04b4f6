import type { RootKind } from '#libs/model/stored.ts';

/** What one topic tells of, and where in its body the id stands. */
export type Topic = {
  readonly root: RootKind;
  /** Path of the id; a number, a text or a gid. */
  readonly id: readonly string[];
  /** The id is one of these, and the root has to be asked for. */
  readonly child?: 'inventoryItem';
  /** What the body's own gid names, where it has one: a header that says otherwise is not believed, as it is not signed. */
  readonly gid: string;
  /**
   * What is to be in the body, where the whole of it would be large or tell of people. Two bodies that are alike within a short time
   * are sent as one, and times have a grain of a second: so what is changed in bursts is in it beside the time, that the second change
   * of a second is told as well. Absent: the whole body, which is small.
   */
  readonly fields?: readonly string[];
  /** Needs a scope that nothing else does, or is of no use to this sync: understood where it comes, never asked for. */
  readonly unasked?: true;
};

const THIN = ['id', 'admin_graphql_api_id', 'updated_at'] as const;
const ORDER_FIELDS = [
  ...THIN,
  'financial_status',
  'fulfillment_status',
  'cancelled_at',
  'current_total_price',
  'total_outstanding',
  'refunds.id',
  'fulfillments.id',
  'fulfillments.status',
] as const;
const PRODUCT_FIELDS = [
  ...THIN,
  'status',
  'title',
  'handle',
  'vendor',
  'tags',
  'variants.id',
  'variants.sku',
  'variants.barcode',
  'variants.price',
  'variants.compare_at_price',
  'variants.inventory_policy',
] as const;

const product = { root: 'product', id: ['id'], gid: 'Product' } as const;
const level = { root: 'product', id: ['inventory_item_id'], child: 'inventoryItem', gid: 'InventoryLevel' } as const;
const item = { root: 'product', id: ['id'], child: 'inventoryItem', gid: 'InventoryItem' } as const;
const order = { root: 'order', id: ['id'], gid: 'Order', fields: ORDER_FIELDS } as const;
const ofOrder = { root: 'order', id: ['order_id'] } as const;
const customer = { root: 'customer', id: ['id'], gid: 'Customer' } as const;
const consent = { root: 'customer', id: ['customer_id'], gid: 'Customer' } as const;

/** Every topic that says something of what is carried, by the name that stands in the header. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  'products/create': { ...product, fields: PRODUCT_FIELDS },
  'products/update': { ...product, fields: PRODUCT_FIELDS },
  'products/delete': product,
  'inventory_levels/update': level,
  'inventory_levels/connect': level,
  'inventory_levels/disconnect': level,
  'inventory_items/update': item,
  'inventory_items/create': { ...item, unasked: true },
  'orders/create': order,
  'orders/updated': order,
  'orders/cancelled': order,
  'orders/delete': { root: 'order', id: ['id'], gid: 'Order' },
  // A change of the lines: what it says itself is only the difference.
  'orders/edited': {
    root: 'order',
    id: ['order_edit', 'order_id'],
    gid: 'OrderEdit',
    fields: ['order_edit.id', 'order_edit.order_id', 'order_edit.created_at', 'order_edit.line_items'],
  },
  // The same bodies as of `orders/updated`, which comes with each of them.
  'orders/paid': { ...order, unasked: true },
  'orders/fulfilled': { ...order, unasked: true },
  'orders/partially_fulfilled': { ...order, unasked: true },
  'fulfillments/create': {
    ...ofOrder,
    gid: 'Fulfillment',
    fields: [...THIN, 'order_id', 'status', 'tracking_numbers'],
  },
  'fulfillments/update': {
    ...ofOrder,
    gid: 'Fulfillment',
    fields: [...THIN, 'order_id', 'status', 'tracking_numbers'],
  },
  'refunds/create': { ...ofOrder, gid: 'Refund', fields: ['id', 'admin_graphql_api_id', 'order_id', 'created_at'] },
  // The body of an order holds no transactions.
  'order_transactions/create': {
    ...ofOrder,
    gid: 'OrderTransaction',
    fields: ['id', 'admin_graphql_api_id', 'order_id', 'kind', 'status', 'created_at'],
  },
  'customers/create': { ...customer, fields: THIN },
  'customers/update': { ...customer, fields: THIN },
  'customers/delete': customer,
  'customers/enable': { ...customer, unasked: true },
  'customers/disable': { ...customer, unasked: true },
  // Consent has been no part of a customer's own body since 2025-01.
  'customers_email_marketing_consent/update': {
    ...consent,
    fields: ['customer_id', 'email_marketing_consent'],
  },
  // To text messages; it names the customer in another place.
  'customers_marketing_consent/update': { ...customer, fields: ['id', 'sms_marketing_consent'] },
  // Of the two customers the one that is gone: of the other `customers/update` tells.
  'customers/merge': { root: 'customer', id: ['admin_graphql_api_customer_deleted_id'], gid: 'Customer' },
  'customer.tags_added': { root: 'customer', id: ['customerId'], gid: 'Customer', unasked: true },
  'customer.tags_removed': { root: 'customer', id: ['customerId'], gid: 'Customer', unasked: true },
};

/** The platform's own word for a topic: `products/update` is PRODUCTS_UPDATE. */
export function toTopicEnum(topic: string): string {
  return topic.replaceAll(/[/.]/g, '_').toUpperCase();
}

const BY_ENUM: ReadonlyMap<string, string> = new Map(Object.keys(TOPICS).map((topic) => [toTopicEnum(topic), topic]));

/** The topic by the platform's own word; that word itself where the topic tells of nothing that is carried. */
export function fromTopicEnum(word: string): string {
  return BY_ENUM.get(word) ?? word;
}

/** The topics to be subscribed to for these kinds of root. */
export function topicsOf(roots: ReadonlySet<RootKind>): readonly string[] {
  return Object.entries(TOPICS)
    .filter(([, { root, unasked }]) => roots.has(root) && unasked === undefined)
    .map(([topic]) => topic);
}
