import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { StoredProduct } from '#libs/model/stored.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { product } from '../applier/pair.ts';

const PAGE = 250;
/** So many of them differ, however many there are. */
export const DIFFERING = 100;

/** A store of so many products that are made when they are asked for: it holds none in memory, as a real one is elsewhere. */
export function storeOfRows(count: number, side: 'source' | 'target'): StoreConnector {
  const prefix = side === 'target' ? 't' : '';
  const row = (n: number): StoredProduct =>
    product(`${prefix}${String(n)}`, n <= DIFFERING && side === 'source' ? 4 : 5);
  return {
    ...createMemoryConnector(createMemoryStore(), { now: systemClock.now }),
    count: async (root) => (root === 'product' ? count : 0),
    async *scan(root, { after }) {
      if (root !== 'product') return;
      for (let from = Number(after ?? 0) + 1; from <= count; from += PAGE) {
        const to = Math.min(count, from + PAGE - 1);
        const roots = Array.from({ length: to - from + 1 }, (_, index) => row(from + index));
        yield { roots, cursor: String(to) };
      }
    },
    readRoots: async (root, refs) =>
      refs.map(({ id }) => {
        const n = Number(id.slice(prefix.length));
        return root === 'product' && n >= 1 && n <= count ? row(n) : null;
      }),
  };
}
