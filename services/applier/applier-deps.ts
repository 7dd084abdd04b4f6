import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { SyncError } from '#libs/runtime/sync-error.ts';

/** Whether a store is well, as probe reads tell; opened and closed elsewhere (a breaker). */
export type Health = {
  /** After a call failed: a cheap probe read decides whether the store is ill or the call is. */
  readonly failed: (error: unknown) => Promise<'ill' | 'well'>;
  readonly isWell: () => boolean;
  readonly whenWell: (signal: AbortSignal) => Promise<void>;
};

/** Ids, field names and reasons go here; never values. */
export type ApplierLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  facts: Readonly<Record<string, unknown>>,
  message: string,
) => void;

export type ApplierDeps = {
  readonly settings: PairSettings;
  readonly source: StoreConnector;
  readonly target: StoreConnector;
  readonly sourceHealth: Health;
  readonly targetHealth: Health;
  readonly log: EventLog;
  readonly facts: FactStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly say: ApplierLog;
  /** Rules that the simulation takes out to show that they carry weight; never set in a product. */
  readonly without?: ReadonlySet<ApplierRule>;
};

export type ApplierRule =
  | 'look-after-lost-answer'
  | 'look-after-take-over'
  | 'wait-before-creation'
  | 'send-deadline'
  | 'begin'
  | 'outcome-before-settled'
  | 'gap-alarm'
  | 'tries-kept'
  | 'one-retry'
  | 'look-beside-retry'
  | 'parked-one-try'
  | 'success-un-parks'
  | 'selection';

/** The store is ill: the batch is kept and goes on when the store is well; no attempt is used. */
export class StoreIll extends Error {
  override readonly name = 'StoreIll';
  readonly side: 'source' | 'target';
  constructor(side: 'source' | 'target', cause: unknown) {
    super(`The ${side} store is not well`, { cause });
    this.side = side;
  }
}

/** The store refuses the credentials: the batch is kept, and `status` says why the pair stands still. */
export class StoreShut extends Error {
  override readonly name = 'StoreShut';
  readonly side: 'source' | 'target';
  readonly error: SyncError;
  constructor(side: 'source' | 'target', error: SyncError) {
    super(error.message, { cause: error });
    this.side = side;
    this.error = error;
  }
}

/** Another process owns the partition now: nothing more of the batch is written or settled. */
export class EpochLost extends Error {
  override readonly name = 'EpochLost';
}
