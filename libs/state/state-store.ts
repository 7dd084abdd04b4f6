import type { FactKey, FactOffset, FactRecord } from '#libs/event-log/event-log.ts';

/**
 * The port to state that may be lost at any moment: copies of facts, child → root ids, budgets, leases.
 * What is lost is rebuilt; nothing is decided by it alone. Every implementation passes `tests/contract/state-store.contract.ts`.
 */
export type StateStore = {
  /** The copies of facts, and how far they are complete. */
  readonly facts: FactCopies;
  /** Roots that own children, as learned from reads: `inventoryItem:46` → `product:81`. Forgetting one costs a read. */
  readonly getRootsOf: (pair: string, childKind: string, ids: readonly string[]) => Promise<readonly (string | null)[]>;
  readonly putRootsOf: (pair: string, childKind: string, roots: Readonly<Record<string, string>>) => Promise<void>;
  /**
   * Takes `cost` from a store's shared bucket. 0: taken. Else how many milliseconds to wait before asking again.
   * A missing bucket starts empty, so a flushed state store never bursts over the platform's limit.
   */
  readonly takeBudget: (bucket: string, cost: number, limit: BudgetLimit) => Promise<number>;
  /** Sets what the platform itself says is left (Shopify's throttleStatus), or empties it after a 429. */
  readonly setBudget: (bucket: string, left: number, limit: BudgetLimit) => Promise<void>;
  readonly readBudget: (bucket: string, limit: BudgetLimit) => Promise<number>;
  /** Takes or prolongs a lease; false when somebody else holds it. */
  readonly lease: (name: string, holder: string, ms: number) => Promise<boolean>;
  readonly release: (name: string, holder: string) => Promise<void>;
  /** Small counters and notes that may be lost (status page figures). */
  readonly getNote: (key: string) => Promise<string | null>;
  readonly putNote: (key: string, value: string, ttlMs?: number) => Promise<void>;
  /** Forgets everything (tests; an operator's FLUSHALL does the same). */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type BudgetLimit = { readonly capacity: number; readonly perSecond: number };

export type FactCopies = {
  readonly get: (keys: readonly FactKey[]) => Promise<readonly unknown[]>;
  /** All facts of one kind of a pair. */
  readonly list: (pair: string, kind: string) => AsyncIterable<FactRecord>;
  readonly count: (pair: string, kind: string) => Promise<number>;
  /** Copies records with their offsets; a lower offset never replaces a higher one. A null value deletes. */
  readonly put: (records: readonly FactRecord[]) => Promise<void>;
  /** Up to where (exclusive, per partition) the copy is known to be complete; null after a flush or a fall-back (then it must be rebuilt before anybody creates). */
  readonly completeTo: () => Promise<readonly FactOffset[] | null>;
  /** Begins a rebuild or a catch-up: names the copy's present life, which a flush or a fall-back ends. */
  readonly beginFill: () => Promise<string>;
  /**
   * Records how far the copy is complete, per partition never further back. False, and nothing recorded, when the life
   * that `beginFill` named has ended: what was put meanwhile may have been forgotten.
   */
  readonly setCompleteTo: (positions: readonly FactOffset[], life: string) => Promise<boolean>;
};
