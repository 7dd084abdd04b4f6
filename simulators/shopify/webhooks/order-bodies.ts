import { toDecimal } from '../decimals.ts';
import { currentTotal, outstanding } from '../order-money.ts';
import { openQuantity } from '../fulfilment.ts';
import type {
  FulfillmentRecord,
  LineItemRecord,
  OrderRecord,
  RefundRecord,
  TaxLine,
  TransactionRecord,
} from '../records.ts';
import type { World } from '../world.ts';
import { addressBody, local } from './body-parts.ts';
import { padded, rawId, type Json } from './wire-json.ts';

export function orderBody(world: World, order: OrderRecord): Json {
  const customer = world.customers.get(order.customerId);
  return {
    id: rawId(order.id),
    admin_graphql_api_id: order.id,
    name: order.name,
    number: order.number,
    order_number: order.number,
    created_at: local(world, order.createdAt),
    updated_at: local(world, order.updatedAt),
    processed_at: local(world, order.processedAt),
    closed_at: local(world, order.closedAt),
    cancelled_at: local(world, order.cancelledAt),
    cancel_reason: order.cancelReason?.toLowerCase() ?? null,
    confirmed: true,
    test: order.test,
    source_name: order.sourceName,
    source_identifier: order.sourceIdentifier,
    source_url: order.sourceUrl,
    location_id: null,
    financial_status: order.displayFinancialStatus?.toLowerCase() ?? null,
    fulfillment_status: fulfillmentWord(order),
    payment_gateway_names: gatewaysOf(world, order),
    currency: order.currencyCode,
    presentment_currency: order.presentmentCurrencyCode,
    taxes_included: order.taxesIncluded,
    ...totals(world, order),
    email: order.email,
    contact_email: order.email,
    phone: order.phone,
    note: order.note,
    note_attributes: order.customAttributes.map(({ key, value }) => ({ name: key, value })),
    tags: order.tags.join(', '),
    po_number: order.poNumber,
    customer:
      customer === undefined
        ? null
        : { id: rawId(customer.id), admin_graphql_api_id: customer.id, email: customer.email },
    billing_address: order.billingAddress === null ? null : addressBody(order.billingAddress),
    shipping_address: order.shippingAddress === null ? null : addressBody(order.shippingAddress),
    line_items: order.lineItems.map((line) => lineBody(line)),
    shipping_lines: order.shippingLines.map((line) => ({
      id: rawId(line.id),
      title: line.title,
      code: line.code,
      price: padded(line.price),
      discounted_price: padded(line.discountedPrice),
      source: line.source,
      is_removed: false,
      tax_lines: taxes(line.taxLines),
    })),
    discount_codes: order.discountCodes.map((code) => ({ code })),
    tax_lines: taxes(order.taxLines),
    fulfillments: world.fulfillments.of(order.id).map((one) => fulfillmentBody(world, one)),
    refunds: world.refunds.of(order.id).map((one) => refundBody(world, one)),
    returns: [],
    payment_terms: null,
  };
}

function totals(world: World, order: OrderRecord): Json {
  return {
    subtotal_price: padded(order.subtotal),
    total_discounts: padded(order.totalDiscounts),
    total_tax: padded(order.totalTax),
    total_price: padded(order.total),
    current_total_price: padded(toDecimal(currentTotal(order))),
    total_outstanding: padded(toDecimal(outstanding(world, order))),
  };
}

/** Much coarser than what GraphQL says: a hold cannot be seen here. */
function fulfillmentWord(order: OrderRecord): string | null {
  const shipped = order.lineItems.some(({ fulfilledQuantity }) => fulfilledQuantity > 0);
  if (!shipped) return order.displayFulfillmentStatus === 'RESTOCKED' ? 'restocked' : null;
  return order.lineItems.some((line) => openQuantity(line) > 0) ? 'partial' : 'fulfilled';
}

function gatewaysOf(world: World, order: OrderRecord): readonly string[] {
  return [...new Set(world.transactions.of(order.id).flatMap(({ gateway }) => gateway ?? []))];
}

function taxes(lines: readonly TaxLine[]): readonly Json[] {
  return lines.map(({ title, rate, amount }) => ({ title, rate, price: padded(amount) }));
}

function lineBody(line: LineItemRecord): Json {
  const open = openQuantity(line);
  return {
    id: rawId(line.id),
    admin_graphql_api_id: line.id,
    product_id: rawId(line.productId),
    variant_id: rawId(line.variantId),
    sku: line.sku,
    title: line.title,
    variant_title: line.variantTitle,
    vendor: line.vendor,
    name: [line.title, ...(line.variantTitle === null ? [] : [line.variantTitle])].join(' - '),
    quantity: line.quantity,
    current_quantity: line.quantity - line.refundedQuantity,
    fulfillable_quantity: open,
    fulfillment_status: line.fulfilledQuantity === 0 ? null : open === 0 ? 'fulfilled' : 'partial',
    fulfillment_service: 'manual',
    price: padded(line.unitPrice),
    total_discount: '0.00',
    taxable: line.taxable,
    requires_shipping: line.requiresShipping,
    gift_card: false,
    grams: 0,
    properties: line.customAttributes.map(({ key, value }) => ({ name: key, value })),
    tax_lines: taxes(line.taxLines),
    discount_allocations: [],
    duties: [],
  };
}

export function fulfillmentBody(world: World, fulfillment: FulfillmentRecord): Json {
  const order = world.orders.get(fulfillment.orderId);
  const [first] = fulfillment.trackingInfo;
  const numbers = fulfillment.trackingInfo.flatMap(({ number }) => number ?? []);
  const urls = fulfillment.trackingInfo.flatMap(({ url }) => url ?? []);
  return {
    id: rawId(fulfillment.id),
    admin_graphql_api_id: fulfillment.id,
    order_id: rawId(fulfillment.orderId),
    name: fulfillment.name,
    status: fulfillment.status.toLowerCase(),
    shipment_status: fulfillment.events.at(-1)?.status.toLowerCase() ?? null,
    service: 'manual',
    location_id: rawId(fulfillment.locationId),
    created_at: local(world, fulfillment.createdAt),
    updated_at: local(world, fulfillment.updatedAt),
    tracking_company: first?.company ?? null,
    tracking_number: numbers[0] ?? null,
    tracking_numbers: numbers,
    tracking_url: urls[0] ?? null,
    tracking_urls: urls,
    email: order?.email ?? null,
    destination: order?.shippingAddress === null || order === undefined ? null : addressBody(order.shippingAddress),
    origin_address: null,
    receipt: {},
    line_items: fulfillment.lines.map(({ lineItemId, quantity }) => {
      const line = order?.lineItems.find(({ id }) => id === lineItemId);
      return { ...(line === undefined ? { id: rawId(lineItemId) } : lineBody(line)), quantity };
    }),
  };
}

export function refundBody(world: World, refund: RefundRecord): Json {
  return {
    id: rawId(refund.id),
    admin_graphql_api_id: refund.id,
    order_id: rawId(refund.orderId),
    created_at: local(world, refund.createdAt),
    processed_at: local(world, refund.processedAt),
    note: refund.note,
    user_id: null,
    restock: refund.lines.some(({ restocked }) => restocked),
    return: null,
    refund_line_items: refund.lines.map(({ id, lineItemId, quantity, locationId, restockType, subtotal }) => ({
      id: rawId(id),
      line_item_id: rawId(lineItemId),
      quantity,
      location_id: rawId(locationId),
      restock_type: restockType.toLowerCase(),
      subtotal: Number(padded(subtotal)),
    })),
    transactions: world.transactions
      .of(refund.orderId)
      .filter(({ refundId }) => refundId === refund.id)
      .map((one) => transactionBody(world, one)),
    order_adjustments: [],
    refund_shipping_lines: [],
    duties: [],
  };
}

export function transactionBody(world: World, transaction: TransactionRecord): Json {
  return {
    id: rawId(transaction.id),
    admin_graphql_api_id: transaction.id,
    order_id: rawId(transaction.orderId),
    kind: transaction.kind.toLowerCase(),
    gateway: transaction.gateway,
    status: transaction.status.toLowerCase(),
    amount: padded(transaction.amount),
    currency: world.settings.currency,
    test: transaction.test,
    parent_id: rawId(transaction.parentId),
    created_at: local(world, transaction.createdAt),
    processed_at: local(world, transaction.processedAt),
  };
}
