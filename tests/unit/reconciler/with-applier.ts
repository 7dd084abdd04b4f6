import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { openApplier } from '../../../services/applier/open-applier.ts';
import { createComparison } from '../../../services/reconciler/compare-stores.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { readFindings } from '../../../services/reconciler/read-run.ts';
import { aProduct, fingerprint, NOW, somePairSettings } from './fake-stores.ts';

const HEALTH = { failed: async () => 'well' as const, isWell: () => true, whenWell: async () => {} };
const { signal } = new AbortController();
export const ago = (ms: number) => new Date(NOW - ms).toISOString();
/** What both stores held long before anybody looked. */
export const LONG_AGO = ago(90_000_000);

/** Both stores in memory, with the product itself between them: the log, the facts, the applier and the comparison. */
export async function aPair(
  decorate: (target: StoreConnector) => StoreConnector = (target) => target,
  ids: readonly string[] = ['1'],
  decorateSource: (source: StoreConnector) => StoreConnector = (source) => source,
  over: Partial<PairSettings> = {},
) {
  let now = NOW - 86_400_000;
  const clock = { ...systemClock, now: () => now };
  const timing = { ...somePairSettings().timing, coalesceMs: 1 };
  const create = { product: 'new', order: 'new', customer: 'new' } as const;
  const settings = somePairSettings({ timing, create, ...over });
  const log = createMemoryEventLog({ clock, delayTiersMs: [10_000, 60_000, 600_000, 3_600_000] });
  await log.openPair('acme');
  const facts = createFactStore({ log, state: createMemoryStateStore({ clock }), clock });
  const [source, target] = [createMemoryStore(), createMemoryStore()];
  const deps = {
    settings,
    source: decorateSource(createMemoryConnector(source, { now: clock.now })),
    target: decorate(createMemoryConnector(target, { now: clock.now })),
    sourceHealth: HEALTH,
    targetHealth: HEALTH,
    log,
    facts,
    clock,
    random: seededRandom(3),
    fingerprint,
    say: () => undefined,
    reportsDir: mkdtempSync(join(tmpdir(), 'with-applier-')),
  };
  await facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'follow', at: now, by: 'anna' } }]);
  for (const id of ids) {
    source.put(aProduct({ id, changedAt: LONG_AGO }));
    target.put(aProduct({ id: `10${id}`, sku: `SKU-${id}`, quantity: 9 }));
  }
  const applier = await openApplier(deps);
  const journal = openJournalStore(':memory:', 'acme', log);

  const pair = {
    source,
    target,
    facts,
    async hear(...rootIds: readonly string[]): Promise<void> {
      await log.publish(
        rootIds.map((rootId): News => ({
          v: 1,
          pair: 'acme',
          root: 'product',
          rootId,
          kind: 'news',
          topic: 'product.updated',
          receivedAt: now,
          via: 'webhook',
          tries: 0,
        })),
      );
      await applier.idle();
    },
    async compare(repair = true) {
      const result = await createComparison({ ...deps, journal }, { pollMs: 1 }).run({ repair, signal });
      return { result, findings: [...readFindings(result.file)] };
    },
    quantity(id = '1'): number | null {
      const root: StoredRoot | undefined = target.get('product', `10${id}`);
      return root?.root === 'product' ? (root.variants[0]?.variant.quantity ?? null) : null;
    },
    async stop() {
      await applier.stop();
      journal.close();
    },
  };
  await pair.hear(...ids);
  now = NOW;
  return pair;
}
