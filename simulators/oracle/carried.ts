import type { Ledger, LedgerEntry } from '../core/ledger.ts';

/** The last change of a field at the source, and whether any webhook could have carried it. */
export type LastChange = { readonly seq: number; readonly root: string; readonly carried: boolean };

const STOCK = ['stock_quantity', 'stock_status', 'manage_stock', 'backorders'];
const PRICE = ['regular_price', 'sale_price', 'date_on_sale_from_gmt', 'date_on_sale_to_gmt'];

/**
 * For each `<entity>/<field>` (or `<root>/` for the entity itself) the last change since `fromSeq`. A webhook is news, and is
 * followed by a read: one that arrived after the change carries it, whatever its body said and whichever change caused it.
 * News of one variation is about that variation alone.
 */
export function lastChanges(
  source: Pick<Ledger, 'entries' | 'deliveries'>,
  fromSeq: number,
): ReadonlyMap<string, LastChange> {
  const parents = new Map<string, string>();
  const children = new Map<string, string[]>();
  const last = new Map<string, { readonly seq: number; readonly root: string }>();
  for (const entry of source.entries) {
    if (entry.entity === 'variation' && entry.parentId !== undefined && !parents.has(entry.id)) {
      parents.set(entry.id, entry.parentId);
      children.set(entry.parentId, [...(children.get(entry.parentId) ?? []), entry.id]);
    }
    if (entry.seq < fromSeq) continue;
    const root = rootOf(entry, parents);
    for (const key of keysOf(entry, root, children)) last.set(key, { seq: entry.seq, root });
  }
  const heard = lastArrivals(source.deliveries);
  const heardAt = (key: string, root: string): number =>
    Math.max(heard.get(root) ?? -1, heard.get(key.slice(0, key.indexOf('/'))) ?? -1);
  return new Map([...last].map(([key, { seq, root }]) => [key, { seq, root, carried: heardAt(key, root) >= seq }]));
}

function rootOf({ entity, id, parentId }: LedgerEntry, parents: ReadonlyMap<string, string>): string {
  if (entity === 'variation') return `product:${parentId ?? parents.get(id) ?? id}`;
  if (entity === 'note' || entity === 'refund') return `order:${parentId ?? ''}`;
  return `${entity}:${id}`;
}

function keysOf(entry: LedgerEntry, root: string, children: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const { entity, id, changes, action } = entry;
  const changed = (fields: readonly string[]): boolean => fields.some((field) => field in changes);
  const whole = action === 'create' || entity === 'order' ? [`${root}/`] : [];
  switch (entity) {
    case 'product':
    case 'variation': {
      const variants = [id, ...(entity === 'product' ? (children.get(id) ?? []) : [])];
      const names = [
        ...(changed(STOCK) ? ['variant.quantity', 'variant.stockStatus'] : []),
        ...(changed(PRICE) ? ['variant.price', 'variant.compareAtPrice'] : []),
      ];
      return [...whole, ...variants.flatMap((variant) => names.map((name) => `variant:${variant}/${name}`))];
    }
    case 'order':
      return [
        ...whole,
        ...(changed(['status', 'date_paid_gmt']) ? [`${root}/order.status`] : []),
        ...(changed(['meta_data']) ? [`${root}/order.tracking`] : []),
      ];
    case 'refund':
      return [`${root}/order.status`];
    case 'note':
      return [`${root}/order.history`];
    default:
      return whole;
  }
}

/** By root for news that names the whole of it, by variation for news that names that one alone. */
function lastArrivals(deliveries: Ledger['deliveries']): ReadonlyMap<string, number> {
  const heard = new Map<string, number>();
  for (const { entity, id, outcome, arrivedSeq } of deliveries) {
    if (outcome !== 'delivered' && outcome !== 'doubled') continue;
    const key = entity === 'variation' ? `variant:${id}` : `${entity}:${id}`;
    heard.set(key, Math.max(heard.get(key) ?? -1, arrivedSeq ?? -1));
  }
  return heard;
}
