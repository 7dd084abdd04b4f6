import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import type { Clock } from '#libs/runtime/clock.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { freePort } from '../../../simulators/services/processes.ts';
import type { Io } from '../../io.ts';
import { demoConfig, demoConfigText, PUBLIC_URL, SECRETS } from '../demo-config.ts';
import { KEYS, type DemoShops } from '../demo-shops.ts';
import type { Applier } from './break-things.ts';
import { openFrontDoor } from './front-door.ts';
import { createRunVerb, type RunVerb } from './run-verb.ts';
import { startService, type ServiceProcess } from './service-process.ts';
import type { DemoServices } from './services.ts';

/** The processes between the two shops. */
export type Crew = {
  readonly names: readonly string[];
  readonly appliers: readonly [Applier, Applier];
  readonly config: LoadedConfig;
  readonly runVerb: RunVerb;
  /** Until each carries the pair. */
  readonly running: () => Promise<void>;
  /** Whether every ingest has put on the log what it took. */
  readonly isDrained: () => Promise<boolean>;
  /** Webhooks that each ingest took. */
  readonly taken: () => readonly number[];
  /** Who ended though nobody ended it, or did not end well. */
  readonly fell: readonly string[];
  readonly stop: () => Promise<void>;
};

/** After so long a silence the group's coordinator gives the work of a process to others. */
export const SESSION_MS = 6_000;
/** Consumer keys, one for each applier, at shops that have such. */
export const CREW_KEYS = ['ck_applier_1', 'ck_applier_2'] as const;
/** So many that both appliers have some of a pair. */
const PARTITIONS = 4;

type CrewOptions = {
  readonly folder: string;
  readonly prefix: string;
  readonly shops: DemoShops;
  readonly services: DemoServices;
  readonly io: Io;
  readonly clock: Clock;
};

/** Starts ingest twice, behind one door, applier twice, each with keys of its own, and the reconciler. */
export async function openCrew(options: CrewOptions): Promise<Crew> {
  const { folder, shops, services, io, clock } = options;
  const [ports, privatePorts] = [
    [await freePort(), await freePort()],
    [await freePort(), await freePort()],
  ];
  const door = await openFrontDoor(ports);
  const cluster = { brokers: services.brokers, prefix: options.prefix, sessionMs: SESSION_MS, partitions: PARTITIONS };
  const folders = { dataDir: join(folder, 'data'), reportsDir: join(folder, 'reports') };
  const publicUrl = shops.pairing.from === 'shopify' ? PUBLIC_URL : door.url;
  shops.lead(publicUrl, door.url);
  const text = demoConfigText(shops, folders, { ...cluster, publicUrl });
  const configFile = join(folder, 'lockstep.config.yaml');
  await writeFile(configFile, text, { mode: 0o600 });
  const env = { ...SECRETS, REDIS_URL: services.redisUrl };
  const fell: string[] = [];
  await mkdir(join(folder, 'logs'), { recursive: true });

  function start(
    [part, number]: readonly [string, number],
    argv: readonly string[] = [],
    own: Readonly<Record<string, string>> = {},
  ): ServiceProcess {
    return startService({
      name: `${part} ${String(number)}`,
      argv: ['start', part, '--config', configFile, ...argv],
      env: { ...inherited(io.env), ...env, ...own },
      cwd: folder,
      logFile: join(folder, 'logs', `${part}-${String(number)}.log`),
      clock,
      onFell: (how) => fell.push(how),
    });
  }

  const startApplier = async (key: string, number: number): Promise<Applier> => {
    const { from, to } = shops.pairing;
    const readsAs = from === 'woocommerce' ? key : await grantToken(shops.sourceUrl);
    const token = to === 'woocommerce' ? key : await grantToken(shops.targetUrl);
    const own = { OLD_WOO_KEY: readsAs, OLD_SHOPIFY_TOKEN: readsAs, NEW_WOO_KEY: token, NEW_SHOPIFY_TOKEN: token };
    return { process: start(['applier', number], [], own), token, readsAs };
  };
  const ingests = ports.map((port, index) =>
    start(['ingest', index + 1], ['--port', String(port), '--private-port', String(privatePorts[index])]),
  );
  const appliers = [await startApplier(CREW_KEYS[0], 1), await startApplier(CREW_KEYS[1], 2)] as const;
  const all = [...ingests, ...appliers.map(({ process }) => process), start(['reconciler', 1])];
  return {
    names: all.map(({ name }) => name),
    appliers,
    config: await demoConfig(text, folder, env),
    runVerb: createRunVerb({ configFile, cwd: folder, env: { ...inherited(io.env), ...env }, signal: io.signal }),
    running: async () => void (await Promise.all(all.map((one) => one.running()))),
    isDrained: async () => (await Promise.all(privatePorts.map(spooledAt))).every((spooled) => spooled === 0),
    taken: door.counts,
    fell,
    async stop() {
      await door.close();
      const codes = await Promise.all(all.map((one) => one.stop()));
      for (const [index, code] of codes.entries())
        if (code !== 0) fell.push(`${all[index]?.name ?? ''} did not end well (${String(code)})`);
    },
  };
}

/** What a process needs of the machine, and nothing of this process' own settings. */
function inherited(env: Io['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'NODE_COMPILE_CACHE', 'SystemRoot', 'TMPDIR'].flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const readySchema = z.object({ spooled: z.number() });

async function spooledAt(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health/ready`);
  return readySchema.parse(await answer.json()).spooled;
}

const grantSchema = z.object({ access_token: z.string() });

/** A further token of the same app: by it the new shop knows which process calls. */
async function grantToken(url: string): Promise<string> {
  const { clientId, clientSecret } = KEYS;
  const answer = await fetch(`${url}/admin/oauth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' }),
  });
  return grantSchema.parse(await answer.json()).access_token;
}
