import type { Parcel } from '#libs/model/order.ts';
import type { OrderStep, ShippedUnits } from '../store-connector.ts';
import * as reads from './shopify-documents-read.ts';
import * as writes from './shopify-documents-write.ts';
import { fromGid } from './shopify-ids.ts';
import { joinCarriers } from './shopify-mapping-order.ts';
import { mutate, type StepOutcome, type StepWork } from './shopify-order-step.ts';
import { orderLeftAnswer, type OrderLeft, type OrderWork } from './shopify-wire.ts';

const SHIPPABLE = new Set(['OPEN', 'IN_PROGRESS']);
const UNFINISHED = new Set(['OPEN', 'IN_PROGRESS', 'ON_HOLD', 'SCHEDULED', 'INCOMPLETE']);

/** Ships everything that is left, or a part of it: one fulfilment for each location, the parcels on the first. */
export async function fulfil({ parcels, lines }: Extract<OrderStep, { kind: 'fulfil' }>, work: StepWork) {
  return lines === undefined ? await fulfilAll(parcels, work) : await fulfilPart(lines, parcels, work);
}

async function fulfilAll(parcels: readonly Parcel[], work: StepWork): Promise<StepOutcome> {
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

type Placed = {
  readonly id: string;
  readonly assignedLocation?: OrderWork['fulfillmentOrders']['nodes'][number]['assignedLocation'];
};

function byLocation<T extends Placed>(orders: readonly T[]): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const order of orders) {
    const place = order.assignedLocation?.location?.id ?? order.id;
    groups.set(place, [...(groups.get(place) ?? []), order]);
  }
  return [...groups.values()];
}

// ── a part ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Ships the named lines as far as is asked for. What has left already counts, so a lost answer ships nothing twice. */
async function fulfilPart(
  lines: readonly ShippedUnits[],
  parcels: readonly Parcel[],
  work: StepWork,
): Promise<StepOutcome> {
  const { client, session } = work;
  const { order } = await client.read(reads.ORDER_LEFT, orderLeftAnswer, { id: work.order.id }, session.call);
  if (order === null || order === undefined) return { outcome: 'refused', message: 'the order is not there any more' };
  const due = toDue(lines, order);
  if (due === null) return { outcome: 'refused', message: 'a line that was to be shipped is not on the order' };
  if (due.size === 0) return parcels.length === 0 ? null : await trackMore(parcels, work);
  const parts = allot(due, order);
  if ([...due.values()].some((units) => units > 0))
    return { outcome: 'refused', message: 'a part cannot be shipped: it is on hold, or nothing of it is left to ship' };
  for (const [index, group] of byLocation(parts).entries()) {
    const fulfillment = {
      lineItemsByFulfillmentOrder: group.map(({ id, units }) => ({
        fulfillmentOrderId: id,
        fulfillmentOrderLineItems: units,
      })),
      notifyCustomer: false,
      ...(index === 0 && parcels.length > 0 ? { trackingInfo: toTracking(parcels) } : {}),
    };
    const failure = await mutate(writes.FULFIL, 'fulfillmentCreate', { fulfillment }, work);
    if (failure !== null) return failure;
  }
  return null;
}

/** How many units of each line are still to leave; null where a line is not there. */
function toDue(lines: readonly ShippedUnits[], { lineItems }: OrderLeft): Map<string, number> | null {
  const due = new Map<string, number>();
  for (const { lineId, shipped } of lines) {
    const line = lineItems.nodes.find(({ id }) => fromGid(id) === lineId);
    if (line === undefined) return null;
    const units = shipped - Math.max(0, line.currentQuantity - line.unfulfilledQuantity);
    if (units > 0) due.set(lineId, units);
  }
  return due;
}

type Part = Placed & { readonly units: { readonly id: string; readonly quantity: number }[] };

/** Takes what is due out of the fulfilment orders that can be shipped; what is left of `due` cannot. */
function allot(due: Map<string, number>, { fulfillmentOrders }: OrderLeft): readonly Part[] {
  const parts = fulfillmentOrders.nodes
    .filter(({ status }) => SHIPPABLE.has(status))
    .map(({ id, assignedLocation, lineItems }): Part => {
      const units = lineItems.nodes.flatMap((line) => {
        const lineId = fromGid(line.lineItem.id);
        const quantity = Math.min(line.remainingQuantity, due.get(lineId) ?? 0);
        if (quantity <= 0) return [];
        due.set(lineId, (due.get(lineId) ?? 0) - quantity);
        return [{ id: line.id, quantity }];
      });
      return { id, assignedLocation, units };
    });
  return parts.filter(({ units }) => units.length > 0);
}

/** What was shipped before keeps its parcels, and gets these beside them. */
async function trackMore(parcels: readonly Parcel[], work: StepWork): Promise<StepOutcome> {
  const there = work.order.fulfillments
    .filter(({ status }) => status === 'SUCCESS')
    .flatMap(({ trackingInfo }) => trackingInfo)
    .filter(({ number }) => (number ?? '') !== '' && !parcels.some((parcel) => parcel.number === number))
    .map(({ number, company, url }): Parcel => ({
      number: number ?? '',
      carrier: company ?? null,
      url: url ?? null,
      shippedAt: null,
    }));
  return await track([...there, ...parcels], work);
}

// ── parcels ──────────────────────────────────────────────────────────────────────────────────────────────────

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
  const company = joinCarriers(wanted.map(({ carrier }) => carrier));
  return (
    trackingInfo.length === wanted.length &&
    wanted.every(({ number, url }) =>
      trackingInfo.some(
        (info) =>
          info.number === number &&
          (company === undefined || info.company === company) &&
          (url === null || info.url === url),
      ),
    )
  );
}

function toTracking(parcels: readonly Parcel[]): Readonly<Record<string, unknown>> {
  const company = joinCarriers(parcels.map(({ carrier }) => carrier));
  const urls = parcels.flatMap(({ url }) => url ?? []);
  return {
    numbers: parcels.map(({ number }) => number),
    ...(company === undefined ? {} : { company }),
    ...(urls.length === parcels.length && urls.length > 0 ? { urls } : {}),
  };
}
