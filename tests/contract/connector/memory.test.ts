import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import { testConnector } from './connector.contract.ts';

const options = { compareAndSwap: true, atItsBest: true } as const;
const { capabilities } = createMemoryConnector(createMemoryStore(), { now: () => 0, ...options });
const WITHOUT = {
  source: [],
  target: ['what can be archived of a order can be restored', 'what can be archived of a customer can be restored'],
} as const;

for (const role of ['source', 'target'] as const)
  testConnector({
    name: 'memory',
    role,
    capabilities,
    isLive: false,
    without: WITHOUT[role],
    open() {
      let now = Date.parse('2026-11-24T08:00:00Z');
      const store = createMemoryStore('m');
      const connector = createMemoryConnector(store, { now: () => now, ...options });
      return Promise.resolve({
        role,
        connector,
        hands: connector,
        mark: 'lsc',
        isLive: false,
        nextSecond: () => Promise.resolve(void (now += 1_000)),
        say: () => undefined,
        close: connector.close,
      });
    },
  });
