import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { Clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import type { Finding, RunResult } from '../../services/reconciler/finding.ts';
import type { StorePlan } from '../../services/reconciler/build-plan.ts';
import { booksOf } from '../../simulators/oracle/books.ts';
import { findDifferences, type Difference } from '../../simulators/oracle/differences.ts';
import { countEdits, judge, type JudgeInput, type OracleFinding } from '../../simulators/oracle/judge.ts';
import { CARRIED, LATE_AFTER_MS } from './demo-config.ts';
import type { DemoShops, DemoSize } from './demo-shops.ts';
import type { Pairing } from './pairing.ts';
import { plantFault, type Plantable } from './plant-fault.ts';
import { takeFigures, type TradingFigures } from './trading-figures.ts';
import { rougherPost, trade } from './trade.ts';
import type { Works } from './works.ts';

export type StoryOptions = {
  readonly seconds: number;
  /** Changes a second at the old shop. */
  readonly pace: number;
  readonly size: DemoSize;
  readonly plant: Plantable | null;
  readonly reportsDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onStage: (stage: StoryStage) => void;
  /** Breaks things while the old shop trades, which goes on for `seconds` after this has resolved; absent: nothing is broken. */
  readonly disturb?: () => Promise<void>;
  /** Which reads were followed by nobody can tell what; absent: none. */
  readonly unsure?: NonNullable<JudgeInput['comparison']>['unsure'];
};

/** What can be told as it happens. */
export type StoryStage =
  | {
      readonly kind: 'opened';
      readonly pairing: Pairing;
      readonly variants: number;
      readonly orders: number;
      readonly customers: number;
      readonly edits: number;
    }
  | { readonly kind: 'planned'; readonly plan: StorePlan }
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

type Stage = { readonly options: StoryOptions; readonly shops: DemoShops; readonly works: Works };

/** Tells the whole story once: two shops, a plan, a time of trading over a bad line, a comparison, a verdict. */
export async function tellStory(options: StoryOptions, shops: DemoShops, works: Works): Promise<DemoResult> {
  const stage: Stage = { options, shops, works };
  options.onStage(opened(stage));
  await works.subscribe();
  shops.source.setDeliveryPolicy(rougherPost(shops.random));
  shops.source.startDeliveries({ intervalMs: 20 });
  // Looks first; then a person says yes, and what has fallen behind since the migration is carried over.
  await works.silence();
  const plan = await works.plan();
  const approvedSeq = shops.target.ledger.entries.length;
  await works.approve(plan);
  options.onStage({ kind: 'planned', plan });

  const { figures, tradingSeq } = await letTrade(stage);
  const { run, found, differed, readsBefore } = await compare(stage);
  if (options.plant !== null) await plantFault(options.plant, { url: shops.targetUrl, target: shops.target });

  const { unsure } = options;
  const target = { ledger: shops.target.ledger, state: shops.target.state() };
  const verdict = judge({
    source: { ledger: shops.source.ledger, state: shops.source.state() },
    target,
    selected: new Set(CARRIED),
    migratedAt: shops.migratedAt,
    approvedSeq,
    comparison: {
      tradingSeq,
      readsBefore,
      before: differed,
      reported: found,
      ...(unsure === undefined ? {} : { unsure }),
    },
  });
  return { plan, figures, run, edits: countEdits(target), verdict };
}

function opened({ shops, options }: Stage): StoryStage {
  const before = booksOf(shops.source.state());
  return {
    kind: 'opened',
    pairing: shops.pairing,
    variants: before.variants.length,
    orders: before.orders.length,
    customers: before.customers.length,
    edits: options.size.edits,
  };
}

async function letTrade({ options, shops, works }: Stage) {
  const { source, target, random } = shops;
  const { clock, signal, disturb } = options;
  const tradingSeq = source.ledger.entries.length;
  const begun = clock.monotonic();
  const from = { delivery: source.ledger.deliveries.length, call: target.ledger.calls.length, at: clock.now() };
  // What was broken is followed by as much trading as there would have been without.
  let until = Number.POSITIVE_INFINITY;
  const disturbing = (disturb ?? (() => Promise.resolve()))().finally(() => {
    until = clock.monotonic() + options.seconds * 1_000;
  });
  const trading = trade(source, {
    seconds: options.seconds,
    pace: options.pace,
    goesOn: () => disturb !== undefined && clock.monotonic() < until,
    random,
    clock,
    signal,
    onProgress: (done, made) => options.onStage({ kind: 'trading', done, changes: made }),
  });
  const [changes] = await Promise.all([trading, disturbing]);
  const seconds = Math.round((clock.monotonic() - begun) / 1_000);
  while (source.outstandingDeliveries() > 0) await clock.sleep(50, signal);
  await works.settled();
  const figures = await works.withLog((log) => takeFigures({ log, shops, from, changes, seconds }));
  options.onStage({ kind: 'traded', figures });
  // What changed last must have had the time in which its webhook could have come.
  await clock.sleep(LATE_AFTER_MS + 1_000, signal);
  return { figures, tradingSeq };
}

type Compared = {
  readonly run: DemoResult['run'];
  readonly found: readonly Finding[];
  readonly differed: readonly Difference[];
  readonly readsBefore: number;
};

async function compare({ shops, options, works }: Stage): Promise<Compared> {
  const readsBefore = shops.source.ledger.reads.length;
  const differed = findDifferences({
    source: shops.source.state(),
    target: shops.target.state(),
    selected: new Set(CARRIED),
    migratedAt: shops.migratedAt,
  });
  const { file: _file, ...run } = await works.compare(({ stage, done, of }) =>
    options.onStage({ kind: 'comparing', stage, done, of }),
  );
  await works.settled();
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
