import { systemClock } from '#libs/runtime/clock.ts';
import { editTexts, fallBehind } from '../../simulators/migration/after-migration.ts';
import { migrate } from '../../simulators/migration/migrate.ts';
import { recordedShop } from '../../simulators/migration/recorded-shop.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator, type WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { seededRandom } from './seeded-random.ts';

export type DemoSize = {
  readonly variants: number;
  readonly orders: number;
  readonly edits: number;
  readonly behind: {
    readonly quantities: number;
    readonly prices: number;
    readonly completed: number;
    readonly tracking: number;
  };
};

export const WHOLE: DemoSize = {
  variants: 2_000,
  orders: 500,
  edits: 143,
  behind: { quantities: 16, prices: 3, completed: 4, tracking: 4 },
};

/** For tests: the same story in a small shop. */
export const SMALL: DemoSize = {
  variants: 150,
  orders: 40,
  edits: 12,
  behind: { quantities: 4, prices: 1, completed: 1, tracking: 1 },
};

/** Secrets of two shops that live in this process alone. */
export const KEYS = {
  consumerKey: 'ck_demo',
  consumerSecret: 'cs_demo',
  webhookSecret: 'demowebhooksecret',
  accessToken: 'shpat_demo',
  clientId: 'demo',
  clientSecret: 'shpss_demo',
} as const;

export type DemoShops = AsyncDisposable & {
  readonly source: WooCommerceSimulator;
  readonly target: ShopifySimulator;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  readonly migratedAt: number;
  readonly random: () => number;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Two shops with a past: a week ago everything was copied from the old one to the new one; since then people have worked in
 * the new one, and the old one has gone on selling. `readers`: more keys of the old shop, which may read.
 */
export async function openShops(size: DemoSize, seed: number, readers: readonly string[] = []): Promise<DemoShops> {
  const random = seededRandom(seed);
  let ago = 7 * DAY;
  const now = (): number => systemClock.now() - ago;
  const source = createWooCommerceSimulator({
    now,
    random,
    consumerKey: KEYS.consumerKey,
    consumerSecret: KEYS.consumerSecret,
    keys: readers.map((consumerKey) => ({
      consumerKey,
      consumerSecret: KEYS.consumerSecret,
      permissions: 'read' as const,
    })),
    isSsl: true,
  });
  const target = createShopifySimulator({
    now,
    random,
    accessToken: KEYS.accessToken,
    clientId: KEYS.clientId,
    clientSecret: KEYS.clientSecret,
    shop: 'demo',
    shopName: 'Källa & Sons',
    plus: true,
    bucketSize: 20_000,
    restoreRate: 1_000,
  });
  source.seedFromRecordings(recordedShop(now() - 20 * DAY));
  source.seedCatalogue({ variants: size.variants, orders: size.orders });
  migrate(source, target);
  const migratedAt = Math.ceil(now() / 1000) * 1000;

  ago = 4 * DAY;
  editTexts(target, size.edits, random);
  ago = 2 * DAY;
  fallBehind(source, size.behind, random);
  ago = 0;
  const [{ url: sourceUrl }, { url: targetUrl }] = await Promise.all([source.start(), target.start()]);
  return {
    source,
    target,
    sourceUrl,
    targetUrl,
    migratedAt,
    random,
    [Symbol.asyncDispose]: async () => {
      await source.stop();
      await target.stop();
    },
  };
}
