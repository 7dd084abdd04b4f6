import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { systemClock as clock } from '#libs/runtime/clock.ts';
import { openEmbeddedStateStore } from '#libs/state/embedded-state-store.ts';
import { readGiven } from '../given.ts';
import { atMost, costOf, median, ratioOf, type Cost } from '../ratio.ts';
import { tell } from '../tell.ts';
import { drain, followFacts, instantStores, settingsOf, stockNews, type Drained } from './pair.ts';

// R9 on one machine: a backlog of stock changes on the embedded log.
const { pairs, scaled } = readGiven();
const COUNT = scaled(10_000);
const PRODUCTS = scaled(2_000);
const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
const delayTiersMs = [...DEFAULT_TIMING.retriesMs, 120_000].toSorted((a, b) => a - b);
const log = await openEmbeddedEventLog({ dataDir, clock, delayTiersMs });
const state = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
const facts = createFactStore({ log, state, clock });

const costs: Cost[] = [];
for (let round = 0; round <= pairs; round++) {
  const pair = `r${String(round)}`;
  const settings = settingsOf(pair);
  await log.openPair(pair);
  await facts.put(followFacts(settings, PRODUCTS, clock.now()));
  const news = stockNews(pair, COUNT, PRODUCTS, clock.now());
  for (let at = 0; at < news.length; at += 1_000) await log.publish(news.slice(at, at + 1_000));
  let drained: Drained | null = null;
  const { cpuS } = await costOf(async () => {
    drained = await drain(log, facts, settings, instantStores(PRODUCTS), COUNT);
  });
  const { startedAt, endedAt } = drained as unknown as Drained;
  if (round > 0) costs.push({ cpuS, wallS: (endedAt - startedAt) / 1_000 });
}
await state.close();
await log.close();
await rm(dataDir, { recursive: true, force: true });

tell([
  ratioOf(
    {
      id: 'R9 embedded',
      what: `drain of a backlog of ${String(COUNT)}, fast target, embedded log: seconds`,
      unit: 's',
      line: atMost(3),
      stretch: atMost(1),
      notes: { products: PRODUCTS, 'CPU s': Number(median(costs.map(({ cpuS }) => cpuS)).toPrecision(3)) },
    },
    costs.map(({ wallS }) => wallS),
  ),
]);
