import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { AnyFactWrite, FactStore } from '#libs/facts/fact-store.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { systemRandom } from '#libs/runtime/random.ts';
import { aProduct, aStoredProduct, aStoredVariant, aVariant } from '#tests/builders/entities.ts';
import { aPair } from '#tests/builders/settings.ts';
import { openApplier } from '../../services/applier/open-applier.ts';

const CREATED = '2026-10-01T08:00:00Z';

/** Settings of a pair that carries stock and price. */
export function settingsOf(name: string): PairSettings {
  return aPair({ name, selection: new Set<FieldName>(['variant.quantity', 'variant.price']) });
}

/** A product with one variant. */
export function product(id: string, quantity: number): StoredProduct {
  return aStoredProduct({
    id,
    createdAt: CREATED,
    changedAt: null,
    product: aProduct({ handle: `product-${id}` }),
    variants: [
      aStoredVariant({
        id: `${id}v`,
        createdAt: CREATED,
        changedAt: null,
        variant: aVariant({ sku: `SKU-${id}`, quantity }),
      }),
    ],
  });
}

/** News of `count` stock changes, spread over products 1 to `products`, as webhooks bring it. */
export function stockNews(pair: string, count: number, products: number, at: number): readonly News[] {
  return Array.from({ length: count }, (_, n): News => {
    const rootId = String((n % products) + 1);
    return {
      v: 1,
      pair,
      root: 'product',
      rootId,
      kind: 'news',
      topic: 'product.updated',
      receivedAt: at,
      via: 'webhook',
      tries: 0,
    };
  });
}

/** What makes a pair follow, with a link for each of its products. */
export function followFacts(
  { name: pair, configHash }: PairSettings,
  products: number,
  at: number,
): readonly AnyFactWrite[] {
  const links = Array.from({ length: products }, (_, n) => String(n + 1)).flatMap((id): AnyFactWrite[] => [
    { pair, kind: 'link', id: `product:${id}`, value: { targetId: `t${id}`, by: 'import', at } },
    { pair, kind: 'link', id: `variant:${id}v`, value: { targetId: `t${id}v`, by: 'import', at } },
  ]);
  return [
    { pair, kind: 'phase', id: 'phase', value: { phase: 'follow', at, by: 'bench' } },
    {
      pair,
      kind: 'approval',
      id: 'approval',
      value: { at, by: 'bench', planId: 'bench', configHash, planned: 0, inherited: 0, toCreate: 0 },
    },
    ...links,
  ];
}

/** Stores that answer at once. The source sells something between any two reads, so that every read has something to write. */
export function instantStores(products: number): {
  readonly source: StoreConnector;
  readonly target: StoreConnector;
  /** Products that were written, one call each counted once. */
  readonly written: () => number;
} {
  const [from, to] = [createMemoryStore('s'), createMemoryStore('t')];
  for (let n = 1; n <= products; n++) {
    from.put(product(String(n), 5));
    to.put(product(`t${String(n)}`, 5));
  }
  const source = createMemoryConnector(from, { now: systemClock.now });
  const target = createMemoryConnector(to, { now: systemClock.now });
  let [sold, written] = [0, 0];
  const sell = (root: StoredRoot | null): StoredRoot | null =>
    root?.root !== 'product'
      ? root
      : { ...root, variants: root.variants.map((one) => ({ ...one, variant: { ...one.variant, quantity: ++sold } })) };
  return {
    source: { ...source, readRoots: async (...args) => (await source.readRoots(...args)).map(sell) },
    target: {
      ...target,
      write: (patches, call) => {
        written += patches.length;
        return target.write(patches, call);
      },
    },
    written: () => written,
  };
}

export type Drained = { readonly startedAt: number; readonly endedAt: number };

/**
 * Applies what lies on the log until so much news is settled.
 *
 * @returns when its first epoch began, and when the last news was settled: by the monotonic clock.
 */
export async function drain(
  log: EventLog,
  facts: FactStore,
  settings: PairSettings,
  stores: { readonly source: StoreConnector; readonly target: StoreConnector },
  count: number,
): Promise<Drained> {
  let startedAt: number | null = null;
  const done = Promise.withResolvers<number>();
  let settled = 0;
  const watched: EventLog = {
    ...log,
    consume: (pair, handlers, options) =>
      log.consume(
        pair,
        {
          ...handlers,
          onAssigned(assigned) {
            startedAt ??= performance.now();
            handlers.onAssigned(assigned);
          },
        },
        options,
      ),
    async settle(epoch, offsets, begun) {
      const answer = await log.settle(epoch, offsets, begun);
      settled += offsets.length;
      if (settled >= count) done.resolve(performance.now());
      return answer;
    },
  };
  const well = { failed: async () => 'well' as const, isWell: () => true, whenWell: async () => {} };
  const applier = await openApplier({
    settings,
    ...stores,
    sourceHealth: well,
    targetHealth: well,
    log: watched,
    facts,
    clock: systemClock,
    random: systemRandom,
    fingerprint: createFingerprint(Buffer.from('bench')),
    say: (level, what, message) => {
      if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(what)}\n`);
    },
  });
  const endedAt = await done.promise;
  await applier.stop();
  return { startedAt: startedAt ?? endedAt, endedAt };
}
