import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { systemClock as clock } from '#libs/runtime/clock.ts';
import { openEmbeddedStateStore } from '#libs/state/embedded-state-store.ts';

/** Log, state and facts of one machine in a folder. */
export async function openFolder(dataDir: string) {
  const delayTiersMs = [...DEFAULT_TIMING.retriesMs, 120_000].toSorted((a, b) => a - b);
  const log = await openEmbeddedEventLog({ dataDir, clock, delayTiersMs });
  const state = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
  return {
    log,
    state,
    facts: createFactStore({ log, state, clock }),
    async close(): Promise<void> {
      await state.close();
      await log.close();
    },
  };
}
