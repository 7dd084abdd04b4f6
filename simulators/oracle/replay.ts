import type { LedgerEntry } from '../core/ledger.ts';
import type { ShopState } from '../woocommerce/index.ts';
import type { Books } from './books.ts';
import type { CarriedUpTo } from './carried.ts';
import { shopifyBooks } from './shopify-books.ts';
import type { ShopifyRows } from './shopify-rows.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A WooCommerce shop as it was, each row at a position of its own: its ledger names every field that changed, so whoever replays the
 * entries has the row. Subscriptions and categories are left out.
 */
export function replay(entries: readonly LedgerEntry[], upTo: CarriedUpTo): ShopState {
  const list = rowsAt(entries, (entry) => upTo(listedPlace(entry)));
  const state = {
    products: list('product'),
    variations: list('variation'),
    orders: list('order'),
    refunds: list('refund'),
    notes: list('note'),
    customers: list('customer'),
    webhooks: [],
    categories: [],
  };
  return state as unknown as ShopState;
}

/** The same of a Shopify shop, read into its books. */
export function replayShopify(entries: readonly LedgerEntry[], upTo: CarriedUpTo): Books {
  const list = rowsAt(entries, (entry) => upTo(shownPlace(entry)));
  const rows: Readonly<Record<keyof ShopifyRows, readonly unknown[]>> = {
    products: list('product'),
    variants: list('variant'),
    items: list('inventoryItem'),
    levels: list('inventoryLevel'),
    orders: list('order'),
    fulfillments: list('fulfillment'),
    refunds: list('refund'),
    transactions: list('transaction'),
    customers: list('customer'),
    metafields: list('metafield'),
  };
  return shopifyBooks(rows as unknown as ShopifyRows);
}

/** The rows of each table as they were. */
function rowsAt(
  entries: readonly LedgerEntry[],
  upTo: (entry: LedgerEntry) => number,
): (entity: string) => readonly unknown[] {
  const tables = new Map<string, Map<string, Fields>>();
  const rowsOf = (entity: string): Map<string, Fields> => {
    const rows = tables.get(entity) ?? new Map<string, Fields>();
    tables.set(entity, rows);
    return rows;
  };
  for (const entry of entries) {
    if (entry.seq > upTo(entry)) continue;
    const rows = rowsOf(entry.entity);
    if (entry.action === 'delete') rows.delete(entry.id);
    else rows.set(entry.id, { ...rows.get(entry.id), ...valuesOf(entry) });
  }
  return (entity) => [...rowsOf(entity).values()];
}

type Place = Parameters<CarriedUpTo>[0];

/** Notes and refunds of WooCommerce are read as lists of their order: one is known when such a list was. */
function listedPlace({ entity, id, parentId }: LedgerEntry): Place {
  if (entity === 'note' || entity === 'refund') return { entity: `${entity}s`, id: parentId ?? '' };
  return { entity, id, ...(parentId === undefined ? {} : { parentId }) };
}

/** Rows that Shopify shows within another one: an item with its variant, all of an order with the order. */
const WITHIN = new Set(['inventoryItem', 'transaction', 'fulfillment', 'fulfillmentOrder', 'refund', 'metafield']);

function shownPlace({ entity, id, parentId }: LedgerEntry): Place {
  if (parentId === undefined) return { entity, id };
  return WITHIN.has(entity) ? { entity: entityOf(parentId), id: parentId } : { entity, id, parentId };
}

/** `gid://shopify/ProductVariant/7` as the ledger calls such rows. */
function entityOf(gid: string): string {
  const type = gid.split('/')[3] ?? '';
  return type === 'ProductVariant' ? 'variant' : type.toLowerCase();
}

function valuesOf({ changes }: LedgerEntry): Fields {
  return Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to]));
}
