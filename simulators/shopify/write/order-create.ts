import type { Context, Maybe, ResolverMap } from '../context.ts';
import { toDecimal, toUnits } from '../decimals.ts';
import {
  displayFulfillmentStatusOf,
  openFulfillmentOrders,
  refreshFulfillmentStatus,
  ship,
  toTracking,
} from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import { defaultLocationId, levelsOf, moveStock } from '../inventory.ts';
import { checkMetafields, writeMetafield } from '../metafields.ts';
import { financialStatusOf, isManualGateway } from '../order-money.ts';
import type { OrderRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';
import { upsertCustomer } from './customer-upsert.ts';
import { blankToNull } from './inventory-item.ts';
import { toAddress, type OrderCreateInput, type OrderCreateOptions, type TransactionInput } from './order-input.ts';
import { discountOf, toLineItem, toShippingLines, toTaxLines, toTotals } from './order-totals.ts';

type Payload = { readonly order: OrderRecord | null; readonly userErrors: readonly UserErrorRecord[] };

export const orderCreateMutations: ResolverMap[string] = {
  orderCreate: (
    _: unknown,
    { order, options }: { order: OrderCreateInput; options?: Maybe<OrderCreateOptions> },
    context,
  ) => createOrder(context, order, options ?? {}),
};

const TOO_MANY =
  'Exceeded order API rate limit, please try again in a minute. Upgrade to a paid account to remove this limit.';

function createOrder(context: Context, input: OrderCreateInput, options: OrderCreateOptions): Payload {
  const { world } = context;
  const { ordersPerMinute } = world.settings;
  const lately = world.now() - 60_000;
  if (
    Number.isFinite(ordersPerMinute) &&
    world.orders.all().filter(({ origin, createdAt }) => origin === 'api' && Date.parse(createdAt) > lately).length >=
      ordersPerMinute
  )
    return { order: null, userErrors: [userError(null, TOO_MANY)] };
  const errors = [...inputErrors(world, input), ...claimErrors(world, input, options)];
  if (errors.length > 0) return { order: null, userErrors: errors };
  const order = insertOrder(world, input);
  // A call that breaks off leaves the order as far as it got.
  const steps: readonly (() => void)[] = [
    () => (input.metafields ?? []).forEach((field) => writeMetafield(world, order.id, field)),
    () => (input.transactions ?? []).forEach((transaction) => insertTransaction(world, order, transaction)),
    () => claim(world, order, options),
    () => arrangeShipping(world, order.id, input, options),
    () => finish(world, order.id, input),
  ];
  for (const step of steps.slice(0, context.onlyFirst === undefined ? undefined : Math.max(0, context.onlyFirst - 1)))
    step();
  if (options.sendReceipt === true && input.email !== undefined)
    world.effect('mail', 'order', order.id, 'order confirmation');
  return { order: world.orders.get(order.id) ?? null, userErrors: [] };
}

function inputErrors(world: World, input: OrderCreateInput): UserErrorRecord[] {
  const lines = input.lineItems ?? [];
  if (lines.length === 0)
    return [userError(['order', 'lineItems'], 'Line items must have at least one line item', 'INVALID')];
  const errors: UserErrorRecord[] = [];
  const associate = input.customer?.toAssociate;
  if (typeof input.customerId === 'string' && input.customer !== undefined && input.customer !== null) {
    errors.push(
      userError(['order', 'customerId'], 'Only one of customerId or customer can be set', 'REDUNDANT_CUSTOMER_FIELDS'),
    );
  }
  if (typeof associate?.id === 'string' && world.customers.get(associate.id) === undefined) {
    errors.push(userError(['order', 'customer', 'toAssociate', 'id'], 'Customer does not exist', 'INVALID'));
  }
  if ((input.taxLines ?? []).length > 0 && lines.some(({ taxLines }) => (taxLines ?? []).length > 0)) {
    errors.push(
      userError(
        ['order', 'taxLines'],
        'Tax lines must be specified on either the order or its line items, not both',
        'INVALID',
      ),
    );
  }
  for (const [index, line] of lines.entries()) {
    if (typeof line.variantId === 'string' && world.variants.get(line.variantId) === undefined) {
      errors.push(userError(['order', 'lineItems', index, 'variantId'], 'Variant does not exist', 'INVALID'));
    }
    if (typeof line.variantId !== 'string' && blankToNull(line.title) === null)
      errors.push(userError(['order', 'lineItems', index, 'title'], "Title can't be blank", 'INVALID'));
    if (line.quantity < 1)
      errors.push(userError(['order', 'lineItems', index, 'quantity'], 'Quantity must be greater than 0', 'INVALID'));
    if (typeof line.fulfillmentService === 'string' && line.fulfillmentService !== 'manual') {
      errors.push(
        userError(
          ['order', 'lineItems', index, 'fulfillmentService'],
          'Fulfillment service is invalid',
          'FULFILLMENT_SERVICE_INVALID',
        ),
      );
    }
  }
  if (world.settings.uniqueInOrderCreate)
    errors.push(...checkMetafields(world, 'gid://shopify/Order/new', input.metafields ?? [], ['order'], 'INVALID'));
  return errors;
}

function claimErrors(world: World, input: OrderCreateInput, options: OrderCreateOptions): UserErrorRecord[] {
  if (options.inventoryBehaviour !== 'DECREMENT_OBEYING_POLICY') return [];
  return (input.lineItems ?? []).flatMap((line, index) => {
    const variant = world.variants.get(line.variantId);
    if (
      variant === undefined ||
      variant.inventoryPolicy === 'CONTINUE' ||
      world.items.get(variant.inventoryItemId)?.tracked !== true
    )
      return [];
    const most = Math.max(0, ...levelsOf(world, variant.inventoryItemId).map(({ available }) => available));
    return most >= line.quantity
      ? []
      : [userError(['order', 'lineItems', index], 'Unable to claim inventory', 'INVENTORY_CLAIM_FAILED')];
  });
}

function insertOrder(world: World, input: OrderCreateInput): OrderRecord {
  const stamp = world.stamp();
  const number = world.nextOrderNumber();
  const customerId = customerOf(world, input);
  const lineItems = (input.lineItems ?? []).map((line) => toLineItem(world, line));
  const shippingLines = toShippingLines(world, input);
  const lineTotal = lineItems.reduce((total, { discountedTotal }) => total + toUnits(discountedTotal), 0);
  const discount = discountOf(input, lineTotal);
  const parts = {
    lineItems,
    shippingLines,
    taxesIncluded: input.taxesIncluded ?? false,
    taxLines: toTaxLines(input.taxLines ?? [], lineTotal - discount.amount),
  };
  const currencyCode = input.currency ?? world.settings.currency;
  return world.orders.insert({
    id: world.gid('Order'),
    name: blankToNull(input.name) ?? `#${number}`,
    number,
    origin: 'api',
    sourceName: input.sourceName ?? world.settings.appId,
    sourceIdentifier: input.sourceIdentifier ?? null,
    sourceUrl: input.sourceUrl ?? null,
    createdAt: stamp,
    // A date in the future is clamped (since 2026-07).
    processedAt: typeof input.processedAt === 'string' && input.processedAt < stamp ? input.processedAt : stamp,
    updatedAt: stamp,
    closedAt: input.closedAt ?? null,
    cancelledAt: null,
    cancelReason: null,
    test: input.test ?? false,
    email: blankToNull(input.email) ?? world.customers.get(customerId)?.email ?? null,
    phone: blankToNull(input.phone),
    note: input.note ?? null,
    poNumber: input.poNumber ?? null,
    tags: (input.tags ?? []).toSorted(),
    currencyCode,
    presentmentCurrencyCode: input.presentmentCurrency ?? currencyCode,
    displayFinancialStatus: input.financialStatus ?? null,
    displayFulfillmentStatus: displayFulfillmentStatusOf({ lineItems } as unknown as OrderRecord, []),
    customAttributes: input.customAttributes ?? [],
    customerId,
    billingAddress: toAddress(world, input.billingAddress),
    shippingAddress: toAddress(world, input.shippingAddress),
    discountCodes: discount.codes,
    ...parts,
    ...toTotals(parts, discount.amount),
    removed: '0.0',
  });
}

function customerOf(world: World, input: OrderCreateInput): string | null {
  if (typeof input.customerId === 'string') return input.customerId;
  const { toAssociate, toUpsert } = input.customer ?? {};
  if (toUpsert !== undefined && toUpsert !== null) return upsertCustomer(world, toUpsert);
  if (typeof toAssociate?.id === 'string') return toAssociate.id;
  return typeof toAssociate?.email === 'string'
    ? (world.customers.byKey(toAssociate.email.toLowerCase())[0]?.id ?? null)
    : null;
}

function insertTransaction(world: World, order: OrderRecord, input: TransactionInput): void {
  const stamp = world.stamp();
  world.transactions.insert({
    id: world.gid('OrderTransaction'),
    orderId: order.id,
    refundId: null,
    kind: input.kind ?? 'SALE',
    status: input.status ?? 'SUCCESS',
    gateway: input.gateway ?? 'manual',
    manual: isManualGateway(input.gateway ?? 'manual'),
    test: input.test ?? false,
    amount: toDecimal(toUnits(input.amountSet.shopMoney.amount)),
    parentId: null,
    createdAt: stamp,
    processedAt: input.processedAt ?? stamp,
  });
}

/** DECREMENT_* takes units from a location that has them: `available` drops, `on_hand` stays. BYPASS touches nothing. */
export function claim(world: World, order: OrderRecord, options: OrderCreateOptions): void {
  if (
    options.inventoryBehaviour === undefined ||
    options.inventoryBehaviour === null ||
    options.inventoryBehaviour === 'BYPASS'
  )
    return;
  const lineItems = order.lineItems.map((line) => {
    const variant = world.variants.get(line.variantId);
    if (variant === undefined || world.items.get(variant.inventoryItemId)?.tracked !== true) return line;
    const stocked = levelsOf(world, variant.inventoryItemId).toSorted((a, b) => b.available - a.available)[0];
    const locationId = stocked?.locationId ?? defaultLocationId(world);
    moveStock(world, {
      variantId: variant.id,
      locationId,
      available: -line.quantity,
      committed: line.quantity,
      entity: 'order',
      id: order.id,
      why: 'order creation',
    });
    return { ...line, claimed: line.quantity, claimedAt: locationId };
  });
  world.orders.update(order.id, { lineItems });
}

function arrangeShipping(world: World, orderId: string, input: OrderCreateInput, options: OrderCreateOptions): void {
  const order = world.orders.get(orderId);
  if (order === undefined) return;
  const fulfillmentOrders = openFulfillmentOrders(world, order);
  const parcel = input.fulfillment;
  if (input.fulfillmentStatus !== 'FULFILLED' && (parcel === undefined || parcel === null)) return;
  const quantities = new Map(order.lineItems.map(({ id, quantity }) => [id, quantity]));
  for (const { id, lines } of fulfillmentOrders) {
    world.fulfillmentOrders.update(id, {
      status: 'CLOSED',
      lines: lines.map((line) => ({ ...line, remainingQuantity: 0 })),
    });
  }
  if (parcel === undefined || parcel === null) {
    world.orders.update(orderId, {
      lineItems: order.lineItems.map((line) => ({ ...line, fulfilledQuantity: line.quantity })),
    });
    return;
  }
  const tracking = toTracking({
    company: parcel.trackingCompany ?? null,
    number: parcel.trackingNumber ?? null,
    numbers: parcel.trackingNumbers ?? null,
  });
  ship(world, orderId, { quantities, locationId: parcel.locationId, tracking, shipmentStatus: parcel.shipmentStatus });
  if (parcel.notifyCustomer === true || options.sendFulfillmentReceipt === true)
    world.effect('mail', 'order', orderId, 'shipping confirmation');
}

function finish(world: World, orderId: string, input: OrderCreateInput): void {
  const order = world.orders.get(orderId);
  if (order === undefined) return;
  // A status that was given stays until an operation recomputes it; without it and without transactions it is null.
  const displayFinancialStatus = input.financialStatus ?? financialStatusOf(order, world.transactions.of(orderId));
  if (displayFinancialStatus !== order.displayFinancialStatus) world.orders.update(orderId, { displayFinancialStatus });
  refreshFulfillmentStatus(world, orderId);
}
