import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import type { Timing } from '#libs/model/pair.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { openEmbeddedStateStore } from '#libs/state/embedded-state-store.ts';
import type { StateStore } from '#libs/state/state-store.ts';

export type Stores = {
  readonly log: EventLog;
  readonly state: StateStore;
  readonly facts: FactStore;
  readonly close: () => Promise<void>;
};

/**
 * Opens log and state as the config says, and takes the folder where they are embedded: another log is plugged in here.
 *
 * @throws {SyncError} FOLDER_IN_USE
 */
export async function openStores(
  { dataDir, timing }: Pick<LoadedConfig, 'dataDir' | 'timing'>,
  { clock, socketPath }: { readonly clock: Clock; readonly socketPath?: string },
): Promise<Stores> {
  const log = await openEmbeddedEventLog({
    dataDir,
    clock,
    delayTiersMs: delayTiers(timing),
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  const state = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
  return {
    log,
    state,
    facts: createFactStore({ log, state, clock }),
    close: async () => {
      await state.close();
      await log.close();
    },
  };
}

/** The waits of the ladder and landing, in rising order. */
export function delayTiers({ retriesMs, landingMs }: Timing): readonly number[] {
  return [...retriesMs, landingMs].toSorted((a, b) => a - b);
}
