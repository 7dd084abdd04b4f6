import { z } from 'zod';

import { flag, listOf, reference, text, time } from './woocommerce-wire.ts';

const units = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

// Where shops keep their tracking numbers, each plugin in its own shape. What is no parcel in a list is passed over.

/** An entry of `_wc_shipment_tracking_items` (Shipment Tracking, Advanced Shipment Tracking). */
const trackingItemSchema = z.object({
  tracking_number: text,
  tracking_provider: text,
  custom_tracking_provider: text,
  custom_tracking_link: text,
  date_shipped: text,
});
export type TrackingWire = z.infer<typeof trackingItemSchema>;
export const trackingWireSchema = listOf(trackingItemSchema.nullable().catch(null));

/** An entry of `_aftership_tracking_items`. */
const afterShipItemSchema = z.object({ tracking_number: text, slug: text, carrier_name: text });
export type AfterShipWire = z.infer<typeof afterShipItemSchema>;
export const afterShipWireSchema = listOf(afterShipItemSchema.nullable().catch(null));

/** An entry of `_parcelpanel_shipping_numbers`, which is JSON as text: an object keyed by the numbers. */
const parcelPanelItemSchema = z.object({ tracking_number: text, courier_code: text, fulfilled_at: text });
export type ParcelPanelWire = z.infer<typeof parcelPanelItemSchema>;
export const parcelPanelWireSchema = listOf(parcelPanelItemSchema.nullable().catch(null));

/** A shipment of Germanized: on the order itself, and at `/wc/v3/shipments`. */
const shipmentSchema = z.object({
  tracking_id: text,
  tracking_url: text,
  shipping_provider: text,
  date_sent_gmt: time.catch(null),
  /** `return` is one on its way back. */
  type: text,
  /** `draft`, `processing`, `shipped`, `delivered` … */
  status: text,
  items: listOf(z.object({ order_item_id: reference, quantity: units }).nullable().catch(null)).catch([]),
});
export type ShipmentWire = z.infer<typeof shipmentSchema>;
export const shipmentsWireSchema = listOf(shipmentSchema.nullable().catch(null));

/** A fulfilment of WooCommerce's own (`/orders/{id}/fulfillments`): what it says lies in its meta. */
export const fulfilmentWireSchema = z.object({
  is_fulfilled: flag,
  meta_data: listOf(z.object({ key: text, value: z.unknown().optional() })),
});
export type FulfilmentWire = z.infer<typeof fulfilmentWireSchema>;
/** Its meta `_items`: how many units of which lines of the order. */
export const itemsWireSchema = listOf(z.object({ item_id: reference, qty: units }).nullable().catch(null));

const fulfilmentList = listOf(fulfilmentWireSchema.nullable().catch(null));
export const fulfilmentsWireSchema = z.union([
  z.object({ fulfillments: fulfilmentList }).transform(({ fulfillments }) => fulfillments),
  fulfilmentList,
]);
