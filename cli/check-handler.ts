import { z } from 'zod';

import type { CallContext, Finding, StoreIdentity } from '#libs/connectors/store-connector.ts';
import { mapStatus } from '#libs/fields/map-fields.ts';
import { hasPlace } from '#libs/fields/pair-status-map.ts';
import type { Selection } from '#libs/fields/field-names.ts';
import type { SyncError } from '#libs/runtime/sync-error.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import {
  errorFinding,
  identityFinding,
  mappingFinding,
  priceFindings,
  scanFinding,
  shopOf,
  sideFinding,
  webhookFinding,
} from './check-findings.ts';
import { estimateRoundMs, type KindToScan } from '../services/reconciler/scan-estimate.ts';
import { followedRoots } from '../services/reconciler/scan-stores.ts';
import { kafkaFindings, redisFindings } from './check-cluster.ts';
import { deliveryFinding } from './check-delivery.ts';
import { stockFindings } from './check-stock.ts';
import type { OpenPair, OpenStore } from './context.ts';
import { pairOf } from './context.ts';
import type { Runtime } from './handler.ts';
import { defineHandler } from './handler.ts';
import { readWebhooks } from './webhooks-handlers.ts';

export type PairCheck = {
  readonly pair: string;
  /** `WooCommerce https://old.example.com` */
  readonly source: string;
  readonly target: string;
  readonly phase: string;
  readonly findings: readonly Finding[];
};

/** How many of the latest orders are looked at for their status words. */
const ORDERS_MAX = 500;
const LOOK_BACK_MS = 90 * 86_400_000;

/** Asks both shops of each pair, and looks at log and state. Pins and changes nothing, but for the webhook that `delivery` asks for. */
export const check = defineHandler(
  z.object({ pair: z.string().optional(), delivery: z.boolean().optional() }),
  async ({ pair, delivery = false }, runtime, { signal, tell }): Promise<readonly PairCheck[]> => {
    const pairs = pair === undefined ? [...runtime.pairs.values()] : [pairOf(runtime, pair)];
    const checked: PairCheck[] = [];
    for (const one of pairs) {
      tell({ pair: one.settings.name });
      const how = { isFirst: one === pairs[0], delivery };
      checked.push(await checkOne(one, runtime, { signal, priority: 'change' }, how));
    }
    return checked;
  },
);

async function checkOne(
  pair: OpenPair,
  runtime: Runtime,
  call: CallContext,
  { isFirst, delivery }: { readonly isFirst: boolean; readonly delivery: boolean },
): Promise<PairCheck> {
  const { settings, source, target } = pair;
  const findings: Finding[] = [{ level: 'ok', topic: 'config', message: runtime.config.file }];
  const sourceIdentity = await checkSide('source', pair, runtime, call, findings);
  if (sourceIdentity !== null) {
    await attempt(findings, 'webhooks', async () => [
      webhookFinding(await readWebhooks(pair, runtime, runtime.config.ingest.publicUrl, call)),
    ]);
    if (delivery && pair.webhooks === 'on')
      await attempt(findings, 'delivery', async () => [await timeDelivery(pair, runtime, call)]);
    if (settings.selection.has('order.status'))
      await attempt(findings, 'mapping', async () => [
        mappingFinding(settings.name, await statusWords(pair, runtime, call)),
      ]);
  }
  if (sourceIdentity !== null)
    await attempt(findings, 'rolling scan', async () => [await scanFindingOf(pair, runtime, call)]);
  if (sourceIdentity !== null) await attempt(findings, 'mapping', () => stockFindings(pair, call));
  const targetIdentity = await checkSide('target', pair, runtime, call, findings);
  if (sourceIdentity !== null && targetIdentity !== null)
    findings.push(...priceFindings(settings, sourceIdentity, targetIdentity));
  const { cluster } = runtime.config;
  if (cluster === null) await attempt(findings, 'log', () => embeddedFindings(pair, runtime));
  else {
    await attempt(findings, 'log', () => kafkaFindings(cluster, settings, { ...runtime, withShared: isFirst }));
    await attempt(findings, 'state', () => redisFindings(cluster, runtime));
  }
  const phase = await runtime.facts.get(settings.name, 'phase', 'phase');
  return {
    pair: settings.name,
    source: `${source.label} ${source.address}`,
    target: `${target.label} ${target.address}`,
    phase: phase?.phase ?? 'observe',
    findings,
  };
}

async function timeDelivery(pair: OpenPair, runtime: Runtime, call: CallContext): Promise<Finding> {
  const { log, clock, config } = runtime;
  const { ours } = await readWebhooks(pair, runtime, config.ingest.publicUrl, call);
  return deliveryFinding(
    {
      pair: pair.settings.name,
      source: pair.source.connector,
      log,
      clock,
      active: ours,
      isTaken: runtime.running !== null || config.cluster !== null,
    },
    { ...call, maySend: () => true },
  );
}

async function checkSide(
  side: 'source' | 'target',
  { settings, [side]: store }: OpenPair,
  { facts }: Runtime,
  call: CallContext,
  findings: Finding[],
): Promise<StoreIdentity | null> {
  const identity = await identityOf(store, call);
  if (isSyncError(identity)) {
    findings.push(...(await explain(side, identity, store, settings.selection, call)));
    return null;
  }
  findings.push(identityFinding(side, identity, await facts.get(settings.name, 'identity', side)));
  await attempt(findings, shopOf(side), () => ownFindings(side, store, settings.selection, call));
  return identity;
}

async function identityOf({ connector }: OpenStore, call: CallContext): Promise<StoreIdentity | SyncError> {
  try {
    return await connector.identify(call);
  } catch (error) {
    if (isSyncError(error)) return error;
    throw error;
  }
}

async function ownFindings(side: 'source' | 'target', { connector }: OpenStore, fields: Selection, call: CallContext) {
  const own = await connector.check(side, fields, call);
  return own.map((finding) => sideFinding(side, finding));
}

/** Why a shop did not say who it is. A connector knows its platform's ways to refuse a key better than a code does. */
async function explain(
  side: 'source' | 'target',
  error: SyncError,
  store: OpenStore,
  fields: Selection,
  call: CallContext,
): Promise<readonly Finding[]> {
  const plain = [errorFinding(`${shopOf(side)} reachable`, error)];
  if (error.code === 'STORE_UNREACHABLE') return plain;
  const own: Finding[] = [];
  await attempt(own, `${shopOf(side)} reachable`, () => ownFindings(side, store, fields, call));
  return own.some(({ level }) => level === 'problem') ? own : plain;
}

/** The status words of the latest orders, and whether each has its place. */
async function statusWords({ settings, source, target }: OpenPair, { clock }: Runtime, call: CallContext) {
  const words = new Map<string, { orders: number; mapped: boolean; placeless: number }>();
  const { orderStatuses } = target.connector.capabilities;
  const since = new Date(clock.now() - LOOK_BACK_MS).toISOString();
  let seen = 0;
  const pages = source.connector.capabilities.changedSince.has('order')
    ? source.connector.scanChanged('order', since, { ...call, fields: new Set(['order.status']) })
    : source.connector.scan('order', {}, { ...call, fields: new Set(['order.status']) });
  for await (const { roots } of pages) {
    for (const root of roots) {
      if (root.root !== 'order') continue;
      const { word } = root.order.status;
      const mapped = Object.hasOwn(settings.maps.orderStatus, word) || Object.hasOwn(source.defaultStatusMap, word);
      const known = words.get(word) ?? { orders: 0, placeless: 0 };
      const status = mapStatus(root.order.status, settings.maps.orderStatus, root.order);
      const state = status === null || status === 'ignore' ? null : status.state;
      const isPlaced = state === null || orderStatuses === undefined || hasPlace(state, orderStatuses);
      words.set(word, { mapped, orders: known.orders + 1, placeless: known.placeless + (isPlaced ? 0 : 1) });
    }
    seen += roots.length;
    if (seen >= ORDERS_MAX) break;
  }
  return words;
}

async function scanFindingOf({ settings, source }: OpenPair, { clock, facts }: Runtime, call: CallContext) {
  const { connector, budget } = source;
  const share = settings.reconcile.scanShare ?? 0;
  const kinds: KindToScan[] = [];
  for (const root of followedRoots(settings))
    kinds.push({
      root,
      count: await connector.count(root, call),
      scanned: await facts.get(settings.name, 'scan', root),
    });
  const pageSize = connector.capabilities.readBatchMax;
  const roundMs = estimateRoundMs(kinds, { share, perSecond: budget.perSecond, pageSize, now: clock.now() });
  return scanFinding(share, kinds, roundMs);
}

async function embeddedFindings({ settings }: OpenPair, { log, config, state }: Runtime): Promise<readonly Finding[]> {
  const [partition] = await log.ends(settings.name);
  const { behind } = await log.lag(settings.name);
  await state.putNote('check', 'written', 60_000);
  return [
    {
      level: 'ok',
      topic: 'log',
      message: `embedded in ${config.dataDir}, ${partition?.end ?? 0} news so far, behind ${behind}`,
    },
    { level: 'ok', topic: 'state', message: 'embedded beside the log' },
  ];
}

// What a shop or the log answers is a finding, and the other checks go on.
async function attempt(findings: Finding[], topic: string, run: () => Promise<readonly Finding[]>): Promise<void> {
  try {
    findings.push(...(await run()));
  } catch (error) {
    if (!isSyncError(error)) throw error;
    findings.push(errorFinding(topic, error));
  }
}
