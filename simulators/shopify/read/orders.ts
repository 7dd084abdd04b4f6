import { connect, type PageArgs } from '../connection.ts';
import type { Maybe, ResolverMap } from '../context.ts';
import { toDecimal } from '../decimals.ts';
import { canMarkAsPaid, currentTotal, outstanding, refundedTotal } from '../order-money.ts';
import type {
  FulfillmentOrderRecord,
  FulfillmentRecord,
  LineItemRecord,
  OrderRecord,
  RefundRecord,
  ShippingLineRecord,
  TransactionRecord,
} from '../records.ts';
import type { CancelJobRecord } from '../app-records.ts';
import { suggestRefund, type SuggestArgs } from '../refunds.ts';
import { legacyResourceId, ownerFields } from './metafield-fields.ts';
import { bag, taxLines } from './money.ts';

/** A line knows its order only through whoever hands it out. */
export type LineOfOrder = LineItemRecord & { readonly order: OrderRecord };
type ShippingLineOfOrder = ShippingLineRecord & { readonly currencyCode: string };
type RefundLine = RefundRecord['lines'][number] & { readonly refund: RefundRecord };
type FulfillmentOrderLine = FulfillmentOrderRecord['lines'][number] & { readonly orderId: string };

const lines = (order: OrderRecord): LineOfOrder[] => order.lineItems.map((line) => ({ ...line, order }));
const shippingLines = (order: OrderRecord): ShippingLineOfOrder[] =>
  order.shippingLines.map((line) => ({ ...line, currencyCode: order.currencyCode }));
const firstOf = <T>(rows: readonly T[], { first }: { first?: Maybe<number> }): readonly T[] =>
  rows.slice(0, first ?? undefined);
const set =
  (pick: (order: OrderRecord) => string) =>
  (order: OrderRecord): unknown =>
    bag(pick(order), order.currencyCode);

export const orderResolvers: ResolverMap = {
  Order: {
    ...ownerFields,
    legacyResourceId,
    closed: (order: OrderRecord) => order.closedAt !== null,
    tags: (order: OrderRecord) => order.tags.toSorted(),
    returnStatus: () => 'NO_RETURN',
    customer: (order: OrderRecord, _: unknown, { world }) => world.customers.get(order.customerId) ?? null,
    paymentGatewayNames: (order: OrderRecord, _: unknown, { world }) => [
      ...new Set(world.transactions.of(order.id).flatMap(({ gateway }) => (gateway === null ? [] : [gateway]))),
    ],
    subtotalPriceSet: set((order) => order.subtotal),
    totalShippingPriceSet: set((order) => order.totalShipping),
    totalTaxSet: set((order) => order.totalTax),
    totalDiscountsSet: set((order) => order.totalDiscounts),
    totalPriceSet: set((order) => order.total),
    currentTotalPriceSet: set((order) => toDecimal(currentTotal(order))),
    totalRefundedSet: (order: OrderRecord, _: unknown, { world }) =>
      bag(toDecimal(refundedTotal(world, order.id)), order.currencyCode),
    totalOutstandingSet: (order: OrderRecord, _: unknown, { world }) =>
      bag(toDecimal(outstanding(world, order)), order.currencyCode),
    canMarkAsPaid: (order: OrderRecord, _: unknown, { world }) => canMarkAsPaid(world, order),
    lineItems: (order: OrderRecord, args: PageArgs, { unpaged }) => connect(lines(order), args, { unpaged }),
    shippingLine: (order: OrderRecord) => shippingLines(order)[0] ?? null,
    shippingLines: (order: OrderRecord, args: PageArgs, { unpaged }) =>
      connect(shippingLines(order), args, { unpaged }),
    transactions: (order: OrderRecord, args: { first?: Maybe<number> }, { world }) =>
      firstOf(world.transactions.of(order.id), args),
    fulfillments: (order: OrderRecord, args: { first?: Maybe<number> }, { world }) =>
      firstOf(world.fulfillments.of(order.id), args),
    fulfillmentOrders: (order: OrderRecord, args: PageArgs, { world, unpaged }) =>
      connect(world.fulfillmentOrders.of(order.id), args, { unpaged }),
    refunds: (order: OrderRecord, args: { first?: Maybe<number> }, { world }) =>
      firstOf(world.refunds.of(order.id), args),
    suggestedRefund: (order: OrderRecord, args: SuggestArgs, { world }) => suggestRefund(world, order, args),
  },
  LineItem: {
    currentQuantity: (line: LineOfOrder) => line.quantity - line.refundedQuantity,
    unfulfilledQuantity: (line: LineOfOrder) =>
      Math.max(0, line.quantity - line.fulfilledQuantity - line.refundedQuantity),
    product: (line: LineOfOrder, _: unknown, { world }) => world.products.get(line.productId) ?? null,
    variant: (line: LineOfOrder, _: unknown, { world }) => world.variants.get(line.variantId) ?? null,
    originalUnitPriceSet: (line: LineOfOrder) => bag(line.unitPrice, line.order.currencyCode),
    discountedTotalSet: (line: LineOfOrder) => bag(line.discountedTotal, line.order.currencyCode),
    taxLines: (line: LineOfOrder, args: { first?: Maybe<number> }) =>
      firstOf(taxLines(line.taxLines, line.order.currencyCode), args),
  },
  ShippingLine: {
    originalPriceSet: (line: ShippingLineOfOrder) => bag(line.price, line.currencyCode),
    discountedPriceSet: (line: ShippingLineOfOrder) => bag(line.discountedPrice, line.currencyCode),
    taxLines: (line: ShippingLineOfOrder) => taxLines(line.taxLines, line.currencyCode),
  },
  OrderTransaction: {
    amountSet: (transaction: TransactionRecord, _: unknown, { world }) =>
      bag(transaction.amount, world.orders.get(transaction.orderId)?.currencyCode ?? world.settings.currency),
    parentTransaction: (transaction: TransactionRecord, _: unknown, { world }) =>
      world.transactions.get(transaction.parentId) ?? null,
  },
  Fulfillment: {
    legacyResourceId,
    location: (fulfillment: FulfillmentRecord, _: unknown, { world }) =>
      world.locations.get(fulfillment.locationId) ?? null,
    order: (fulfillment: FulfillmentRecord, _: unknown, { world }) => world.orders.get(fulfillment.orderId),
    totalQuantity: (fulfillment: FulfillmentRecord) =>
      fulfillment.lines.reduce((total, { quantity }) => total + quantity, 0),
    trackingInfo: (fulfillment: FulfillmentRecord, args: { first?: Maybe<number> }) =>
      firstOf(fulfillment.trackingInfo, args),
    fulfillmentLineItems: (fulfillment: FulfillmentRecord, args: PageArgs, { world, unpaged }) => {
      const order = world.orders.get(fulfillment.orderId);
      return connect(
        fulfillment.lines.map((line) => ({
          ...line,
          lineItem: order === undefined ? undefined : lines(order).find(({ id }) => id === line.lineItemId),
        })),
        args,
        { unpaged },
      );
    },
  },
  FulfillmentOrder: {
    assignedLocation: (order: FulfillmentOrderRecord, _: unknown, { world }) => ({
      location: world.locations.get(order.locationId) ?? null,
    }),
    fulfillmentHolds: (order: FulfillmentOrderRecord) => order.holds,
    supportedActions: (order: FulfillmentOrderRecord) => supportedActions(order).map((action) => ({ action })),
    lineItems: (order: FulfillmentOrderRecord, args: PageArgs, { unpaged }) =>
      connect(
        order.lines.map((line) => ({ ...line, orderId: order.orderId })),
        args,
        { unpaged },
      ),
  },
  FulfillmentOrderLineItem: {
    lineItem: (line: FulfillmentOrderLine, _: unknown, { world }) => {
      const order = world.orders.get(line.orderId);
      return order === undefined ? null : lines(order).find(({ id }) => id === line.lineItemId);
    },
    sku: (line: FulfillmentOrderLine, _: unknown, { world }) =>
      world.orders.get(line.orderId)?.lineItems.find(({ id }) => id === line.lineItemId)?.sku ?? null,
  },
  Refund: {
    legacyResourceId,
    order: (refund: RefundRecord, _: unknown, { world }) => world.orders.get(refund.orderId),
    totalRefundedSet: (refund: RefundRecord, _: unknown, { world }) =>
      bag(refund.totalRefunded, world.orders.get(refund.orderId)?.currencyCode ?? world.settings.currency),
    refundLineItems: (refund: RefundRecord, args: PageArgs, { unpaged }) =>
      connect(
        refund.lines.map((line) => ({ ...line, refund })),
        args,
        { unpaged },
      ),
    transactions: (refund: RefundRecord, args: PageArgs, { world, unpaged }) =>
      connect(
        world.transactions.of(refund.orderId).filter(({ refundId }) => refundId === refund.id),
        args,
        { unpaged },
      ),
  },
  RefundLineItem: {
    lineItem: (line: RefundLine, _: unknown, { world }) => {
      const order = world.orders.get(line.refund.orderId);
      return order === undefined ? null : lines(order).find(({ id }) => id === line.lineItemId);
    },
    location: (line: RefundLine, _: unknown, { world }) => world.locations.get(line.locationId) ?? null,
    subtotalSet: (line: RefundLine, _: unknown, { world }) =>
      bag(line.subtotal, world.orders.get(line.refund.orderId)?.currencyCode ?? world.settings.currency),
  },
  OrderCancelJobResult: {
    done: (job: CancelJobRecord) => job.status !== 'STARTED',
    order: (job: CancelJobRecord, _: unknown, { world }) => world.orders.get(job.orderId) ?? null,
  },
};

function supportedActions(order: FulfillmentOrderRecord): readonly string[] {
  switch (order.status) {
    case 'OPEN':
      return ['CREATE_FULFILLMENT', 'REPORT_PROGRESS', 'MOVE', 'HOLD', 'SPLIT'];
    case 'IN_PROGRESS':
      return ['CREATE_FULFILLMENT', 'REPORT_PROGRESS', 'HOLD', 'MARK_AS_OPEN'];
    case 'ON_HOLD':
      return ['RELEASE_HOLD', 'HOLD', 'MOVE'];
    case 'CANCELLED':
    case 'CLOSED':
    case 'INCOMPLETE':
    case 'SCHEDULED':
      return [];
  }
}
