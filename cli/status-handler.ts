import { listOpenAlarms } from '#libs/facts/alarms.ts';
import { z } from 'zod';

import { estimateRoundMs, type KindToScan } from '../services/reconciler/scan-estimate.ts';
import { followedRoots } from '../services/reconciler/scan-stores.ts';
import type { RootKind } from '#libs/model/stored.ts';
import type { RunProgress } from '../services/reconciler/run-progress.ts';
import { unheardKinds } from '../services/reconciler/note-unheard.ts';
import type { PartitionLag } from '#libs/event-log/event-log.ts';
import type { OpenPair } from './context.ts';
import { pairOf } from './context.ts';
import type { Runtime } from './handler.ts';
import { defineHandler } from './handler.ts';
import { MAILS_OF } from './mails-switch.ts';
import { minute } from './text.ts';

export type PairStatus = {
  readonly pair: string;
  readonly phase: 'observe' | 'follow' | 'closed';
  readonly running: boolean;
  readonly holds: readonly { readonly id: string; readonly reason: string; readonly at: number; readonly by: string }[];
  readonly behind: number;
  readonly delayed: number;
  readonly oldestMs: number;
  /** How far each partition is behind; empty where there is one. */
  readonly partitions: readonly PartitionLag[];
  readonly parked: number;
  readonly unreadable: number;
  /** Why the most are parked. */
  readonly parkedReasons: readonly { readonly reason: string; readonly count: number }[];
  readonly alarms: readonly string[];
  /** Null: none were registered through Lockstep yet. */
  readonly webhooks: {
    readonly off: boolean;
    readonly wanted: number;
    readonly active: number;
    readonly faults: readonly string[];
    readonly unheard: ReturnType<typeof unheardKinds>;
  } | null;
  readonly lastSweepAt: number | null;
  /** The rolling scan; null: there is none, or it has not begun. */
  readonly scan: {
    readonly root: RootKind;
    readonly seen: number;
    readonly of: number | null;
    readonly roundMs: number | null;
  } | null;
  readonly lastRun: {
    readonly at: number;
    readonly endedAt: number | null;
    readonly drift: number;
    readonly repaired: number;
    readonly left: number;
  } | null;
  readonly stores: readonly {
    readonly side: 'source' | 'target';
    readonly well: boolean;
    readonly budgetUsed: number;
  }[];
  readonly nextRunAt: number | null;
  /** How far the comparison is that runs in this process; the first one after an approval makes what is to be made. */
  readonly progress: RunProgress | null;
  /** The last news that changed something at the new shop. */
  readonly lastChange: { readonly at: number; readonly what: string; readonly tookMs: number } | null;
  /** True where the config is not the one that was approved. */
  readonly configChanged: boolean;
  readonly now: number;
};

export const status = defineHandler(
  z.object({ pair: z.string().optional() }),
  async ({ pair }, runtime): Promise<readonly PairStatus[]> => {
    const pairs = pair === undefined ? [...runtime.pairs.values()] : [pairOf(runtime, pair)];
    return Promise.all(pairs.map((one) => statusOf(one, runtime)));
  },
);

async function statusOf(pair: OpenPair, runtime: Runtime): Promise<PairStatus> {
  const { facts, log, clock, running } = runtime;
  const { name, configHash } = pair.settings;
  const reasons = new Map<string, number>();
  for await (const { value } of facts.list(name, 'parked'))
    reasons.set(value.reason, (reasons.get(value.reason) ?? 0) + 1);
  const alarms = (await listOpenAlarms(facts, name)).map(({ value }) => value.message);
  for await (const { value } of facts.list(name, 'stall'))
    alarms.push(`stands still: ${value.message} → ${value.remedy}`);
  const off = await facts.get(name, 'mails', MAILS_OF);
  if (off !== null)
    alarms.push(
      `${off.switched.length} mails of the new shop are off until ${minute(off.until)} → lockstep mails restore ${name}`,
    );
  const holds = [];
  for await (const { id, value } of facts.list(name, 'hold')) holds.push({ id, ...value });
  const phase = await facts.get(name, 'phase', 'phase');
  const approval = await facts.get(name, 'approval', 'approval');
  return {
    pair: name,
    phase: phase?.phase ?? 'observe',
    running: running === null && runtime.config.cluster === null ? false : (await log.consumers(name)) > 0,
    holds,
    ...(await log.lag(name)),
    partitions: pair.settings.partitions === 1 ? [] : await log.partitionLags(name),
    parked: [...reasons.values()].reduce((sum, n) => sum + n, 0),
    unreadable: await facts.count(name, 'unreadable'),
    parkedReasons: [...reasons].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
    alarms,
    webhooks: await webhooksOf(pair, runtime),
    lastSweepAt: await lastSweep(name, runtime),
    scan: await scanOf(pair, runtime),
    lastRun: await lastRun(name, runtime),
    stores: await Promise.all((['source', 'target'] as const).map((side) => storeStatus(side, pair, runtime))),
    progress: running?.reconcilers.get(name)?.progress() ?? null,
    nextRunAt: running?.reconcilers.get(name)?.nextRunAt() ?? null,
    lastChange: lastChange(name, runtime),
    configChanged: approval !== null && approval.configHash !== configHash,
    now: clock.now(),
  };
}

async function storeStatus(side: 'source' | 'target', pair: OpenPair, { state }: Runtime) {
  const { health, budget } = pair[side];
  const left = await state.readBudget(budget.bucket, budget);
  return { side, well: health.isWell(), budgetUsed: Math.max(0, Math.min(1, 1 - left / budget.capacity)) };
}

// As the reconciler's watch last saw them: a status asks no shop.
async function webhooksOf(
  { settings, webhooks }: OpenPair,
  { facts, clock }: Runtime,
): Promise<PairStatus['webhooks']> {
  if (webhooks === 'off') return { off: true, wanted: 0, active: 0, faults: [], unheard: [] };
  const subscribed = await facts.get(settings.name, 'subscribed', 'webhooks');
  if (subscribed === null) return null;
  const { wanted, active, faults, unheard } = subscribed;
  const { lateAfterMs } = settings.timing;
  return { off: false, wanted, active, faults, unheard: unheardKinds(unheard, { now: clock.now(), lateAfterMs }) };
}

async function scanOf({ settings, source }: OpenPair, { facts, clock }: Runtime): Promise<PairStatus['scan']> {
  const share = settings.reconcile.scanShare ?? 0;
  if (share === 0) return null;
  const kinds: KindToScan[] = [];
  for (const root of followedRoots(settings))
    kinds.push({ root, count: null, scanned: await facts.get(settings.name, 'scan', root) });
  const latest = kinds.toSorted((a, b) => (b.scanned?.startedAt ?? 0) - (a.scanned?.startedAt ?? 0))[0];
  if (latest === undefined || latest.scanned === null) return null;
  const pageSize = source.connector.capabilities.readBatchMax;
  const roundMs = estimateRoundMs(kinds, { share, perSecond: source.budget.perSecond, pageSize, now: clock.now() });
  return { root: latest.root, seen: latest.scanned.seen, of: latest.scanned.of, roundMs };
}

async function lastSweep(pair: string, { facts }: Runtime): Promise<number | null> {
  let last: number | null = null;
  for await (const { value } of facts.list(pair, 'cursor')) last = Math.max(last ?? 0, value.sweptAt);
  return last;
}

async function lastRun(pair: string, { facts }: Runtime): Promise<PairStatus['lastRun']> {
  let last: PairStatus['lastRun'] = null;
  for await (const { value } of facts.list(pair, 'run')) if (last === null || value.at > last.at) last = value;
  return last;
}

// The journal is tailed where the reconciler runs; elsewhere reading it through would cost too much for a status.
function lastChange(pair: string, { running }: Runtime): PairStatus['lastChange'] {
  const latest = running?.reconcilers.get(pair)?.journal.latest({ limit: 50 }) ?? [];
  const found = latest.find(({ outcome }) => outcome.outcome === 'applied');
  if (found === undefined) return null;
  const { entities = [], root, receivedAt } = found.outcome;
  const applied = entities.find(({ outcome }) => outcome === 'applied');
  return { at: found.at, what: applied?.label ?? root, tookMs: Math.max(0, found.at - receivedAt) };
}
