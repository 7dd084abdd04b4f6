import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { createManualClock } from './event-log-clock.ts';
import { testOwnCopiesContract, testStateStoreContract } from './state-store.contract.ts';
import type { OwnCopiesHarness } from './state-store-harness.ts';

async function open(): Promise<OwnCopiesHarness> {
  const { clock, advance } = createManualClock();
  const state = createMemoryStateStore({ clock });
  return {
    state,
    pass: advance,
    record: state.facts.put,
    remember: async () => state.checkpoint(),
    forgetLast: async () => state.fallBack(),
    close: state.close,
  };
}

testStateStoreContract('memory', open);
testOwnCopiesContract('memory', open);
