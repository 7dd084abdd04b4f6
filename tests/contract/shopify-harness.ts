import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';
import type { Budget, ReadContext, StoreConnector, WriteContext } from '#libs/connectors/store-connector.ts';
import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import { systemClock, type Clock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';

export const CALL: ReadContext = {
  signal: new AbortController().signal,
  priority: 'change',
  fields: new Set(FIELD_NAMES),
};
export const WRITE: WriteContext = { ...CALL, maySend: () => true };

/** A budget that lets everything through and remembers what it was told. */
export type SpyBudget = Budget & { readonly backedOff: number[]; readonly reported: number[] };

export function createSpyBudget(): SpyBudget {
  const backedOff: number[] = [];
  const reported: number[] = [];
  return {
    backedOff,
    reported,
    take: () => Promise.resolve(),
    report: (left) => void reported.push(left),
    backOff: (ms) => void backedOff.push(ms),
  };
}

export type Harness = AsyncDisposable & {
  readonly simulator: ShopifySimulator;
  /** Where the shop answers. */
  readonly url: string;
  readonly connector: StoreConnector;
  readonly budget: SpyBudget;
  /** Calls answered by the shop, by the mutation or query they began with. */
  readonly writes: () => readonly string[];
};

type Options = Partial<Parameters<typeof createShopifySimulator>[0]> & {
  readonly credentials?: 'token' | 'client';
  /** Which end of a pair the shop is; absent: the target. */
  readonly role?: 'source' | 'target';
  /** More of the config, or other than usual. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Waits otherwise than usual. */
  readonly clock?: Clock;
  /** What the call goes through, to cut answers or count. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
};

/** The connector on a simulated shop, over HTTP. */
export async function openShopify({
  credentials = 'token',
  role = 'target',
  config: more,
  clock = systemClock,
  fetch,
  ...options
}: Options = {}): Promise<Harness> {
  const simulator = createShopifySimulator({
    now: () => Date.now(),
    random: seededRandom(7),
    accessToken: 'shpat_test',
    clientId: 'client',
    clientSecret: 'secret',
    jobMs: 5,
    bulkMs: 5,
    bucketSize: 100_000,
    restoreRate: 10_000,
    ...options,
  });
  const { url } = await simulator.start();
  const budget = createSpyBudget();
  const config = shopify.configSchema.parse({
    shop: 'sim-target.myshopify.com',
    location: 'Main warehouse',
    url,
    ...(credentials === 'token' ? { accessToken: 'shpat_test' } : { clientId: 'client', clientSecret: 'secret' }),
    ...more,
  });
  const connector = shopify.open(config, {
    clock,
    random: seededRandom(11),
    budget,
    callMs: 5_000,
    role,
    ...(fetch === undefined ? {} : { fetch }),
  });
  return {
    simulator,
    url,
    connector,
    budget,
    writes: () => simulator.ledger.calls.filter(({ kind }) => kind === 'write').map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      await connector.close();
      await simulator.stop();
    },
  };
}

/** The bare id of a gid. */
export function bare(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}
