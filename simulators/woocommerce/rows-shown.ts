import type { ReadRecord } from '../core/ledger.ts';
import type { Matched } from './router.ts';
import { isBody } from './values.ts';

type Row = Omit<ReadRecord, 'coversSeq'>;

/** Lists that belong to an order: what was not in one when it was read is new afterwards. */
const LISTS_OF_ORDERS: Readonly<Record<string, string>> = {
  'orders/{order}/notes': 'notes',
  'orders/{order}/refunds': 'refunds',
};

const ROWS: Readonly<Record<string, string>> = { products: 'product', orders: 'order', customers: 'customer' };

/** Which rows an answer to a GET shows, as the ledger names them. */
export function rowsShown({ route, path }: Pick<Matched, 'route' | 'path'>, body: unknown): readonly Row[] {
  const list = LISTS_OF_ORDERS[route.path];
  if (list !== undefined) return [{ entity: list, id: path['order'] ?? '' }];
  const entity = ROWS[route.path.split('/')[0] ?? ''];
  if (entity === undefined) return [];
  const parent = path['parent'];
  return (Array.isArray(body) ? (body as readonly unknown[]) : [body]).flatMap((row): readonly Row[] => {
    if (!isBody(row) || typeof row['id'] !== 'number') return [];
    const id = String(row['id']);
    if (parent !== undefined) return [{ entity: 'variation', id, parentId: parent }];
    // Found by its SKU, a variation stands among the products.
    if (row['type'] === 'variation') return [{ entity: 'variation', id, parentId: String(row['parent_id']) }];
    return [{ entity, id }];
  });
}
