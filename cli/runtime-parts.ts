import type { ComparisonOptions } from '../services/reconciler/compare-stores.ts';
import type { RunResult } from '../services/reconciler/finding.ts';
import type { RootKind } from '#libs/model/stored.ts';

/** What runs for one pair: it can be ended, and asked whether it has caught up. */
export type Part = {
  /** Finishes what is begun. */
  readonly stop: () => Promise<void>;
  /** Resolves once everything that was there when asked has come to its end. */
  readonly idle: () => Promise<void>;
};

/** The reconciler of one pair, as the verbs use it. */
export type ReconcilerPart = Part & {
  /** One full comparison, now. */
  readonly compare: (options: ComparisonOptions) => Promise<RunResult>;
  /** Sweeps one kind now, or all. */
  readonly sweep: (root: RootKind | null) => Promise<void>;
};

/** What runs in this process; a pair's applier and reconciler come when its shops have been recognised. */
export type RunningParts = {
  readonly ingestUrl: string | null;
  readonly appliers: ReadonlyMap<string, Part>;
  readonly reconcilers: ReadonlyMap<string, ReconcilerPart>;
};
