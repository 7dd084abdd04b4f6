import type { StoredOrder } from '#libs/model/stored.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext, ReadContext } from '../store-connector.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import { toStoredOrder } from './woocommerce-mapping-order.ts';
import type { OrderParts } from './woocommerce-mapping-order.ts';
import type { Shop } from './woocommerce-shop.ts';
import { statusWord } from './woocommerce-status.ts';
import { looksIntoNotes, usesHome } from './woocommerce-tracking.ts';
import type { TrackingConfig } from './woocommerce-tracking.ts';
import { noteWireSchema, refundWireSchema } from './woocommerce-wire.ts';
import type { OrderWire } from './woocommerce-wire.ts';
import { fulfilmentsWireSchema, shipmentsWireSchema } from './woocommerce-wire-tracking.ts';

export type CompleteOrder = (wire: OrderWire, call: ReadContext) => Promise<StoredOrder>;

/** Refunds are asked for only where the order has any; notes and parcels only where somebody will look at them. */
export function createCompleteOrder(
  client: WooClient,
  shop: Shop,
  tracking: TrackingConfig,
  carriedOnly = false,
): CompleteOrder {
  return async (wire, call) => {
    const withHistory = call.fields.has('order.history');
    const withTracking = call.fields.has('order.tracking');
    const [refunds, notes, parcels] = await Promise.all([
      wire.refunds.length === 0 ? [] : readRefunds(client, wire.id, call),
      withHistory || (withTracking && looksIntoNotes(tracking)) ? readNotes(client, wire.id, call) : null,
      // Which units have left is in the same place as their numbers.
      withTracking || call.fields.has('order.status') ? readParcels({ client, shop, tracking }, wire, call) : {},
    ]);
    return toStoredOrder(wire, {
      refunds,
      notes: withHistory ? notes : null,
      tracking,
      carriedOnly,
      ...(notes === null ? {} : { parcelNotes: notes }),
      ...parcels,
    });
  };
}

type ParcelSource = { readonly client: WooClient; readonly shop: Shop; readonly tracking: TrackingConfig };

// Of an order that nobody has paid or that came to nothing, nothing was sent.
const NEVER_SENT: ReadonlySet<string> = new Set(['pending', 'failed', 'cancelled', 'checkout-draft', 'auto-draft']);

/** What an order's own answer does not say of its parcels: a call each, and only at shops that have such a place. */
export async function readParcels(
  { client, shop, tracking }: ParcelSource,
  wire: OrderWire,
  call: CallContext,
): Promise<Pick<OrderParts, 'shipments' | 'fulfilments'>> {
  if (NEVER_SENT.has(statusWord(wire.status))) return {};
  const [fulfilments, shipments] = await Promise.all([
    usesHome(tracking, 'fulfilments') && (await shop.hasFulfilments(call))
      ? readFulfilments(client, wire.id, call)
      : undefined,
    // Germanized lists them on the order unless its filter was taken out.
    usesHome(tracking, 'germanized') && wire.shipments === undefined && (await shop.hasShipments(call))
      ? readShipments(client, wire.id, call)
      : undefined,
  ]);
  return {
    ...(fulfilments === undefined ? {} : { fulfilments }),
    ...(shipments === undefined ? {} : { shipments }),
  };
}

/** All at once: they have no pages. */
async function readFulfilments(client: WooClient, orderId: string, call: CallContext) {
  const request = { path: `/orders/${orderId}/fulfillments`, action: `list the fulfilments of order ${orderId}` };
  try {
    const { data } = await client.get(fulfilmentsWireSchema, request, call);
    return data;
  } catch (error) {
    // A version that names the feature and has no route for it keeps none.
    if (isSyncError(error) && error.status === 404) return [];
    throw error;
  }
}

async function readShipments(client: WooClient, orderId: string, call: CallContext) {
  const { data } = await client.get(
    shipmentsWireSchema,
    {
      path: '/shipments',
      query: { order_id: orderId, per_page: PAGE_MAX, type: 'simple' },
      action: `list the shipments of order ${orderId}`,
    },
    call,
  );
  return data;
}

async function readRefunds(client: WooClient, orderId: string, call: CallContext) {
  const { data } = await client.get(
    refundWireSchema.array(),
    {
      path: `/orders/${orderId}/refunds`,
      query: { per_page: PAGE_MAX, _fields: 'id,amount,reason,date_created_gmt,meta_data' },
      action: `list the refunds of order ${orderId}`,
    },
    call,
  );
  return data;
}

/** All at once: notes have no pages. */
export async function readNotes(client: WooClient, orderId: string, call: CallContext) {
  const { data } = await client.get(
    noteWireSchema.array(),
    {
      path: `/orders/${orderId}/notes`,
      query: { _fields: 'id,note,customer_note,date_created_gmt' },
      action: `list the notes of order ${orderId}`,
    },
    call,
  );
  return data;
}
