import type { CallContext, Finding } from '../store-connector.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import { readNotes, readParcels } from './woocommerce-complete-order.ts';
import type { ListRoots } from './woocommerce-read.ts';
import type { Shop } from './woocommerce-shop.ts';
import { findParcels, likelyKeys, looksIntoNotes, usesHome } from './woocommerce-tracking.ts';
import type { TrackingConfig, TrackingHome } from './woocommerce-tracking.ts';
import type { OrderWire } from './woocommerce-wire.ts';

export type TrackingParts = {
  readonly client: WooClient;
  readonly shop: Shop;
  readonly listRoots: ListRoots;
  readonly tracking: TrackingConfig;
};

// So many of the latest completed orders are looked at; fewer where each costs calls of its own.
const ORDERS_MAX = 300;
const DEAR_ORDERS_MAX = 50;

const NAMES: Readonly<Record<TrackingHome, string>> = {
  shipmentTracking: 'Shipment Tracking',
  afterShip: 'AfterShip',
  yith: 'YITH',
  parcelPanel: 'ParcelPanel',
  germanized: 'Germanized',
  fulfilments: 'WooCommerce’s fulfilments',
  meta: 'your meta keys',
  notes: 'order notes',
};

/** How many of the latest completed orders have a number, in which homes, and where one may lie that is not looked into. */
export async function checkTracking(parts: TrackingParts, call: CallContext): Promise<Finding> {
  const isDear = await costsCalls(parts, call);
  const orders = await latestCompleted(parts.listRoots, isDear ? DEAR_ORDERS_MAX : ORDERS_MAX, call);
  if (orders.length === 0)
    return { level: 'ok', topic: 'tracking', message: 'order.tracking: no completed order to look at yet' };
  const homes = new Map<TrackingHome, number>();
  const keys = new Map<string, number>();
  let covered = 0;
  for (const order of orders) {
    const used = await homesOf(parts, order, call);
    if (used.size > 0) covered += 1;
    else for (const key of likelyKeys(order.meta_data)) keys.set(key, (keys.get(key) ?? 0) + 1);
    for (const home of used) homes.set(home, (homes.get(home) ?? 0) + 1);
  }
  return toFinding({ covered, of: orders.length, homes, keys });
}

async function costsCalls({ shop, tracking }: TrackingParts, call: CallContext): Promise<boolean> {
  if (looksIntoNotes(tracking)) return true;
  if (usesHome(tracking, 'fulfilments') && (await shop.hasFulfilments(call))) return true;
  return usesHome(tracking, 'germanized') && (await shop.hasShipments(call));
}

async function latestCompleted(listRoots: ListRoots, max: number, call: CallContext): Promise<readonly OrderWire[]> {
  const found: OrderWire[] = [];
  for (let page = 1; found.length < max; page++) {
    const query = { status: 'completed', orderby: 'date', order: 'desc', per_page: PAGE_MAX, page };
    const { rows } = await listRoots('order', query, call);
    found.push(...rows.flatMap((row) => (row.root === 'order' ? [row.wire] : [])));
    if (rows.length < PAGE_MAX) break;
  }
  return found.slice(0, max);
}

async function homesOf(
  { client, shop, tracking }: TrackingParts,
  order: OrderWire,
  call: CallContext,
): Promise<ReadonlySet<TrackingHome>> {
  const more = await readParcels({ client, shop, tracking }, order, call);
  const notes = looksIntoNotes(tracking) ? await readNotes(client, order.id, call) : null;
  const found = findParcels({ meta: order.meta_data, shipments: order.shipments, notes, ...more }, tracking);
  return new Set(found.map(({ home }) => home));
}

type Coverage = {
  readonly covered: number;
  readonly of: number;
  readonly homes: ReadonlyMap<TrackingHome, number>;
  /** Meta keys of orders without a number that look as if one stood in them. */
  readonly keys: ReadonlyMap<string, number>;
};

function toFinding({ covered, of, homes, keys }: Coverage): Finding {
  const where = [...homes].map(([home, orders]) => `${NAMES[home]} ${orders}`).join(', ');
  const some = `${covered} of ${of} completed orders ${covered === 1 ? 'has' : 'have'} a number`;
  const message = `order.tracking: ${some}${where === '' ? '' : ` (${where})`}`;
  const unread = [...keys].toSorted(([, one], [, other]) => other - one).slice(0, KEYS_MAX);
  // Digital goods and collected ones have none; where most have none, another place is likelier.
  if (unread.length === 0 && covered * 2 >= of) return { level: 'ok', topic: 'tracking', message };
  const remedy =
    unread.length === 0
      ? 'if the shop ships by parcel, find out where its plugin keeps the numbers, and name that under source.tracking'
      : `perhaps they lie in ${unread.map(([key, orders]) => `"${key}" (${orders})`).join(', ')}: then name it under source.tracking.meta`;
  return { level: 'warning', topic: 'tracking', message, remedy };
}

const KEYS_MAX = 3;
