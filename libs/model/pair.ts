import type { FieldName, Selection } from '#libs/fields/field-names.ts';
import type { FieldMaps } from '#libs/fields/field-maps.ts';
import type { RootKind } from './stored.ts';

/** Every wait of the product, by name, in milliseconds (tests shorten them; the defaults are in the config schema). */
export type Timing = {
  /** The longest time that a call already sent can still take effect; overrides every connector's own when set. */
  readonly landingMs: number;
  readonly lookAgainMs: number;
  /** How long ingest waits for the log before it spools. */
  readonly publishMs: number;
  /** A difference whose source clock moved less than this ago, and whose news has not come, is `under-way`. */
  readonly lateAfterMs: number;
  /** The ladder of an entity's failed attempts. */
  readonly retriesMs: readonly [number, number, number];
  /** After this long without a sign of life an owner may be taken over. */
  readonly sessionMs: number;
  /** How long the packer waits for more to join a call. */
  readonly coalesceMs: number;
  /** How long a call to a store may take before its answer is given up. */
  readonly callMs: number;
};

export const DEFAULT_TIMING: Timing = {
  landingMs: 120_000,
  lookAgainMs: 3_600_000,
  publishMs: 2_000,
  lateAfterMs: 900_000,
  retriesMs: [10_000, 60_000, 600_000],
  sessionMs: 30_000,
  coalesceMs: 20,
  callMs: 30_000,
};

export type CreatePolicy = 'none' | 'new' | 'all';

/** What becomes of an entity at the target whose counterpart was deleted at the source. */
export type DeletePolicy = 'keep' | 'archive' | 'delete';

/** One pair as the services see it: parsed, checked, without secrets. */
export type PairSettings = {
  readonly name: string;
  readonly selection: Selection;
  readonly maps: FieldMaps;
  readonly create: Readonly<Record<RootKind, CreatePolicy>>;
  readonly delete: Readonly<Record<RootKind, DeletePolicy>>;
  /** When the full migration was taken, milliseconds since the epoch; null: everything counts as migrated. */
  readonly migratedAt: number | null;
  readonly openOrders: 'hold' | 'asIs' | 'skip';
  /** A line whose product has no counterpart after the ladder: the order is parked, or bears the line as text. Absent: `wait`. */
  readonly unlinkedLines?: 'wait' | 'text';
  readonly scope: PairScope;
  /** Writes the source id onto linked entities that were not made by Lockstep. */
  readonly stamp: boolean;
  readonly reconcile: {
    readonly cron: string | null;
    readonly timezone: string;
    readonly sweepEveryMs: number | null;
    readonly repair: boolean;
    /** Share of the source's rate budget for the rolling scan, 0 to 1; absent: none. */
    readonly scanShare?: number;
  };
  /** `off`: the source is followed by sweeps alone; absent: on. */
  readonly webhooks?: 'on' | 'off';
  readonly partitions: number;
  readonly timing: Timing;
  /** Hash of everything that decides what is written; a process whose hash differs from the approved one holds the pair. */
  readonly configHash: string;
};

/** What a pair leaves out: such roots are `out-of-scope`, which is no drift. */
export type PairScope = {
  readonly order?: { readonly createdSince?: number; readonly exclude?: readonly string[] };
  readonly product?: {
    readonly categories?: readonly string[];
    readonly excludeSkus?: readonly string[];
    readonly types?: readonly string[];
  };
};

/** A field of the selection with what the platforms can do, for messages. */
export type SelectedField = FieldName;
