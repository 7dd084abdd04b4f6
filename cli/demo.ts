import { resolve } from 'node:path';

import { SyncError } from '#libs/runtime/sync-error.ts';
import { SMALL, WHOLE } from './demo/demo-shops.ts';
import { DEFAULT_PAIRING, platformOf } from './demo/pairing.ts';
import { PLANTABLE, type Plantable } from './demo/plant-fault.ts';
import { runClusterDemo, type ClusterDemoOptions, type ClusterDemoResult } from './demo/cluster/run-cluster-demo.ts';
import { createTeller, tellProcesses, tellVerdict } from './demo/print-demo.ts';
import { runDemo, type DemoResult } from './demo/run-demo.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import type { Verb, VerbArgs } from './verb.ts';

export const verb: Verb = {
  usage: 'demo [--once] [--kafka] [--from woocommerce] [--to shopify] [--seconds 30] [--seed 7]',
  details:
    'Two shops that live in this process alone, and the whole pipeline between them. No set-up, no network.\nEnds with 0 only if an oracle, which judges by both shops’ own records, finds nothing wrong; the report stays in .lockstep/reports.\nWith --kafka the same on Kafka and Redis, with ingest and applier twice and the reconciler as processes of their own, some of\nwhich are killed or frozen meanwhile. It uses KAFKA_BROKERS and REDIS_URL; what is not set is started here, with Java and Maven,\nand redis-server.',
  options: {
    once: { type: 'boolean', what: 'end when the story is told' },
    from: { type: 'string', what: 'platform of the old shop (default: woocommerce)' },
    to: { type: 'string', what: 'platform of the new shop (default: shopify)' },
    kafka: { type: 'boolean', what: 'on Kafka and Redis, with processes that are killed' },
    seconds: { type: 'string', what: 'how long the old shop trades (default: 30)' },
    seed: { type: 'string', what: 'another shop, the same for the same number (default: 7)' },
    small: { type: 'boolean', what: 'a small shop', hidden: true },
    calm: { type: 'boolean', what: 'with --kafka: break nothing', hidden: true },
    plant: { type: 'string', what: `make a mistake that must be found: ${PLANTABLE.join(', ')}`, hidden: true },
  },
  run: async (args, io) => {
    const seconds = numberOf(args, 'seconds', 30);
    const options: ClusterDemoOptions = {
      seconds,
      size: args.flag('small') ? SMALL : WHOLE,
      seed: numberOf(args, 'seed', 7),
      pairing: {
        from: platformOf('from', args.text('from'), DEFAULT_PAIRING.from),
        to: platformOf('to', args.text('to'), DEFAULT_PAIRING.to),
      },
      plant: plantOf(args),
      calm: args.flag('calm'),
      io,
      reportsDir: resolve(io.cwd, '.lockstep', 'reports'),
      onStage: args.json ? () => {} : createTeller(io, seconds),
    };
    if (!args.flag('kafka')) {
      const told = await untilStopped(io, () => runDemo(options));
      return told === null ? 1 : tellEnd(told, args, io);
    }
    const told = await untilStopped(io, () => runClusterDemo(options));
    if (told === null) return 1;
    const code = tellEnd(told, args, io);
    if (!args.json) tellProcesses(io, told);
    return told.fell.length > 0 ? 1 : code;
  },
};

function tellEnd(result: DemoResult | ClusterDemoResult, args: VerbArgs, io: Io): ExitCode {
  if (args.json) say(io, JSON.stringify(result));
  else tellVerdict(io, result);
  return result.verdict.length === 0 ? 0 : 1;
}

/** Null where Ctrl-C ended the story before its end. */
async function untilStopped<R>(io: Io, run: () => Promise<R>): Promise<R | null> {
  try {
    return await run();
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
