import type { MetafieldRecord } from '../shopify/app-records.ts';
import type {
  FulfillmentRecord,
  InventoryItemRecord,
  OrderRecord,
  RefundRecord,
  TransactionRecord,
  VariantRecord,
} from '../shopify/records.ts';
import type { Books, OrderEntry, OrderStatus, VariantEntry } from './books.ts';
import type { ShopifyRows } from './shopify-rows.ts';
import { byId, partly, plainId, priceOf, toCents } from './words.ts';

/** Reads a Shopify shop. */
export function shopifyBooks(rows: ShopifyRows): Books {
  const fieldsOf = Map.groupBy(rows.metafields, ({ ownerId }) => ownerId);
  const marks = (id: string): string | null => fieldOf(fieldsOf.get(id), 'source_id');
  const variantsOf = Map.groupBy(rows.variants, ({ productId }) => productId);
  return {
    products: rows.products.map(({ id, title, status }) => ({
      id: plainId(id),
      mark: marks(id),
      title,
      isLive: status === 'ACTIVE',
      variants: variantsOf.get(id)?.length ?? 0,
    })),
    variants: variantsIn(rows, marks),
    orders: ordersIn(rows, marks, fieldsOf),
    customers: rows.customers.map(({ id, email, lastName }) => ({
      id: plainId(id),
      mark: marks(id),
      email: (email ?? '').toLowerCase(),
      lastName: lastName ?? '',
    })),
  };
}

function fieldOf(fields: readonly MetafieldRecord[] = [], key: string): string | null {
  return fields.find((field) => field.namespace === 'lockstep' && field.key === key)?.value ?? null;
}

function variantsIn(rows: ShopifyRows, marks: (id: string) => string | null): readonly VariantEntry[] {
  const items = byId(rows.items);
  const products = byId(rows.products);
  const levelsOf = Map.groupBy(rows.levels, ({ inventoryItemId }) => inventoryItemId);
  return rows.variants.flatMap((variant) => {
    const item = items.get(variant.inventoryItemId);
    if (item === undefined || !products.has(variant.productId)) return [];
    const levels = levelsOf.get(item.id) ?? [];
    const available = levels.reduce((sum, { isActive, available: units }) => sum + (isActive ? units : 0), 0);
    return [toVariant(variant, item, available, marks(variant.id))];
  });
}

function toVariant(
  variant: VariantRecord,
  { tracked }: InventoryItemRecord,
  available: number,
  mark: string | null,
): VariantEntry {
  const backorders = variant.inventoryPolicy === 'CONTINUE';
  return {
    id: plainId(variant.id),
    rootId: plainId(variant.productId),
    mark,
    sku: variant.sku === '' ? null : variant.sku,
    quantity: tracked ? available : null,
    stockStatus: !tracked || available > 0 ? 'inStock' : backorders ? 'onBackorder' : 'outOfStock',
    price: priceOf(variant.price),
    compareAtPrice: priceOf(variant.compareAtPrice),
  };
}

function ofOrder<T extends { readonly orderId: string }>(list: readonly T[]): Map<string, T[]> {
  return Map.groupBy(list, ({ orderId }) => orderId);
}

function ordersIn(
  rows: ShopifyRows,
  marks: (id: string) => string | null,
  fieldsOf: ReadonlyMap<string, readonly MetafieldRecord[]>,
): readonly OrderEntry[] {
  const fulfillments = ofOrder(rows.fulfillments);
  const [refunds, transactions] = [ofOrder(rows.refunds), ofOrder(rows.transactions)];
  return rows.orders.map((order): OrderEntry => {
    const shipped = fulfillments.get(order.id) ?? [];
    const given = refunds.get(order.id) ?? [];
    const back = given.reduce((sum, { totalRefunded }) => sum + toCents(totalRefunded), 0);
    return {
      id: plainId(order.id),
      mark: marks(order.id),
      number: order.name.replace(/^#/, ''),
      origin: order.origin,
      createdAt: Date.parse(order.processedAt),
      cents: toCents(order.total),
      email: (order.email ?? '').toLowerCase(),
      hasCustomer: order.customerId !== null,
      units: order.lineItems
        .filter(({ sku, variantId }) => sku !== null || variantId !== null)
        .reduce((sum, { quantity }) => sum + quantity, 0),
      status: statusOf(order, shipped, back),
      tracking: numbersOf(shipped),
      history: eventsOf(order, { transactions: transactions.get(order.id) ?? [], shipped, given }),
      carriedHistory: historyIn(fieldOf(fieldsOf.get(order.id), 'history')),
      refunds: given.map(({ id, totalRefunded }) => ({ id: plainId(id), cents: toCents(totalRefunded) })),
      carriedRefunds: given.flatMap(({ note, totalRefunded }) => {
        const id = /\[lockstep:([^\]]+)\]$/.exec(note ?? '')?.[1];
        return id === undefined ? [] : [{ id, cents: toCents(totalRefunded) }];
      }),
    };
  });
}

type Events = {
  readonly transactions: readonly TransactionRecord[];
  readonly shipped: readonly FulfillmentRecord[];
  readonly given: readonly RefundRecord[];
};

function at(id: string, time: string | null): OrderEntry['history'] {
  return time === null ? [] : [{ id, at: Date.parse(time) }];
}

/** What happened to an order, by the ids under which the sync carries it: payments, shipments, money given back, its end. */
function eventsOf({ cancelledAt }: OrderRecord, { transactions, shipped, given }: Events): OrderEntry['history'] {
  return [
    ...transactions
      .filter(({ kind }) => kind !== 'REFUND')
      .flatMap(({ id, processedAt }) => at(`transaction-${plainId(id)}`, processedAt)),
    ...shipped.flatMap(({ id, status, createdAt, updatedAt, deliveredAt }) => [
      ...at(`fulfillment-${plainId(id)}`, createdAt),
      ...at(`fulfillment-${plainId(id)}-delivered`, deliveredAt),
      ...at(`fulfillment-${plainId(id)}-cancelled`, status === 'CANCELLED' ? updatedAt : null),
    ]),
    ...given.flatMap(({ id, processedAt }) => at(`refund-${plainId(id)}`, processedAt)),
    ...at('cancelled', cancelledAt),
  ];
}

/** Words of payment that say that nothing has been paid yet. */
const UNPAID = new Set(['PENDING', 'AUTHORIZED', 'EXPIRED']);

function statusOf(order: OrderRecord, fulfillments: readonly FulfillmentRecord[], refundedCents: number): OrderStatus {
  const shippable = order.lineItems.filter(({ requiresShipping, variantId }) => requiresShipping || variantId !== null);
  const left = shippable.some((line) => line.fulfilledQuantity < line.quantity - line.refundedQuantity);
  const word = order.displayFinancialStatus ?? 'PENDING';
  const cancelled = order.cancelledAt !== null;
  return {
    payment: paymentOf(word, cancelled, refundedCents),
    fulfilled: fulfillments.some(({ status }) => status === 'SUCCESS') && !left,
    cancelled,
  };
}

function paymentOf(word: string, cancelled: boolean, refundedCents: number): string | null {
  if (word === 'PARTIALLY_REFUNDED') return partly(refundedCents);
  // Nobody will pay for what was cancelled: the word changes by itself.
  if (cancelled && (word === 'VOIDED' || UNPAID.has(word))) return null;
  return UNPAID.has(word) ? 'pending' : word.toLowerCase();
}

function numbersOf(fulfillments: readonly FulfillmentRecord[]): readonly string[] {
  return fulfillments
    .filter(({ status }) => status === 'SUCCESS')
    .flatMap(({ trackingInfo }) => trackingInfo.flatMap(({ number }) => (number === null ? [] : [number])));
}

/** Ids of the source's entries, as often as they stand there. */
function historyIn(value: string | null): readonly string[] {
  const entries: unknown = JSON.parse(value ?? '[]');
  return Array.isArray(entries) ? (entries as { id?: unknown }[]).map(({ id }) => String(id)) : [];
}
