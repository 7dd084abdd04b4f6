import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import type { ParkedEntry } from './parked-handlers.ts';
import { columns, count, minute } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';

type Action = (config: LoadedConfig, args: VerbArgs, io: Io) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = { list, show, retry, drop };

export const verb: Verb = {
  usage: 'parked list|show|retry|drop [pair] [id] [--all]',
  words: 3,
  details:
    'What could not be applied waits here for a person; its next change tries by itself. `retry` tries now, `drop` forgets it.\nSigned webhooks that nobody understood are listed as well; their bodies lie in the spool for a day.',
  options: { all: { type: 'boolean', what: 'with retry: everything that is parked' } },
  run: async (args, io) => {
    const action = chooseAction('parked', args.words[0], ACTIONS);
    return action(await loadConfigFor(io, args.config), args, io);
  },
};

async function list(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const names =
    args.words[1] === undefined
      ? config.pairs.map(({ settings }) => settings.name)
      : [choosePair(config, args.words[1])];
  const all = [];
  for (const pair of names)
    all.push({ pair, parked: await call<readonly ParkedEntry[]>(config, io, 'parked.list', { pair }) });
  if (args.json) say(io, JSON.stringify(all));
  else for (const { pair, parked } of all) say(io, ...listLines(pair, parked));
  return all.some(({ parked }) => parked.length > 0) ? 1 : 0;
}

function listLines(pair: string, parked: readonly ParkedEntry[]): readonly string[] {
  if (parked.length === 0) return [`${pair}  nothing is parked`];
  return [
    `${pair}  ${count(parked.length, 'parked', 'parked')}, oldest first`,
    ...columns(
      parked.map((entry) => [
        `  ${shortId(entry)}`,
        entry.reason,
        entry.kind === 'root' ? entry.message : `a signed ${entry.topic} webhook of ${entry.bytes} bytes`,
        minute(entry.at),
      ]),
    ),
    `  → lockstep parked show ${pair} <id>     then: lockstep parked retry ${pair} <id>`,
  ];
}

function shortId({ id, kind }: ParkedEntry): string {
  return kind === 'webhook' ? `webhook ${id.slice(0, 12)}` : id;
}

async function show(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const { pair, id } = pairAndId(config, args);
  const entries = await call<readonly ParkedEntry[]>(config, io, 'parked.list', { pair });
  const entry = findEntry(entries, id);
  if (entry === undefined) throw new SyncError('USAGE', `Cannot show "${id}": it is not parked`);
  if (args.json) say(io, JSON.stringify(entry));
  else say(io, ...showLines(pair, entry));
  return 0;
}

function showLines(pair: string, entry: ParkedEntry): readonly string[] {
  if (entry.kind === 'webhook')
    return [
      `webhook ${entry.id}`,
      `  came      ${minute(entry.at)}, topic ${entry.topic}, ${entry.bytes} bytes`,
      `  reason    ${entry.reason}`,
      `  body      spool/raw/${entry.id} in the data folder, for a day`,
      `  → lockstep parked drop ${pair} ${entry.id.slice(0, 12)}`,
    ];
  return [
    entry.id,
    `  since     ${minute(entry.at)}, after ${count(entry.tries, 'try', 'tries')}`,
    `  reason    ${entry.reason}`,
    `  message   ${entry.message}`,
    ...(entry.fields.length === 0 ? [] : [`  fields    ${entry.fields.join(', ')}`]),
    ...(entry.entities.length === 0 ? [] : [`  entities  ${entry.entities.join(', ')}`]),
    `  → mend it, then: lockstep parked retry ${pair} ${entry.id}`,
  ];
}

async function retry(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const isAll = args.flag('all');
  const { pair, id } = isAll ? { pair: choosePair(config, args.words[1]), id: null } : pairAndId(config, args);
  const result = await call<{ readonly tried: readonly string[] }>(config, io, 'parked.retry', {
    pair,
    id,
    by: io.user,
  });
  if (args.json) say(io, JSON.stringify(result));
  else
    say(
      io,
      `${count(result.tried.length, 'root')} will be tried again; lockstep parked list ${pair} shows what stays parked`,
    );
  return 0;
}

async function drop(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const { pair, id } = pairAndId(config, args);
  const entry = findEntry(await call<readonly ParkedEntry[]>(config, io, 'parked.list', { pair }), id);
  const result = await call(config, io, 'parked.drop', { pair, id: entry?.id ?? id, by: io.user });
  if (args.json) say(io, JSON.stringify(result));
  else say(io, `${id} is forgotten; its next change is tried like any other`);
  return 0;
}

// With one pair its name may be left out.
function pairAndId(config: LoadedConfig, { words }: VerbArgs): { readonly pair: string; readonly id: string } {
  const [, first, second] = words;
  const [pair, id] = second === undefined ? [undefined, first] : [first, second];
  if (id === undefined)
    throw new SyncError('USAGE', 'Cannot tell which one is meant: name its id, as `parked list` shows it');
  return { pair: choosePair(config, pair), id };
}

function findEntry(entries: readonly ParkedEntry[], id: string): ParkedEntry | undefined {
  return entries.find(
    (entry) => entry.id === id || (entry.kind === 'webhook' && id.length >= 8 && entry.id.startsWith(id)),
  );
}
