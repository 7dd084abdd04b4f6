import { isDeepStrictEqual } from 'node:util';

import type { Actor, Ledger } from '../core/ledger.ts';

/** A change of one row, as whoever watches the store sees it. */
export type Change = {
  readonly entity: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly id: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly silent: boolean;
};

export type TableOptions<R> = {
  readonly entity: string;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Who is at work, and in which call. */
  readonly author: () => { readonly actor: Actor; readonly callId: number | undefined };
  readonly parentOf?: (record: R) => string;
  readonly indexLagMs: number;
  /** Called after each change that is in the ledger. */
  readonly changed?: (change: Change) => void;
  /** A second key, by which rows are looked up. */
  readonly keyOf?: (record: R) => string;
};

export type Table<R extends { readonly id: string }> = {
  readonly get: (id: string | null | undefined) => R | undefined;
  readonly all: () => readonly R[];
  readonly of: (parentId: string) => readonly R[];
  readonly byKey: (key: string) => readonly R[];
  readonly insert: (record: R) => R;
  readonly update: (id: string, patch: Partial<R>, options?: { readonly silent?: boolean }) => R;
  readonly remove: (id: string) => void;
  /** What a search finds: the records as they were `indexLagMs` ago, by id. */
  readonly indexed: () => ReadonlyMap<string, R>;
};

/** Rows of one kind; every change of a row goes into the ledger. Rows are never mutated, so old values stay what they were. */
export function createTable<R extends { readonly id: string }>(options: TableOptions<R>): Table<R> {
  const rows = new Map<string, R>();
  const byParent = createIndex(options.parentOf);
  const byKey = createIndex(options.keyOf);
  let recent: { readonly id: string; readonly at: number; readonly before: R | undefined }[] = [];

  const record = (
    action: 'create' | 'update' | 'delete',
    before: R | undefined,
    after: R | undefined,
    silent: boolean,
  ): void => {
    const known = after ?? before;
    if (known === undefined) return;
    for (const index of [byParent, byKey]) index.move(before, after);
    const changes = diff(before, after);
    if (Object.keys(changes).length === 0) return;
    const { actor, callId } = options.author();
    options.ledger.record({
      at: options.now(),
      actor,
      action,
      entity: options.entity,
      id: known.id,
      ...(options.parentOf === undefined ? {} : { parentId: options.parentOf(known) }),
      changes,
      ...(silent ? { silent } : {}),
      ...(callId === undefined ? {} : { callId }),
    });
    options.changed?.({ entity: options.entity, action, id: known.id, before, after, silent });
    if (options.indexLagMs > 0) recent.push({ id: known.id, at: options.now(), before });
  };

  return {
    get: (id) => (id === null || id === undefined ? undefined : rows.get(id)),
    all: () => [...rows.values()],
    of: byParent.get,
    byKey: byKey.get,
    insert(row) {
      rows.set(row.id, row);
      record('create', undefined, row, false);
      return row;
    },
    update(id, patch, { silent = false } = {}) {
      const before = rows.get(id);
      if (before === undefined) throw new Error(`Cannot update ${options.entity} "${id}": it is not there`);
      const after = { ...before, ...patch };
      rows.set(id, after);
      record('update', before, after, silent);
      return after;
    },
    remove(id) {
      const before = rows.get(id);
      rows.delete(id);
      record('delete', before, undefined, false);
    },
    indexed() {
      const seen = new Map(rows);
      recent = recent.filter(({ at }) => at > options.now() - options.indexLagMs);
      for (const { id, before } of recent.toReversed()) {
        if (before === undefined) seen.delete(id);
        else seen.set(id, before);
      }
      return seen;
    },
  };
}

function createIndex<R extends { readonly id: string }>(
  keyOf: ((record: R) => string) | undefined,
): {
  readonly get: (key: string) => readonly R[];
  readonly move: (before: R | undefined, after: R | undefined) => void;
} {
  const groups = new Map<string, Map<string, R>>();
  return {
    get: (key) => [...(groups.get(key)?.values() ?? [])],
    move(before, after) {
      if (keyOf === undefined) return;
      const key = after === undefined ? undefined : keyOf(after);
      if (before !== undefined && keyOf(before) !== key) groups.get(keyOf(before))?.delete(before.id);
      if (after === undefined || key === undefined) return;
      const group = groups.get(key) ?? new Map<string, R>();
      group.set(after.id, after);
      groups.set(key, group);
    },
  };
}

function diff<R extends object>(
  before: R | undefined,
  after: R | undefined,
): Record<string, { from: unknown; to: unknown }> {
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  const from: Record<string, unknown> = { ...before };
  const to: Record<string, unknown> = { ...after };
  for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (!isDeepStrictEqual(from[field], to[field])) changes[field] = { from: from[field], to: to[field] };
  }
  return changes;
}
