import type { Platform } from '../registry.ts';
import { baseUrl, shopifyConfigSchema, type ShopifyConfig } from './shopify-config.ts';
import { shopifyConsent } from './shopify-consent.ts';
import { createShopifyConnector } from './shopify-connector.ts';
import { SHOPIFY_STATUS_MAP } from './shopify-mapping-order.ts';
import { readShopifyWebhook } from './shopify-webhook.ts';

/** Shopify by its Admin GraphQL API. */
export const shopify: Platform<ShopifyConfig> = {
  name: 'shopify',
  label: 'Shopify',
  configSchema: shopifyConfigSchema,
  consent: shopifyConsent,
  open: createShopifyConnector,
  readWebhook: readShopifyWebhook,
  webhookSecrets: ({ webhookSecrets, clientSecret }) => [
    ...webhookSecrets,
    ...(clientSecret === undefined ? [] : [clientSecret]),
  ],
  address: baseUrl,
  // The smallest plan's bucket; the shop says its own with every answer.
  budget: () => ({ capacity: 2_000, perSecond: 100 }),
  defaultStatusMap: SHOPIFY_STATUS_MAP,
};
