import type { FieldDifference, NewsOutcome, Outcome } from '#libs/journal/journal-records.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { showValue } from '../services/reconciler/report/show-value.ts';
import { PERSONAL_FIELDS } from '#libs/fields/field-names.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { Synced } from './sync-handler.ts';
import { columns, minute } from './text.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'sync [pair] <SKU | order number | id>',
  words: 2,
  details:
    'Looks at one product, order or customer now, by the road of every change, and tells what was read, decided and written.\nNames that could mean several are written as product:12, order:12 or customer:12. Before approval nothing is written.',
  run: async (args, io) => {
    const config = await loadConfigFor(io, args.config);
    const [first, second] = args.words;
    const what = second ?? first;
    if (what === undefined)
      throw new SyncError('USAGE', 'Cannot tell what to sync: name a SKU, an order number or an id');
    const pair = choosePair(config, second === undefined ? undefined : first);
    const synced = await call<Synced>(config, io, 'sync', { pair, what, by: io.user });
    if (args.json) say(io, JSON.stringify(synced));
    else say(io, ...syncedLines(synced));
    return synced.outcome === null || FAILED.has(synced.outcome.outcome) ? 1 : 0;
  },
};

const FAILED: ReadonlySet<Outcome> = new Set<Outcome>(['parked', 'delayed']);

/** What was read, decided and written, for people. */
export function syncedLines(synced: Synced): readonly string[] {
  const { pair, found, outcome } = synced;
  const head = `${pair}  ${found.root} ${found.rootId}  ${found.label}`;
  if (outcome === null) return [head, '  No outcome yet: the news is on the log and will have one → lockstep status'];
  return [head, ...readLines(outcome), ...decidedLines(synced, outcome), ...writtenLines(synced, outcome)];
}

function readLines({ differences = [], entities = [], sourceChangedAt }: NewsOutcome): readonly string[] {
  const labels = new Map(entities.map(({ entity, label }) => [entity, label]));
  const changed = sourceChangedAt === null || sourceChangedAt === undefined ? null : Date.parse(sourceChangedAt);
  const when = changed === null ? '' : ` (the old one changed it ${minute(changed)})`;
  if (differences.length === 0) return [`  read      both shops${when}: no carried field differs`];
  return [
    `  read      both shops${when}`,
    ...columns(differences.map((one) => ['   ', labels.get(one.entity) ?? one.entity, ...valueCells(one)])),
  ];
}

function valueCells({ field, source, target, withheld }: FieldDifference): readonly string[] {
  const name = field.slice(field.indexOf('.') + 1);
  const values = isPersonal(field) ? 'differs' : `old ${showValue(field, source)}, new ${showValue(field, target)}`;
  return [name, values, withheld === undefined ? '' : (KEPT[withheld] ?? withheld)];
}

/** Why a field that differs is not written. */
const KEPT: Readonly<Record<string, string>> = {
  held: 'not written: held',
  inherited: 'not written: kept as it was at approval',
  'unmapped-value': 'not written: it has no counterpart in the config’s map',
};

const WORDS: Readonly<Record<Outcome, string>> = {
  applied: 'to be written',
  unchanged: 'nothing to do',
  observed: 'would be written',
  parked: 'parked',
  delayed: 'looked at again later',
  differs: 'differs',
  'out-of-scope': 'out of scope: not carried',
  coalesced: 'went along with other news of it',
};

function decidedLines({ pair, held }: Synced, news: NewsOutcome): readonly string[] {
  const { outcome, reason, message, differences = [] } = news;
  const isKept = outcome === 'unchanged' && differences.length > 0;
  const said = isKept ? [message] : [reason, message];
  const why = said.filter((part) => part !== undefined && part !== outcome).join(': ');
  const fields = held ? [] : differences.filter(({ withheld }) => withheld === 'held').map(({ field }) => field);
  return [
    `  decided   ${isKept ? 'what differs stays as it is' : WORDS[outcome]}${why === '' ? '' : ` (${why})`}`,
    ...[...new Set(fields)].map((field) => `            → lockstep resume ${pair} --field ${field}`),
    ...(outcome === 'parked' ? [`            → lockstep parked show ${pair} ${news.root}`] : []),
    ...(held ? [`            the pair is held → lockstep resume ${pair}`] : []),
  ];
}

function writtenLines({ pair, phase }: Synced, { outcome, entities = [], differences = [] }: NewsOutcome) {
  if (phase === 'observe')
    return [`  written   nothing: ${pair} observes until it is approved → lockstep plan ${pair}`];
  if (outcome !== 'applied' && outcome !== 'parked') return ['  written   nothing'];
  const applied = new Map(entities.filter((one) => one.outcome === 'applied').map((one) => [one.entity, one] as const));
  const fields = differences.filter(({ entity, withheld }) => withheld === undefined && applied.has(entity));
  const named = new Set(fields.map(({ entity }) => entity));
  const rows = [
    ...[...applied.values()]
      .filter(({ created }) => created === true)
      .map(({ entity, label }) => `${label ?? entity} created`),
    // Written, made by nobody here, and no field of it differed: that is a stamp.
    ...[...applied.values()]
      .filter(({ entity, created }) => created !== true && !named.has(entity))
      .map(({ entity, label }) => `${label ?? entity} source id`),
    ...fields.map((one) => `${applied.get(one.entity)?.label ?? one.entity} ${writtenText(one)}`),
  ];
  return [`  written   ${rows.length === 0 ? 'nothing' : rows.join(', ')}`];
}

function writtenText({ field, source, target }: FieldDifference): string {
  const name = field.slice(field.indexOf('.') + 1);
  return isPersonal(field) ? name : `${name} ${showValue(field, target)} → ${showValue(field, source)}`;
}

function isPersonal(field: string): boolean {
  return [...PERSONAL_FIELDS].some((one) => one === field);
}
