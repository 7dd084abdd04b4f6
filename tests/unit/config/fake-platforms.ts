import { z } from 'zod';

import type { Platforms } from '#libs/runtime/config/platform-part.ts';
import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import type { StoreCapabilities, StoreConnector } from '#libs/connectors/store-connector.ts';

const wooSchema = z.strictObject({
  url: z.url(),
  consumerKey: z.string(),
  consumerSecret: z.string(),
  webhookSecrets: z.array(z.string()).default([]),
  webhooks: z.enum(['on', 'off']).default('on'),
  maxConcurrent: z.int().min(1).max(20).default(2),
});
const shopSchema = z.strictObject({
  shop: z.string(),
  accessToken: z.string().optional(),
  clientSecret: z.string().optional(),
  location: z.string(),
});

const plain = {
  readWebhook: () => ({ kind: 'forged' }) as const,
  budget: () => ({ capacity: 10, perSecond: 10 }),
  defaultStatusMap: {},
};

/** A registry whose platforms open nothing; the second cannot write `order.note`, nor make customers. */
export const fakePlatforms: Platforms = {
  woocommerce: {
    name: 'woocommerce',
    label: 'WooCommerce',
    configSchema: wooSchema,
    address: ({ url }: z.infer<typeof wooSchema>) => url,
    ...plain,
    open: () => connectorWith(capabilities([])),
    webhookSecrets: ({ webhookSecrets }: z.infer<typeof wooSchema>) => webhookSecrets,
  },
  shopify: {
    name: 'shopify',
    label: 'Shopify',
    configSchema: shopSchema,
    address: ({ shop }: z.infer<typeof shopSchema>) => shop,
    ...plain,
    open: () => connectorWith(capabilities(['order.note'])),
    webhookSecrets: () => [],
  },
};

// Reading a config asks a connector for nothing but what it can do.
function connectorWith(can: StoreCapabilities): StoreConnector {
  return { capabilities: can, close: () => Promise.resolve() } as unknown as StoreConnector;
}

function capabilities(without: readonly FieldName[]): StoreCapabilities {
  const fields = new Set(FIELD_NAMES.filter((field) => !without.includes(field)));
  return {
    readable: fields,
    writable: fields,
    creatable: new Set(['product', 'order']),
    stampable: new Set(['product', 'variant', 'order']),
    changedSince: new Set(),
    compareAndSwap: new Set(),
    landingMs: 1,
    doublesPossible: new Set(),
    readBatchMax: 1,
    writeBatchMax: 1,
    holdsOrders: true,
    archivable: new Set(['product', 'order']),
    deletable: new Set(['product']),
  };
}

export const ENV = {
  WOO_KEY: 'ck_0123456789',
  WOO_SECRET: 'cs_0123456789',
  WOO_HOOK: 'hook-0123456789',
  SHOPIFY_TOKEN: 'shpat_0123456789',
};

export const GOOD = `pairs:
  acme:
    source:
      platform: woocommerce
      url: https://old.example.com
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
    target:
      platform: shopify
      shop: new-example.myshopify.com
      accessToken: "\${SHOPIFY_TOKEN}"
      location: Main warehouse
    migratedAt: 2026-11-02T08:00:00Z
    sync:
      variant:
        fields: [quantity, stockStatus]
        map: { quantity: { subtract: 2, min: 0 } }
      order:
        fields: [status, tracking, history]
        map:
          status:
            processing: { payment: paid, fulfilment: open }
            failed: ignore
    create: { product: new, order: new }
    reconcile: { cron: "0 2 * * *", timezone: Europe/Berlin, sweepEvery: 5m, repair: true }
ingest: { publicUrl: https://sync.example.com/ }
timing: { publish: 500ms, retries: [1s, 2 s, 3s] }
`;
