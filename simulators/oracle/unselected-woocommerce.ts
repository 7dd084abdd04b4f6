import { isDeepStrictEqual } from 'node:util';

import type { Ledger, LedgerEntry } from '../core/ledger.ts';

/** What the API may change of an entity that it did not make: by entity and selected field, WooCommerce's own field names. */
const STOCK = ['stock_quantity', 'stock_status', 'manage_stock'];
const OF_VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'variant.quantity': STOCK,
  'variant.stockStatus': [...STOCK, 'backorders'],
  'variant.tracked': STOCK,
  'variant.backorders': ['backorders', 'stock_status'],
  // Both prices decide together what is charged.
  'variant.price': ['regular_price', 'sale_price', 'date_on_sale_from_gmt', 'date_on_sale_to_gmt'],
  'variant.compareAtPrice': ['regular_price', 'sale_price'],
  'variant.barcode': ['global_unique_id'],
  'variant.weight': ['weight'],
};
const ALLOWED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  variation: OF_VARIANTS,
  product: {
    ...OF_VARIANTS,
    'product.title': ['name'],
    'product.description': ['description'],
    'product.handle': ['slug'],
    'product.status': ['status', 'catalog_visibility', 'slug'],
    'product.categories': ['category_ids'],
    'product.tags': ['tags'],
    'product.images': ['images'],
  },
  order: {
    // The shop's own flag goes with the status, whether or not any stock moves with it.
    'order.status': ['status', 'date_paid_gmt', 'date_completed_gmt', 'stock_reduced'],
    'order.note': ['customer_note'],
  },
  // Set by the shop with an order that is paid or completed.
  customer: { 'order.status': ['is_paying_customer'] },
};

/** Meta that may be put on what the API did not make, by selected field. */
const ALLOWED_META: Readonly<Record<string, readonly string[]>> = {
  'order.status': ['_lockstep_hold'],
  'order.tracking': ['_wc_shipment_tracking_items'],
  'product.seo': ['_yoast_wpseo_title', '_yoast_wpseo_metadesc', 'rank_math_title', 'rank_math_description'],
};
const MARKS = ['_lockstep_source', 'lockstep_source'];

/** Made by operations that a selected field calls for: what the shop itself notes of them too. */
const MADE_FOR: Readonly<Record<string, readonly string[]>> = {
  note: ['order.history', 'order.status'],
  refund: ['order.status'],
};

const CLOCKS = new Set(['date_modified_gmt']);
const TOOLS = new Set(['webhook', 'category', 'brand']);
const ROOTS = new Set(['product', 'order', 'customer']);

/** Walks a WooCommerce target's ledger for what the API changed and was not selected, on entities that it did not make. */
export function findUnselectedInWooCommerce(
  { entries }: Pick<Ledger, 'entries'>,
  selected: ReadonlySet<string>,
  stamp = false,
): readonly string[] {
  const made = new Set<string>();
  const found: string[] = [];
  for (const entry of entries) {
    const { actor, action, entity, id, parentId } = entry;
    if (actor !== 'api' || TOOLS.has(entity)) continue;
    const parent = entity === 'variation' ? `product:${parentId ?? ''}` : `order:${parentId ?? ''}`;
    const ours = made.has(`${entity}:${id}`) || (parentId !== undefined && made.has(parent));
    if (ours || (action === 'create' && ROOTS.has(entity))) made.add(`${entity}:${id}`);
    else found.push(...wrongIn(entry, selected, stamp).map((what) => `${action} ${entity} ${id}: ${what}`));
  }
  return found;
}

function wrongIn(
  { entity, action, changes }: LedgerEntry,
  selected: ReadonlySet<string>,
  stamp: boolean,
): readonly string[] {
  const isSelected = (fields: readonly string[]): boolean => fields.some((field) => selected.has(field));
  if (action === 'create') return isSelected(MADE_FOR[entity] ?? []) ? [] : ['it was made'];
  if (action === 'delete') return ['it was deleted'];
  const allowed = new Set(namesFor(ALLOWED[entity] ?? {}, selected));
  return Object.entries(changes).flatMap(([field, { from, to }]) => {
    if (field === 'meta_data') return wrongMeta(from, to, { selected, stamp });
    return CLOCKS.has(field) || allowed.has(field) ? [] : [field];
  });
}

function namesFor(table: Readonly<Record<string, readonly string[]>>, selected: ReadonlySet<string>): string[] {
  return Object.entries(table).flatMap(([field, names]) => (selected.has(field) ? names : []));
}

type Asked = { readonly selected: ReadonlySet<string>; readonly stamp: boolean };

/** Keys whose values are not what they were; a source id may be put where none stood, and is never changed. */
function wrongMeta(from: unknown, to: unknown, { selected, stamp }: Asked): readonly string[] {
  const [before, after] = [metaOf(from), metaOf(to)];
  const allowed = new Set(namesFor(ALLOWED_META, selected));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)))
    .filter((key) => !allowed.has(key) && !(stamp && MARKS.includes(key) && !before.has(key)))
    .map((key) => `meta ${key}`);
}

function metaOf(rows: unknown): ReadonlyMap<string, unknown> {
  const list = Array.isArray(rows) ? (rows as readonly { readonly key: string; readonly value: unknown }[]) : [];
  return new Map(list.map(({ key, value }) => [key, value]));
}
