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

export type DemoFolders = { readonly dataDir: string; readonly reportsDir: string };

/** What a cluster adds to the config of one machine. */
export type DemoCluster = {
  readonly brokers: readonly string[];
  /** Begins the names of topics, groups and keys. */
  readonly prefix: string;
  readonly sessionMs: number;
  readonly partitions: number;
  /** Where the old shop delivers. */
  readonly publicUrl: string;
};

type Shops = Pick<DemoShops, 'pairing' | 'sourceUrl' | 'targetUrl' | 'migratedAt'>;

/** The environment that the config speaks of. */
export const SECRETS = {
  OLD_WOO_KEY: KEYS.consumerKey,
  NEW_WOO_KEY: KEYS.consumerKey,
  WOO_SECRET: KEYS.consumerSecret,
  WOO_HOOK: KEYS.webhookSecret,
  OLD_SHOPIFY_TOKEN: KEYS.accessToken,
  NEW_SHOPIFY_TOKEN: KEYS.accessToken,
  SHOPIFY_HOOK: KEYS.clientSecret,
} as const;

/** Where the old shop is told to deliver; Shopify takes https alone, and is led from there to where ingest listens. */
export const PUBLIC_URL = 'https://sync.example.com';

const STORES = { woocommerce: wooCommerceLines, shopify: shopifyLines } as const;

function wooCommerceLines(end: 'OLD' | 'NEW', url: string): string {
  return `      platform: woocommerce
      url: ${url}
      auth: header
      consumerKey: "\${${end}_WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
      maxConcurrent: 20`;
}

function shopifyLines(end: 'OLD' | 'NEW', url: string): string {
  return `      platform: shopify
      shop: ${end === 'OLD' ? 'old' : 'demo'}.myshopify.com
      url: ${url}
      accessToken: "\${${end}_SHOPIFY_TOKEN}"
      webhookSecrets: ["\${SHOPIFY_HOOK}"]
      location: Main warehouse`;
}

/** The config that a merchant would write for these two shops, with waits shortened to fit half a minute. */
export function demoConfigText(
  { pairing, sourceUrl, targetUrl, migratedAt }: Shops,
  folders: DemoFolders,
  cluster: DemoCluster | null = null,
): string {
  return `
pairs:
  ${PAIR}:
    source:
${STORES[pairing.from]('OLD', sourceUrl)}
    target:
${STORES[pairing.to]('NEW', targetUrl)}
    migratedAt: ${new Date(migratedAt).toISOString()}
    sync:
      variant: { fields: [quantity, stockStatus, price] }
      order: { fields: [status, tracking, history] }
    create: { product: new, order: new, customer: new }
    reconcile: { cron: "off", sweepEvery: "off" }${cluster === null ? '' : `\n    partitions: ${String(cluster.partitions)}`}
timing: { coalesce: 200ms, landing: 2s, lookAgain: 3s, lateAfter: ${String(LATE_AFTER_MS)}ms, retries: [200ms, 1s, 2s]${cluster === null ? '' : `, session: ${String(cluster.sessionMs)}ms`} }
${cluster === null ? 'ingest: { host: 127.0.0.1, port: 0, privateHost: 127.0.0.1, privatePort: 0 }' : clusterLines(cluster)}
dataDir: ${JSON.stringify(folders.dataDir)}
reports: { dir: ${JSON.stringify(folders.reportsDir)} }
`;
}

function clusterLines({ brokers, prefix, publicUrl }: DemoCluster): string {
  return [
    `ingest: { host: 127.0.0.1, port: 0, privateHost: 127.0.0.1, privatePort: 0, publicUrl: "${publicUrl}" }`,
    `log: { kafka: { brokers: ${JSON.stringify(brokers)}, prefix: ${prefix} } }`,
    // From the environment: the address of a given server may carry a password.
    'state: { redis: "${REDIS_URL}" }',
  ].join('\n');
}

/** The same as it is read. */
export function demoConfig(
  text: string,
  folder: string,
  env: Readonly<Record<string, string>> = SECRETS,
): Promise<LoadedConfig> {
  return parseConfig({ main: { file: 'the demo’s config', text }, pairs: [] }, { folder, env, platforms: PLATFORMS });
}
