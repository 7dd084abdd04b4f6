import { relative } from 'node:path';

import type { Finding } from '../../services/reconciler/finding.ts';
import type { Io } from '../io.ts';
import { say } from '../io.ts';
import { createProgressLine } from '../progress.ts';
import { CARRIED } from './demo-config.ts';
import type { ClusterDemoResult, ClusterStage } from './cluster/run-cluster-demo.ts';
import { labelOf } from './pairing.ts';
import type { DemoResult } from './tell-story.ts';
import type { TradingFigures } from './trading-figures.ts';

/** Tells the story as it happens; bars on a terminal only. */
export function createTeller(io: Io, seconds: number): (stage: ClusterStage) => void {
  const progress = createProgressLine(io);
  const tell = (...lines: readonly string[]): void => {
    progress.clear();
    say(io, ...lines);
  };
  return (stage) => {
    switch (stage.kind) {
      case 'cluster':
        return tell(
          `Kafka at ${stage.brokers.join(', ')}, Redis, and ${number(stage.processes.length)} processes: ${stage.processes.join(', ')}`,
          '',
        );
      case 'broken':
        return tell(`  ✗ ${stage.what}`);
      case 'opened':
        return tell(...opening(stage));
      case 'planned':
        return tell(
          `plan        ${fields(stage.plan.counts.planned)} since the migration, ${many(stage.plan.counts.create, 'entity', 'entities')} to create          approved by: demo`,
        );
      case 'trading':
        return progress.show('trading', { stage: '', done: Math.round(stage.done * seconds), of: seconds });
      case 'traded':
        return tell(...trading(stage.figures));
      case 'comparing':
        return progress.show('comparing', stage);
      case 'compared':
        return tell(...comparing(stage));
    }
  };
}

function opening({
  pairing,
  variants,
  orders,
  customers,
  edits,
}: Extract<ClusterStage, { kind: 'opened' }>): readonly string[] {
  return [
    `Lockstep demo: an old ${labelOf(pairing.from)} shop keeps trading while a new ${labelOf(pairing.to)} shop is prepared.`,
    `  old shop   Källa & Sons       ${number(variants)} variants   ${number(orders)} orders   ${number(customers)} customers`,
    `  new shop   migrated last week; since then people changed ${number(edits)} titles, descriptions and SEO texts`,
    `  carried    ${CARRIED.join('  ')}`,
    '',
  ];
}

function trading(figures: TradingFigures): readonly string[] {
  const { created } = figures;
  return [
    `trading     ${String(figures.seconds)} s   ${number(figures.changes)} changes at the old shop`,
    `  webhooks    in ${number(figures.webhooks)}   doubled ${number(figures.doubled)}   out of order ${number(figures.reordered)}   never delivered ${number(figures.lost)}`,
    `  new shop    writes ${number(figures.writes)} in ${number(figures.writeCalls)} calls (one call a change: ${number(figures.naiveCalls)})   p50 ${span(figures.medianMs)}   p99 ${span(figures.slowMs)}   behind ${number(figures.behind)}`,
    `  created     ${many(created.orders, 'order')}   ${many(created.customers, 'customer')}   ${many(created.products, 'product')} with ${many(created.variants, 'variant')}`,
  ];
}

const SHOWN = 5;

function comparing({ run, found }: Extract<ClusterStage, { kind: 'compared' }>): readonly string[] {
  const { compared } = run;
  const entities = new Set(found.map(({ entity }) => entity)).size;
  const all = found.every(({ cause }) => cause === 'missed-webhook' || cause === 'new-at-source');
  const more = found.length - SHOWN;
  return [
    `comparing   ${number(compared['product'] ?? 0)} products · ${number(compared['order'] ?? 0)} orders · ${number(compared['customer'] ?? 0)} customers   ${span(run.endedAt - run.startedAt)}`,
    `  drift       ${fields(run.drift)} in ${many(entities, 'entity', 'entities')}${all && found.length > 0 ? ': every one a webhook that never came' : ''}`,
    ...found.slice(0, SHOWN).map((finding) => `    ✗ ${lineOf(finding)}`),
    ...(more > 0 ? [`    … ${number(more)} more in the report`] : []),
    `repaired    ${number(run.repaired)} of ${number(run.drift)} through the same road${run.left === 0 ? ', seen again: both shops agree' : `, ${number(run.left)} left`}`,
  ];
}

function lineOf({ entity, label, field, source, target, cause, sourceChangedAt }: Finding): string {
  const [kind = ''] = entity.split(':');
  const [, name = 'whole'] = (field ?? '').split('.');
  const at = sourceChangedAt === null ? '' : ` (changed ${sourceChangedAt.slice(11, 19)} UTC)`;
  // History is a person's text: it is told that something is missing, not what.
  const values =
    field === null ? 'missing' : name === 'history' ? 'entries missing' : `old ${shown(source)}  new ${shown(target)}`;
  return `${kind.padEnd(8)} ${label.padEnd(16)} ${name.padEnd(11)} ${values}   ${WORDS[cause] ?? cause}${at}`;
}

const WORDS: Readonly<Record<string, string>> = {
  'missed-webhook': 'webhook never came',
  'new-at-source': 'new, its webhook never came',
};

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'object') return JSON.stringify(value);
  if ('word' in value) return String(value.word);
  if ('amountMinor' in value) return (Number(value.amountMinor) / 100).toFixed(2);
  return Array.isArray(value) ? many(value.length, 'entry', 'entries') : '…';
}

/** The end of the story: what stayed as it was, and what the oracle has to say. */
export function tellVerdict(io: Io, { edits, verdict, run }: DemoResult): void {
  const count = (...rules: readonly string[]): string =>
    number(verdict.filter(({ rule }) => rules.includes(rule)).length);
  say(
    io,
    `  people's edits in the new shop  ${number(edits.kept)} of ${number(edits.made)} still there`,
    `  doubled entities ${count('doubled-entity')}   mails to customers ${count('mail')}   stock moved by us ${count('stock-movement')}   money moved by us ${count('gateway-call')}`,
    '',
    ...(run.report === null ? [] : [`Report   ${relative(io.cwd, run.report)}`]),
  );
  if (verdict.length === 0) return;
  say(
    io,
    '',
    `Not as it should be: ${many(verdict.length, 'finding')} of the oracle, which judges by both shops' own records`,
  );
  for (const { rule, detail } of verdict.slice(0, 40)) say(io, `  ✗ ${rule}: ${detail}`);
}

/** How the processes fared; nothing where the story had one. */
export function tellProcesses(io: Io, { broken, fell, taken, logs }: ClusterDemoResult): void {
  say(
    io,
    `Broken   ${many(broken.length, 'time')}; webhooks taken by each ingest: ${taken.map(number).join(', ')}`,
    ...fell.map((how) => `  ✗ ${how}`),
    ...(logs === null ? [] : [`Logs     ${logs}`]),
  );
}

function fields(count: number): string {
  return `${many(count, 'field')} ${count === 1 ? 'differs' : 'differ'}`;
}

function many(count: number, one: string, more = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : more}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function span(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
