import type { Maybe, ResolverMap } from '../context.ts';
import { insertFulfillmentOrder, refreshFulfillmentStatus } from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import type { FulfillmentOrderRecord, HoldRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';

type Units = { readonly id: string; readonly quantity: number };
type HoldInput = {
  readonly reason: string;
  readonly reasonNotes?: Maybe<string>;
  readonly externalId?: Maybe<string>;
  readonly handle?: Maybe<string>;
  readonly notifyMerchant?: Maybe<boolean>;
  readonly fulfillmentOrderLineItems?: Maybe<readonly Units[]>;
};
type ReleaseArgs = {
  readonly id: string;
  readonly holdIds?: Maybe<readonly string[]>;
  readonly externalId?: Maybe<string>;
};

export const holdMutations: ResolverMap[string] = {
  fulfillmentOrderHold: (
    _: unknown,
    { id, fulfillmentHold: input }: { id: string; fulfillmentHold: HoldInput },
    { world },
  ) => {
    const order = world.fulfillmentOrders.get(id);
    const error = holdError(order, input);
    if (order === undefined || error !== undefined)
      return { fulfillmentHold: null, fulfillmentOrder: order ?? null, userErrors: error === undefined ? [] : [error] };
    const hold: HoldRecord = {
      id: world.gid('FulfillmentHold'),
      reason: input.reason,
      reasonNotes: input.reasonNotes ?? null,
      externalId: input.externalId ?? null,
      handle: input.handle ?? '',
    };
    const remaining = split(world, order, input.fulfillmentOrderLineItems ?? []);
    setHolds(world, world.fulfillmentOrders.get(id) ?? order, [...order.holds, hold]);
    if (input.notifyMerchant === true)
      world.effect('mail', 'fulfillmentOrder', id, 'hold notification to the merchant');
    return {
      fulfillmentHold: hold,
      fulfillmentOrder: world.fulfillmentOrders.get(id),
      remainingFulfillmentOrder: remaining,
      userErrors: [],
    };
  },
  fulfillmentOrderReleaseHold: (_: unknown, { id, holdIds, externalId }: ReleaseArgs, { world }) => {
    const order = world.fulfillmentOrders.get(id);
    if (order === undefined)
      return {
        fulfillmentOrder: null,
        userErrors: [userError(['id'], 'Fulfillment order does not exist.', 'FULFILLMENT_ORDER_NOT_FOUND')],
      };
    const named = holdIds !== undefined && holdIds !== null;
    const byExternal = typeof externalId === 'string';
    const kept = order.holds.filter(
      (hold) => (named && !holdIds.includes(hold.id)) || (byExternal && hold.externalId !== externalId),
    );
    setHolds(world, order, kept);
    return { fulfillmentOrder: world.fulfillmentOrders.get(id), userErrors: [] };
  },
};

function holdError(order: FulfillmentOrderRecord | undefined, input: HoldInput): UserErrorRecord | undefined {
  if (order === undefined) return userError(['id'], 'Fulfillment order does not exist.', 'FULFILLMENT_ORDER_NOT_FOUND');
  if (order.status !== 'OPEN' && order.status !== 'ON_HOLD' && order.status !== 'IN_PROGRESS')
    return userError(['id'], 'The fulfillment order is not in an open state.');
  const lineError = unitsError(order, input.fulfillmentOrderLineItems ?? []);
  if (lineError !== undefined) return lineError;
  if (order.holds.some(({ handle }) => handle === (input.handle ?? ''))) {
    const message =
      'The handle provided for the fulfillment hold is already in use by this app for another hold on this fulfillment order.';
    return userError(['fulfillmentHold', 'handle'], message, 'DUPLICATE_FULFILLMENT_HOLD_HANDLE');
  }
  return order.holds.length >= 10
    ? userError(
        ['id'],
        'The maximum number of fulfillment holds has been reached.',
        'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED',
      )
    : undefined;
}

/** A part can be held of what is not held yet. */
function unitsError(order: FulfillmentOrderRecord, units: readonly Units[]): UserErrorRecord | undefined {
  const path = ['fulfillmentHold', 'fulfillmentOrderLineItems'];
  if (units.length === 0) return undefined;
  if (order.holds.length > 0)
    return userError(path, 'The fulfillment order cannot be split.', 'FULFILLMENT_ORDER_NOT_SPLITTABLE');
  if (new Set(units.map(({ id }) => id)).size < units.length)
    return userError(
      path,
      'The fulfillment order line items are not unique.',
      'DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS',
    );
  const index = units.findIndex(({ quantity }) => quantity <= 0);
  if (index >= 0)
    return userError(
      [...path, index, 'quantity'],
      'You must select at least one item to place on partial hold.',
      'GREATER_THAN_ZERO',
    );
  const wrong = units.some(
    ({ id, quantity }) => quantity > (order.lines.find((line) => line.id === id)?.remainingQuantity ?? 0),
  );
  return wrong
    ? userError(path, 'The fulfillment order line item quantity is invalid.', 'INVALID_LINE_ITEM_QUANTITY')
    : undefined;
}

/** What is not to be held goes on under a fulfilment order of its own. */
function split(world: World, order: FulfillmentOrderRecord, units: readonly Units[]): FulfillmentOrderRecord | null {
  const held = new Map(units.map(({ id, quantity }) => [id, quantity]));
  const rest = order.lines
    .map((line) => ({ lineItemId: line.lineItemId, quantity: line.remainingQuantity - (held.get(line.id) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
  if (units.length === 0 || rest.length === 0) return null;
  world.fulfillmentOrders.update(
    order.id,
    {
      lines: order.lines.flatMap((line) => {
        const quantity = held.get(line.id) ?? 0;
        const shipped = line.totalQuantity - line.remainingQuantity;
        return quantity + shipped === 0
          ? []
          : [{ ...line, totalQuantity: shipped + quantity, remainingQuantity: quantity }];
      }),
    },
    { silent: true },
  );
  return insertFulfillmentOrder(world, order.orderId, { locationId: order.locationId, units: rest });
}

/** Holding moves neither the order's clock nor its webhook. */
function setHolds(world: World, order: FulfillmentOrderRecord, holds: readonly HoldRecord[]): void {
  const released = order.lines.some((line) => line.remainingQuantity < line.totalQuantity) ? 'IN_PROGRESS' : 'OPEN';
  const status = holds.length > 0 ? 'ON_HOLD' : order.status === 'ON_HOLD' ? released : order.status;
  world.fulfillmentOrders.update(order.id, { holds, status, updatedAt: world.stamp() }, { silent: true });
  refreshFulfillmentStatus(world, order.orderId, { silent: true });
}
