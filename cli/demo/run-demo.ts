import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import type { CallContext } from '#libs/connectors/store-connector.ts';
import { must } from '#libs/runtime/must.ts';
import type { Finding, RunResult } from '../../services/reconciler/finding.ts';
import { approvePlan } from '../../services/reconciler/approve-plan.ts';
import { buildPlan, type StorePlan } from '../../services/reconciler/build-plan.ts';
import { findDifferences, type Difference } from '../../simulators/oracle/differences.ts';
import { countEdits, judge, type OracleFinding } from '../../simulators/oracle/judge.ts';
import { openContext, pairOf, type Context, type OpenPair } from '../context.ts';
import type { Io } from '../io.ts';
import { reconcilerDeps } from '../plug-parts.ts';
import { openParts, PART_NAMES, type OpenParts } from '../run-parts.ts';
import type { ReconcilerPart } from '../runtime-parts.ts';
import { webhookUrl } from '../webhook-url.ts';
import { wantedTopics } from '../webhooks-handlers.ts';
import { CARRIED, demoConfig, LATE_AFTER_MS, PAIR } from './demo-config.ts';
import { openShops, type DemoShops, type DemoSize } from './demo-shops.ts';
import { plantFault, type Plantable } from './plant-fault.ts';
import { takeFigures, type TradingFigures } from './trading-figures.ts';
import { rougherPost, trade } from './trade.ts';

export type DemoOptions = {
  readonly seconds: number;
  readonly size: DemoSize;
  readonly seed: number;
  readonly plant: Plantable | null;
  readonly io: Io;
  readonly reportsDir: string;
  readonly onStage: (stage: DemoStage) => void;
};

/** What can be told as it happens. */
export type DemoStage =
  | {
      readonly kind: 'opened';
      readonly variants: number;
      readonly orders: number;
      readonly customers: number;
      readonly edits: number;
    }
  | { readonly kind: 'planned'; readonly plan: StorePlan; readonly repaired: RunResult }
  | { readonly kind: 'trading'; readonly done: number; readonly changes: number }
  | { readonly kind: 'traded'; readonly figures: TradingFigures }
  | { readonly kind: 'comparing'; readonly stage: string; readonly done: number; readonly of: number | null }
  | { readonly kind: 'compared'; readonly run: DemoResult['run']; readonly found: readonly Finding[] };

export type DemoResult = {
  readonly plan: StorePlan;
  readonly figures: TradingFigures;
  /** Without the file of the run, which goes with the shops. */
  readonly run: Omit<RunResult, 'file'>;
  readonly edits: { readonly made: number; readonly kept: number };
  readonly verdict: readonly OracleFinding[];
};

/** Tells the whole story once: two shops, a plan, half a minute of trading over a bad line, a comparison, a verdict. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-demo-'));
  try {
    await using shops = await openShops(options.size, options.seed);
    // What earlier demos left behind is about other shops under the same name.
    const config = await demoConfig(shops, { dataDir: folder, reportsDir: join(folder, 'reports') });
    await using context = await openContext(config, options.io);
    const parts = await openParts(context, new Set(PART_NAMES));
    try {
      return await Promise.race([tell(options, shops, context, parts), parts.failed]);
    } finally {
      await parts.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Stage = {
  readonly options: DemoOptions;
  readonly shops: DemoShops;
  readonly context: Context;
  readonly pair: OpenPair;
  readonly parts: OpenParts;
  readonly reconciler: ReconcilerPart;
};

async function tell(options: DemoOptions, shops: DemoShops, context: Context, parts: OpenParts): Promise<DemoResult> {
  const pair = pairOf(context, PAIR);
  const stage: Stage = { options, shops, context, pair, parts, reconciler: await whenOpen(context, parts) };
  const before = shops.source.state();
  options.onStage({
    kind: 'opened',
    variants: before.variations.length + before.products.filter(({ type }) => type !== 'variable').length,
    orders: before.orders.length,
    customers: before.customers.length,
    edits: options.size.edits,
  });
  await subscribe(stage);
  const { plan, approvedSeq } = await approve(stage);
  const { figures, tradingSeq } = await letTrade(stage);
  const { run, found, differed, readsBefore } = await compare(stage);
  if (options.plant !== null) await plantFault(options.plant, { url: shops.targetUrl, target: shops.target });

  const target = { ledger: shops.target.ledger, state: shops.target.state() };
  const verdict = judge({
    source: { ledger: shops.source.ledger, state: shops.source.state() },
    target,
    selected: new Set(CARRIED),
    migratedAt: shops.migratedAt,
    approvedSeq,
    comparison: { tradingSeq, readsBefore, before: differed, reported: found },
  });
  return { plan, figures, run, edits: countEdits(target), verdict };
}

/** Parts of a pair open once both shops have been recognised. */
async function whenOpen({ clock }: Context, parts: OpenParts): Promise<ReconcilerPart> {
  for (;;) {
    const reconciler = parts.reconcilers.get(PAIR);
    if (reconciler !== undefined) return reconciler;
    await clock.sleep(20);
  }
}

async function subscribe({ pair, parts, shops, options }: Stage): Promise<void> {
  const call: CallContext = { signal: options.io.signal, priority: 'change' };
  const url = webhookUrl(must(parts.ingestUrl, 'the address of ingest'), PAIR);
  const secret = must(pair.source.webhookSecrets[0], 'a secret for webhooks');
  for (const topic of wantedTopics(pair))
    await pair.source.connector.createSubscription({ topic, url, secret }, { ...call, maySend: () => true });
  shops.source.setDeliveryPolicy(rougherPost(shops.random));
  shops.source.startDeliveries({ intervalMs: 20 });
}

/** Looks first; then a person says yes, and what has fallen behind since the migration is carried over. */
async function approve(stage: Stage): Promise<{ readonly plan: StorePlan; readonly approvedSeq: number }> {
  const { context, pair, shops, reconciler, options } = stage;
  const deps = reconcilerDeps(pair, context);
  const plan = await buildPlan(deps, { signal: options.io.signal });
  const approvedSeq = shops.target.ledger.entries.length;
  await approvePlan(deps, plan, { by: 'demo' });
  const repaired = await reconciler.compare({ repair: true, signal: options.io.signal });
  await settle(stage);
  options.onStage({ kind: 'planned', plan, repaired });
  return { plan, approvedSeq };
}

async function letTrade(stage: Stage): Promise<{ readonly figures: TradingFigures; readonly tradingSeq: number }> {
  const { options, shops, context } = stage;
  const { source, target, random } = shops;
  const tradingSeq = source.ledger.entries.length;
  const from = { delivery: source.ledger.deliveries.length, call: target.ledger.calls.length, at: context.clock.now() };
  const changes = await trade(source, {
    seconds: options.seconds,
    random,
    clock: context.clock,
    signal: options.io.signal,
    onProgress: (done, made) => options.onStage({ kind: 'trading', done, changes: made }),
  });
  while (source.outstandingDeliveries() > 0) await context.clock.sleep(50, options.io.signal);
  await settle(stage);
  const figures = await takeFigures({ context, shops, from, changes, tradingSeq });
  options.onStage({ kind: 'traded', figures });
  // What changed last must have had the time in which its webhook could have come.
  await context.clock.sleep(LATE_AFTER_MS + 1_000, options.io.signal);
  return { figures, tradingSeq };
}

/** Until no news is outstanding, delayed news included. */
async function settle({ context, parts }: Stage): Promise<void> {
  const applier = must(parts.appliers.get(PAIR), 'the applier');
  for (;;) {
    await applier.idle();
    const { behind, delayed } = await context.log.lag(PAIR);
    if (behind === 0 && delayed === 0) return;
    await context.clock.sleep(50);
  }
}

type Compared = {
  readonly run: DemoResult['run'];
  readonly found: readonly Finding[];
  readonly differed: readonly Difference[];
  readonly readsBefore: number;
};

async function compare(stage: Stage): Promise<Compared> {
  const { shops, options, reconciler } = stage;
  const readsBefore = shops.source.ledger.reads.length;
  const differed = findDifferences({
    source: shops.source.state(),
    target: shops.target.state(),
    selected: new Set(CARRIED),
    migratedAt: shops.migratedAt,
  });
  const { file: _file, ...run } = await reconciler.compare({
    repair: true,
    signal: options.io.signal,
    onProgress: ({ stage: name, done, of }) => options.onStage({ kind: 'comparing', stage: name, done, of }),
  });
  await settle(stage);
  const { report, findings } = await keepReport(must(run.report, 'the report'), options.reportsDir);
  const found = findings.filter(({ status }) => status !== 'kept');
  options.onStage({ kind: 'compared', run, found });
  return { run: { ...run, report }, found, differed, readsBefore };
}

type ReportJson = { readonly run: object; readonly findings: readonly Finding[] };

/** The report is what stays of a demo: as a page, a table, and JSON that names no file which is gone. */
async function keepReport(
  page: string,
  folder: string,
): Promise<{ readonly report: string; readonly findings: readonly Finding[] }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const base = basename(page, '.html');
  const report = join(folder, `${base}.html`);
  for (const ending of ['html', 'csv'])
    await copyFile(join(dirname(page), `${base}.${ending}`), join(folder, `${base}.${ending}`));
  const told = JSON.parse(await readFile(join(dirname(page), `${base}.json`), 'utf8')) as ReportJson;
  const run = { ...told.run, file: undefined, report };
  await writeFile(join(folder, `${base}.json`), `${JSON.stringify({ ...told, run }, null, 2)}\n`, { mode: 0o600 });
  return { report, findings: told.findings };
}
