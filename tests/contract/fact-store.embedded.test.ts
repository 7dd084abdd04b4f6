import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import { openEmbeddedStateStore } from '#libs/state/embedded-state-store.ts';
import { createManualClock } from './event-log-clock.ts';
import { testFactStoreContract } from './fact-store.contract.ts';

testFactStoreContract('embedded', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-facts-'));
  const { clock, advance } = createManualClock(undefined, () => wait(1));
  const log = await openEmbeddedEventLog({ dataDir, clock, delayTiersMs: [1_000] });
  const state = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
  return {
    log,
    state,
    clock,
    pass: advance,
    async close() {
      await state.close();
      await log.close();
      await rm(dataDir, { recursive: true });
    },
  };
});
