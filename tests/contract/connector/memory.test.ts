import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import { testConnector } from './connector.contract.ts';

for (const role of ['source', 'target'] as const)
  testConnector('memory', role, () => {
    let now = Date.parse('2026-11-24T08:00:00Z');
    const store = createMemoryStore('m');
    const connector = createMemoryConnector(store, { now: () => now, compareAndSwap: true, atItsBest: true });
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
  });
