import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { openApplier } from '../../../services/applier/open-applier.ts';
import { createComparison } from '../../../services/reconciler/compare-stores.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { openRunFile } from '../../../services/reconciler/run-file.ts';
import { aProduct, fingerprint, NOW, somePairSettings } from './fake-stores.ts';

const HEALTH = { failed: async () => 'well' as const, isWell: () => true, whenWell: async () => {} };
const { signal } = new AbortController();
const ago = (ms: number) => new Date(NOW - ms).toISOString();

/** Both stores in memory, with the product itself between them: the log, the facts, the applier and the comparison. */
async function aPair(decorate: (target: StoreConnector) => StoreConnector = (target) => target) {
  let now = NOW - 86_400_000;
  const clock = { ...systemClock, now: () => now };
  const timing = { ...somePairSettings().timing, coalesceMs: 1 };
  const create = { product: 'new', order: 'new', customer: 'new' } as const;
  const settings = somePairSettings({ timing, create });
  const log = createMemoryEventLog({ clock, delayTiersMs: [10_000, 60_000, 600_000, 3_600_000] });
  await log.openPair('acme');
  const facts = createFactStore({ log, state: createMemoryStateStore({ clock }), clock });
  const [source, target] = [createMemoryStore(), createMemoryStore()];
  const deps = {
    settings,
    source: createMemoryConnector(source, { now: clock.now }),
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
  source.put(aProduct({ id: '1', changedAt: ago(86_400_000) }));
  target.put(aProduct({ id: '101', sku: 'SKU-1', quantity: 9 }));
  const applier = await openApplier(deps);
  const journal = openJournalStore(':memory:', 'acme', log);

  const pair = {
    source,
    target,
    facts,
    async hear(rootId: string): Promise<void> {
      const news: News = {
        v: 1,
        pair: 'acme',
        root: 'product',
        rootId,
        kind: 'news',
        topic: 'product.updated',
        receivedAt: now,
        via: 'webhook',
        tries: 0,
      };
      await log.publish([news]);
      await applier.idle();
    },
    async compare(repair = true) {
      const result = await createComparison({ ...deps, journal }, { pollMs: 1 }).run({ repair, signal });
      const file = openRunFile(result.file);
      const findings = [...file.findings()];
      file.close();
      return { result, findings };
    },
    quantity(): number | null {
      const root = target.get('product', '101');
      return root?.root === 'product' ? (root.variants[0]?.variant.quantity ?? null) : null;
    },
    async stop() {
      await applier.stop();
      journal.close();
    },
  };
  await pair.hear('1');
  now = NOW;
  return pair;
}

describe('the comparison with the applier itself', () => {
  test('begins in step', async () => {
    const pair = await aPair();

    expect(pair.quantity()).toBe(5);
    expect((await pair.compare()).result).toMatchObject({ findings: 0, drift: 0 });
    await pair.stop();
  });

  test('names and repairs a change whose webhook never came', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(3_600_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({ cause: 'missed-webhook', status: 'repaired', source: 3, target: 5, targetId: 'v101' }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0 });
    expect(pair.quantity()).toBe(3);
    await pair.stop();
  });

  test('tells an edit at the target, and a change that moved no clock', async () => {
    const pair = await aPair();
    pair.target.put(aProduct({ id: '101', sku: 'SKU-1', quantity: 8 }));
    const edited = await pair.compare();
    pair.source.put(aProduct({ id: '1', quantity: 2, changedAt: ago(86_400_000) }));
    const silent = await pair.compare();

    expect(edited.findings).toEqual([
      expect.objectContaining({ cause: 'target-edited', status: 'repaired', target: 8 }),
    ]);
    expect(silent.findings).toEqual([expect.objectContaining({ cause: 'silent-at-source', status: 'repaired' })]);
    await pair.stop();
  });

  test('counts what changed moments ago apart, and repairs it all the same', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(1_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([expect.objectContaining({ cause: 'under-way', status: 'repaired' })]);
    expect(result).toMatchObject({ drift: 0, underWay: 1 });
    await pair.stop();
  });

  test('makes what is new at the source and sees it again', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '2', createdAt: ago(7_200_000), changedAt: ago(7_200_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({ root: 'product:2', cause: 'new-at-source', status: 'repaired' }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0 });
    await pair.stop();
  });

  test('says in the store’s own words what could not be repaired', async () => {
    const refusing = (target: StoreConnector): StoreConnector => ({
      ...target,
      write: async (patches, call) =>
        patches.some(({ entities }) => entities.some(({ values }) => values['quantity'] === 3))
          ? patches.map(() => ({ outcome: 'refused', message: 'Stock is managed by the warehouse' }))
          : target.write(patches, call),
    });
    const pair = await aPair(refusing);
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(3_600_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({
        cause: 'failed-apply',
        status: 'left',
        message: expect.stringContaining('Stock is managed by the warehouse') as string,
      }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 0, left: 1 });
    await pair.stop();
  });

  test('without repair writes nothing', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(3_600_000) }));

    const { result } = await pair.compare(false);

    expect(result).toMatchObject({ drift: 1, left: 1 });
    expect(pair.quantity()).toBe(5);
    await pair.stop();
  });
});
