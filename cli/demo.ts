import { resolve } from 'node:path';

import { SyncError } from '#libs/runtime/sync-error.ts';
import { SMALL, WHOLE } from './demo/demo-shops.ts';
import { PLANTABLE, type Plantable } from './demo/plant-fault.ts';
import { createTeller, tellVerdict } from './demo/print-demo.ts';
import { runDemo, type DemoOptions, type DemoResult } from './demo/run-demo.ts';
import type { Io } from './io.ts';
import { say } from './io.ts';
import type { Verb, VerbArgs } from './verb.ts';

export const verb: Verb = {
  usage: 'demo [--once] [--seconds 30] [--seed 7]',
  details:
    'Two shops that live in this process alone, and the whole pipeline between them. No set-up, no network.\nEnds with 0 only if an oracle, which judges by both shops’ own records, finds nothing wrong; the report stays in .lockstep/reports.',
  options: {
    once: { type: 'boolean', what: 'end when the story is told' },
    seconds: { type: 'string', what: 'how long the old shop trades (default: 30)' },
    seed: { type: 'string', what: 'another shop, the same for the same number (default: 7)' },
    small: { type: 'boolean', what: 'a small shop', hidden: true },
    plant: { type: 'string', what: `make a mistake that must be found: ${PLANTABLE.join(', ')}`, hidden: true },
  },
  run: async (args, io) => {
    const seconds = numberOf(args, 'seconds', 30);
    const result = await untilStopped(io, {
      seconds,
      size: args.flag('small') ? SMALL : WHOLE,
      seed: numberOf(args, 'seed', 7),
      plant: plantOf(args),
      io,
      reportsDir: resolve(io.cwd, '.lockstep', 'reports'),
      onStage: args.json ? () => {} : createTeller(io, seconds),
    });
    if (result === null) return 1;
    if (args.json) say(io, JSON.stringify(result));
    else tellVerdict(io, result);
    return result.verdict.length === 0 ? 0 : 1;
  },
};

/** Null where Ctrl-C ended the story before its end. */
async function untilStopped(io: Io, options: DemoOptions): Promise<DemoResult | null> {
  try {
    return await runDemo(options);
  } catch (error) {
    if (!io.signal.aborted) throw error;
    io.err('\nEnded before its end.\n');
    return null;
  }
}

function numberOf(args: VerbArgs, option: string, otherwise: number): number {
  const text = args.text(option);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new SyncError('USAGE', `Cannot read "--${option} ${text}": it wants a number above zero`);
}

function plantOf(args: VerbArgs): Plantable | null {
  const text = args.text('plant');
  if (text === undefined) return null;
  const fault = PLANTABLE.find((one) => one === text);
  if (fault === undefined) throw new SyncError('USAGE', `Cannot plant "${text}": there are ${PLANTABLE.join(', ')}`);
  return fault;
}
