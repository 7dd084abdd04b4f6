import type { Maybe, ResolverMap } from '../context.ts';
import {
  openFulfillmentOrders,
  refreshFulfillmentStatus,
  ship,
  toTracking,
  type TrackingInput,
} from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import type { FulfillmentOrderRecord, FulfillmentRecord, UserErrorRecord } from '../records.ts';
import { numberOf, type World } from '../world.ts';

type Part = {
  readonly fulfillmentOrderId: string;
  readonly fulfillmentOrderLineItems?: Maybe<readonly { readonly id: string; readonly quantity: number }[]>;
};
type FulfillmentInput = {
  readonly lineItemsByFulfillmentOrder: readonly Part[];
  readonly notifyCustomer?: Maybe<boolean>;
  readonly trackingInfo?: Maybe<TrackingInput>;
};
type EventInput = { readonly fulfillmentId: string; readonly status: string; readonly happenedAt?: Maybe<string> };
type Payload = {
  readonly fulfillment: FulfillmentRecord | null | undefined;
  readonly userErrors: readonly UserErrorRecord[];
};

const missing: Payload = { fulfillment: null, userErrors: [userError(['id'], 'Fulfillment does not exist.')] };

export const fulfillmentMutations: ResolverMap[string] = {
  fulfillmentCreate: (_: unknown, { fulfillment }: { fulfillment: FulfillmentInput }, { world }) =>
    createFulfillment(world, fulfillment),
  fulfillmentTrackingInfoUpdate: (
    _: unknown,
    args: { fulfillmentId: string; trackingInfoInput: TrackingInput; notifyCustomer?: Maybe<boolean> },
    { world },
  ) => {
    const fulfillment = world.fulfillments.get(args.fulfillmentId);
    if (fulfillment === undefined)
      return { ...missing, userErrors: [userError(['fulfillmentId'], 'Fulfillment does not exist.')] };
    if (fulfillment.status === 'CANCELLED')
      return { fulfillment, userErrors: [userError(['fulfillmentId'], 'Fulfillment has been cancelled.')] };
    const stamp = world.stamp();
    world.fulfillments.update(fulfillment.id, { trackingInfo: toTracking(args.trackingInfoInput), updatedAt: stamp });
    world.orders.update(fulfillment.orderId, { updatedAt: stamp });
    if (args.notifyCustomer === true) world.effect('mail', 'fulfillment', fulfillment.id, 'shipping update');
    return { fulfillment: world.fulfillments.get(fulfillment.id), userErrors: [] };
  },
  fulfillmentCancel: (_: unknown, { id }: { id: string }, { world }) => cancelFulfillment(world, id),
  fulfillmentEventCreate: (_: unknown, { fulfillmentEvent: input }: { fulfillmentEvent: EventInput }, { world }) => {
    const fulfillment = world.fulfillments.get(input.fulfillmentId);
    if (fulfillment === undefined)
      return {
        fulfillmentEvent: null,
        userErrors: [userError(['fulfillmentEvent', 'fulfillmentId'], 'Fulfillment does not exist.')],
      };
    const event = {
      id: world.gid('FulfillmentEvent'),
      status: input.status,
      happenedAt: input.happenedAt ?? world.stamp(),
    };
    world.fulfillments.update(fulfillment.id, {
      events: [...fulfillment.events, event],
      displayStatus: input.status,
      ...(input.status === 'DELIVERED' ? { deliveredAt: event.happenedAt } : {}),
      updatedAt: world.stamp(),
    });
    return { fulfillmentEvent: event, userErrors: [] };
  },
};

function createFulfillment(world: World, input: FulfillmentInput): Payload {
  const parts: { readonly order: FulfillmentOrderRecord; readonly units: ReadonlyMap<string, number> }[] = [];
  for (const { fulfillmentOrderId, fulfillmentOrderLineItems } of input.lineItemsByFulfillmentOrder) {
    const order = world.fulfillmentOrders.get(fulfillmentOrderId);
    if (order === undefined) return refuse('Fulfillment order does not exist.');
    if (order.status !== 'OPEN' && order.status !== 'IN_PROGRESS') {
      return refuse(
        `Fulfillment order ${numberOf(order.id)} has an unfulfillable status= ${order.status.toLowerCase()}.`,
      );
    }
    const wanted = fulfillmentOrderLineItems ?? [];
    if (
      wanted.some(
        ({ id, quantity }) =>
          quantity < 1 || quantity > (order.lines.find((line) => line.id === id)?.remainingQuantity ?? 0),
      )
    ) {
      return refuse('Invalid fulfillment order line item quantity requested.');
    }
    // No lines named: all that is left.
    const units = new Map(
      wanted.length === 0
        ? order.lines.map((line) => [line.id, line.remainingQuantity])
        : wanted.map(({ id, quantity }) => [id, quantity]),
    );
    parts.push({ order, units });
  }
  const [first] = parts;
  if (first === undefined) return refuse('Line items by fulfillment order must have at least one entry.');
  if (parts.some(({ order }) => order.orderId !== first.order.orderId || order.locationId !== first.order.locationId)) {
    return refuse('All fulfillment orders must belong to the same order and location.');
  }
  const quantities = new Map<string, number>();
  for (const { order, units } of parts) {
    for (const line of order.lines)
      quantities.set(line.lineItemId, (quantities.get(line.lineItemId) ?? 0) + (units.get(line.id) ?? 0));
    const lines = order.lines.map((line) => ({
      ...line,
      remainingQuantity: line.remainingQuantity - (units.get(line.id) ?? 0),
    }));
    const done = lines.every(({ remainingQuantity }) => remainingQuantity === 0);
    world.fulfillmentOrders.update(order.id, {
      lines,
      status: done ? 'CLOSED' : 'IN_PROGRESS',
      updatedAt: world.stamp(),
    });
  }
  const fulfillment = ship(world, first.order.orderId, {
    quantities,
    locationId: first.order.locationId,
    tracking: toTracking(input.trackingInfo),
  });
  refreshFulfillmentStatus(world, first.order.orderId);
  if (input.notifyCustomer === true) world.effect('mail', 'fulfillment', fulfillment.id, 'shipping confirmation');
  return { fulfillment: world.fulfillments.get(fulfillment.id), userErrors: [] };
}

/** What was shipped is to be shipped again, under a new fulfilment order. */
function cancelFulfillment(world: World, id: string): Payload {
  const fulfillment = world.fulfillments.get(id);
  if (fulfillment === undefined) return missing;
  if (fulfillment.status === 'CANCELLED')
    return { fulfillment, userErrors: [userError(['id'], 'Fulfillment has already been cancelled.')] };
  const stamp = world.stamp();
  world.fulfillments.update(id, { status: 'CANCELLED', displayStatus: 'CANCELED', updatedAt: stamp });
  const units = new Map(fulfillment.lines.map(({ lineItemId, quantity }) => [lineItemId, quantity]));
  const order = world.orders.get(fulfillment.orderId);
  if (order !== undefined) {
    const lineItems = order.lineItems.map((line) => ({
      ...line,
      fulfilledQuantity: Math.max(0, line.fulfilledQuantity - (units.get(line.id) ?? 0)),
    }));
    openFulfillmentOrders(world, world.orders.update(order.id, { lineItems, updatedAt: stamp }), units);
    refreshFulfillmentStatus(world, order.id);
  }
  return { fulfillment: world.fulfillments.get(id), userErrors: [] };
}

function refuse(message: string): Payload {
  return { fulfillment: null, userErrors: [userError(['fulfillment'], message)] };
}
