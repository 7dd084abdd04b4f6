import { isDeepStrictEqual } from 'node:util';

import type { Ledger, LedgerEntry } from '../core/ledger.ts';

/** What the API may change of an entity that it did not make: by entity and selected field, the store's own field names. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  variant: {
    'variant.price': ['price'],
    'variant.compareAtPrice': ['compareAtPrice'],
    'variant.stockStatus': ['inventoryPolicy'],
    'variant.backorders': ['inventoryPolicy'],
    'variant.barcode': ['barcode'],
  },
  inventoryItem: {
    'variant.quantity': ['tracked'],
    'variant.stockStatus': ['tracked'],
    'variant.tracked': ['tracked'],
    'variant.weight': ['weight'],
  },
  inventoryLevel: { 'variant.quantity': ['available', 'isActive'], 'variant.stockStatus': ['available', 'isActive'] },
  product: {
    'product.title': ['title'],
    'product.description': ['descriptionHtml'],
    'product.handle': ['handle'],
    'product.status': ['status'],
    'product.brand': ['vendor'],
    'product.tags': ['tags'],
    'product.seo': ['seo'],
    'product.images': ['media'],
  },
  order: {
    'order.status': [
      'displayFinancialStatus',
      'displayFulfillmentStatus',
      'cancelledAt',
      'cancelReason',
      'closedAt',
      'removed',
      'lineItems',
    ],
    'order.tracking': ['displayFulfillmentStatus'],
    'order.note': ['note'],
  },
  orderCancelJob: { 'order.status': ['status', 'errors'] },
  fulfillmentOrder: { 'order.status': ['status', 'holds', 'lines', 'requestStatus'] },
  fulfillment: { 'order.tracking': ['trackingInfo'], 'order.status': ['trackingInfo', 'status', 'displayStatus'] },
};

/** Made by operations that a selected field calls for. */
const MADE_FOR: Readonly<Record<string, readonly string[]>> = {
  transaction: ['order.status'],
  refund: ['order.status'],
  fulfillment: ['order.status', 'order.tracking'],
  fulfillmentOrder: ['order.status'],
  orderCancelJob: ['order.status'],
  inventoryLevel: ['variant.quantity', 'variant.stockStatus'],
};

/** A line moves along as it is shipped and given back; what was bought does not change. */
const LINE_MOVES = ['fulfilledQuantity', 'refundedQuantity', 'claimed', 'claimedAt'];

const CLOCKS = new Set(['updatedAt']);
const TOOLS = new Set([
  'metafieldDefinition',
  'bulkOperation',
  'productOperation',
  'webhookSubscription',
  'collection',
]);
const ROOTS = new Set(['product', 'order', 'customer']);

/**
 * Walks the target's ledger for what the API changed and was not selected, on entities that it did not make. With `stamp` the
 * source id may be put where none stood; it may never be changed.
 */
export function findUnselectedWrites(
  { entries }: Pick<Ledger, 'entries'>,
  selected: ReadonlySet<string>,
  stamp = false,
): readonly string[] {
  const made = new Set<string>();
  const marks = new Map<string, string>();
  const found: string[] = [];
  for (const entry of entries) {
    const { actor, action, entity, id, parentId, changes } = entry;
    if (entity === 'metafield' && action === 'create')
      marks.set(id, `${String(changes['namespace']?.to)}.${String(changes['key']?.to)}`);
    if (actor !== 'api' || TOOLS.has(entity)) continue;
    const ours = made.has(id) || (parentId !== undefined && made.has(parentId));
    if (ours || (action === 'create' && ROOTS.has(entity))) {
      made.add(id);
      continue;
    }
    if (entity === 'metafield' && isAllowedMark(entry, marks.get(id), { selected, stamp })) continue;
    found.push(...wrongIn(entry, selected).map((what) => `${action} ${entity} ${id}: ${what}`));
  }
  return found;
}

function wrongIn(entry: LedgerEntry, selected: ReadonlySet<string>): readonly string[] {
  const { entity, action, changes } = entry;
  const isSelected = (fields: readonly string[]): boolean => fields.some((field) => selected.has(field));
  if (entity === 'metafield') return ['a metafield'];
  if (action === 'create') return isSelected(MADE_FOR[entity] ?? []) ? [] : ['it was made'];
  if (action === 'delete') return ['it was deleted'];
  const allowed = new Set(
    Object.entries(ALLOWED[entity] ?? {}).flatMap(([field, names]) => (selected.has(field) ? names : [])),
  );
  return Object.entries(changes).flatMap(([field, { from, to }]) => {
    if (CLOCKS.has(field)) return [];
    if (!allowed.has(field)) return [field];
    return field === 'lineItems' && !isDeepStrictEqual(still(from), still(to)) ? ['lines that were bought'] : [];
  });
}

type Asked = { readonly selected: ReadonlySet<string>; readonly stamp: boolean };

/** The order's history, kept where people look at it, which grows; and the source id, which is put there once. */
function isAllowedMark(
  { action, changes, parentId = '' }: LedgerEntry,
  mark: string | undefined,
  { selected, stamp }: Asked,
): boolean {
  if (mark === 'lockstep.source_id')
    return stamp && action === 'create' && /[/](Product|ProductVariant|Order|Customer)[/]/.test(parentId);
  if (mark !== 'lockstep.history' || !selected.has('order.history') || !parentId.includes('/Order/')) return false;
  if (action === 'create') return true;
  return action === 'update' && Object.keys(changes).every((field) => ['value', 'updatedAt'].includes(field));
}

function still(lines: unknown): unknown {
  return (Array.isArray(lines) ? (lines as Readonly<Record<string, unknown>>[]) : []).map((line) =>
    Object.fromEntries(Object.entries(line).filter(([key]) => !LINE_MOVES.includes(key))),
  );
}
