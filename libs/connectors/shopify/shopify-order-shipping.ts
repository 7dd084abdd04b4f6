import type { Parcel } from '#libs/model/order.ts';
import * as writes from './shopify-documents-write.ts';
import { mutate, type StepOutcome, type StepWork } from './shopify-order-step.ts';
import type { OrderWork } from './shopify-wire.ts';

const SHIPPABLE = new Set(['OPEN', 'IN_PROGRESS']);
const UNFINISHED = new Set(['OPEN', 'IN_PROGRESS', 'ON_HOLD', 'SCHEDULED', 'INCOMPLETE']);

/** Ships everything that is left: one fulfilment for each location, the parcels on the first. */
export async function fulfil(parcels: readonly Parcel[], work: StepWork): Promise<StepOutcome> {
  const open = work.order.fulfillmentOrders.nodes;
  const ready = open.filter(({ status }) => SHIPPABLE.has(status));
  const blocked = open.find(({ status }) => UNFINISHED.has(status) && !SHIPPABLE.has(status));
  if (ready.length === 0) {
    if (blocked !== undefined)
      return { outcome: 'refused', message: `a fulfilment order cannot be shipped: its status is ${blocked.status}` };
    return parcels.length === 0 ? null : await track(parcels, work);
  }
  for (const [index, group] of byLocation(ready).entries()) {
    const fulfillment = {
      // Without lines: everything that is left of it.
      lineItemsByFulfillmentOrder: group.map(({ id }) => ({ fulfillmentOrderId: id })),
      notifyCustomer: false,
      ...(index === 0 && parcels.length > 0 ? { trackingInfo: toTracking(parcels) } : {}),
    };
    const failure = await mutate(writes.FULFIL, 'fulfillmentCreate', { fulfillment }, work);
    if (failure !== null) return failure;
  }
  return blocked === undefined
    ? null
    : { outcome: 'refused', message: `a part cannot be shipped: its status is ${blocked.status}` };
}

type FulfillmentOrder = OrderWork['fulfillmentOrders']['nodes'][number];

function byLocation(orders: readonly FulfillmentOrder[]): readonly (readonly FulfillmentOrder[])[] {
  const groups = new Map<string, FulfillmentOrder[]>();
  for (const order of orders) {
    const place = order.assignedLocation?.location?.id ?? order.id;
    groups.set(place, [...(groups.get(place) ?? []), order]);
  }
  return [...groups.values()];
}

/**
 * Brings the parcels of an order that is shipped to what is wanted. Each stays with the fulfilment that has it; new ones go
 * to the first fulfilment without a parcel, or the last. A fulfilment's parcels are replaced as a whole.
 */
export async function track(parcels: readonly Parcel[], work: StepWork): Promise<StepOutcome> {
  const shipped = work.order.fulfillments.filter(({ status }) => status === 'SUCCESS');
  const fallback = shipped.find(({ trackingInfo }) => trackingInfo.length === 0) ?? shipped.at(-1);
  if (fallback === undefined) return { outcome: 'refused', message: 'nothing of the order has been shipped yet' };
  for (const fulfilment of shipped) {
    const wanted = parcels.filter(
      ({ number }) => (shipped.find((one) => hasNumber(one, number)) ?? fallback).id === fulfilment.id,
    );
    if (agrees(fulfilment, wanted)) continue;
    const failure = await mutate(
      writes.TRACK,
      'fulfillmentTrackingInfoUpdate',
      { id: fulfilment.id, tracking: toTracking(wanted) },
      work,
    );
    if (failure !== null) return failure;
  }
  return null;
}

type Fulfilment = OrderWork['fulfillments'][number];

function hasNumber({ trackingInfo }: Fulfilment, number: string): boolean {
  return trackingInfo.some((info) => info.number === number);
}

function agrees({ trackingInfo }: Fulfilment, wanted: readonly Parcel[]): boolean {
  return (
    trackingInfo.length === wanted.length &&
    wanted.every(({ number, carrier, url }) =>
      trackingInfo.some(
        (info) =>
          info.number === number &&
          (carrier === null || info.company === carrier) &&
          (url === null || info.url === url),
      ),
    )
  );
}

/** One carrier for all parcels of a fulfilment: the platform has no more. */
function toTracking(parcels: readonly Parcel[]): Readonly<Record<string, unknown>> {
  const carrier = parcels.find((parcel) => parcel.carrier !== null)?.carrier;
  const urls = parcels.flatMap(({ url }) => url ?? []);
  return {
    numbers: parcels.map(({ number }) => number),
    ...(carrier === null || carrier === undefined ? {} : { company: carrier }),
    ...(urls.length === parcels.length && urls.length > 0 ? { urls } : {}),
  };
}
