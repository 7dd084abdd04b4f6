import type { Platform } from '../registry.ts';
import { baseUrl, wooCommerceConfigSchema } from './woocommerce-config.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';
import { wooCommerceConsent } from './woocommerce-consent.ts';
import { createWooCommerceConnector } from './woocommerce-connector.ts';
import { statusWord, WOOCOMMERCE_STATUS_MAP } from './woocommerce-status.ts';
import { readWooCommerceWebhook } from './woocommerce-webhook.ts';

export type { WooCommerceConfig } from './woocommerce-config.ts';

// A small shop serves some three pages of 100 a second to one client and single reads at ten; a place in the queue of
// `maxConcurrent` is what bounds the heavy ones.
const CALLS_PER_SECOND_AND_PLACE = 10;

export const woocommerce: Platform<WooCommerceConfig> = {
  name: 'woocommerce',
  label: 'WooCommerce',
  configSchema: wooCommerceConfigSchema,
  consent: wooCommerceConsent,
  open: createWooCommerceConnector,
  readWebhook: readWooCommerceWebhook,
  webhookSecrets: ({ webhookSecrets }) => webhookSecrets,
  address: baseUrl,
  budget({ maxConcurrent }) {
    const perSecond = maxConcurrent * CALLS_PER_SECOND_AND_PLACE;
    return { capacity: perSecond, perSecond };
  },
  defaultStatusMap: WOOCOMMERCE_STATUS_MAP,
  statusWord,
};
