import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { withForeignWatch } from '#libs/connectors/with-foreign-watch.ts';
import type { SyncError } from '#libs/runtime/sync-error.ts';
import { foreignReason, holdPair, type HoldParts } from './hold-pair.ts';

export type ForeignParts = HoldParts & {
  readonly pair: string;
  readonly side: 'source' | 'target';
  /** Told once the hold is written; not where one stood already. */
  readonly onHold: (error: SyncError, reason: string) => void;
};

/**
 * The same store, for one side of a pair: the first answer that is not the platform's own holds the pair, whoever asked (applier,
 * sweep, comparison, plan, a verb). A maintenance page looks like an empty shop to whoever half believes it, so one is enough; an
 * outage (5xx, no whole answer) is none of these and ends by itself. After `lockstep resume` the next such answer holds it again.
 */
export function holdOnForeign(store: StoreConnector, { pair, side, onHold, ...parts }: ForeignParts): StoreConnector {
  return withForeignWatch(store, async (error) => {
    const reason = foreignReason(pair, side, error);
    if (await holdPair(pair, reason, parts)) onHold(error, reason);
  });
}
