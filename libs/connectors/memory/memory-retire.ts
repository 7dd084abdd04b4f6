import type { Retirement, WriteResult } from '../store-connector.ts';
import type { MemoryStore } from './memory-store.ts';

/** Archives, deletes or restores at once. Only products know an archive here. */
export function retireNow(store: MemoryStore, { root, targetId, how, status }: Retirement): WriteResult {
  const current = store.get(root, targetId);
  if (how === 'delete') {
    if (current !== undefined) store.remove(root, targetId);
    return { outcome: 'stored', stored: {} };
  }
  if (current?.root !== 'product') return { outcome: 'refused', message: `${root} ${targetId} cannot be archived` };
  const next = how === 'archive' ? 'archived' : (status ?? 'active');
  store.put({ ...current, product: { ...current.product, status: next } });
  return { outcome: 'stored', stored: {} };
}
