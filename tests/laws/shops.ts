import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore, type MemoryStore } from '#libs/connectors/memory/memory-store.ts';
import { createStoreHealth, type StoreHealth } from '#libs/connectors/store-health.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { holdOnForeign } from '#libs/facts/hold-on-foreign.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { createJournal } from '#libs/journal/journal.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { aPair } from '#tests/builders/settings.ts';
import type { Applier } from '../../services/applier/open-applier.ts';
import { openApplier } from '../../services/applier/open-applier.ts';
import { fingerprint } from './harness.ts';

export type ShopPair = AsyncDisposable & {
  readonly settings: PairSettings;
  readonly log: EventLog;
  readonly facts: FactStore;
  readonly said: readonly string[];
  readonly applier: Applier;
  /** As the applier asks it: watched for answers that are not the platform’s. */
  readonly source: StoreConnector;
  readonly sourceStore: MemoryStore;
  readonly targetStore: MemoryStore;
  /** Publishes, and waits until all of it has an outcome. */
  readonly hear: (...news: readonly News[]) => Promise<void>;
  readonly outcomes: () => Promise<readonly NewsOutcome[]>;
};

export type ShopOptions = {
  /** Absent: a store in memory. */
  readonly source?: StoreConnector;
  readonly target?: StoreConnector;
  readonly settings?: Partial<PairSettings>;
};

/** The real applier between shops that answer over HTTP, on the system's clock; approved. */
export async function openShopPair(options: ShopOptions): Promise<ShopPair> {
  const clock = systemClock;
  const timing = { ...DEFAULT_TIMING, retriesMs: [50, 100, 200] as const, coalesceMs: 1 };
  const settings = aPair({ timing, ...options.settings });
  const log = createMemoryEventLog({ clock, delayTiersMs: [50, 100, 200, settings.timing.landingMs] });
  await log.openPair(settings.name);
  const facts = createFactStore({ log, state: createMemoryStateStore({ clock }), clock });
  const phase = { phase: 'follow', at: clock.now(), by: 'test' } as const;
  await facts.put([{ pair: settings.name, kind: 'phase', id: 'phase', value: phase }]);
  const [sourceStore, targetStore] = [createMemoryStore('s'), createMemoryStore('t')];
  const said: string[] = [];
  const held = (side: 'source' | 'target', store: StoreConnector): StoreConnector =>
    holdOnForeign(store, { pair: settings.name, side, facts, clock, onHold: ({ code }) => said.push(code) });
  const source = held('source', options.source ?? createMemoryConnector(sourceStore, { now: clock.now }));
  const target = held('target', options.target ?? createMemoryConnector(targetStore, { now: clock.now }));
  const [sourceHealth, targetHealth] = [watch(source), watch(target)];
  const applier = await openApplier({
    settings,
    source,
    target,
    sourceHealth,
    targetHealth,
    log,
    facts,
    clock,
    random: seededRandom(5),
    fingerprint,
    say: (level, what, message) => said.push(`${level} ${message} ${JSON.stringify(what)}`),
  });
  return {
    settings,
    log,
    facts,
    said,
    applier,
    source,
    sourceStore,
    targetStore,
    async hear(...news) {
      await log.publish(news);
      await applier.idle();
    },
    async outcomes() {
      const all: NewsOutcome[] = [];
      for await (const { record } of createJournal({ log }).read(settings.name))
        if (record.type === 'batch') all.push(...record.outcomes);
      return all;
    },
    async [Symbol.asyncDispose]() {
      await applier.stop();
      sourceHealth.close();
      targetHealth.close();
      await log.close();
    },
  };
}

function watch(store: StoreConnector): StoreHealth {
  return createStoreHealth({
    name: store.platform,
    probe: (signal) => store.probe({ signal, priority: 'change' }),
    clock: systemClock,
    onChange: () => undefined,
    resetMs: 50,
  });
}
