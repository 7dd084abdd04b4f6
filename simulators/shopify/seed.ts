import { insertCollection } from './collections.ts';
import { insertMedia } from './media.ts';
import { toDecimal, toUnits } from './decimals.ts';
import type { SeedCustomer, SeededProduct, SeedOrder, SeedProduct, SeedVariant } from './seed-input.ts';
import { openFulfillmentOrders, refreshFulfillmentStatus, ship, toTracking } from './fulfilment.ts';
import { defaultLocationId, moveStock, setAvailable } from './inventory.ts';
import { writeMetafield } from './metafields.ts';
import { recomputeFinancialStatus } from './order-money.ts';
import { insertRefundTransaction, payments } from './refunds.ts';
import { addTransaction } from './transactions.ts';
import type { CustomerRecord, FinancialStatus, OrderRecord, VariantRecord } from './records.ts';
import { numberOf, toStamp, type World } from './world.ts';
import { insertCustomer } from './write/customer-upsert.ts';
import { toAddress } from './write/order-input.ts';
import { toLineItem, toTotals } from './write/order-totals.ts';
import { insertProduct, insertVariant, toOptions, updateProductFields } from './write/product-parts.ts';

function valuesOf(variant: SeedVariant): readonly string[] {
  return variant.optionValues ?? ['Default Title'];
}

function collectionOf(world: World, title: string): string {
  return (world.collections.all().find((known) => known.title === title) ?? insertCollection(world, { title })).id;
}

export function seedProduct(world: World, input: SeedProduct): SeededProduct {
  const names = input.options ?? ['Title'];
  const options = toOptions(
    world,
    names.map((name, index) => ({ name, values: input.variants.map((variant) => valuesOf(variant)[index] ?? '') })),
  );
  const { collections = [], ...own } = input;
  const product = insertProduct(world, own, options);
  updateProductFields(world, product, {
    metafields: input.metafields,
    collectionsToJoin: collections.map((title) => collectionOf(world, title)),
  });
  world.products.update(product.id, {
    media: (input.images ?? []).map(({ src, alt }) => ({
      ...insertMedia(world, { originalSource: src, alt: alt ?? null }),
      url: src,
    })),
  });
  const variants = input.variants.map((variant) => {
    const inserted = insertVariant(
      world,
      product,
      {
        barcode: variant.barcode,
        price: variant.price,
        compareAtPrice: variant.compareAtPrice,
        taxable: variant.taxable,
        inventoryPolicy: variant.policy,
        inventoryItem: {
          sku: variant.sku ?? null,
          tracked: variant.tracked ?? true,
          requiresShipping: variant.requiresShipping,
          ...(variant.weight === undefined ? {} : { measurement: { weight: variant.weight } }),
        },
        metafields: variant.metafields,
      },
      names.map((name, index) => ({ name, value: valuesOf(variant)[index] ?? '' })),
    );
    if (variant.quantity !== undefined)
      setAvailable(world, inserted.inventoryItemId, defaultLocationId(world), variant.quantity);
    return inserted;
  });
  const publicationIds = world.publications.all().map(({ id }) => id);
  const at = toStamp(input.createdAt ?? world.now());
  world.products.update(product.id, { publicationIds, publishedAt: at, createdAt: at, updatedAt: at });
  return {
    productId: product.id,
    variantIds: variants.map(({ id }) => id),
    inventoryItemIds: variants.map(({ inventoryItemId }) => inventoryItemId),
  };
}

function bySku(world: World, sku: string | null | undefined): VariantRecord | undefined {
  return sku === null || sku === undefined ? undefined : world.variants.all().find((variant) => variant.sku === sku);
}

export function seedOrder(world: World, input: SeedOrder, origin: OrderRecord['origin']): string {
  const order = insertSeedOrder(world, input, origin);
  const paid = paidAmount(input.financialStatus ?? 'PAID', order);
  const at = order.processedAt;
  if (paid > 0) addTransaction(world, order, { kind: 'SALE', amount: paid, gateway: input.gateway ?? 'manual', at });
  if (input.financialStatus === 'AUTHORIZED') {
    const amount = toUnits(order.total);
    addTransaction(world, order, { kind: 'AUTHORIZATION', amount, gateway: input.gateway ?? 'manual', at });
  }
  for (const refund of input.refunds ?? []) seedRefund(world, order, refund);
  for (const { tracking, lines } of input.fulfillments ?? []) {
    const open = world.orders.get(order.id) ?? order;
    const quantities = new Map(
      open.lineItems.map((line) => [
        line.id,
        lines === undefined
          ? line.quantity - line.fulfilledQuantity
          : (lines.find(({ sku }) => sku === line.sku)?.quantity ?? 0),
      ]),
    );
    ship(world, order.id, { quantities, locationId: defaultLocationId(world), tracking: toTracking(tracking) });
  }
  const left = openFulfillmentOrders(world, world.orders.get(order.id) ?? order);
  if (input.cancelledAt !== undefined && input.cancelledAt !== null)
    for (const { id } of left) world.fulfillmentOrders.update(id, { status: 'CANCELLED' });
  for (const field of input.metafields ?? []) writeMetafield(world, order.id, field);
  refreshFulfillmentStatus(world, order.id, { silent: true });
  world.orders.update(order.id, { updatedAt: order.updatedAt });
  return order.id;
}

function insertSeedOrder(world: World, input: SeedOrder, origin: OrderRecord['origin']): OrderRecord {
  const at = toStamp(input.createdAt ?? input.processedAt ?? world.now());
  const number = world.nextOrderNumber();
  const currencyCode = world.settings.currency;
  const parts = {
    lineItems: input.lines.map(({ sku, variantId, title, quantity, price, requiresShipping }) => {
      const variant = world.variants.get(variantId) ?? bySku(world, sku);
      const shopMoney = { amount: price, currencyCode };
      return toLineItem(world, {
        variantId: variant?.id,
        sku: sku ?? null,
        title,
        quantity,
        priceSet: { shopMoney },
        requiresShipping: requiresShipping ?? true,
      });
    }),
    shippingLines:
      input.shipping === undefined
        ? []
        : [
            {
              id: world.gid('ShippingLine'),
              title: input.shipping.title,
              code: null,
              source: 'shopify',
              price: input.shipping.price,
              discountedPrice: input.shipping.price,
              taxLines: [],
            },
          ],
    taxLines: input.tax === undefined ? [] : [input.tax],
    taxesIncluded: input.taxesIncluded ?? true,
  };
  const cancelled = typeof input.cancelledAt === 'number' ? toStamp(input.cancelledAt) : null;
  return world.orders.insert({
    id: world.gid('Order'),
    name: input.name ?? `#${number}`,
    number,
    origin,
    sourceName: input.sourceName ?? (origin === 'checkout' ? 'web' : '1830279'),
    sourceIdentifier: null,
    sourceUrl: null,
    createdAt: at,
    processedAt: toStamp(input.processedAt ?? Date.parse(at)),
    updatedAt: at,
    closedAt: typeof input.closedAt === 'number' ? toStamp(input.closedAt) : cancelled,
    cancelledAt: cancelled,
    cancelReason: cancelled === null ? null : 'OTHER',
    test: false,
    email: input.email ?? world.customers.get(input.customerId)?.email ?? null,
    phone: input.phone ?? null,
    note: input.note ?? null,
    poNumber: null,
    tags: (input.tags ?? []).toSorted(),
    currencyCode,
    presentmentCurrencyCode: currencyCode,
    displayFinancialStatus: input.financialStatus ?? 'PAID',
    displayFulfillmentStatus: 'UNFULFILLED',
    customAttributes: [],
    customerId: input.customerId ?? null,
    billingAddress: toAddress(world, input.billingAddress),
    shippingAddress: toAddress(world, input.shippingAddress),
    discountCodes: [],
    ...parts,
    ...toTotals(parts, toUnits(input.discount ?? 0)),
    removed: '0.0',
  });
}

function seedRefund(world: World, order: OrderRecord, { amount, note }: { amount: string; note?: string }): void {
  const [parent] = payments(world, order.id);
  if (parent === undefined) return;
  const at = order.processedAt;
  const { id: refundId } = world.refunds.insert({
    id: world.gid('Refund'),
    orderId: order.id,
    note: note ?? null,
    createdAt: at,
    processedAt: at,
    updatedAt: at,
    totalRefunded: toDecimal(toUnits(amount)),
    shipping: '0.0',
    lines: [],
  });
  insertRefundTransaction(world, order, { refundId, parent, amount: toUnits(amount), processedAt: at });
  recomputeFinancialStatus(world, order.id);
}

function paidAmount(status: FinancialStatus, order: OrderRecord): number {
  return status === 'PAID' || status === 'REFUNDED' || status === 'PARTIALLY_REFUNDED' ? toUnits(order.total) : 0;
}

export function seedCustomer(world: World, input: SeedCustomer): string {
  const at = toStamp(input.createdAt ?? world.now());
  const addresses = (input.addresses ?? []).flatMap((address) => toAddress(world, address) ?? []);
  const values: Partial<Omit<CustomerRecord, 'id'>> = {
    email: input.email ?? null,
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    phone: input.phone ?? null,
    note: input.note ?? null,
    tags: (input.tags ?? []).toSorted(),
    emailConsent: {
      marketingState: input.emailMarketing === true ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED',
      marketingOptInLevel: 'SINGLE_OPT_IN',
      updatedAt: null,
    },
    addresses,
    defaultAddressId: addresses[0]?.id ?? null,
    createdAt: at,
    updatedAt: at,
  };
  const customer = insertCustomer(world, values);
  for (const field of input.metafields ?? []) writeMetafield(world, customer.id, field);
  return customer.id;
}

/** A shopper buys at this store's own checkout: the order is paid, the stock moves, the shopper gets mail. */
export function placeOrder(world: World, input: SeedOrder): string {
  const id = seedOrder(world, { gateway: 'shopify_payments', ...input }, 'checkout');
  const order = world.orders.get(id) as OrderRecord;
  const locationId = defaultLocationId(world);
  world.orders.update(id, {
    lineItems: order.lineItems.map((line) => {
      const variant = world.variants.get(line.variantId);
      if (variant === undefined || world.items.get(variant.inventoryItemId)?.tracked !== true) return line;
      moveStock(world, {
        variantId: variant.id,
        locationId,
        available: -line.quantity,
        committed: line.quantity,
        entity: 'order',
        id,
        why: 'checkout',
      });
      world.products.update(variant.productId, { updatedAt: world.stamp() });
      return { ...line, claimed: line.quantity, claimedAt: locationId };
    }),
  });
  world.effect('gateway-call', 'order', id, `sale ${order.total} on shopify_payments`);
  world.effect('mail', 'order', id, `order confirmation ${order.name} (${numberOf(id)})`);
  return id;
}
