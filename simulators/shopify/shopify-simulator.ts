import type { GraphQLSchema } from 'graphql';

import { createFaultPlan, type FaultPlan } from '../core/faults.ts';
import { createLedger, type Ledger } from '../core/ledger.ts';
import { createBucket } from './bucket.ts';
import { createBulk } from './bulk.ts';
import { insertCollection } from './collections.ts';
import { createExecutor } from './executor.ts';
import { createIdempotency } from './idempotency.ts';
import { createInstall } from './install.ts';
import { createPeople, type People } from './people.ts';
import { resolvers } from './resolvers.ts';
import { createSchema } from './schema.ts';
import type { SeedCollection, SeedCustomer, SeededProduct, SeedOrder, SeedProduct } from './seed-input.ts';
import { seedCustomer, seedOrder, seedProduct } from './seed.ts';
import { createShopServer } from './server.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { takeState, type ShopState } from './state.ts';
import { createTokens, type Credentials } from './tokens.ts';
import { createDeliveries, type Deliveries, type DeliveryPolicy } from './webhooks/deliveries.ts';
import { createWorld, type World } from './world.ts';

/** Built once, at the first store: it holds no state, and whoever only imports this file pays nothing. */
let schema: GraphQLSchema | undefined;

function sharedSchema(): GraphQLSchema {
  schema ??= createSchema(resolvers);
  return schema;
}

export type ShopifySimulatorOptions = Partial<Settings> &
  Credentials & {
    readonly now: () => number;
    readonly random: () => number;
    /** Names of the locations; the first is the default one. */
    readonly locations?: readonly string[];
    /** What becomes of each webhook; all are delivered, by default. */
    readonly deliveryPolicy?: DeliveryPolicy;
  };

export type ShopifySimulator = People &
  Deliveries & {
    readonly start: (port?: number) => Promise<{ url: string }>;
    readonly stop: () => Promise<void>;
    readonly ledger: Ledger;
    readonly faults: FaultPlan;
    /** Ids of the locations, in the order they were named. */
    readonly locationIds: readonly string[];
    readonly publicationIds: readonly string[];
    /** What a migration tool left behind. */
    readonly seedProduct: (product: SeedProduct) => SeededProduct;
    readonly seedOrder: (order: SeedOrder) => string;
    readonly seedCustomer: (customer: SeedCustomer) => string;
    readonly seedCollection: (collection: SeedCollection) => string;
    readonly state: () => ShopState;
    /** Takes points out of the bucket, as another client of the same app would. */
    readonly drainBucket: (points: number) => void;
    /** No token given so far is valid any more. */
    readonly revokeTokens: () => void;
    /** The merchant agrees on the page that asks to install the app; answers where their browser is sent, null where it is no such page. */
    readonly agreeToInstall: (page: string) => string | null;
  };

/** A simulated store that speaks the Admin GraphQL API 2026-10 over HTTP. */
export function createShopifySimulator({
  now,
  random,
  accessToken,
  clientId,
  clientSecret,
  locations = ['Main warehouse'],
  deliveryPolicy = () => 'deliver',
  ...given
}: ShopifySimulatorOptions): ShopifySimulator {
  const settings: Settings = { ...DEFAULT_SETTINGS, ...given };
  const ledger = createLedger();
  const faults = createFaultPlan(random);
  const world = createWorld({ settings, ledger, now, random });
  const bucket = createBucket({ size: settings.bucketSize, restoreRate: settings.restoreRate, now });
  const idempotency = createIdempotency(now);
  const install = createInstall(world, { accessToken, clientId, clientSecret });
  const tokens = createTokens(world, { accessToken, clientId, clientSecret }, install.exchange);
  const bulk = createBulk({ author: () => world.author(), shop: settings.shop, random });
  const executor = createExecutor({ schema: sharedSchema(), world, idempotency, bulk: bulk.port });
  const timers = new Set<NodeJS.Timeout>();
  const fork = (afterMs: number, work: () => void): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        world.settle();
        work();
      },
      Math.max(0, afterMs),
    );
    timers.add(timer);
  };
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => fork(ms, resolve));
  const server = createShopServer({ world, executor, bucket, faults, idempotency, sleep, fork }, tokens, bulk.files);
  bulk.attach(executor, server.url);
  const asMigration = <T>(work: () => T): T => world.as({ actor: 'migration', callId: undefined }, work);
  const places = openShop(world, locations);
  // The app's own secret signs; a shop whose app has none delivers nothing that could be believed.
  const deliveries = createDeliveries({ world, secret: clientSecret ?? '', policy: deliveryPolicy });

  return {
    ...createPeople(world),
    ...deliveries,
    start: server.start,
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await deliveries.stopDeliveries();
      await server.stop();
    },
    ledger,
    faults,
    ...places,
    seedProduct: (product) => asMigration(() => seedProduct(world, product)),
    seedOrder: (order) => asMigration(() => seedOrder(world, order, 'migration')),
    seedCustomer: (customer) => asMigration(() => seedCustomer(world, customer)),
    seedCollection: (collection) => asMigration(() => insertCollection(world, collection).id),
    state: () => takeState(world),
    drainBucket: bucket.drain,
    revokeTokens: tokens.revoke,
    agreeToInstall: install.agree,
  };
}

function openShop(
  world: World,
  locations: readonly string[],
): { readonly locationIds: readonly string[]; readonly publicationIds: readonly string[] } {
  return {
    locationIds: locations.map(
      (name) => world.locations.insert({ id: world.gid('Location'), name, isActive: true }).id,
    ),
    publicationIds: ['Online Store'].map(
      (title) => world.publications.insert({ id: world.gid('Publication'), title }).id,
    ),
  };
}
