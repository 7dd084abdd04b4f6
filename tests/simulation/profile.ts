import type { ApplierRule } from '../../services/applier/applier-deps.ts';
import type { ReconcilerRule } from '../../services/reconciler/reconciler-deps.ts';
import type { TargetFaults } from './flaky-target.ts';

/** A rule that a history can do without, to show that it carries weight. */
export type SimRule = ApplierRule | ReconcilerRule | PortRule;

/** Taken out at a port of the service: it never hears what the rule needs. */
export type PortRule = 'lease' | 'resume' | 'epoch';

/** What a history is made of; each rule has a profile aimed at it. */
export type Profile = {
  readonly name: string;
  readonly changes: number;
  /** How many appliers are killed, and how many are frozen for a while: each just before or just after one of its calls. */
  readonly kills: number;
  readonly freezes: number;
  readonly flushes: number;
  /** How often the state store falls back to what it was a few seconds ago. @default 0 */
  readonly fallBacks?: number;
  /** Chance that a call to the log takes its time, before it takes effect and again before its answer. @default 0 */
  readonly slowLog?: number;
  readonly target: Omit<TargetFaults, 'patienceMs' | 'landingMs'>;
  /** Chance that a process is killed just after it sent a call, and frozen for long just before. */
  readonly killAfterSend?: number;
  readonly freezeBeforeSend?: number;
  /** The reconciler is there, and so many of its processes are killed, and frozen. Null: appliers alone. */
  readonly reconciler: {
    readonly kills: number;
    readonly freezes: number;
    /** How many there are from the beginning. @default 1 */
    readonly count?: number;
    /** Both stores are compared again every few seconds. @default false: in half of the histories, every twelve seconds */
    readonly often?: boolean;
  } | null;
  /** Chance, a change, that a person edits a selected field of the target. @default 0 */
  readonly edits?: number;
  /** Chance that a webhook never comes. @default 0 */
  readonly missed?: number;
  /** How many appliers there are from the beginning. @default 1 */
  readonly appliers?: number;
  /** How often the broker gives an applier's news to another one without a session time-out: at any call. @default 0 */
  readonly expiries?: number;
  /** Chance that it does so between what was read and `begin`, and just before a call is sent. @default 0 */
  readonly expireBeforeBegin?: number;
  readonly expireBeforeSend?: number;
  /** How often the target refuses all writes of one product for a while, each with an error of its own. @default 0 */
  readonly refusals?: number;
  /** Whether a probe finds the target well when a call failed: then each is a failed attempt of its root. @default false */
  readonly targetWell?: boolean;
  /** With `hot`: the most time between two changes, in milliseconds. @default 2,000 */
  readonly hotGapMs?: number;
  /** How often all appliers are down for so long that the log loses news that nobody read, or their commits. @default 0 */
  readonly outages?: number;
  /** Every webhook comes once and soon, so that none repairs by chance what a rule should. */
  readonly prompt?: boolean;
  /** All trading is in the stock of one product, in quick succession. */
  readonly hot?: boolean;
  /** Whether the source is read before the news was fetched: the rule "news, then a read" taken out. */
  readonly readBeforeNews?: boolean;
};
