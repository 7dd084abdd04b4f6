import { relative, resolve } from 'node:path';

import type { ConsentAsk } from '#libs/connectors/consent.ts';
import { createHttp } from '#libs/connectors/http.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { randomId } from '#libs/runtime/random.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { awaitConsent, CALLBACK_PATH } from './connect/await-consent.ts';
import { setInEnvFile } from './connect/env-file.ts';
import type { Connection } from './connect/read-connection.ts';
import { readConnections } from './connect/read-connection.ts';
import type { Io } from './io.ts';
import { say } from './io.ts';
import type { Verb, VerbArgs } from './verb.ts';

export const verb: Verb = {
  usage: 'connect [pair] [source|target]',
  words: 2,
  details:
    'Names a page of the shop on which its merchant agrees, waits for the keys, and writes them into the environment file, which its owner alone can read. No key is shown. Listens where ingest does, so lockstep start must not run meanwhile.',
  options: {
    'env-file': { type: 'string', what: 'the file that the keys are written to (default: .env)' },
    port: { type: 'string', what: 'the port to listen on (default: that of ingest)' },
    'public-url': { type: 'string', what: 'how that port is reached from outside (default: ingest.publicUrl)' },
  },
  run: async (args, io) => {
    const { config, connections } = await readConnections(io, { path: args.config, words: args.words });
    try {
      for (const connection of connections) await connect(connection, config, args, io);
    } catch (error) {
      if (!io.signal.aborted) throw error;
      io.err('Nothing more was connected\n');
      return 1;
    }
    return 0;
  },
};

async function connect(connection: Connection, config: LoadedConfig, args: VerbArgs, io: Io): Promise<void> {
  const { pair, side, consent, variables } = connection;
  const names = requireVariables(connection);
  const file = resolve(io.cwd, args.text('env-file') ?? '.env');
  const shown = relative(io.cwd, file) || file;
  const port = readPort(args.text('port')) ?? config.ingest.port;
  const ask: ConsentAsk<never> = {
    config: connection.config,
    role: side,
    callbackUrl: callbackUrl(args.text('public-url') ?? config.ingest.publicUrl, port),
    state: randomId(),
    signal: io.signal,
  };
  const page = consent.begin(ask);
  const http = createHttp({ clock: systemClock, callMs: config.timing.callMs });

  await awaitConsent({
    host: config.ingest.host,
    port,
    receive: (request) => consent.receive(request, ask, http),
    keep: (values) =>
      setInEnvFile(
        file,
        Object.fromEntries(Object.entries(values).map(([key, value]) => [variables[key] ?? key, value])),
      ),
    // For whoever reads the result as JSON, the page is still for a person.
    onListening: () => tell(connection, page, args.json ? io.err : io.out),
    clock: systemClock,
    signal: io.signal,
  });
  if (args.json) say(io, JSON.stringify({ pair, side, written: shown, variables: names }));
  else
    say(
      io,
      `Wrote ${names.join(' and ')} to ${shown}, which only you can read. Put it into the environment, then: lockstep check ${pair}`,
    );
}

/** Every key that is to come has its variable. */
function requireVariables({ consent, variables, side }: Connection): readonly string[] {
  const missing = consent.gives.filter((key) => variables[key] === undefined);
  if (missing.length > 0)
    throw new SyncError(
      'USAGE',
      `Cannot connect the ${side}: ${missing.join(' and ')} must be written in the config as "\${NAME}", so that there is a name to write to`,
    );
  return consent.gives.flatMap((key) => variables[key] ?? []);
}

function callbackUrl(publicUrl: string | null, port: number): string {
  const base = publicUrl ?? `http://localhost:${port}`;
  return `${base.replace(/\/+$/, '')}${CALLBACK_PATH}`;
}

function readPort(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new SyncError('USAGE', `Cannot listen on "${text}": it is no port`);
}

function tell({ pair, side, label, address }: Connection, page: string, out: (text: string) => void): void {
  const shop = side === 'source' ? 'old' : 'new';
  out(
    `Open this page as an administrator of the ${shop} shop of ${pair} (${label}, ${address}), and agree:\n\n  ${page}\n\n`,
  );
  out('Waiting for its answer; Ctrl-C ends it.\n');
}
