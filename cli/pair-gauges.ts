import { listOpenAlarms } from '#libs/facts/alarms.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { SetGauge } from '#libs/runtime/metrics.ts';
import { runsDir } from '../services/reconciler/compare-stores.ts';
import { readResult } from '../services/reconciler/read-run.ts';
import type { Context, OpenPair } from './context.ts';

type Told = Parameters<SetGauge>;

/** How old a figure may be: who reads the page twice in a moment asks log and state once. */
const FRESH_MS = 5_000;
/** Log or state that do not answer by then leave their figures out. */
const PATIENCE_MS = 3_000;

/** Reads how each pair is doing, for the metrics page. Figures that cannot be had are left out. */
export function createPairGauges(context: Context): (set: SetGauge) => Promise<void> {
  const { clock } = context;
  let read: { readonly at: number; readonly told: Promise<readonly Told[]> } | null = null;
  return async (set) => {
    if (read === null || clock.monotonic() - read.at > FRESH_MS)
      read = { at: clock.monotonic(), told: readAll(context) };
    for (const [name, labels, value] of await read.told) set(name, labels, value);
  };
}

async function readAll(context: Context): Promise<readonly Told[]> {
  const told: Told[] = [];
  const add = ((...one: Told) => void told.push(one)) as SetGauge;
  const readers = [lagGauges, factGauges, storeGauges, runGauges];
  const all = [...context.pairs.values()].flatMap((pair) => readers.map((read) => read(pair, context, add)));
  await Promise.race([Promise.allSettled(all), context.clock.sleep(PATIENCE_MS)]);
  return [...told];
}

type ReadGauges = (pair: OpenPair, context: Context, set: SetGauge) => Promise<void>;

const lagGauges: ReadGauges = async ({ settings: { name: pair } }, { log }, set) => {
  const [partitions, { delayed }] = await Promise.all([log.partitionLags(pair), log.lag(pair)]);
  set('lockstep_delayed_changes', { pair }, delayed);
  for (const { partition, behind, oldestMs } of partitions) {
    set('lockstep_lag_changes', { pair, partition: String(partition) }, behind);
    set('lockstep_lag_seconds', { pair, partition: String(partition) }, oldestMs / 1_000);
  }
};

const factGauges: ReadGauges = async ({ settings: { name: pair } }, { facts }, set) => {
  const parked = new Map<string, number>();
  for await (const { value } of facts.list(pair, 'parked'))
    parked.set(value.reason, (parked.get(value.reason) ?? 0) + 1);
  for (const [reason, count] of parked) set('lockstep_parked', { pair, reason }, count);
  set('lockstep_holds', { pair }, await facts.count(pair, 'hold'));
  const alarms = await listOpenAlarms(facts, pair);
  set('lockstep_alarms', { pair }, alarms.length + (await facts.count(pair, 'stall')));
  let sweptAt = 0;
  for await (const { value } of facts.list(pair, 'cursor')) sweptAt = Math.max(sweptAt, value.sweptAt);
  if (sweptAt > 0) set('lockstep_last_sweep_timestamp_seconds', { pair }, sweptAt / 1_000);
};

const storeGauges: ReadGauges = async (pair, { state }, set) => {
  for (const side of ['source', 'target'] as const) {
    const { health, budget } = pair[side];
    const labels = { pair: pair.settings.name, side };
    set('lockstep_store_well', labels, health.isWell() ? 1 : 0);
    const left = await state.readBudget(budget.bucket, budget);
    set('lockstep_budget_left_ratio', labels, Math.max(0, Math.min(1, left / budget.capacity)));
  }
};

const runGauges: ReadGauges = async ({ settings: { name: pair } }, { facts, config }, set) => {
  let last: { readonly id: string; readonly endedAt: number } | null = null;
  for await (const { id, value } of facts.list(pair, 'run'))
    if (value.endedAt !== null && value.endedAt > (last?.endedAt ?? 0)) last = { id, endedAt: value.endedAt };
  if (last === null) return;
  set('lockstep_last_run_timestamp_seconds', { pair }, last.endedAt / 1_000);
  const path = join(runsDir(config.reportsDir, pair), `${last.id}.sqlite`);
  const result = existsSync(path) ? readResult(path) : null;
  for (const [cause, count] of Object.entries(result?.byCause ?? {})) set('lockstep_drift', { pair, cause }, count);
};
