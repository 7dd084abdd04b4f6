import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { controlSocketPath, serveControl } from '#libs/runtime/control-socket.ts';
import { nearest } from '#libs/runtime/nearest.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { Context } from './context.ts';
import { loadConfigFor, openContext } from './context.ts';
import { handle } from './control.ts';
import type { ExitCode, Io } from './io.ts';
import { say } from './io.ts';
import { createProgressLine } from './progress.ts';
import { runOnce, type OnceResult } from './run-once.ts';
import type { PartName } from './run-parts.ts';
import { openParts, PART_NAMES } from './run-parts.ts';
import { count } from './text.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: 'start [ingest|applier|reconciler] [--once] [--port 8787] [--private-port 8790]',
  words: 3,
  details:
    'Runs everything in one process, until Ctrl-C or SIGTERM. Before `lockstep approve` it only observes.\nWith --once: brings everything into step, compares once, and ends; 1 where something is left or parked.',
  options: {
    once: { type: 'boolean', what: 'bring everything into step and end' },
    port: { type: 'string', what: 'where ingest takes webhooks (else ingest.port)' },
    'private-port': {
      type: 'string',
      what: 'where health and metrics are (else LOCKSTEP_PRIVATE_PORT, else ingest.privatePort)',
    },
  },
  run: async (args, io) => {
    const parts = chooseParts(args.words);
    const config = await loadConfigFor(io, args.config);
    if (config.pairs.length === 0)
      throw new SyncError('USAGE', `Cannot start: ${config.file} names no pair; lockstep init writes an example`);
    if (args.flag('once')) return once(config, io, args.json);
    const port = readPort('port', args.text('port')) ?? config.ingest.port;
    const privatePort = readPort('private port', args.text('private-port') ?? io.env['LOCKSTEP_PRIVATE_PORT']);
    return run({ ...config, ingest: { ...config.ingest, port } }, io, parts, privatePort);
  },
};

function chooseParts(words: readonly string[]): ReadonlySet<PartName> {
  if (words.length === 0) return new Set(PART_NAMES);
  return new Set(
    words.map((word) => {
      const part = PART_NAMES.find((name) => name === word);
      if (part !== undefined) return part;
      const meant = nearest(word, PART_NAMES);
      throw new SyncError(
        'USAGE',
        `Cannot start "${word}": ${meant === null ? `there are ${PART_NAMES.join(', ')}` : `did you mean "${meant}"?`}`,
      );
    }),
  );
}

function readPort(what: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new SyncError('USAGE', `Cannot use "${text}" as the ${what}: it is a number up to 65535`);
}

async function run(
  config: LoadedConfig,
  io: Io,
  parts: ReadonlySet<PartName>,
  privatePort: number | undefined,
): Promise<ExitCode> {
  const socketPath = config.cluster === null ? controlSocketPath(config.dataDir) : null;
  await using context = await openContext(config, io, {
    service: 'lockstep',
    ...(socketPath === null ? {} : { socketPath }),
  });
  const running = await openParts(context, parts, { privatePort });
  const control =
    socketPath === null
      ? null
      : await serveControl(socketPath, (name, args, call) => handle(name, args, { ...context, running }, call));
  if (running.privateUrl !== null) context.logger.info({ url: running.privateUrl }, 'health and metrics are served');
  if (io.isTerminal) say(io, ...banner(context, running.ingestUrl));
  try {
    await Promise.race([stopped(io.signal), running.failed]);
    context.logger.info({}, 'stopping: what is begun is finished first');
    return 0;
  } finally {
    await control?.close();
    await running.stop();
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function banner(context: Context, url: string | null): readonly string[] {
  return [
    ...[...context.pairs.values()].map(
      ({ settings, source, target }) =>
        `${settings.name}  ${source.label} ${source.address}  →  ${target.label} ${target.address}`,
    ),
    ...(url === null ? [] : [`webhooks at ${url}/webhooks/<pair>`]),
    'Ctrl-C ends it. In another terminal: lockstep status',
  ];
}

async function once(config: LoadedConfig, io: Io, json: boolean): Promise<ExitCode> {
  await using context = await openContext(config, io, { service: 'lockstep' });
  const line = createProgressLine(io);
  const results = await runOnce(context, { signal: io.signal, onProgress: (pair, step) => line.show(pair, step) });
  line.clear();
  if (json) say(io, JSON.stringify(results));
  else
    for (const result of results)
      if ('failed' in result) io.err(`${onceLine(result)}\n`);
      else say(io, onceLine(result));
  if (results.some((result) => 'failed' in result)) return 2;
  return results.some((result) => 'run' in result && result.run.left + result.parked > 0) ? 1 : 0;
}

function onceLine(result: OnceResult): string {
  if ('failed' in result) return `${result.pair}  ✗ ${result.failed}`;
  const { pair, run: done, parked } = result;
  return `${pair}  ${count(done.drift, 'drift')}, ${done.repaired} repaired, ${done.left} left   parked ${parked}`;
}
