import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Random } from '#libs/runtime/random.ts';

/** Ids, field names and reasons go here; never values. */
export type ReconcilerLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  facts: Readonly<Record<string, unknown>>,
  message: string,
) => void;

/** What every part of the reconciler of one pair works with. */
export type ReconcilerDeps = {
  readonly settings: PairSettings;
  readonly source: StoreConnector;
  readonly target: StoreConnector;
  readonly log: EventLog;
  readonly facts: FactStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  /** Runs and reports lie here; instances share it. */
  readonly reportsDir: string;
  readonly say: ReconcilerLog;
  /** Rules that the simulation takes out to show that they carry weight; never set in a product. */
  readonly without?: ReadonlySet<string>;
};

export type ReconcilerRule = 'mark-before-asking' | 'look-through-applier';
