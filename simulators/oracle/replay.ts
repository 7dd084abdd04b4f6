import type { LedgerEntry } from '../core/ledger.ts';
import type { ShopState } from '../woocommerce/index.ts';
import type { CarriedUpTo } from './carried.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The old shop as it was, each row at a position of its own: its ledger names every field that changed, so whoever replays the
 * entries has the row. Subscriptions and categories are left out.
 */
export function replay(entries: readonly LedgerEntry[], upTo: CarriedUpTo): ShopState {
  const tables = new Map<string, Map<string, Fields>>();
  const rowsOf = (entity: string): Map<string, Fields> => {
    const rows = tables.get(entity) ?? new Map<string, Fields>();
    tables.set(entity, rows);
    return rows;
  };
  for (const entry of entries) {
    if (entry.seq > upTo(placeOf(entry))) continue;
    const rows = rowsOf(entry.entity);
    if (entry.action === 'delete') rows.delete(entry.id);
    else rows.set(entry.id, { ...rows.get(entry.id), ...valuesOf(entry) });
  }
  const list = (entity: string): readonly unknown[] => [...rowsOf(entity).values()];
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
  return state as ShopState;
}

/** Notes and refunds are read as lists of their order: one is known when such a list was. */
function placeOf({ entity, id, parentId }: LedgerEntry): Parameters<CarriedUpTo>[0] {
  if (entity === 'note' || entity === 'refund') return { entity: `${entity}s`, id: parentId ?? '' };
  return { entity, id, ...(parentId === undefined ? {} : { parentId }) };
}

function valuesOf({ changes }: LedgerEntry): Fields {
  return Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to]));
}
