import { defaultLocationId, levelsOf, moveStock } from './inventory.ts';
import type { FulfillmentOrderRecord, FulfillmentRecord, OrderRecord, TrackingInfo } from './records.ts';
import { numberOf, type World } from './world.ts';

export function openQuantity(line: OrderRecord['lineItems'][number]): number {
  return Math.max(0, line.quantity - line.fulfilledQuantity - line.refundedQuantity);
}

/** Fulfilment orders for the lines that have something left to ship, one for each location; none where nothing needs shipping. */
export function openFulfillmentOrders(
  world: World,
  order: OrderRecord,
  quantities?: ReadonlyMap<string, number>,
): readonly FulfillmentOrderRecord[] {
  const lines = order.lineItems
    .filter(({ requiresShipping }) => requiresShipping)
    .map((line) => ({
      lineItemId: line.id,
      locationId: locationOf(world, line),
      quantity:
        quantities === undefined ? openQuantity(line) : Math.min(openQuantity(line), quantities.get(line.id) ?? 0),
    }))
    .filter(({ quantity }) => quantity > 0);
  return [...Map.groupBy(lines, ({ locationId }) => locationId)].map(([locationId, units]) =>
    insertFulfillmentOrder(world, order.id, { locationId, units }),
  );
}

export function insertFulfillmentOrder(
  world: World,
  orderId: string,
  {
    locationId,
    units,
  }: {
    readonly locationId: string;
    readonly units: readonly { readonly lineItemId: string; readonly quantity: number }[];
  },
): FulfillmentOrderRecord {
  return world.fulfillmentOrders.insert({
    id: world.gid('FulfillmentOrder'),
    orderId,
    status: 'OPEN',
    requestStatus: 'UNSUBMITTED',
    locationId,
    holds: [],
    lines: units.map(({ lineItemId, quantity }) => ({
      id: world.gid('FulfillmentOrderLineItem'),
      lineItemId,
      totalQuantity: quantity,
      remainingQuantity: quantity,
    })),
    updatedAt: world.stamp(),
  });
}

/** Where its units were claimed, or lie; the default location where none has enough of them. */
function locationOf(world: World, { claimedAt, variantId, quantity }: OrderRecord['lineItems'][number]): string {
  const standard = defaultLocationId(world);
  if (claimedAt !== null) return claimedAt;
  const variant = world.variants.get(variantId);
  if (variant === undefined || world.items.get(variant.inventoryItemId)?.tracked !== true) return standard;
  const stocked = levelsOf(world, variant.inventoryItemId)
    .filter(({ isActive, available }) => isActive && available >= quantity)
    .map(({ locationId }) => locationId);
  return stocked.includes(standard) ? standard : (stocked[0] ?? standard);
}

export function displayFulfillmentStatusOf(
  order: OrderRecord,
  fulfillmentOrders: readonly FulfillmentOrderRecord[],
): string {
  const shipped = order.lineItems.filter(({ requiresShipping }) => requiresShipping);
  const fulfilled = order.lineItems.reduce((total, { fulfilledQuantity }) => total + fulfilledQuantity, 0);
  const open = order.lineItems.reduce((total, line) => total + openQuantity(line), 0);
  if (fulfillmentOrders.some(({ status }) => status === 'ON_HOLD')) return 'ON_HOLD';
  if (fulfilled > 0) return open === 0 ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
  if (shipped.length === 0) return 'FULFILLMENT_NOT_REQUIRED';
  return fulfillmentOrders.some(({ status }) => status === 'IN_PROGRESS') ? 'IN_PROGRESS' : 'UNFULFILLED';
}

export function refreshFulfillmentStatus(
  world: World,
  orderId: string,
  { silent = false }: { silent?: boolean } = {},
): void {
  const order = world.orders.get(orderId);
  if (order === undefined) return;
  const displayFulfillmentStatus = displayFulfillmentStatusOf(order, world.fulfillmentOrders.of(orderId));
  // A hold does not move the order's clock.
  world.orders.update(
    orderId,
    { displayFulfillmentStatus, ...(silent ? {} : { updatedAt: world.stamp() }) },
    { silent },
  );
}

export type ShipInput = {
  readonly quantities: ReadonlyMap<string, number>;
  readonly locationId: string;
  readonly tracking: readonly TrackingInfo[];
  readonly shipmentStatus?: string | null | undefined;
};

/** Ships units of an order's lines, and takes what was claimed for them out of the stock. */
export function ship(
  world: World,
  orderId: string,
  { quantities, locationId, tracking, shipmentStatus }: ShipInput,
): FulfillmentRecord {
  const order = world.orders.get(orderId);
  if (order === undefined) throw new Error(`Cannot ship "${orderId}": the order is not there`);
  const stamp = world.stamp();
  const number = world.fulfillments.of(orderId).length + 1;
  const id = world.gid('Fulfillment');
  const fulfillment = world.fulfillments.insert({
    id,
    orderId,
    name: `${order.name}.${number}`,
    status: 'SUCCESS',
    displayStatus: shipmentStatus ?? 'FULFILLED',
    createdAt: stamp,
    updatedAt: stamp,
    deliveredAt: shipmentStatus === 'DELIVERED' ? stamp : null,
    locationId,
    trackingInfo: tracking,
    lines: [...quantities]
      .filter(([, quantity]) => quantity > 0)
      .map(([lineItemId, quantity]) => ({
        id: `gid://shopify/FulfillmentLineItem/${numberOf(world.gid('FulfillmentLineItem'))}`,
        lineItemId,
        quantity,
      })),
    events: [],
  });
  for (const line of order.lineItems) {
    const used = Math.min(line.claimed, quantities.get(line.id) ?? 0);
    if (used > 0 && line.variantId !== null) {
      moveStock(world, {
        variantId: line.variantId,
        locationId: line.claimedAt ?? locationId,
        available: 0,
        committed: -used,
        entity: 'fulfillment',
        id,
        why: 'fulfilment',
      });
    }
  }
  world.orders.update(orderId, {
    lineItems: order.lineItems.map((line) => {
      const quantity = quantities.get(line.id) ?? 0;
      return quantity === 0
        ? line
        : {
            ...line,
            fulfilledQuantity: line.fulfilledQuantity + quantity,
            claimed: Math.max(0, line.claimed - quantity),
          };
    }),
    updatedAt: stamp,
  });
  return fulfillment;
}

export type TrackingInput = {
  readonly company?: string | null;
  readonly number?: string | null;
  readonly numbers?: readonly string[] | null;
  readonly url?: string | null;
  readonly urls?: readonly string[] | null;
};

export function toTracking(input: TrackingInput | null | undefined): TrackingInfo[] {
  if (input === null || input === undefined) return [];
  const numbers = input.numbers ?? (typeof input.number === 'string' ? [input.number] : []);
  const urls = input.urls ?? (typeof input.url === 'string' ? [input.url] : []);
  const company = input.company ?? null;
  const count = Math.max(numbers.length, urls.length, company === null ? 0 : 1);
  return Array.from({ length: count }, (_, index) => ({
    company,
    number: numbers[index] ?? null,
    url: urls[index] ?? null,
  }));
}
