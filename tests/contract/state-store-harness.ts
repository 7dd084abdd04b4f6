import type { FactRecord } from '#libs/event-log/event-log.ts';
import type { StateStore } from '#libs/state/state-store.ts';

/** What the contract needs of a state store. */
export type StateStoreHarness = {
  readonly state: StateStore;
  /** Lets time pass by the store's clock. */
  readonly pass: (ms: number) => Promise<void>;
  /** Makes facts known to the copies the way this store learns of them. */
  readonly record: (facts: readonly FactRecord[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A store whose copies of facts are its own, so that they can be behind, and be lost. */
export type OwnCopiesHarness = StateStoreHarness & {
  /** Remembers the present state; `forgetLast` falls back to it. */
  readonly remember: () => Promise<void>;
  readonly forgetLast: () => Promise<void>;
};
