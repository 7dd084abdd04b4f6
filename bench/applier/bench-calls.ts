import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { createMemoryBroker } from '#libs/event-log/memory-event-log.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { systemClock as clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { seededRandom, systemRandom } from '#libs/runtime/random.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { createShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import { readGiven } from '../given.ts';
import { atMost, interleave, median, ratioOf } from '../ratio.ts';
import { tell } from '../tell.ts';
import { drain, followFacts, instantStores, settingsOf, stockNews } from './pair.ts';

// R4 and R11: what a backlog of stock changes costs in calls to a Shopify shop, and what an applier costs that knows no better.
const { pairs, scaled } = readGiven();
const CHANGES = scaled(1_000);
/** What one call of inventorySetQuantities takes. */
const ROWS_MAX = 250;
const LEAST = Math.ceil(CHANGES / ROWS_MAX);

const simulator = createShopifySimulator({
  now: clock.now,
  random: seededRandom(7),
  accessToken: 'shpat_bench',
  bucketSize: 1_000_000,
  restoreRate: 1_000_000,
});
const seeded = Array.from({ length: CHANGES }, (_, n) =>
  simulator.seedProduct({
    title: `Product ${String(n + 1)}`,
    variants: [{ sku: `SKU-${String(n + 1)}`, price: '19.90', quantity: 5, tracked: true }],
  }),
);
const { url } = await simulator.start();
const config = shopify.configSchema.parse({
  shop: 'bench.myshopify.com',
  location: 'Main warehouse',
  url,
  accessToken: 'shpat_bench',
});
const budget = { take: async () => {}, report: () => {}, backOff: () => {} };
const target = shopify.open(config, { clock, random: systemRandom, budget, callMs: 30_000 });
const { source } = instantStores(CHANGES);

type Calls = { readonly writes: number; readonly reads: number; readonly wallS: number };

async function counted(run: () => Promise<unknown>): Promise<Calls> {
  const before = simulator.ledger.calls.length;
  const started = performance.now();
  await run();
  const wallS = (performance.now() - started) / 1_000;
  const calls = simulator.ledger.calls.slice(before);
  const of = (kind: 'read' | 'write') => calls.filter((call) => call.kind === kind).length;
  return { writes: of('write'), reads: of('read'), wallS };
}

const settings = settingsOf('acme');
const linkFacts = followFacts(settings, CHANGES, clock.now()).map((fact): AnyFactWrite => {
  if (fact.kind !== 'link') return fact;
  const [entity, id = ''] = fact.id.split(':');
  const made = must(seeded[Number.parseInt(id, 10) - 1], 'a seeded product');
  const targetId = bare(entity === 'product' ? made.productId : (made.variantIds[0] ?? ''));
  return { ...fact, value: { targetId, by: 'import', at: clock.now() } };
});

async function ours(): Promise<void> {
  const broker = createMemoryBroker({ clock, delayTiersMs: [...DEFAULT_TIMING.retriesMs, 120_000], sessionMs: 30_000 });
  const log = broker.connect('bench');
  const facts = createFactStore({ log, state: createMemoryStateStore({ clock }), clock });
  await log.openPair(settings.name);
  await facts.put(linkFacts);
  await log.publish(stockNews(settings.name, CHANGES, CHANGES, clock.now()));
  await drain(log, facts, settings, { source, target }, CHANGES);
  await log.close();
}

/** One change after another: read the old shop, read the new one, write; it keeps no journal and survives nothing. */
async function naive(): Promise<void> {
  const signal = new AbortController().signal;
  const call = { signal, priority: 'change', fields: settings.selection, maySend: () => true } as const;
  const links = new Map(
    linkFacts.flatMap((fact) =>
      fact.kind === 'link' && fact.value !== null ? [[fact.id, fact.value.targetId] as const] : [],
    ),
  );
  for (const { rootId } of stockNews(settings.name, CHANGES, CHANGES, clock.now())) await carryOne(rootId, links, call);
}

async function carryOne(
  rootId: string,
  links: ReadonlyMap<string, string>,
  call: Parameters<StoreConnector['write']>[1] & Parameters<StoreConnector['readRoots']>[2],
): Promise<void> {
  const targetId = must(links.get(`product:${rootId}`), 'a link');
  const variantId = must(links.get(`variant:${rootId}v`), 'a link');
  const [from] = await source.readRoots('product', [{ id: rootId }], call);
  const [present] = await target.readRoots('product', [{ id: targetId }], call);
  if (from?.root !== 'product' || present?.root !== 'product') throw new Error('A product of the bench is gone');
  const values = { quantity: from.variants[0]?.variant.quantity };
  const entities = [{ entity: 'variant' as const, targetId: variantId, values }];
  const [result] = await target.write(
    [{ root: 'product', sourceId: rootId, targetId, present, entities, steps: [] }],
    call,
  );
  if (result?.outcome !== 'stored') throw new Error(`The shop did not store it: ${result?.outcome ?? 'no answer'}`);
}

function bare(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}

// Calls are counted, not timed: a few pairs tell it.
const measured = await interleave(Math.min(pairs, 3), { ours: () => counted(ours), naive: () => counted(naive) });
await target.close();
await simulator.stop();

const of = (who: 'ours' | 'naive', what: keyof Calls) =>
  Number(median(measured.map((one) => one[who][what])).toPrecision(3));
tell([
  ratioOf(
    {
      id: 'R4',
      what: `write calls for ${String(CHANGES)} stock changes ÷ the least Shopify allows (${String(LEAST)})`,
      unit: 'calls',
      line: atMost(1.25),
      stretch: atMost(1.05),
      notes: { 'write calls': of('ours', 'writes'), 'read calls': of('ours', 'reads') },
    },
    measured.map(({ ours: { writes } }) => writes / LEAST),
  ),
  ratioOf(
    {
      id: 'R11',
      what: 'calls of a naive applier (one change, one call) ÷ ours, same changes and shop',
      unit: 'calls',
      line: null,
      stretch: null,
      notes: {
        'calls, naive': of('naive', 'writes') + of('naive', 'reads'),
        'calls, ours': of('ours', 'writes') + of('ours', 'reads'),
        'seconds, naive': of('naive', 'wallS'),
        'seconds, ours': of('ours', 'wallS'),
      },
    },
    measured.map((one) => (one.naive.writes + one.naive.reads) / (one.ours.writes + one.ours.reads)),
  ),
]);
