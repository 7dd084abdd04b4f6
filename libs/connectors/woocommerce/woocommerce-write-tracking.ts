import { createHash } from 'node:crypto';

import type { Parcel } from '#libs/model/order.ts';
import type { CallContext } from '../store-connector.ts';
import type { WooClient } from './woocommerce-client.ts';
import { findParcels } from './woocommerce-tracking.ts';
import type { TrackingConfig, TrackingHome } from './woocommerce-tracking.ts';
import type { MetaBody } from './woocommerce-write-values.ts';
import type { MetaWire } from './woocommerce-wire.ts';
import { metaOnlySchema } from './woocommerce-wire.ts';

/** Homes that are meta of the order; the others are tables of their plugins. */
const WRITABLE = ['shipmentTracking', 'yith', 'meta'] as const satisfies readonly TrackingHome[];
export type WritableHome = (typeof WRITABLE)[number];

/** Where parcels are written, so that the merchant sees them: what the config says, else what the shop itself uses most. */
export type TrackingWriter = {
  readonly home: (call: CallContext) => Promise<WritableHome>;
  readonly toMeta: (
    parcels: readonly Parcel[],
    present: readonly MetaWire[],
    home: WritableHome,
  ) => readonly MetaBody[];
};

// As many of the latest shipped orders tell where numbers lie.
const LOOK_AT = 50;

export function createTrackingWriter(client: WooClient, config: TrackingConfig): TrackingWriter {
  let known: WritableHome | null = configured(config);
  return {
    async home(call) {
      known ??= await findHome(client, config, call);
      return known;
    },
    toMeta: (parcels, present, home) => toTrackingMeta(parcels, present, home, config),
  };
}

function configured({ homes }: TrackingConfig): WritableHome | null {
  return WRITABLE.find((home) => homes?.[0] === home) ?? null;
}

async function findHome(client: WooClient, config: TrackingConfig, call: CallContext): Promise<WritableHome> {
  const request = {
    path: '/orders',
    query: { status: 'completed', per_page: LOOK_AT, _fields: 'id,meta_data' },
    action: 'see where tracking numbers lie',
  };
  const { data } = await client.get(metaOnlySchema.array(), request, call);
  const counts = WRITABLE.map((home) => ({
    home,
    orders: data.filter(({ meta_data: meta }) =>
      findParcels({ meta, notes: null }, config).some((found) => found.home === home),
    ).length,
  }));
  const [most] = counts.toSorted((a, b) => b.orders - a.orders);
  return most !== undefined && most.orders > 0 ? most.home : 'shipmentTracking';
}

const ITEMS_KEY = '_wc_shipment_tracking_items';

/** The meta that holds just these parcels; what stands there of a parcel already stays as it is. Pure. */
export function toTrackingMeta(
  parcels: readonly Parcel[],
  present: readonly MetaWire[],
  home: WritableHome,
  config: TrackingConfig,
): readonly MetaBody[] {
  const [first] = parcels;
  const numbers = parcels.map(({ number }) => number).join(', ');
  switch (home) {
    case 'shipmentTracking': {
      const there = present.find(({ key }) => key === ITEMS_KEY)?.value;
      const items: readonly unknown[] = Array.isArray(there) ? there : [];
      return [
        {
          key: ITEMS_KEY,
          value: parcels.map((parcel) => items.find((item) => isOf(item, parcel)) ?? toItem(parcel)),
        },
      ];
    }
    case 'yith':
      return [
        { key: 'ywot_tracking_code', value: numbers },
        { key: 'ywot_carrier_name', value: first?.carrier ?? '' },
        { key: 'ywot_carrier_url', value: first?.url ?? '' },
      ];
    case 'meta': {
      const [keys] = config.meta ?? [];
      if (keys === undefined) return [];
      return [
        { key: keys.number, value: numbers },
        ...(keys.carrier === undefined ? [] : [{ key: keys.carrier, value: first?.carrier ?? '' }]),
        ...(keys.url === undefined ? [] : [{ key: keys.url, value: first?.url ?? '' }]),
      ];
    }
  }
}

function isOf(item: unknown, { number }: Parcel): boolean {
  if (typeof item !== 'object' || item === null || !('tracking_number' in item)) return false;
  return String(item.tracking_number).trim() === number.trim();
}

/** As the plugin writes one of a carrier that is not in its list. */
function toItem({ number, carrier, url, shippedAt }: Parcel): Readonly<Record<string, string>> {
  const seconds = shippedAt === null ? '' : String(Math.floor(Date.parse(shippedAt) / 1000));
  return {
    tracking_provider: '',
    custom_tracking_provider: carrier ?? '',
    custom_tracking_link: url ?? '',
    tracking_number: number,
    date_shipped: seconds,
    tracking_id: createHash('md5').update(`lockstep-${number}`).digest('hex'),
  };
}
