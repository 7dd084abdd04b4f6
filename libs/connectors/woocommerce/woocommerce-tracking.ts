import type { Parcel } from '#libs/model/order.ts';
import { decodeEntities } from './html-entities.ts';
import { parseJson } from './woocommerce-errors.ts';
import { orNull, readText, toUtc } from './woocommerce-mapping.ts';
import type { MetaWire, NoteWire } from './woocommerce-wire.ts';
import {
  afterShipWireSchema,
  parcelPanelWireSchema,
  shipmentsWireSchema,
  trackingWireSchema,
} from './woocommerce-wire-tracking.ts';
import type {
  AfterShipWire,
  FulfilmentWire,
  ParcelPanelWire,
  ShipmentWire,
  TrackingWire,
} from './woocommerce-wire-tracking.ts';

/**
 * Where a shop may keep the numbers of its parcels, in the order in which they are believed: the same number in a later home only
 * adds what the earlier one left out.
 */
export const TRACKING_HOMES = [
  // Meta `_wc_shipment_tracking_items`: Shipment Tracking, Advanced Shipment Tracking, and much that imitates them.
  'shipmentTracking',
  // Meta `_aftership_tracking_items`.
  'afterShip',
  // Meta `ywot_tracking_code` with `ywot_carrier_name` or `ywot_carrier_id`.
  'yith',
  // Meta `_parcelpanel_shipping_numbers`.
  'parcelPanel',
  // `shipments` on the order, or `/wc/v3/shipments`.
  'germanized',
  // WooCommerce's own `/orders/{id}/fulfillments`, where the shop has switched them on.
  'fulfilments',
  // Meta keys that the config names.
  'meta',
  // Order notes, by the config's pattern.
  'notes',
] as const;
export type TrackingHome = (typeof TRACKING_HOMES)[number];

export type TrackingMeta = {
  readonly number: string;
  readonly carrier?: string | undefined;
  readonly url?: string | undefined;
  readonly shippedAt?: string | undefined;
};
export type TrackingConfig = {
  /** Which are read; absent: all of them. */
  readonly homes?: readonly TrackingHome[] | undefined;
  readonly meta?: readonly TrackingMeta[] | undefined;
  /** A regular expression with a group `number`, and perhaps `carrier` and `url`. */
  readonly notes?: string | undefined;
};

/** What was read of an order that may say where its parcels are. */
export type ParcelParts = {
  readonly meta: readonly MetaWire[];
  /** As the order or Germanized's own list gives them; undefined: the shop has none of it. */
  readonly shipments?: unknown;
  readonly fulfilments?: readonly (FulfilmentWire | null)[];
  /** Null where they were not read. */
  readonly notes: readonly NoteWire[] | null;
};

export type FoundParcel = { readonly home: TrackingHome; readonly parcel: Parcel };

export function usesHome({ homes }: TrackingConfig, home: TrackingHome): boolean {
  return homes === undefined || homes.includes(home);
}

/** Whether numbers have to be looked for in the text of order notes, which costs a call an order. */
export function looksIntoNotes(config: TrackingConfig): boolean {
  return config.notes !== undefined && usesHome(config, 'notes');
}

/** Every parcel that an order names, by the home that names it. */
export function findParcels(parts: ParcelParts, config: TrackingConfig): readonly FoundParcel[] {
  const byHome: Readonly<Record<TrackingHome, () => readonly (Parcel | null)[]>> = {
    shipmentTracking: () => listIn(parts.meta, '_wc_shipment_tracking_items', trackingWireSchema).map(fromTracking),
    afterShip: () => fromAfterShip(parts.meta),
    yith: () => [fromYith(parts.meta)],
    parcelPanel: () => listIn(parts.meta, '_parcelpanel_shipping_numbers', parcelPanelWireSchema).map(fromParcelPanel),
    germanized: () => fromShipments(parts.shipments),
    fulfilments: () => (parts.fulfilments ?? []).map(fromFulfilment),
    meta: () => (config.meta ?? []).flatMap((keys) => fromMeta(parts.meta, keys)),
    notes: () => (config.notes === undefined ? [] : fromNotes(parts.notes ?? [], config.notes)),
  };
  return TRACKING_HOMES.filter((home) => usesHome(config, home)).flatMap((home) =>
    byHome[home]().flatMap((parcel) => (parcel === null ? [] : [{ home, parcel }])),
  );
}

/** Plugins copy each other's numbers: each parcel once, in the order found, filled up from where else it is named. */
export function mergeParcels(found: readonly FoundParcel[]): Parcel[] {
  const merged = new Map<string, Parcel>();
  for (const { parcel } of found) {
    const key = parcel.number.replaceAll(/[\s-]/g, '').toUpperCase();
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined
        ? parcel
        : {
            number: known.number,
            carrier: known.carrier ?? parcel.carrier,
            url: known.url ?? parcel.url,
            shippedAt: known.shippedAt ?? parcel.shippedAt,
          },
    );
  }
  return [...merged.values()];
}

type Said = {
  readonly number: string;
  readonly carrier?: string;
  readonly url?: string;
  readonly shippedAt?: string | null;
};

/** Null where no number is said. */
function toParcel({ number, carrier = '', url = '', shippedAt = null }: Said): Parcel | null {
  const said = number.trim();
  if (said === '') return null;
  return { number: said, carrier: orNull(decodeEntities(carrier.trim())), url: orNull(url.trim()), shippedAt };
}

function valueOf(meta: readonly MetaWire[], key: string): unknown {
  return meta.find((entry) => entry.key === key)?.value;
}

/** A list in a meta value: as such, or as the JSON that some plugins write into it. Empty for anything else. */
function listIn<T>(
  meta: readonly MetaWire[],
  key: string,
  schema: { readonly safeParse: (value: unknown) => { readonly success: boolean; readonly data?: T[] | undefined } },
): readonly T[] {
  const value = valueOf(meta, key);
  return schema.safeParse(typeof value === 'string' ? parseJson(value) : value).data ?? [];
}

function fromTracking(item: TrackingWire | null): Parcel | null {
  if (item === null) return null;
  const { tracking_number: number, custom_tracking_provider: custom, tracking_provider: provider } = item;
  return toParcel({
    number,
    carrier: custom.trim() === '' ? provider : custom,
    url: item.custom_tracking_link,
    shippedAt: unixToUtc(item.date_shipped),
  });
}

/** One number in two keys of its own is what the plugin wrote before it knew lists. */
function fromAfterShip(meta: readonly MetaWire[]): readonly (Parcel | null)[] {
  const items: readonly (AfterShipWire | null)[] = listIn(meta, '_aftership_tracking_items', afterShipWireSchema);
  if (items.length > 0)
    return items.map((item) =>
      item === null
        ? null
        : toParcel({ number: item.tracking_number, carrier: item.slug === '' ? item.carrier_name : item.slug }),
    );
  const number = readText(meta, '_aftership_tracking_number') ?? '';
  return [toParcel({ number, carrier: readText(meta, '_aftership_tracking_provider_name') ?? '' })];
}

function fromYith(meta: readonly MetaWire[]): Parcel | null {
  const day = readText(meta, 'ywot_pick_up_date') ?? '';
  return toParcel({
    number: readText(meta, 'ywot_tracking_code') ?? '',
    carrier: readText(meta, 'ywot_carrier_name', 'ywot_carrier_id') ?? '',
    url: readText(meta, 'ywot_carrier_url') ?? '',
    shippedAt: /^\d{4}-\d{2}-\d{2}$/.test(day) ? toUtc(`${day}T00:00:00`) : null,
  });
}

function fromParcelPanel(item: ParcelPanelWire | null): Parcel | null {
  if (item === null) return null;
  const { tracking_number: number, courier_code: carrier, fulfilled_at: at } = item;
  return toParcel({ number, carrier, shippedAt: unixToUtc(at) });
}

function fromShipments(value: unknown): readonly (Parcel | null)[] {
  const shipments: readonly (ShipmentWire | null)[] = shipmentsWireSchema.safeParse(value).data ?? [];
  return shipments.map((shipment) =>
    shipment === null || shipment.type === 'return'
      ? null
      : toParcel({
          number: shipment.tracking_id,
          carrier: shipment.shipping_provider,
          url: shipment.tracking_url,
          shippedAt: toUtc(shipment.date_sent_gmt),
        }),
  );
}

/** Its dates are the shop's local time without a zone, so none is taken from it. */
function fromFulfilment(fulfilment: FulfilmentWire | null): Parcel | null {
  if (fulfilment === null || !fulfilment.is_fulfilled) return null;
  const said = (key: string): string => readText(fulfilment.meta_data, key) ?? '';
  const carrier = said('_provider_name') === '' ? said('_shipment_provider') : said('_provider_name');
  return toParcel({ number: said('_tracking_number'), carrier, url: said('_tracking_url') });
}

/** Several numbers in one value are written with commas, semicolons or on lines of their own. */
function fromMeta(meta: readonly MetaWire[], keys: TrackingMeta): readonly (Parcel | null)[] {
  const value = valueOf(meta, keys.number);
  const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' ? String(one).split(/[,;\r\n]+/) : [],
  );
  const said = (key: string | undefined): string => (key === undefined ? '' : (readText(meta, key) ?? ''));
  return texts.map((number) =>
    toParcel({
      number,
      carrier: said(keys.carrier),
      url: said(keys.url),
      shippedAt: unixToUtc(said(keys.shippedAt)) ?? toUtc(said(keys.shippedAt)),
    }),
  );
}

/** What people and plugins wrote, as people read it: without tags. */
function fromNotes(notes: readonly NoteWire[], pattern: string): readonly (Parcel | null)[] {
  const wanted = new RegExp(pattern, 'giu');
  return notes.flatMap((note) => {
    const text = decodeEntities(note.note.replaceAll(/<[^>]*>/g, ' '));
    return [...text.matchAll(wanted)].map(({ groups }) =>
      toParcel({
        number: groups?.['number'] ?? '',
        carrier: groups?.['carrier'] ?? '',
        url: groups?.['url'] ?? '',
        shippedAt: toUtc(note.date_created_gmt),
      }),
    );
  });
}

function unixToUtc(value: string): string | null {
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds <= 0 || seconds > 8.64e12) return null;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Meta keys that look as if a parcel's number stood in them, for `check`: a plugin that nobody here knows. */
export function likelyKeys(meta: readonly MetaWire[]): readonly string[] {
  return meta.flatMap(({ key, value }) =>
    typeof key === 'string' && LIKELY_KEY.test(key) && (typeof value === 'number' || typeof value === 'string')
      ? /\d{6}/.test(String(value))
        ? [key]
        : []
      : [],
  );
}

const LIKELY_KEY =
  /track(ing)?_?(no|num|code|id|number)|sendungs|shipment_?(no|num|number|id)|awb|colis|parcel_?(no|num|id)|waybill/i;
