import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import type { EventLog, LoggedNews } from '#libs/event-log/event-log.ts';
import type { FactKind, FactValue } from '#libs/facts/fact-kinds.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import { selectedOf, type FieldName } from '#libs/fields/field-names.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import type { RootKind, StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { rootPrint } from '#libs/planning/root-print.ts';
import { systemClock, type Clock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import type { ReconcilerDeps } from '../../../services/reconciler/reconciler-deps.ts';

export const NOW = Date.parse('2026-11-23T02:00:00Z');
export const fingerprint = createFingerprint(new Uint8Array(32));

/** A clock whose wall time is set by the test; waits pass at once. */
export function aClock(now: () => number = () => NOW): Clock {
  return { ...systemClock, now, sleep: (_ms, signal) => systemClock.sleep(1, signal) };
}

export function somePairSettings(over: Partial<PairSettings> = {}): PairSettings {
  return {
    name: 'acme',
    selection: new Set<FieldName>(['variant.quantity', 'variant.price', 'customer.email']),
    maps: { orderStatus: {}, transforms: {}, carriers: {} },
    create: { product: 'none', order: 'none', customer: 'none' },
    migratedAt: Date.parse('2026-11-02T08:00:00Z'),
    openOrders: 'hold',
    scope: {},
    stamp: false,
    reconcile: { cron: null, timezone: 'UTC', sweepEveryMs: null, repair: true },
    partitions: 1,
    timing: DEFAULT_TIMING,
    configHash: 'hash',
    ...over,
  };
}

export type ProductOver = {
  readonly id: string;
  readonly quantity?: number;
  readonly title?: string;
  readonly sku?: string | null;
  readonly changedAt?: string;
  readonly createdAt?: string;
  readonly sourceId?: string | null;
};

/** A product with one variant, whose id is `v` and the product's. */
export function aProduct(over: ProductOver): StoredProduct {
  const { id, quantity = 5, title = `Product ${id}`, sku = `SKU-${id}`, sourceId = null } = over;
  const times = {
    createdAt: over.createdAt ?? '2026-01-01T00:00:00Z',
    changedAt: over.changedAt ?? '2026-11-01T00:00:00Z',
  };
  return {
    root: 'product',
    id,
    sourceId,
    ...times,
    product: {
      title,
      description: '',
      handle: id,
      status: 'active',
      categories: [],
      brand: null,
      tags: [],
      seo: { title: null, description: null },
      images: [],
    },
    variants: [
      {
        id: `v${id}`,
        sourceId: null,
        ...times,
        variant: {
          sku,
          title: 'blau M',
          options: [],
          quantity,
          stockStatus: quantity > 0 ? 'inStock' : 'outOfStock',
          tracked: true,
          backorders: false,
          price: { amountMinor: 1990, currency: 'EUR' },
          compareAtPrice: null,
          barcode: null,
          weight: null,
        },
      },
    ],
    partial: false,
  };
}

export function aCustomer(id: string, email: string, changedAt = '2026-11-01T00:00:00Z'): StoredRoot {
  return {
    root: 'customer',
    id,
    sourceId: null,
    createdAt: '2026-01-01T00:00:00Z',
    changedAt,
    customer: { email, name: { first: 'Anna', last: 'Berg' }, phone: null, addresses: [], marketingConsent: null },
  };
}

export type FakeStore = StoreConnector & {
  readonly roots: Map<string, StoredRoot>;
  put: (...roots: readonly StoredRoot[]) => void;
  /** Called before each page of a scan. */
  beforePage: (root: RootKind, page: number) => void;
};

/** A store in memory: one root a page, so that paging shows. */
export function aStore(clock: Clock, ...initial: readonly StoredRoot[]): FakeStore {
  const roots = new Map<string, StoredRoot>();
  const unused = () => Promise.reject(new Error('not part of this test'));
  const ofKind = (kind: RootKind) =>
    [...roots.values()].filter(({ root }) => root === kind).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const store: FakeStore = {
    platform: 'fake',
    capabilities: {
      readable: new Set(),
      writable: new Set(),
      creatable: new Set<RootKind>(['product', 'order', 'customer']),
      changedSince: new Set<RootKind>(['product', 'order', 'customer']),
      compareAndSwap: new Set(),
      landingMs: 0,
      doublesPossible: new Set(),
      readBatchMax: 100,
      writeBatchMax: 100,
      holdsOrders: false,
    },
    roots,
    put(...some) {
      for (const root of some) roots.set(`${root.root}:${root.id}`, root);
    },
    beforePage: () => undefined,
    identify: unused,
    probe: async () => {},
    check: async () => [],
    readRoots: async (root, refs) => refs.map(({ id }) => roots.get(`${root}:${id}`) ?? null),
    readRootsOf: unused,
    async *scan(root, { after }) {
      let page = 0;
      for (const stored of ofKind(root)) {
        if (after !== null && after !== undefined && stored.id <= after) continue;
        store.beforePage(root, page);
        page += 1;
        yield { roots: [stored], cursor: stored.id };
      }
    },
    async *scanChanged(root, since) {
      const changed = ofKind(root).filter(({ changedAt }) => changedAt !== null && changedAt >= since);
      if (changed.length > 0) yield { roots: changed, cursor: '' };
    },
    storeTime: async () => clock.now(),
    count: async (root) => ofKind(root).length,
    findBySourceId: async (_root, ids) => ids.map(() => null),
    findByKey: async (_key, values) => values.map(() => []),
    listCreatedSince: async () => [],
    prepare: async () => {},
    express: ({ wanted }) => ({ wanted, withheld: {} }),
    write: unused,
    create: unused,
    listSubscriptions: async () => [],
    createSubscription: unused,
    deleteSubscription: async () => {},
    topicsFor: () => [],
    close: async () => {},
  };
  store.put(...initial);
  return store;
}

const keyOf = (pair: string, kind: string, id: string) => `${pair}/${kind}/${id}`;

/** Facts in a map. */
export function someFacts(): FactStore {
  const values = new Map<string, unknown>();
  return {
    get: async <K extends FactKind>(pair: string, kind: K, id: string) =>
      (values.get(keyOf(pair, kind, id)) ?? null) as FactValue<K> | null,
    getMany: async <K extends FactKind>(pair: string, kind: K, ids: readonly string[]) =>
      ids.map((id) => (values.get(keyOf(pair, kind, id)) ?? null) as FactValue<K> | null),
    async *list<K extends FactKind>(pair: string, kind: K) {
      const prefix = keyOf(pair, kind, '');
      for (const [key, value] of values)
        if (key.startsWith(prefix)) yield { id: key.slice(prefix.length), value: value as FactValue<K> };
    },
    count: async (pair, kind) => [...values.keys()].filter((key) => key.startsWith(keyOf(pair, kind, ''))).length,
    async put(facts) {
      for (const { pair, kind, id, value } of facts)
        if (value === null) values.delete(keyOf(pair, kind, id));
        else values.set(keyOf(pair, kind, id), value);
      return 'written';
    },
    ensureComplete: async () => 'complete',
  };
}

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
export type ApplierOptions = {
  /** Another end than the plan's, by root. */
  readonly instead?: (root: string) => Partial<NewsOutcome> | null;
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

type AnswerDeps = Omit<World, 'link' | 'linkCustomer' | 'settle' | 'startApplier' | 'published'>;

async function startApplier(deps: AnswerDeps, { instead }: ApplierOptions): Promise<() => Promise<void>> {
  const working: Promise<void>[] = [];
  const consumption = await deps.log.consume(deps.settings.name, {
    onAssigned: () => {},
    onNews(epoch, news) {
      working.push(
        (async () => {
          for (const logged of news) {
            const outcome = { ...(await answer(deps, logged)), ...instead?.(rootOf(logged)) };
            const record = { v: 1, type: 'batch', at: deps.clock.now(), outcomes: [outcome] };
            await deps.log.appendJournal([{ pair: deps.settings.name, partition: logged.partition, record }]);
            await deps.log.settle(epoch, [logged.offset], null);
          }
        })(),
      );
      return true;
    },
    onLost: () => {},
    onGap: () => {},
  });
  return async () => {
    await Promise.all(working);
    await consumption.stop();
  };
}

function rootOf({ news }: LoggedNews): string {
  return `${news?.root ?? ''}:${news?.rootId ?? ''}`;
}

async function answer(deps: AnswerDeps, logged: LoggedNews): Promise<NewsOutcome> {
  const { settings, facts, source, target } = deps;
  const { news, offset } = logged;
  if (news === null) throw new Error('undecodable');
  const from = source.roots.get(`${news.root}:${news.rootId}`) ?? null;
  const links = new Map<string, FactValue<'link'>>();
  for await (const { id, value } of facts.list(settings.name, 'link')) links.set(id, value);
  const to = target.roots.get(`${news.root}:${links.get(`${news.root}:${news.rootId}`)?.targetId ?? ''}`) ?? null;
  const key = `${news.root}:${news.rootId}`;
  const plan = planRoot({
    settings,
    root: news.root,
    rootId: news.rootId,
    source: from,
    links,
    match: null,
    target: to,
    settled: await facts.get(settings.name, 'settled', key),
    inherited: await facts.get(settings.name, 'inherited', key),
    held: new Set(),
    references: new Map(),
    express: target.express,
    capabilities: target.capabilities,
    fingerprint,
  });
  const { decision } = plan;
  const repairs = news.kind !== 'compare' || news.repair === true;
  if (decision.kind === 'patch' && repairs && from !== null && to !== null) target.put(asPatched(from, to));
  const outcome =
    decision.kind === 'skip'
      ? 'unchanged'
      : decision.kind === 'park'
        ? 'parked'
        : decision.kind === 'wait'
          ? 'delayed'
          : repairs
            ? 'applied'
            : 'differs';
  return {
    offset,
    root: key,
    kind: news.kind,
    via: news.via,
    ...(news.run === undefined ? {} : { run: news.run }),
    outcome,
    ...(decision.kind === 'skip' || decision.kind === 'park' ? { reason: decision.reason } : {}),
    ...(decision.kind === 'park' ? { message: decision.message } : {}),
    receivedAt: news.receivedAt,
    sourceChangedAt: from?.changedAt ?? null,
    entities: [...plan.entities],
    differences: [...plan.differences],
  };
}

function asPatched(from: StoredRoot, to: StoredRoot): StoredRoot {
  if (from.root === 'product' && to.root === 'product') {
    const variants = to.variants.map((variant, index) => ({
      ...variant,
      variant: { ...variant.variant, quantity: from.variants[index]?.variant.quantity ?? null },
    }));
    return { ...to, variants };
  }
  if (from.root === 'customer' && to.root === 'customer') return { ...to, customer: from.customer };
  return to;
}
