import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished } from 'vitest';

import { findRunning } from '#libs/event-log/lock.ts';
import { callControl } from '#libs/runtime/control-socket.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { judge } from '../../simulators/oracle/judge.ts';
import { freePort } from '../../simulators/services/processes.ts';
import type { Migrated } from '../../simulators/migration/migrate.ts';
import { migrate } from '../../simulators/migration/migrate.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { writePairFiles } from './pair-files.ts';

/** How long a thing may take until it is there: the machine may be busy with other tests. */
export const PATIENCE = { timeout: 45_000, interval: 25 } as const;

/** Where a process must start before anything is to be seen: it has a program to compile first. */
const START_PATIENCE = { ...PATIENCE, timeout: 120_000 } as const;

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const DAY = 86_400_000;

// A test starts dozens of processes; compiled code that they share halves what each costs.
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/lockstep-it');

export const SECRETS = {
  WOO_KEY: 'ck_integration_key',
  WOO_SECRET: 'cs_integration_secret',
  WOO_HOOK: 'integrationhooksecret',
  SHOPIFY_TOKEN: 'shpat_integration_token',
} as const;

/** Both shops of a pair: what the old one had a week ago was migrated to the new one. */
export type Shops = {
  readonly source: WooCommerceSimulator;
  readonly target: ShopifySimulator;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  /** Source id → target gid. */
  readonly migrated: Migrated;
  readonly migratedAt: number;
  /** Source id of the product with this SKU. */
  readonly productId: (sku: string) => number;
  /** Available at the target, by SKU; undefined where it has none such. */
  readonly stockAt: (sku: string) => number | undefined;
  /** Calls that wrote at the target (or tried to), since this harness began to count. */
  readonly writes: (name?: RegExp) => readonly string[];
  /** What calls with Lockstep’s token changed at the target. */
  readonly changesByUs: () => readonly string[];
};

export type World = {
  readonly cwd: string;
  readonly ingestUrl: string;
  readonly shops: (pair?: string) => Shops;
  /** One command line to its end. */
  readonly run: (...argv: readonly string[]) => Promise<Ran>;
  /** As `run`, its output read as JSON. */
  readonly json: (...argv: readonly string[]) => Promise<unknown>;
  /** `lockstep start …`, until it runs. */
  readonly start: (...argv: readonly string[]) => Promise<Running>;
  /** As `start`, until so many pairs run: by another config, or where none can run yet. */
  readonly startUntil: (pairs: number, ...argv: readonly string[]) => Promise<Running>;
  /** Registers webhooks at the old shop and lets it deliver. */
  readonly subscribe: (pair?: string) => Promise<void>;
  /** Plans and approves: from then on the pair writes. */
  readonly approve: (pair?: string) => Promise<void>;
  /** Until nothing is outstanding: webhooks, news, delayed news, and the comparison that an approval asks for. */
  readonly settled: (pair?: string) => Promise<void>;
  /** What the oracle finds wrong, from both shops’ own ledgers. */
  readonly faults: (pair?: string) => readonly string[];
};

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

export type Running = {
  readonly pid: number | undefined;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** kill -9, and until it is dead. */
  readonly killed: () => Promise<void>;
  /** SIGTERM, and its exit code. */
  readonly stopped: () => Promise<number | null>;
  readonly log: () => string;
};

export type WorldOptions = {
  readonly pairs?: readonly string[];
  /** What the old shop sells a week ago, before the migration. */
  readonly seed?: (source: WooCommerceSimulator) => void;
  /** More lines of a pair’s config (indented by four blanks). */
  readonly sync?: string;
  readonly create?: string;
  readonly more?: string;
  /** The new shop is empty: nobody has migrated anything. */
  readonly empty?: boolean;
  /** Each pair in a file of its own, `pairs/<name>.yaml`. */
  readonly pairFiles?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

/** Two shops, a folder with a config, and the real command. Everything is taken down when the test has ended. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { pairs = ['acme'], seed = seedFew } = options;
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-it-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const shops = new Map<string, Shops>();
  for (const pair of pairs) shops.set(pair, await openShops(pair, seed, options.empty === true));
  const port = await freePort();
  const config = configText(shops, port, options);
  if (options.pairFiles === true) await writePairFiles(cwd, config);
  else await writeFile(join(cwd, 'lockstep.config.yaml'), config);
  const env = { ...SECRETS, PATH: process.env['PATH'] ?? '', HOME: cwd, NODE_COMPILE_CACHE: COMPILED, ...options.env };
  const run: World['run'] = (...argv) => runToEnd(cwd, env, argv);
  const ingestUrl = `http://127.0.0.1:${port}`;
  const shopsOf: World['shops'] = (pair = pairs[0] ?? '') => present(shops.get(pair), pair);
  const approvedSeq = new Map<string, number>();
  const json: World['json'] = async (...argv) => {
    const { out, err } = await run(...argv, '--json');
    expect(err).toBe('');
    return JSON.parse(out);
  };
  return {
    cwd,
    ingestUrl,
    shops: shopsOf,
    run,
    json,
    start: (...argv) => startRunning(cwd, env, argv, pairs.length),
    startUntil: (running, ...argv) => startRunning(cwd, env, argv, running),
    async subscribe(pair = pairs[0] ?? '') {
      const done = await run('webhooks', 'register', pair, '--yes');
      expect(done).toMatchObject({ code: 0, err: '' });
      shopsOf(pair).source.startDeliveries({ intervalMs: 20 });
    },
    async approve(pair = pairs[0] ?? '') {
      expect(await run('plan', pair)).toMatchObject({ code: 0, err: '' });
      approvedSeq.set(pair, shopsOf(pair).target.ledger.entries.length);
      expect(await run('approve', pair)).toMatchObject({ code: 0, err: '' });
    },
    async settled(pair = pairs[0] ?? '') {
      // Asked over the socket, as `lockstep status` does: a process for each look would cost more than what is waited for.
      await expect
        .poll(
          async () => [shopsOf(pair).source.outstandingDeliveries(), await statusOf(cwd, pair, json)],
          START_PATIENCE,
        )
        .toEqual([0, [expect.objectContaining({ behind: 0, delayed: 0, alarms: [] })]]);
    },
    faults: (pair = pairs[0] ?? '') => faultsOf(shopsOf(pair), approvedSeq.get(pair)),
  };
}

// On a cluster no process can be asked: there `lockstep status` itself looks at log and facts.
async function statusOf(cwd: string, pair: string, json: World['json']): Promise<unknown> {
  const socket = findRunning(join(cwd, '.lockstep'))?.socket;
  if (socket === undefined || socket === null) return json('status', pair);
  return (await callControl(socket, { name: 'status', args: { pair } }))?.result;
}

const CARRIED = ['variant.quantity', 'variant.stockStatus', 'order.status', 'order.tracking', 'order.history'];

function faultsOf({ source, target, migratedAt }: Shops, approvedSeq = 0): readonly string[] {
  return judge({
    source: { ledger: source.ledger, state: source.state() },
    target: { ledger: target.ledger, state: target.state() },
    selected: new Set(CARRIED),
    migratedAt,
    approvedSeq,
  }).map(({ rule, detail }) => `${rule}: ${detail}`);
}

function seedFew(source: WooCommerceSimulator): void {
  for (let n = 1; n <= 5; n++)
    source.people.createProduct({
      name: `Shirt ${n}`,
      sku: `S-${n}`,
      regular_price: '20.00',
      manage_stock: true,
      stock_quantity: 50,
    });
  const shirt = source.state().products[0];
  const anna = source.people.createCustomer({ email: 'anna@example.com', first_name: 'Anna', last_name: 'Holm' });
  source.people.placeOrder({
    customer_id: anna.id,
    billing: { first_name: 'Anna', last_name: 'Holm', email: 'anna@example.com' },
    line_items: [{ product_id: shirt?.id, quantity: 1 }],
  });
}

const NOTHING_MIGRATED: Migrated = {
  products: new Map(),
  variants: new Map(),
  orders: new Map(),
  customers: new Map(),
};

async function openShops(pair: string, seed: (source: WooCommerceSimulator) => void, isEmpty: boolean): Promise<Shops> {
  let ago = 7 * DAY;
  const now = (): number => Date.now() - ago;
  const source = createWooCommerceSimulator({
    now,
    random: seededRandom(7),
    consumerKey: SECRETS.WOO_KEY,
    consumerSecret: SECRETS.WOO_SECRET,
    siteUrl: `https://old-${pair}.example.com`,
    storeId: `store-${pair}`,
    isSsl: true,
    pluginStatuses: ['backordered'],
  });
  const target = createShopifySimulator({
    now,
    random: seededRandom(11),
    accessToken: SECRETS.SHOPIFY_TOKEN,
    shop: pair,
    bucketSize: 20_000,
    restoreRate: 1_000,
  });
  seed(source);
  const migrated = isEmpty ? NOTHING_MIGRATED : migrate(source, target);
  const migratedAt = Math.ceil(now() / 1000) * 1000;
  ago = 0;
  const [{ url: sourceUrl }, { url: targetUrl }] = await Promise.all([source.start(), target.start()]);
  onTestFinished(async () => {
    await source.stop();
    await target.stop();
  });
  const bySku = (sku: string) =>
    target
      .state()
      .products.flatMap(({ variants }) => variants)
      .find((variant) => variant.sku === sku);
  return {
    source,
    target,
    sourceUrl,
    targetUrl,
    migrated,
    migratedAt,
    productId: (sku) =>
      present(
        source.state().products.find((product) => product.sku === sku),
        sku,
      ).id,
    stockAt: (sku) => bySku(sku)?.inventoryQuantity,
    writes: (name = /./) =>
      target.ledger.calls
        .filter((one) => one.kind === 'write' && !isBulkQuery(one.name) && name.test(one.name))
        .map((one) => one.name),
    changesByUs: () =>
      target.ledger.entries
        .filter(({ actor, entity }) => actor === 'api' && entity !== 'bulkOperation')
        .map(({ action, entity, changes }) => `${action} ${entity} ${Object.keys(changes).join(',')}`),
  };
}

// The comparison's bulk query is asked for by a mutation, and reads.
function isBulkQuery(name: string): boolean {
  return name.includes('bulkOperationRunQuery');
}

function configText(shops: ReadonlyMap<string, Shops>, port: number, options: WorldOptions): string {
  const {
    sync = '{ variant: { fields: [quantity, stockStatus] }, order: { fields: [status, tracking, history] } }',
    create = '{ product: new, order: new, customer: new }',
    more = '',
  } = options;
  const pair = ([name, { sourceUrl, targetUrl, migratedAt }]: readonly [string, Shops]): string => `
  ${name}:
    source:
      platform: woocommerce
      url: ${sourceUrl}
      auth: header
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
      maxConcurrent: 10
    target:
      platform: shopify
      shop: ${name}.myshopify.com
      url: ${targetUrl}
      accessToken: "\${SHOPIFY_TOKEN}"
      location: Main warehouse
    migratedAt: ${new Date(migratedAt).toISOString()}
    sync: ${sync}
    create: ${create}
    reconcile: { cron: "off", sweepEvery: "off" }`;
  return `pairs:${[...shops].map(pair).join('')}
timing: { landing: 2s, lateAfter: 5s, retries: [200ms, 1s, 2s], session: 6s }
ingest: { host: 127.0.0.1, port: ${port}, privateHost: 127.0.0.1, privatePort: 0, publicUrl: "http://127.0.0.1:${port}", bodyLimitBytes: 65536 }
${more}
`;
}

type Env = Readonly<Record<string, string>>;

function spawnCli(cwd: string, env: Env, argv: readonly string[]): { child: ChildProcess; ran: () => Ran } {
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return { child, ran: () => ({ code: child.exitCode, out, err }) };
}

async function runToEnd(cwd: string, env: Env, argv: readonly string[]): Promise<Ran> {
  const { child, ran } = spawnCli(cwd, env, argv);
  await once(child, 'close');
  return ran();
}

async function startRunning(cwd: string, env: Env, argv: readonly string[], pairs: number): Promise<Running> {
  const { child, ran } = spawnCli(cwd, env, ['start', ...argv]);
  const ended = once(child, 'close');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  // A test that fails leaves no process behind, a frozen one neither.
  onTestFinished(() => end('SIGKILL'));
  const countRunning = (): number => {
    if (child.exitCode !== null) throw new Error(`start has ended: ${ran().err}`);
    return ran().err.split('"msg":"running"').length - 1;
  };
  try {
    await expect.poll(countRunning, START_PATIENCE).toBe(pairs);
  } catch (cause) {
    throw new Error(`start does not run: ${ran().err}`, { cause });
  }
  return {
    pid: child.pid,
    kill: (signal) => void child.kill(signal),
    killed: () => end('SIGKILL'),
    stopped: async () => {
      await end('SIGTERM');
      return child.exitCode;
    },
    log: () => ran().err,
  };
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The test’s world has no ${what}`);
  return value;
}
