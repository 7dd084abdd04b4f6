import { SyncError } from '#libs/runtime/sync-error.ts';
import { NOT_CARRIED } from '#libs/planning/not-carried.ts';
import { choosePair, loadConfigFor } from './context.ts';
import { call } from './control.ts';
import { say } from './io.ts';
import type { ShownPlan } from './plan-handlers.ts';
import { planText } from './plan-text.ts';
import type { ProgressStep } from './progress.ts';
import { createProgressLine } from './progress.ts';
import type { Verb } from './verb.ts';

export const PLAN_LINES = 20;

export const verb: Verb = {
  usage: 'plan [pair] [--limit N]',
  words: 1,
  details:
    'Reads both shops and shows what would be written, were it approved. Nothing is written.\nWhat differs since before the migration is kept as it is, and counted apart.',
  options: { limit: { type: 'string', what: `how many lines are shown (default: ${PLAN_LINES})` } },
  run: async (args, io) => {
    const limit = readLimit(args.text('limit'));
    const config = await loadConfigFor(io, args.config);
    const pair = choosePair(config, args.words[0]);
    const line = createProgressLine(io);
    const shown = await call<ShownPlan>(config, io, 'plan', { pair, limit }, (step) =>
      line.show(pair, step as ProgressStep),
    );
    line.clear();
    if (args.json) say(io, JSON.stringify(shown));
    else
      say(
        io,
        ...planText(shown),
        `Never carried: ${NOT_CARRIED.join(', ')}.`,
        `Nothing has been written.`,
        `→ lockstep approve ${pair}`,
      );
    return 0;
  },
};

function readLimit(text: string | undefined): number {
  if (text === undefined) return PLAN_LINES;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0)
    throw new SyncError('USAGE', `Cannot show "${text}" lines: it is not a number, such as 20`);
  return limit;
}
