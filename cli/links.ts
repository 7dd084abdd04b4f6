import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { OpenLink } from '../services/reconciler/build-plan.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import { linksCsv, parseLinksCsv, type LinkRow } from './links/links-csv.ts';
import type { ListedLink } from './links/links-handlers.ts';
import { censusText, listText, openText } from './links/links-text.ts';
import type { ShownPlan } from './plan-handlers.ts';
import type { ProgressStep } from './progress.ts';
import { createProgressLine } from './progress.ts';
import { count } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';

type Asked = {
  readonly config: LoadedConfig;
  readonly pair: string;
  /** What stands behind the pair. */
  readonly words: readonly string[];
  readonly args: VerbArgs;
  readonly io: Io;
};

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<ExitCode>>> = {
  find,
  list,
  set,
  ignore,
  import: importCsv,
  export: exportCsv,
};

export const verb: Verb = {
  usage: 'links find|list|set|ignore|import|export [pair] …',
  words: 4,
  details: [
    '  find [pair]                        read both shops and say what is what; nothing is written',
    '  list [pair] [--open]               the links; --open: what nobody has linked, by the latest find or plan',
    '  set <pair> product:42 101          link by hand, or end a link with `none`; a variant is variant:42/55 101/777',
    '  ignore <pair> product:42           set aside for good; --new-shop: an entity that only the new shop has;',
    '                                     --open product: all products that only the new shop has; --undo takes back',
    '  import <pair> links.csv            entity,source_id,target_id,source_product_id,target_product_id (products of variants)',
    '  export <pair> [--out links.csv]    the same columns',
  ].join('\n'),
  options: {
    open: {
      type: 'boolean',
      what: 'with list: what is not linked; with ignore: all of a kind that is only in the new shop',
    },
    'new-shop': { type: 'boolean', what: 'with ignore: the id is of the new shop' },
    undo: { type: 'boolean', what: 'with ignore: take back what was set aside' },
    limit: { type: 'string', what: `with list: how many lines are shown (default: ${String(50)})` },
    out: { type: 'string', what: 'with export: the file to write (default: standard output)' },
    yes: { type: 'boolean', what: 'do not ask' },
  },
  run: async (args, io) => {
    const action = chooseAction('links', args.words[0], ACTIONS);
    const config = await loadConfigFor(io, args.config);
    const [, first, ...others] = args.words;
    // With one pair its name may be left out.
    const named = first !== undefined && config.pairs.some(({ settings }) => settings.name === first);
    const words = named || first === undefined ? others : [first, ...others];
    const pair = choosePair(config, named || (first !== undefined && config.pairs.length > 1) ? first : undefined);
    return action({ config, pair, words, args, io });
  },
};

async function find({ config, pair, args, io }: Asked): Promise<ExitCode> {
  const line = createProgressLine(io);
  const { plan } = await call<ShownPlan>(config, io, 'plan', { pair, limit: 0 }, (step) =>
    line.show(pair, step as ProgressStep),
  );
  line.clear();
  if (args.json) say(io, JSON.stringify({ pair, census: plan.census, onlyOnTarget: plan.onlyOnTarget }));
  else say(io, ...censusText(pair, plan));
  return 0;
}

async function list({ config, pair, args, io }: Asked): Promise<ExitCode> {
  const limit = Number(args.text('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 0)
    throw new SyncError('USAGE', 'Cannot read "--limit": it is not a number, such as 50');
  if (args.flag('open')) {
    const result = await call<{ readonly open: readonly OpenLink[]; readonly more: number }>(config, io, 'links.open', {
      pair,
      limit,
    });
    if (args.json) say(io, JSON.stringify(result));
    else say(io, ...openText(pair, result.open, result.more));
    return result.open.length === 0 ? 0 : 1;
  }
  const links = await call<readonly ListedLink[]>(config, io, 'links.list', { pair });
  if (args.json) say(io, JSON.stringify(links));
  else say(io, ...listText(links, limit));
  return 0;
}

async function set({ config, pair, words, args, io }: Asked): Promise<ExitCode> {
  const [from, to] = words;
  if (from === undefined || to === undefined)
    throw new SyncError(
      'USAGE',
      'Cannot link: name the old entity and the new id, such as: links set acme product:42 101',
    );
  const row = readRow(from, to);
  const result = await call<{ readonly links: number }>(config, io, 'links.set', { pair, row, by: io.user });
  if (args.json) say(io, JSON.stringify(result));
  else if (row.targetId === null) say(io, `${from} is linked no longer (${count(result.links, 'link')} gone)`);
  else say(io, `${from} is ${to} of the new shop (${count(result.links, 'link')} noted); it is looked at now`);
  return 0;
}

/** `product:42 101`, `variant:42/55 101/777`, `product:42 none`. */
export function readRow(from: string, to: string): Omit<LinkRow, 'targetId'> & { readonly targetId: string | null } {
  const [entity = '', id = ''] = from.split(':');
  const target = to === 'none' ? null : to.replace(/^[a-z]+:/, '');
  if ((entity === 'product' || entity === 'order' || entity === 'customer') && id !== '')
    return { entity, sourceId: id, targetId: target, sourceProductId: null, targetProductId: null };
  const [product = '', variant = ''] = id.split('/');
  const [targetProduct = '', targetVariant = ''] = (target ?? '').split('/');
  if (entity === 'variant' && variant !== '' && (target === null || targetVariant !== ''))
    return {
      entity,
      sourceId: variant,
      targetId: target === null ? null : targetVariant,
      sourceProductId: product,
      targetProductId: target === null ? null : targetProduct,
    };
  throw new SyncError('USAGE', `Cannot read "${from} ${to}": write product:42 101, or variant:42/55 101/777`);
}

async function ignore({ config, pair, words, args, io }: Asked): Promise<ExitCode> {
  const [what] = words;
  if (what === undefined) throw new SyncError('USAGE', 'Cannot set anything aside: name it, such as product:42');
  const openOf = args.flag('open') ? what.replace(/s$/, '') : null;
  const side = openOf !== null || args.flag('new-shop') ? 'target' : 'source';
  const kinds = ['product', 'order', 'customer'];
  if (!kinds.includes(openOf ?? what.slice(0, Math.max(0, what.indexOf(':')))))
    throw new SyncError(
      'USAGE',
      `Cannot set "${what}" aside: write product:42, or with --open one of ${kinds.join(', ')}`,
    );
  if (
    openOf !== null &&
    !args.flag('yes') &&
    !(await io.confirm(`Set every ${openOf} aside that only the new shop has? [y/N] `))
  ) {
    io.err('Nothing was changed (--yes goes on without asking)\n');
    return 1;
  }
  const asked = { pair, side, ids: openOf === null ? [what] : [], openOf, undo: args.flag('undo'), by: io.user };
  const { ignored } = await call<{ readonly ignored: readonly string[] }>(config, io, 'links.ignore', asked);
  if (args.json) say(io, JSON.stringify({ ignored }));
  else
    say(
      io,
      `${pair}  ${ignored.length === 1 ? (ignored[0] ?? '') : `${ignored.length} of them`} ${args.flag('undo') ? 'counts again' : 'is set aside'}`,
    );
  return 0;
}

/** How many rows go in one call. */
const CHUNK = 2_000;

async function importCsv({ config, pair, words, args, io }: Asked): Promise<ExitCode> {
  const [name] = words;
  if (name === undefined)
    throw new SyncError('USAGE', 'Cannot import links: name the file, such as: links import acme links.csv');
  const text = await readFile(resolve(io.cwd, name), 'utf8').catch(() => null);
  if (text === null) throw new SyncError('USAGE', `Cannot read "${name}": there is no such file`);
  const { rows, mistakes } = parseLinksCsv(text);
  if (mistakes.length > 0) return refused(io, name, mistakes);
  const line = createProgressLine(io);
  const against: string[] = [];
  let known = 0;
  for (const some of chunks(rows)) {
    const checked = await call<{ readonly against: readonly string[]; readonly known: number }>(
      config,
      io,
      'links.check',
      { pair, rows: some },
      (step) => line.show(pair, step as ProgressStep),
    );
    against.push(...checked.against);
    known += checked.known;
  }
  line.clear();
  if (against.length > 0) return refused(io, name, against);
  if (!args.json)
    say(
      io,
      `${count(rows.length, 'link')} in ${name}, ${known} of them known already; all ids are there in both shops`,
    );
  if (!args.flag('yes') && !(await io.confirm('Note them? [y/N] '))) {
    io.err('Nothing was changed (--yes goes on without asking)\n');
    return 1;
  }
  for (const some of chunks(rows)) await call(config, io, 'links.put', { pair, rows: some, by: io.user });
  if (args.json) say(io, JSON.stringify({ links: rows.length, known }));
  else say(io, `${count(rows.length, 'link')} noted`, `→ lockstep links find ${pair}`);
  return 0;
}

function chunks(rows: readonly (LinkRow & { readonly line: number })[]): readonly (readonly LinkRow[])[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, at) =>
    rows.slice(at * CHUNK, (at + 1) * CHUNK).map(({ line: _line, ...row }) => row),
  );
}

const SHOWN_MAX = 20;

function refused(io: Io, file: string, mistakes: readonly string[]): ExitCode {
  io.err(`${file} was not imported, ${count(mistakes.length, 'mistake')}:\n`);
  for (const mistake of mistakes.slice(0, SHOWN_MAX)) io.err(`  ${mistake}\n`);
  if (mistakes.length > SHOWN_MAX) io.err(`  … ${mistakes.length - SHOWN_MAX} more\n`);
  return 2;
}

async function exportCsv({ config, pair, args, io }: Asked): Promise<ExitCode> {
  const links = await call<readonly ListedLink[]>(config, io, 'links.list', { pair });
  const out = args.text('out');
  if (out === undefined) io.out(linksCsv(links));
  else {
    await writeFile(resolve(io.cwd, out), linksCsv(links));
    say(
      io,
      args.json
        ? JSON.stringify({ links: links.length, file: out })
        : `${count(links.length, 'link')} written to ${out}`,
    );
  }
  return 0;
}
