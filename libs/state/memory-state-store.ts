import type { Clock } from '#libs/runtime/clock.ts';
import type { FactOffset, FactRecord } from '#libs/event-log/event-log.ts';
import { factKeyText } from '#libs/event-log/fact-key-text.ts';
import { refill, take, type Bucket } from './budget.ts';
import { furthest } from './complete-to.ts';
import type { FactCopies, StateStore } from './state-store.ts';

/** State in memory, for tests and simulations. */
export type MemoryStateStore = StateStore & {
  /** Remembers the present state: what a replica has by now. */
  readonly checkpoint: () => void;
  /** Falls back to the last checkpoint, or to nothing: writes since are forgotten, as when a replica takes over. */
  readonly fallBack: () => void;
};

type Expiring<T> = { readonly value: T; readonly until: number };
type Kept = {
  facts: Map<string, FactRecord>;
  completeTo: { readonly positions: readonly FactOffset[]; readonly life: string } | null;
  roots: Map<string, string>;
  buckets: Map<string, Bucket>;
  leases: Map<string, Expiring<string>>;
  notes: Map<string, Expiring<string>>;
};

/** An empty state store whose time is the given clock's. */
export function createMemoryStateStore({ clock }: { readonly clock: Clock }): MemoryStateStore {
  let kept = createKept();
  let replica = createKept();
  // A flush and a fall-back each begin another life; what was recorded under an earlier one counts no more.
  let lives = 0;

  const live = <T>(entry: Expiring<T> | undefined) =>
    entry === undefined || entry.until <= clock.now() ? null : entry.value;
  const bucketNow = (bucket: string, limit: { capacity: number; perSecond: number }) =>
    refill(kept.buckets.get(bucket) ?? null, clock.now(), limit);

  return {
    facts: createCopies(
      () => kept,
      () => `life-${lives}`,
    ),
    getRootsOf: async (pair, childKind, ids) => ids.map((id) => kept.roots.get(`${pair}/${childKind}/${id}`) ?? null),
    async putRootsOf(pair, childKind, roots) {
      for (const [id, root] of Object.entries(roots)) kept.roots.set(`${pair}/${childKind}/${id}`, root);
    },
    async takeBudget(name, cost, limit) {
      const { bucket, waitMs } = take(bucketNow(name, limit), cost, limit);
      kept.buckets.set(name, bucket);
      return waitMs;
    },
    async setBudget(name, left, limit) {
      kept.buckets.set(name, { left: Math.min(left, limit.capacity), at: clock.now() });
    },
    readBudget: async (name, limit) => bucketNow(name, limit).left,
    async lease(name, holder, ms) {
      const held = live(kept.leases.get(name));
      if (held !== null && held !== holder) return false;
      kept.leases.set(name, { value: holder, until: clock.now() + ms });
      return true;
    },
    async release(name, holder) {
      if (kept.leases.get(name)?.value === holder) kept.leases.delete(name);
    },
    getNote: async (key) => live(kept.notes.get(key)),
    async putNote(key, value, ttlMs) {
      kept.notes.set(key, { value, until: ttlMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + ttlMs });
    },
    async flush() {
      kept = createKept();
      lives += 1;
    },
    close: async () => undefined,
    checkpoint() {
      replica = structuredClone(kept);
    },
    fallBack() {
      kept = structuredClone(replica);
      lives += 1;
    },
  };
}

function createKept(): Kept {
  return {
    facts: new Map(),
    completeTo: null,
    roots: new Map(),
    buckets: new Map(),
    leases: new Map(),
    notes: new Map(),
  };
}

function createCopies(kept: () => Kept, life: () => string): FactCopies {
  // A deleted fact stays as a tombstone, or a late copy of an earlier record would bring it back.
  const live = (pair: string, kind: string) =>
    [...kept().facts.values()].filter((fact) => fact.pair === pair && fact.kind === kind && fact.value !== null);

  return {
    get: async (keys) => keys.map((key) => kept().facts.get(factKeyText(key))?.value ?? null),
    async *list(pair, kind) {
      yield* live(pair, kind);
    },
    count: async (pair, kind) => live(pair, kind).length,
    async put(records) {
      for (const record of records) {
        const known = kept().facts.get(factKeyText(record));
        if (known === undefined || known.at.offset <= record.at.offset) kept().facts.set(factKeyText(record), record);
      }
    },
    async completeTo() {
      const recorded = kept().completeTo;
      return recorded?.life === life() ? recorded.positions : null;
    },
    beginFill: async () => life(),
    async setCompleteTo(positions, filled) {
      if (filled !== life()) return false;
      const before = kept().completeTo;
      kept().completeTo = {
        life: filled,
        positions: before?.life === filled ? furthest(before.positions, positions) : positions,
      };
      return true;
    },
  };
}
