import { systemClock } from '#libs/runtime/clock.ts';
import { editTexts, fallBehind } from '../../simulators/migration/after-migration.ts';
import { migrate, type AnyShop } from '../../simulators/migration/migrate.ts';
import { recordedShop } from '../../simulators/migration/recorded-shop.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator, type WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import type { Pairing } from './pairing.ts';
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
  readonly pairing: Pairing;
  readonly source: AnyShop;
  readonly target: AnyShop;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  readonly migratedAt: number;
  readonly random: () => number;
  /** Leads what the old shop delivers to `publicUrl` (Shopify delivers to https alone) to where ingest really listens. */
  readonly lead: (publicUrl: string, ingestUrl: string) => void;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type ShopsOptions = {
  readonly size: DemoSize;
  readonly seed: number;
  readonly pairing: Pairing;
  /** More consumer keys of both shops, where they are WooCommerce's: at the old one they may read. */
  readonly keys?: readonly string[];
};

/**
 * Two shops with a past: a week ago everything was copied from the old one to the new one; since then people have worked in
 * the new one, and the old one has gone on selling.
 */
export async function openShops({ size, seed, pairing, keys = [] }: ShopsOptions): Promise<DemoShops> {
  const random = seededRandom(seed);
  let ago = 7 * DAY;
  const now = (): number => systemClock.now() - ago;
  const led = { from: '', to: '' };
  const made = { now, random, keys, tunnel: (uri: string) => uri.replace(led.from, led.to) };
  const source = pairing.from === 'woocommerce' ? filledWooCommerce(made, size) : filledShopify(made, size);
  const target =
    pairing.to === 'woocommerce' ? openWooCommerce({ now, random, keys }, 'new') : openShopify({ now, random }, 'demo');
  migrate(source, target);
  const migratedAt = Math.ceil(now() / 1000) * 1000;

  ago = 4 * DAY;
  editTexts(target, size.edits, random);
  ago = 2 * DAY;
  fallBehind(source, size.behind, random);
  ago = 0;
  const [{ url: sourceUrl }, { url: targetUrl }] = await Promise.all([source.start(), target.start()]);
  return {
    pairing,
    source,
    target,
    sourceUrl,
    targetUrl,
    migratedAt,
    random,
    lead(publicUrl, ingestUrl) {
      [led.from, led.to] = [publicUrl, ingestUrl];
    },
    [Symbol.asyncDispose]: async () => {
      await source.stop();
      await target.stop();
    },
  };
}

type Made = {
  readonly now: () => number;
  readonly random: () => number;
  readonly keys?: readonly string[];
  readonly tunnel?: (uri: string) => string;
};

function filledWooCommerce(made: Made, size: DemoSize): WooCommerceSimulator {
  const shop = openWooCommerce(made, 'old');
  shop.seedFromRecordings(recordedShop(made.now() - 20 * DAY));
  shop.seedCatalogue({ variants: size.variants, orders: size.orders });
  return shop;
}

/** The same past, as it would have been in a Shopify shop. */
function filledShopify(made: Made, size: DemoSize): ShopifySimulator {
  const shop = openShopify(made, 'old', true);
  migrate(filledWooCommerce({ now: made.now, random: made.random }, size), shop);
  return shop;
}

function openWooCommerce({ now, random, keys = [] }: Made, name: 'old' | 'new'): WooCommerceSimulator {
  return createWooCommerceSimulator({
    now,
    random,
    siteUrl: `https://${name}.example.com`,
    storeId: `store-${name}`,
    consumerKey: KEYS.consumerKey,
    consumerSecret: KEYS.consumerSecret,
    keys: keys.map((consumerKey) => ({
      consumerKey,
      consumerSecret: KEYS.consumerSecret,
      permissions: name === 'old' ? ('read' as const) : ('read_write' as const),
    })),
    pricesIncludeTax: true,
    isSsl: true,
  });
}

function openShopify({ now, random, tunnel }: Made, shop: string, recordsReads = false): ShopifySimulator {
  return createShopifySimulator({
    now,
    random,
    accessToken: KEYS.accessToken,
    clientId: KEYS.clientId,
    clientSecret: KEYS.clientSecret,
    shop,
    shopName: 'Källa & Sons',
    plus: true,
    bucketSize: 20_000,
    restoreRate: 1_000,
    recordsReads,
    ...(tunnel === undefined ? {} : { tunnel }),
  });
}
