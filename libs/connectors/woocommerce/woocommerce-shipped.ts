import type { OrderLine } from '#libs/model/order.ts';
import { itemsWireSchema, shipmentsWireSchema } from './woocommerce-wire-tracking.ts';
import type { FulfilmentWire } from './woocommerce-wire-tracking.ts';

/** What was read of an order that may say how much of each line has left. */
export type ShippedParts = {
  readonly shipments?: unknown;
  readonly fulfilments?: readonly (FulfilmentWire | null)[];
};

type Units = { readonly lineId: string; readonly quantity: number };

/** The lines with how many units of each have left, where the shop keeps that; as they were, where it does not. */
export function withShipped(lines: readonly OrderLine[], parts: ShippedParts): OrderLine[] {
  const units = [...unitsOfFulfilments(parts.fulfilments ?? []), ...unitsOfShipments(parts.shipments)];
  if (units.length === 0) return [...lines];
  return lines.map((line) => {
    const said = units.filter(({ lineId }) => lineId === line.id).reduce((sum, { quantity }) => sum + quantity, 0);
    // The shop takes more units than were ordered, and no more than those can leave.
    return { ...line, shipped: Math.max(0, Math.min(line.quantity, said)) };
  });
}

function unitsOfFulfilments(fulfilments: readonly (FulfilmentWire | null)[]): readonly Units[] {
  return fulfilments.flatMap((fulfilment) => {
    if (fulfilment === null || !fulfilment.is_fulfilled) return [];
    const items = fulfilment.meta_data.find(({ key }) => key === '_items')?.value;
    return (itemsWireSchema.safeParse(items).data ?? []).flatMap((item) =>
      item === null || item.qty === null ? [] : [{ lineId: item.item_id, quantity: item.qty }],
    );
  });
}

/** Germanized’s; a label that was printed has not left yet. */
const LEFT: ReadonlySet<string> = new Set(['shipped', 'delivered']);

function unitsOfShipments(value: unknown): readonly Units[] {
  return (shipmentsWireSchema.safeParse(value).data ?? []).flatMap((shipment) => {
    if (shipment === null || shipment.type === 'return' || !LEFT.has(shipment.status)) return [];
    return shipment.items.flatMap((item) =>
      item === null || item.quantity === null ? [] : [{ lineId: item.order_item_id, quantity: item.quantity }],
    );
  });
}
