import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EventLog, LoggedNews } from '#libs/event-log/event-log.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import { selectedOf } from '#libs/fields/field-names.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import { rootPrint } from '#libs/planning/root-print.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import type { ReconcilerDeps } from '../../../services/reconciler/reconciler-deps.ts';
import { startApplier, type ApplierOptions } from './fake-applier.ts';
import { aClock, aStore, fingerprint, NOW, someFacts, somePairSettings, type FakeStore } from './fake-stores.ts';

export type World = ReconcilerDeps & {
  readonly source: FakeStore;
  readonly target: FakeStore;
  /** Links a source product to a target product, variant to variant. */
  readonly link: (sourceId: string, targetId: string) => Promise<void>;
  readonly linkCustomer: (sourceId: string, targetId: string) => Promise<void>;
  /** Writes down that both sides agree as the source is now. */
  readonly settle: (root: StoredRoot, at?: number) => Promise<void>;
  /** Answers what lies on the log as the applier would, until stopped. */
  readonly startApplier: (options?: ApplierOptions) => Promise<() => Promise<void>>;
  readonly published: () => Promise<readonly LoggedNews[]>;
  readonly log: EventLog;
};
export async function aWorld(
  over: { readonly settings?: Partial<PairSettings>; readonly now?: () => number } = {},
): Promise<World> {
  const clock = aClock(over.now);
  const settings = somePairSettings(over.settings);
  const log = createMemoryEventLog({ clock: systemClock, delayTiersMs: [10, 20, 30, 40] });
  await log.openPair(settings.name);
  const facts = someFacts();
  const deps = {
    settings,
    source: aStore(clock),
    target: aStore(clock),
    log,
    facts,
    clock,
    random: seededRandom(1),
    fingerprint,
    reportsDir: mkdtempSync(join(tmpdir(), 'reconciler-')),
    say: () => undefined,
  };
  const fact = (kind: 'link', id: string, targetId: string, more: object) =>
    facts.put([{ pair: settings.name, kind, id, value: { targetId, by: 'import', at: 0, ...more } }]);
  return {
    ...deps,
    async link(sourceId, targetId) {
      await fact('link', `product:${sourceId}`, targetId, {});
      await fact('link', `variant:v${sourceId}`, `v${targetId}`, { targetRootId: targetId, sourceRootId: sourceId });
    },
    async linkCustomer(sourceId, targetId) {
      await fact('link', `customer:${sourceId}`, targetId, {});
    },
    async settle(root, at = NOW - 3_600_000) {
      const prints: Record<string, string> = {};
      for (const { entity, id, values } of entitiesOf(root)) {
        const { wanted } = mapFields(entity, values, selectedOf(settings.selection, entity), settings.maps);
        for (const [field, value] of Object.entries(wanted)) prints[`${entity}:${id}/${field}`] = fingerprint(value);
      }
      const print = rootPrint(root, settings, fingerprint);
      const value = { at, changedAt: root.changedAt, print, wanted: prints, stored: prints };
      await facts.put([{ pair: settings.name, kind: 'settled', id: `${root.root}:${root.id}`, value }]);
    },
    startApplier: (options = {}) => startApplier(deps, options),
    published: () => log.readNews(settings.name, 0, 0, 1000),
  };
}
