import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';
import { parseDocument } from 'yaml';

import { must } from '#libs/runtime/must.ts';
import { readCompose, readEnvExample, readRepositoryFile, type ComposeService } from '#tests/builders/compose.ts';
import { SECRETS } from '../integration/harness.ts';
import { freePort } from '../../simulators/services/processes.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What the image puts elsewhere. */
const IN_REPOSITORY: Readonly<Record<string, string>> = { '/app/health.mjs': join(ROOT, 'deploy/health.mjs') };
const MAIN = join(ROOT, 'cli/main.ts');
// What a process has compiled the next one need not compile again.
const COMPILED = join(ROOT, 'node_modules/.cache/lockstep-it');

/** What stands in the config in place of the addresses of docker-compose.yml. */
export type Addresses = {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly redisUrl: string;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  readonly migratedAt: string;
};

/** One container of the file, as a process. */
export type Instance = {
  readonly name: string;
  readonly url: string;
  /** Runs the service's own health check; true when it passes. */
  readonly isHealthy: () => Promise<boolean>;
  /** SIGTERM, and its exit code; null when a signal ended it. */
  readonly stopped: () => Promise<number | null>;
  readonly log: () => string;
};

export type ComposeProcesses = {
  readonly start: (service: string) => Promise<Instance>;
  /** `docker compose run --rm cli …`: nothing where it ends with 0, else what it wrote. */
  readonly run: (...argv: readonly string[]) => Promise<string>;
};

/** Starts services of docker-compose.yml as processes, each volume as a folder below `cwd`. */
export async function openComposeProcesses(cwd: string, addresses: Addresses): Promise<ComposeProcesses> {
  const { services } = await readCompose('docker-compose.yml');
  const dotEnv = await fillEnv();
  const publicPort = await freePort();
  let started = 0;

  async function prepare(name: string) {
    const service = must(services[name], `the service ${name}`);
    const number = (started += 1);
    const ports = { public: number === 1 ? publicPort : await freePort(), private: await freePort() };
    const folder = join(cwd, `container-${number}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'lockstep.config.yaml'), await configFor(service, cwd, addresses, publicPort, ports));
    const env = {
      ...(service.env_file === '.env' ? dotEnv : {}),
      ...service.environment,
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: COMPILED,
    };
    return { service, number, ports, folder, env };
  }

  return {
    async start(name) {
      const { service, number, ports, folder, env } = await prepare(name);
      const child = spawnNode([MAIN, ...(service.command ?? [])], folder, env);
      return {
        name: `${name} ${number}`,
        url: `http://127.0.0.1:${ports.public}`,
        isHealthy: async () =>
          (await checkHealth(service, { ...env, LOCKSTEP_PRIVATE_PORT: String(ports.private) })) === 0,
        stopped: () => child.end('SIGTERM'),
        log: child.err,
      };
    },
    async run(...argv) {
      const { folder, env } = await prepare('cli');
      const child = spawnNode([MAIN, ...argv], folder, env);
      return (await child.ended) === 0 ? '' : `${argv.join(' ')}: ${child.out()}${child.err()}`;
    },
  };
}

/** `.env` as somebody would fill it in. */
async function fillEnv(): Promise<Readonly<Record<string, string>>> {
  const given: Readonly<Record<string, string>> = SECRETS;
  const example = await readEnvExample();
  return Object.fromEntries(
    [...example].map(([name, value]) => [
      name,
      given[name] ?? (value === '' ? randomBytes(32).toString('hex') : value),
    ]),
  );
}

/** The config that the service mounts, with other addresses, ports and folders, and nothing else changed. */
async function configFor(
  service: ComposeService,
  cwd: string,
  to: Addresses,
  publicPort: number,
  ports: { readonly public: number; readonly private: number },
): Promise<string> {
  const mounts = service.volumes.map((volume) => volume.split(':'));
  const config = must(mounts.find(([, at]) => at === '/etc/lockstep')?.[0], 'the mounted config');
  const document = parseDocument(await readRepositoryFile(`${config.replace('./', '')}/lockstep.config.yaml`));
  const put = (path: readonly string[], value: unknown) => {
    if (!document.hasIn(path)) throw new Error(`The config has no ${path.join('.')}`);
    document.setIn(path, value);
  };
  const folder = (at: string) => join(cwd, 'volumes', must(mounts.find(([, inside]) => inside === at)?.[0], at));
  put(['pairs', 'my-shop', 'source', 'url'], to.sourceUrl);
  // On https, as in the file, the key is shown in a header by default.
  document.setIn(['pairs', 'my-shop', 'source', 'auth'], 'header');
  put(['pairs', 'my-shop', 'target', 'shop'], 'my-shop.myshopify.com');
  document.setIn(['pairs', 'my-shop', 'target', 'url'], to.targetUrl);
  put(['pairs', 'my-shop', 'migratedAt'], to.migratedAt);
  put(['ingest', 'port'], ports.public);
  put(['ingest', 'privatePort'], ports.private);
  put(['ingest', 'publicUrl'], `http://127.0.0.1:${publicPort}`);
  put(['log', 'kafka', 'brokers'], to.brokers);
  document.setIn(['log', 'kafka', 'prefix'], to.prefix);
  put(['state', 'redis'], to.redisUrl);
  put(['dataDir'], folder(String(document.get('dataDir'))));
  put(['reports', 'dir'], folder(String(document.getIn(['reports', 'dir']))));
  return document.toString();
}

async function checkHealth({ healthcheck }: ComposeService, env: Readonly<Record<string, string>>) {
  if (!('test' in healthcheck)) throw new Error('The service has no health check');
  const [how, program, ...args] = healthcheck.test;
  if (how !== 'CMD' || program !== 'node') throw new Error(`Cannot run the health check ${healthcheck.test.join(' ')}`);
  const child = spawnNode(
    args.map((arg) => IN_REPOSITORY[arg] ?? arg),
    ROOT,
    env,
  );
  return child.ended;
}

function spawnNode(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { out: '', err: '' };
  for (const stream of ['out', 'err'] as const)
    child[`std${stream}`]?.setEncoding('utf8').on('data', (text: string) => (written[stream] += text));
  const ended = once(child, 'close').then(() => child.exitCode);
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  // A test that fails leaves no process behind.
  onTestFinished(async () => void (await end('SIGKILL')));
  return { ended, end, out: () => written.out, err: () => written.err };
}

/** Sends a webhook as WooCommerce signs it; the status of the answer. */
export async function postSigned(url: string, topic: string, body: unknown): Promise<number> {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', SECRETS.WOO_HOOK).update(text).digest('base64');
  const answer = await fetch(url, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', 'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': signature },
  });
  await answer.text();
  return answer.status;
}
