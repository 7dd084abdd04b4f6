import type { Reconciler } from '../services/reconciler/open-reconciler.ts';

/** What runs for one pair: it can be ended, and asked whether it has caught up. */
export type Part = {
  /** Finishes what is begun. */
  readonly stop: () => Promise<void>;
  /** Resolves once everything that was there when asked has come to its end. */
  readonly idle: () => Promise<void>;
};

/** The reconciler of one pair, as the verbs use it: compares and sweeps on demand, and knows the journal. */
export type ReconcilerPart = Reconciler;

/** What runs in this process; a pair's applier and reconciler come when its shops have been recognised. */
export type RunningParts = {
  readonly ingestUrl: string | null;
  /** Where health and metrics are; null: nowhere. */
  readonly privateUrl: string | null;
  readonly appliers: ReadonlyMap<string, Part>;
  readonly reconcilers: ReadonlyMap<string, ReconcilerPart>;
};
