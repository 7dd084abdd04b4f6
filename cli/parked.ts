import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import { PARK_REMEDIES } from './park-remedies.ts';
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
        minute(entry.at),
        entry.reason,
        entry.kind === 'root' ? entry.message : `a signed ${entry.topic} webhook of ${entry.bytes} bytes`,
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
    `  since     ${minute(entry.at)}${entry.tries === 0 ? '' : `, after ${count(entry.tries, 'try', 'tries')}`}`,
    `  reason    ${entry.reason}`,
    `  message   ${entry.message}`,
    ...(entry.fields.length === 0 ? [] : [`  fields    ${entry.fields.join(', ')}`]),
    ...(entry.entities.length === 0 ? [] : [`  entities  ${entry.entities.join(', ')}`]),
    ...remedyLines(pair, entry),
  ];
}

function remedyLines(pair: string, { id, reason }: ParkedEntry): readonly string[] {
  const remedy = Object.entries(PARK_REMEDIES).find(([known]) => known === reason)?.[1] ?? 'mend what the message says';
  return [
    `  → ${remedy}`,
    `    then: lockstep parked retry ${pair} ${id}     or, if it is not wanted: lockstep parked drop ${pair} ${id}`,
  ];
}

async function retry(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const isAll = args.flag('all');
  const { pair, id } = isAll
    ? { pair: choosePair(config, args.words[1]), id: null }
    : await pairAndWholeId(config, args, io);
  const result = await call<{ readonly tried: readonly string[] }>(config, io, 'parked.retry', {
    pair,
    id,
    by: io.user,
  });
  if (args.json) say(io, JSON.stringify(result));
  else
    say(
      io,
      result.tried.length === 0
        ? `${pair}  nothing is parked that could be tried`
        : `${result.tried.length === 1 ? result.tried[0] : `${result.tried.length} of them`} will be tried again; lockstep parked list ${pair} shows what stays parked`,
    );
  return 0;
}

async function drop(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const { pair, id } = await pairAndWholeId(config, args, io);
  const result = await call(config, io, 'parked.drop', { pair, id, by: io.user });
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

/** As the handler wants it; an id that names nothing stays as it was given, for the error to name. */
async function pairAndWholeId(config: LoadedConfig, args: VerbArgs, io: Io) {
  const { pair, id } = pairAndId(config, args);
  const entry = findEntry(await call<readonly ParkedEntry[]>(config, io, 'parked.list', { pair }), id);
  return { pair, id: entry?.id ?? id };
}

export function findEntry(entries: readonly ParkedEntry[], id: string): ParkedEntry | undefined {
  const exact = entries.find((entry) => entry.id === id);
  if (exact !== undefined) return exact;
  // The number alone will do where it names only one, and the beginning of a webhook's long id.
  const meant = entries.filter((entry) =>
    entry.kind === 'webhook' ? id.length >= 8 && entry.id.startsWith(id) : entry.id.endsWith(`:${id}`),
  );
  return meant.length === 1 ? meant[0] : undefined;
}
