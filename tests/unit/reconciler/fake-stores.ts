import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { FactKind, FactValue } from '#libs/facts/fact-kinds.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import { ENTITY_KINDS, type RootKind, type StoredProduct, type StoredRoot } from '#libs/model/stored.ts';
import { systemClock, type Clock } from '#libs/runtime/clock.ts';

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
    delete: { product: 'keep', order: 'keep', customer: 'keep' },
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
      stampable: new Set(ENTITY_KINDS),
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
