import type { RootKind, StoredRoot } from '#libs/model/stored.ts';

/** A store that lies in memory: the contract's baseline, and every simulated history's source and target. */
export type MemoryStore = {
  readonly roots: ReadonlyMap<string, StoredRoot>;
  readonly put: (stored: StoredRoot) => void;
  readonly remove: (root: RootKind, id: string) => void;
  readonly get: (root: RootKind, id: string) => StoredRoot | undefined;
  readonly list: (root: RootKind) => readonly StoredRoot[];
  readonly nextId: () => string;
};

export function createMemoryStore(prefix = ''): MemoryStore {
  const roots = new Map<string, StoredRoot>();
  let ids = 0;
  return {
    roots,
    put: (stored) => roots.set(`${stored.root}:${stored.id}`, stored),
    remove: (root, id) => roots.delete(`${root}:${id}`),
    get: (root, id) => roots.get(`${root}:${id}`),
    list: (root) => [...roots.values()].filter((stored) => stored.root === root),
    nextId: () => `${prefix}${String(++ids)}`,
  };
}
