import { PLATFORMS } from '#libs/connectors/registry.ts';
import type { LoadedConfig } from '#libs/runtime/config/parse-config.ts';
import { parseConfig } from '#libs/runtime/config/parse-config.ts';
import { KEYS, type DemoShops } from './demo-shops.ts';

export const PAIR = 'demo';

export const CARRIED = [
  'variant.quantity',
  'variant.stockStatus',
  'variant.price',
  'order.status',
  'order.tracking',
  'order.history',
] as const;

export const LATE_AFTER_MS = 2_000;

/** The config that a merchant would write for these two shops, with waits shortened to fit half a minute. */
export function demoConfig(
  { sourceUrl, targetUrl, migratedAt }: Pick<DemoShops, 'sourceUrl' | 'targetUrl' | 'migratedAt'>,
  folders: { readonly dataDir: string; readonly reportsDir: string },
): Promise<LoadedConfig> {
  const text = `
pairs:
  ${PAIR}:
    source:
      platform: woocommerce
      url: ${sourceUrl}
      auth: header
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
      maxConcurrent: 20
    target:
      platform: shopify
      shop: demo.myshopify.com
      url: ${targetUrl}
      accessToken: "\${SHOPIFY_TOKEN}"
      location: Main warehouse
    migratedAt: ${new Date(migratedAt).toISOString()}
    sync:
      variant: { fields: [quantity, stockStatus, price] }
      order: { fields: [status, tracking, history] }
    create: { product: new, order: new, customer: new }
    reconcile: { cron: "off", sweepEvery: "off" }
timing: { coalesce: 200ms, landing: 2s, lateAfter: ${String(LATE_AFTER_MS)}ms, retries: [200ms, 1s, 2s] }
ingest: { host: 127.0.0.1, port: 0, privateHost: 127.0.0.1, privatePort: 0 }
dataDir: ${JSON.stringify(folders.dataDir)}
reports: { dir: ${JSON.stringify(folders.reportsDir)} }
`;
  const env = {
    WOO_KEY: KEYS.consumerKey,
    WOO_SECRET: KEYS.consumerSecret,
    WOO_HOOK: KEYS.webhookSecret,
    SHOPIFY_TOKEN: KEYS.accessToken,
  };
  return parseConfig(
    { main: { file: 'the demo’s config', text }, pairs: [] },
    { folder: folders.dataDir, env, platforms: PLATFORMS },
  );
}
