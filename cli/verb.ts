import { parseArgs } from 'node:util';

import { nearest } from '#libs/runtime/nearest.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { ExitCode, Io } from './io.ts';

export type OptionSpec = {
  readonly type: 'string' | 'boolean';
  readonly what: string;
  /** For tests alone: no help tells of it. */
  readonly hidden?: true;
};

export type VerbArgs = {
  /** What stands behind the verb, in order. */
  readonly words: readonly string[];
  readonly text: (option: string) => string | undefined;
  readonly flag: (option: string) => boolean;
  readonly json: boolean;
  /** The file named with --config. */
  readonly config: string | undefined;
};

/** One verb of the command: a file of this folder and one line in verbs.ts. */
export type Verb = {
  /** What stands behind `lockstep`: `parked list|show|retry|drop [pair] [root]`. */
  readonly usage: string;
  /** How many words may stand behind the verb; absent: none. */
  readonly words?: number;
  /** More than the summary: shown by `lockstep help <verb>`. */
  readonly details?: string;
  readonly options?: Readonly<Record<string, OptionSpec>>;
  readonly run: (args: VerbArgs, io: Io) => Promise<ExitCode>;
};

export const GLOBAL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  config: { type: 'string', what: 'the config file (default: lockstep.config.yaml)' },
  json: { type: 'boolean', what: 'the result as JSON' },
  help: { type: 'boolean', what: 'this help' },
};

/** @throws {SyncError} USAGE */
export function readArgs(argv: readonly string[], verb: Verb): VerbArgs & { readonly help: boolean } {
  const known = { ...GLOBAL_OPTIONS, ...verb.options };
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { type }]) => [name, name === 'help' ? { type, short: 'h' } : { type }]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (spec === undefined) throw unknownOption(token.name, Object.keys(shownOptions(known)));
    if (spec.type === 'string' && token.value === undefined)
      throw new SyncError('USAGE', `Cannot read "--${token.name}": it wants a value, ${spec.what}`);
    if (spec.type === 'boolean' && token.value !== undefined)
      throw new SyncError('USAGE', `Cannot read "--${token.name}": it takes no value`);
  }
  const extra = positionals[verb.words ?? 0];
  // A word that is passed over could be the one that matters: `pause acme variant.quantity` would hold the whole pair.
  if (extra !== undefined && values['help'] !== true)
    throw new SyncError('USAGE', `Cannot read "${extra}": that is a word too many for lockstep ${verb.usage}`);
  const text = (option: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    words: positionals,
    text,
    flag: (option) => values[option] === true,
    json: values['json'] === true,
    help: values['help'] === true,
    config: text('config'),
  };
}

/** The options that help tells of. */
export function shownOptions(options: Readonly<Record<string, OptionSpec>>): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(Object.entries(options).filter(([, { hidden }]) => hidden !== true));
}

function unknownOption(name: string, known: readonly string[]): SyncError {
  const meant = nearest(name, known);
  return new SyncError(
    'USAGE',
    `Cannot read "--${name}": there is no such option${meant === null ? '' : `; did you mean "--${meant}"?`}`,
  );
}
