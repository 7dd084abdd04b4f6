import { openKafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import { kafkaNames } from '#libs/event-log/kafka/kafka-topics.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { systemClock as clock } from '#libs/runtime/clock.ts';
import { silentLogger as logger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openRedisStateStore } from '#libs/state/redis/redis-state-store.ts';
import { readGiven } from '../given.ts';
import { atLeast, atMost, costOf, interleave, median, ratioOf, type Cost } from '../ratio.ts';
import { tell } from '../tell.ts';
import { drain, followFacts, instantStores, settingsOf, stockNews, type Drained } from './pair.ts';
import { rawConsume } from './raw-consume.ts';

// R3 and R9 on a cluster: a backlog of stock changes that the product applies, beside a client that only reads one.
type Load = { readonly changes: number; readonly products: number };
const { brokers, redisUrl, pairs, scaled } = readGiven();
const BACKLOG: Load = { changes: scaled(10_000), products: scaled(2_000) };
// Ten thousand are in the client's first fetches: read alone they are over before anything has come to its speed.
const STEADY: Load = { changes: scaled(50_000), products: scaled(10_000) };
if (brokers === null || redisUrl === null) throw new Error('KAFKA_BROKERS and REDIS_URL are to be set');
const prefix = `bench-${randomId().slice(0, 8)}`;
const delayTiersMs = [...DEFAULT_TIMING.retriesMs, 120_000].toSorted((a, b) => a - b);
const log = openKafkaEventLog({ cluster: { brokers }, prefix, clock, delayTiersMs, logger });
const state = openRedisStateStore({ url: redisUrl, prefix, logger });
const facts = createFactStore({ log, state, clock });

async function fill(pair: string, { changes, products }: Load): Promise<void> {
  await log.openPair(pair);
  await facts.ensureComplete();
  const known = followFacts(settingsOf(pair), products, clock.now());
  for (let at = 0; at < known.length; at += 5_000) await facts.put(known.slice(at, at + 5_000));
  const news = stockNews(pair, changes, products, clock.now());
  for (let at = 0; at < news.length; at += 1_000) await log.publish(news.slice(at, at + 1_000));
}

async function timed(run: () => Promise<Drained>): Promise<Cost> {
  let drained: Drained | null = null;
  const { cpuS } = await costOf(async () => (drained = await run()));
  const { startedAt, endedAt } = drained as unknown as Drained;
  return { cpuS, wallS: (endedAt - startedAt) / 1_000 };
}

type Applied = Cost & { readonly written: number };

async function apply(pair: string, { changes, products }: Load): Promise<Applied> {
  const stores = instantStores(products);
  const cost = await timed(() => drain(log, facts, settingsOf(pair), stores, changes));
  return { ...cost, written: stores.written() };
}

const filled = new Map<string, Promise<void>>();
async function ready(name: string, round: number, load: Load): Promise<string> {
  const pair = `${name}-${String(round)}`;
  const filling = filled.get(pair) ?? fill(pair, load);
  filled.set(pair, filling);
  await filling;
  return pair;
}

const backlogs = await interleave(pairs, {
  ours: async (round) => apply(await ready('backlog', round, BACKLOG), BACKLOG),
});
const steady = await interleave(pairs, {
  ours: async (round) => apply(await ready('steady', round, STEADY), STEADY),
  async raw(round) {
    const topic = kafkaNames(prefix).changes(await ready('steady', round, STEADY));
    const cost = await timed(() => rawConsume(brokers, topic, `${prefix}-raw-${String(round)}`, STEADY.changes));
    return { ...cost, written: 0 };
  },
});
await log.close();
await state.close();

const perSecond = (which: 'ours' | 'raw') => Math.round(median(steady.map((one) => STEADY.changes / one[which].wallS)));
const cpuUs = (which: 'ours' | 'raw') => shown(median(steady.map((one) => one[which].cpuS / STEADY.changes)) * 1e6);
const writtenOf = (measured: readonly { readonly ours: Applied }[]) =>
  Math.round(median(measured.map(({ ours }) => ours.written)));

function shown(value: number): number {
  return Number(value.toPrecision(3));
}

tell([
  ratioOf(
    {
      id: 'R3',
      what: 'applied changes a second, instant target ÷ raw consume of the same topic',
      unit: 'wall',
      line: atLeast(0.25),
      stretch: atLeast(0.5),
      notes: {
        changes: STEADY.changes,
        products: STEADY.products,
        'products written': writtenOf(steady),
        'a second, ours': perSecond('ours'),
        'a second, raw': perSecond('raw'),
        'CPU µs a change, ours': cpuUs('ours'),
        'CPU µs a change, raw': cpuUs('raw'),
      },
    },
    steady.map(({ ours, raw }) => raw.wallS / ours.wallS),
  ),
  ratioOf(
    {
      id: 'R9',
      what: `drain of a backlog of ${String(BACKLOG.changes)}, fast target, Kafka and Redis: seconds`,
      unit: 's',
      line: atMost(3),
      stretch: atMost(1),
      notes: {
        products: BACKLOG.products,
        'products written': writtenOf(backlogs),
        'CPU s': shown(median(backlogs.map(({ ours }) => ours.cpuS))),
      },
    },
    backlogs.map(({ ours }) => ours.wallS),
  ),
]);
