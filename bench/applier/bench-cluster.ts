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

// R3 and R9 on a cluster: a backlog of stock changes that the product applies, beside a client that only reads it.
const { brokers, redisUrl, pairs, scaled } = readGiven();
const COUNT = scaled(10_000);
const PRODUCTS = scaled(2_000);
if (brokers === null || redisUrl === null) throw new Error('KAFKA_BROKERS and REDIS_URL are to be set');
const prefix = `bench-${randomId().slice(0, 8)}`;
const delayTiersMs = [...DEFAULT_TIMING.retriesMs, 120_000].toSorted((a, b) => a - b);
const log = openKafkaEventLog({ cluster: { brokers }, prefix, clock, delayTiersMs, logger });
const state = openRedisStateStore({ url: redisUrl, prefix, logger });
const facts = createFactStore({ log, state, clock });
let written = 0;

async function fill(pair: string): Promise<void> {
  await log.openPair(pair);
  await facts.ensureComplete();
  await facts.put(followFacts(settingsOf(pair), PRODUCTS, clock.now()));
  const news = stockNews(pair, COUNT, PRODUCTS, clock.now());
  for (let at = 0; at < news.length; at += 1_000) await log.publish(news.slice(at, at + 1_000));
}

async function timed(run: () => Promise<Drained>): Promise<Cost> {
  let drained: Drained | null = null;
  const { cpuS } = await costOf(async () => (drained = await run()));
  const { startedAt, endedAt } = drained as unknown as Drained;
  return { cpuS, wallS: (endedAt - startedAt) / 1_000 };
}

const filled = new Map<number, Promise<void>>();
const ready = async (round: number): Promise<string> => {
  const pair = `r${String(round)}`;
  const filling = filled.get(round) ?? fill(pair);
  filled.set(round, filling);
  await filling;
  return pair;
};
const measured = await interleave(pairs, {
  async ours(round) {
    const pair = await ready(round);
    const stores = instantStores(PRODUCTS);
    const cost = await timed(() => drain(log, facts, settingsOf(pair), stores, COUNT));
    written = stores.written();
    return cost;
  },
  async raw(round) {
    const pair = await ready(round);
    const topic = kafkaNames(prefix).changes(pair);
    return timed(() => rawConsume(brokers, topic, `${prefix}-raw-${String(round)}`, COUNT));
  },
});
await log.close();
await state.close();

const perSecond = (which: 'ours' | 'raw') => Math.round(median(measured.map((one) => COUNT / one[which].wallS)));
tell([
  ratioOf(
    {
      id: 'R3',
      what: 'applied changes a second, instant target ÷ raw consume of the same topic',
      unit: 'wall',
      line: atLeast(0.25),
      stretch: atLeast(0.5),
      notes: {
        changes: COUNT,
        products: PRODUCTS,
        'products written': written,
        'a second, ours': perSecond('ours'),
        'a second, raw': perSecond('raw'),
        'CPU, ours ÷ raw': Number(median(measured.map(({ ours, raw }) => ours.cpuS / raw.cpuS)).toPrecision(3)),
      },
    },
    measured.map(({ ours, raw }) => raw.wallS / ours.wallS),
  ),
  ratioOf(
    {
      id: 'R9',
      what: `drain of a backlog of ${String(COUNT)}, fast target, Kafka and Redis: seconds`,
      unit: 's',
      line: atMost(3),
      stretch: atMost(1),
      notes: { 'CPU s': Number(median(measured.map(({ ours }) => ours.cpuS)).toPrecision(3)) },
    },
    measured.map(({ ours }) => ours.wallS),
  ),
]);
