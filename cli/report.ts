import { copyFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { chooseAction } from './choose-action.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import type { ShownRun } from './report-handlers.ts';
import type { RunLine } from './report-text.ts';
import { findingRows, runRows, runText } from './report-text.ts';
import { count } from './text.ts';
import type { Verb, VerbArgs } from './verb.ts';

type Action = (config: LoadedConfig, args: VerbArgs, io: Io) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = { list, show, export: exportReport };
const FORMATS = ['html', 'json', 'csv'] as const;
const FINDINGS = 30;

export const verb: Verb = {
  usage: 'report list|show|export [pair] [run|last] [--format html|json|csv] [--out FILE]',
  words: 3,
  details:
    'What the comparisons found. `show` tells the last one; `export` writes a report where it is wanted, or to the output.\nPeople’s data is masked.',
  options: {
    format: { type: 'string', what: 'with export: html, json or csv (default: html)' },
    out: { type: 'string', what: 'with export: the file to write (default: the output)' },
  },
  run: async (args, io) => {
    const action = chooseAction('report', args.words[0], ACTIONS);
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
    all.push({ pair, runs: await call<readonly RunLine[]>(config, io, 'report.list', { pair }) });
  if (args.json) say(io, JSON.stringify(all));
  else
    for (const { pair, runs } of all)
      say(io, runs.length === 0 ? `${pair}  not compared yet → lockstep reconcile ${pair}` : pair, ...runRows(runs));
  return 0;
}

async function show(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const shown = await call<ShownRun>(config, io, 'report.show', { ...chosen(config, args), limit: FINDINGS });
  const { run, findings } = shown;
  if (args.json) say(io, JSON.stringify(shown));
  else {
    const more = run.findings - findings.length;
    say(io, ...runText(run), ...findingRows(findings), ...(more > 0 ? [`  … ${count(more, 'more', 'more')}`] : []));
  }
  return run.left > 0 || !run.complete ? 1 : 0;
}

async function exportReport(config: LoadedConfig, args: VerbArgs, io: Io): Promise<ExitCode> {
  const asked = args.text('format') ?? 'html';
  const format = FORMATS.find((one) => one === asked);
  if (format === undefined) throw new SyncError('USAGE', `Cannot export "${asked}": use ${FORMATS.join(', ')}`);
  const { run } = await call<ShownRun>(config, io, 'report.show', { ...chosen(config, args), limit: 0 });
  if (run.report === null) throw new SyncError('USAGE', `Cannot export "${run.id}": no report was written`);
  const from = run.report.replace(/html$/, format);
  const out = args.text('out');
  if (out === undefined) io.out(await readFile(from, 'utf8'));
  else {
    await copyFile(from, resolve(io.cwd, out));
    say(io, args.json ? JSON.stringify({ run: run.id, file: out }) : `${run.id} written to ${out}`);
  }
  return 0;
}

// With one pair its name may be left out, and so may the run.
function chosen(config: LoadedConfig, { words }: VerbArgs): { readonly pair: string; readonly id: string } {
  const [, first, second] = words;
  if (second !== undefined) return { pair: choosePair(config, first), id: second };
  const isPair = config.pairs.some(({ settings }) => settings.name === first);
  return isPair
    ? { pair: choosePair(config, first), id: 'last' }
    : { pair: choosePair(config, undefined), id: first ?? 'last' };
}
