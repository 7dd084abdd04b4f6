import { callAs, type AsPeople } from './as-people.ts';
import { toDecimal, toUnits } from './decimals.ts';
import { must } from './must.ts';
import { receivedTotal, refundedTotal } from './order-money.ts';
import type { FulfillmentOrderRecord, RefundRecord } from './records.ts';
import { payments } from './refunds.ts';
import type { World } from './world.ts';
import { holdMutations } from './write/fulfillment-holds.ts';
import { fulfillmentMutations } from './write/fulfillments.ts';
import { orderCancelMutations } from './write/order-cancel.ts';
import { orderMutations } from './write/orders.ts';
import { createRefund } from './write/refund.ts';

export type Tracking = { readonly company?: string; readonly number: string; readonly url?: string };
export type Shipment = {
  /** Units by SKU; absent: all that is left. */
  readonly units?: Readonly<Record<string, number>>;
  /** One parcel or several; absent: shipped without a number. */
  readonly parcels?: readonly Tracking[];
};
export type MoneyBack = { readonly amount: string; readonly note?: string };

/** What staff does to orders. */
export type OrderWork = {
  readonly payOrder: (orderId: string) => void;
  /** Ships, and answers the fulfilment's id. */
  readonly shipOrder: (orderId: string, shipment?: Shipment) => string;
  /** Replaces the numbers of a fulfilment. */
  readonly setTracking: (fulfillmentId: string, parcels: readonly Tracking[]) => void;
  readonly cancelShipment: (fulfillmentId: string) => void;
  /** Gives money back, through the gateway that took it; nothing goes back on the shelf. */
  readonly refundOrder: (orderId: string, back: MoneyBack) => string;
  /** The store does it a little later. */
  readonly cancelOrder: (orderId: string, options?: { readonly restock?: boolean; readonly refund?: boolean }) => void;
  /** Holds everything that is still to be shipped: no clock of the order moves, and nobody is told. */
  readonly holdOrder: (orderId: string) => void;
  readonly releaseOrder: (orderId: string) => void;
  readonly archiveOrder: (orderId: string) => void;
  readonly deleteOrder: (orderId: string) => void;
};

export function createOrderWork(world: World, asPeople: AsPeople): OrderWork {
  const call = (
    mutations: Readonly<Record<string, Parameters<typeof callAs>[1]>> | undefined,
    name: string,
    args: unknown,
  ): Readonly<Record<string, unknown>> => asPeople(() => callAs(world, mutations?.[name], args));
  const open = (orderId: string, status: FulfillmentOrderRecord['status'][]): readonly FulfillmentOrderRecord[] =>
    world.fulfillmentOrders
      .of(must(world.orders.get(orderId), orderId).id)
      .filter((one) => status.includes(one.status));

  return {
    payOrder: (orderId) => void call(orderMutations, 'orderMarkAsPaid', { input: { id: orderId } }),
    shipOrder(orderId, { units, parcels = [] } = {}) {
      const parts = open(orderId, ['OPEN', 'IN_PROGRESS']).flatMap((order) => {
        const fulfillmentOrderLineItems = unitsOf(world, order, units);
        return fulfillmentOrderLineItems.length === 0
          ? []
          : [{ fulfillmentOrderId: order.id, fulfillmentOrderLineItems }];
      });
      const fulfillment = { lineItemsByFulfillmentOrder: parts, trackingInfo: toTrackingInput(parcels) };
      const payload = call(fulfillmentMutations, 'fulfillmentCreate', { fulfillment });
      return (payload['fulfillment'] as { readonly id: string }).id;
    },
    setTracking: (fulfillmentId, parcels) =>
      void call(fulfillmentMutations, 'fulfillmentTrackingInfoUpdate', {
        fulfillmentId,
        trackingInfoInput: toTrackingInput(parcels),
      }),
    cancelShipment: (id) => void call(fulfillmentMutations, 'fulfillmentCancel', { id }),
    refundOrder: (orderId, back) => asPeople(() => refund(world, orderId, back).id),
    cancelOrder: (orderId, { restock = true, refund: pays = false } = {}) =>
      void call(orderCancelMutations, 'orderCancel', {
        orderId,
        reason: 'CUSTOMER',
        restock,
        ...(pays ? { refundMethod: { originalPaymentMethodsRefund: true } } : {}),
      }),
    holdOrder(orderId) {
      for (const { id } of open(orderId, ['OPEN', 'IN_PROGRESS']))
        call(holdMutations, 'fulfillmentOrderHold', { id, fulfillmentHold: { reason: 'OTHER', handle: 'staff' } });
    },
    releaseOrder(orderId) {
      for (const { id } of open(orderId, ['ON_HOLD'])) call(holdMutations, 'fulfillmentOrderReleaseHold', { id });
    },
    archiveOrder: (id) => void call(orderMutations, 'orderClose', { input: { id } }),
    deleteOrder: (orderId) => void call(orderMutations, 'orderDelete', { orderId }),
  };
}

function unitsOf(
  world: World,
  order: FulfillmentOrderRecord,
  units: Readonly<Record<string, number>> | undefined,
): readonly { readonly id: string; readonly quantity: number }[] {
  const lines = world.orders.get(order.orderId)?.lineItems ?? [];
  return order.lines.flatMap(({ id, lineItemId, remainingQuantity }) => {
    const sku = lines.find((line) => line.id === lineItemId)?.sku ?? '';
    const quantity = units === undefined ? remainingQuantity : Math.min(remainingQuantity, units[sku] ?? 0);
    return quantity > 0 ? [{ id, quantity }] : [];
  });
}

function toTrackingInput(parcels: readonly Tracking[]) {
  const urls = parcels.flatMap(({ url }) => url ?? []);
  return {
    company: parcels[0]?.company ?? null,
    numbers: parcels.map(({ number }) => number),
    ...(urls.length === 0 ? {} : { urls }),
  };
}

function refund(world: World, orderId: string, { amount, note }: MoneyBack): RefundRecord {
  const order = must(world.orders.get(orderId), orderId);
  const [parent] = payments(world, orderId);
  const left = receivedTotal(world, orderId) - refundedTotal(world, orderId);
  if (parent === undefined || toUnits(amount) > left)
    throw new Error(`Cannot give back ${amount}: ${toDecimal(left)} is left of what was paid`);
  const transaction = { amount, gateway: parent.gateway ?? 'manual', kind: 'REFUND', orderId, parentId: parent.id };
  const payload = createRefund({ world }, { orderId: order.id, note: note ?? null, transactions: [transaction] });
  const [error] = payload.userErrors;
  if (error !== undefined) throw new Error(`Cannot give back ${amount}: ${error.message}`);
  return payload.refund as RefundRecord;
}
