import type { Maybe, ResolverMap } from '../context.ts';
import { refreshFulfillmentStatus } from '../fulfilment.ts';
import { userError } from '../graphql-errors.ts';
import type { FulfillmentOrderRecord, HoldRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';

type HoldInput = {
  readonly reason: string;
  readonly reasonNotes?: Maybe<string>;
  readonly externalId?: Maybe<string>;
  readonly handle?: Maybe<string>;
  readonly notifyMerchant?: Maybe<boolean>;
  readonly fulfillmentOrderLineItems?: Maybe<readonly unknown[]>;
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
    setHolds(world, order, [...order.holds, hold]);
    if (input.notifyMerchant === true)
      world.effect('mail', 'fulfillmentOrder', id, 'hold notification to the merchant');
    return { fulfillmentHold: hold, fulfillmentOrder: world.fulfillmentOrders.get(id), userErrors: [] };
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
  if ((input.fulfillmentOrderLineItems ?? []).length > 0) {
    return userError(
      ['fulfillmentHold', 'fulfillmentOrderLineItems'],
      'The fulfillment order cannot be split.',
      'FULFILLMENT_ORDER_NOT_SPLITTABLE',
    );
  }
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

/** Holding moves neither the order's clock nor its webhook. */
function setHolds(world: World, order: FulfillmentOrderRecord, holds: readonly HoldRecord[]): void {
  const released = order.lines.some((line) => line.remainingQuantity < line.totalQuantity) ? 'IN_PROGRESS' : 'OPEN';
  const status = holds.length > 0 ? 'ON_HOLD' : order.status === 'ON_HOLD' ? released : order.status;
  world.fulfillmentOrders.update(order.id, { holds, status, updatedAt: world.stamp() }, { silent: true });
  refreshFulfillmentStatus(world, order.orderId, { silent: true });
}
