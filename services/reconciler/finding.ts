import type { Cause } from './find-cause.ts';

/** One thing that the comparison found: a field that differs, or an entity that one side lacks (`field` null). */
export type Finding = {
  /** `<root>:<rootId>` at the source; for what is only on the target, of the target. */
  readonly root: string;
  /** `<entity>:<id>`, as above. */
  readonly entity: string;
  readonly targetId: string | null;
  /** SKU or order number; a masked address for customers. */
  readonly label: string;
  /** What shoppers call it. */
  readonly title: string | null;
  readonly field: string | null;
  /** Values as the applier read them; fingerprints of personal fields are left out (`hidden`). */
  readonly source: unknown;
  readonly target: unknown;
  readonly hidden: boolean;
  readonly cause: Cause;
  readonly status: 'repaired' | 'left' | 'kept';
  /** What is parked or was refused, in words. */
  readonly message: string | null;
  readonly sourceChangedAt: string | null;
  readonly settledAt: number | null;
  readonly lastNewsAt: number | null;
  readonly foundAt: number;
};

/** A run in figures: what `status`, the report and the chart show. */
export type RunResult = {
  readonly id: string;
  readonly pair: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly repair: boolean;
  readonly compared: Readonly<Record<string, number>>;
  readonly findings: number;
  /** Differences that stood when nothing was in flight. */
  readonly drift: number;
  readonly repaired: number;
  readonly left: number;
  readonly underWay: number;
  /** No answer came for some root, so nothing is promised about it. */
  readonly complete: boolean;
  readonly byCause: Readonly<Record<string, number>>;
  readonly byField: Readonly<Record<string, number>>;
  /** The run's own file, with every finding. */
  readonly file: string;
  /** The page for people; null when it could not be written. */
  readonly report: string | null;
};
