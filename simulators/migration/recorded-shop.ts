import recorded from './recorded-shop.json' with { type: 'json' };
import type { Recordings } from '../woocommerce/index.ts';

/** The last moment that the recorded shop knows of. */
const RECORDED_UNTIL = Date.parse('2026-11-23T02:41:01Z');

/** A real shop as it was recorded, moved in time so that its last change was at `lastChangeAt`. */
export function recordedShop(lastChangeAt: number): Recordings {
  const byMs = Math.floor((lastChangeAt - RECORDED_UNTIL) / 1000) * 1000;
  const shop = moved(recorded, byMs) as Recordings;
  return { ...shop, orders: (shop.orders ?? []).map((order) => withoutEarlyTracking(order)) };
}

// One recorded order has a tracking number although it was never shipped, which no other platform can hold.
function withoutEarlyTracking<T extends object>(order: T): T {
  if (!('status' in order) || order.status === 'completed' || !('meta_data' in order)) return order;
  return { ...order, meta_data: [] };
}

function moved(value: unknown, byMs: number): unknown {
  if (Array.isArray(value)) return value.map((one) => moved(one, byMs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: readonly [string, unknown]) => [
      key,
      key.endsWith('_gmt') && typeof inner === 'string' ? movedTime(inner, byMs) : moved(inner, byMs),
    ]),
  );
}

function movedTime(gmt: string, byMs: number): string {
  const at = Date.parse(`${gmt}Z`);
  return Number.isNaN(at) ? gmt : new Date(at + byMs).toISOString().slice(0, 19);
}
