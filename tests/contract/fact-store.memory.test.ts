import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { createManualClock } from './event-log-clock.ts';
import { testFactStoreContract } from './fact-store.contract.ts';

testFactStoreContract('memory', async () => {
  const { clock, advance } = createManualClock();
  const log = createMemoryEventLog({ clock, delayTiersMs: [1_000] });
  return { log, state: createMemoryStateStore({ clock }), clock, pass: advance, close: log.close };
});
