import { nearest } from '#libs/runtime/nearest.ts';
import { ConfigError } from '#libs/runtime/config/mistake.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import type { Verb } from './verb.ts';
import { GLOBAL_OPTIONS, readArgs, shownOptions } from './verb.ts';
import type { VerbEntry } from './verbs.ts';
import { version } from './version.ts';

/** Runs one command line; every error ends here, as text for people and an exit code. */
export async function runCli(
  argv: readonly string[],
  io: Io,
  verbs: Readonly<Record<string, VerbEntry>>,
): Promise<ExitCode> {
  try {
    return await dispatch(argv, io, verbs);
  } catch (error) {
    const [name = ''] = argv;
    return tellError(error, { json: argv.includes('--json'), verb: Object.hasOwn(verbs, name) ? name : null }, io);
  }
}

async function dispatch(
  argv: readonly string[],
  io: Io,
  verbs: Readonly<Record<string, VerbEntry>>,
): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.err(overview(verbs));
    return 2;
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    const about = rest[0];
    say(io, about === undefined ? overview(verbs).trimEnd() : helpOf(about, await load(about, verbs), verbs));
    return 0;
  }
  if (name === 'version' || name === '--version') {
    say(io, version());
    return 0;
  }
  const verb = await load(name, verbs);
  const args = readArgs(rest, verb);
  if (args.help) {
    say(io, helpOf(name, verb, verbs));
    return 0;
  }
  return verb.run(args, io);
}

async function load(name: string, verbs: Readonly<Record<string, VerbEntry>>): Promise<Verb> {
  const entry = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (entry !== undefined) return entry.load();
  const meant = nearest(name, Object.keys(verbs));
  throw new SyncError(
    'USAGE',
    `Cannot run "${name}": there is no such verb${meant === null ? '' : `; did you mean "${meant}"?`}`,
  );
}

function overview(verbs: Readonly<Record<string, VerbEntry>>): string {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  return [
    'lockstep keeps a new shop in step with the old one while you move.',
    '',
    ...Object.entries(verbs).map(([name, { summary }]) => `  lockstep ${name.padEnd(width)}  ${summary}`),
    '',
    'lockstep help <verb> tells more. --config FILE, --json and --help go with every verb.',
    '',
  ].join('\n');
}

function helpOf(name: string, verb: Verb, verbs: Readonly<Record<string, VerbEntry>>): string {
  const options = Object.entries(shownOptions({ ...verb.options, ...GLOBAL_OPTIONS }));
  const shown = options.map(
    ([option, { type, what }]) => [`--${option}${type === 'string' ? ' …' : ''}`, what] as const,
  );
  const width = Math.max(...shown.map(([option]) => option.length));
  return [
    `lockstep ${verb.usage}`,
    `  ${verbs[name]?.summary ?? ''}`,
    ...(verb.details === undefined ? [] : ['', verb.details]),
    '',
    ...shown.map(([option, what]) => `  ${option.padEnd(width)}  ${what}`),
  ].join('\n');
}

function tellError(
  error: unknown,
  { json, verb }: { readonly json: boolean; readonly verb: string | null },
  io: Io,
): ExitCode {
  if (!isSyncError(error)) {
    io.err(`${error instanceof Error ? (error.stack ?? error.message) : 'Failed'}\n`);
    return 2;
  }
  const { code, message } = error;
  const hint = code === 'USAGE' ? `lockstep help${verb === null ? '' : ` ${verb}`}` : error.hint;
  const mistakes = error instanceof ConfigError ? { mistakes: error.mistakes } : {};
  if (json) io.err(`${JSON.stringify({ error: { code, message, hint, ...mistakes } })}\n`);
  // The mistakes of a config carry their own remedies.
  else io.err(error instanceof ConfigError ? `${message}\n` : `${message}\n  → ${hint}\n`);
  return error.disposition === 'halt' ? 2 : 1;
}
