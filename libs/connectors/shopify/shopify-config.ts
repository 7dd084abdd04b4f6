import { z } from 'zod';

/** The API version that every document here is validated against. */
export const API_VERSION = '2026-10';

/** Each location that counts is asked for with every variant. */
const LOCATIONS_MAX = 20;

export const shopifyConfigSchema = z
  .strictObject({
    shop: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/i,
        'must be the myshopify.com name of the shop, such as acme.myshopify.com',
      )
      .describe('Permanent name of the shop, `acme.myshopify.com`'),
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe('Admin API access token of a custom app; instead of clientId and clientSecret'),
    clientId: z.string().min(1).optional().describe('Client id of an app of the same organisation; with clientSecret'),
    install: z
      .boolean()
      .optional()
      .describe(
        'true: the app is installed with the merchant’s consent, whose accessToken `lockstep connect` writes; needs clientId, clientSecret and accessToken',
      ),
    clientSecret: z.string().min(1).optional().describe('Client secret of that app; tokens are asked for and renewed'),
    location: z.string().min(1).optional().describe('Name or id of the location whose quantity is read and written'),
    locations: z
      .array(z.string().min(1))
      .min(1)
      .max(LOCATIONS_MAX)
      .optional()
      .describe(
        'Names or ids of all locations whose quantities count together; what is written goes to `location`, or else to the first',
      ),
    webhookSecrets: z
      .array(z.string().min(1))
      .default([])
      .describe('Secrets that may have signed a webhook; the client secret counts by itself'),
    webhooks: z
      .enum(['on', 'off'])
      .default('on')
      .describe('off: the shop is to send no webhooks, it is followed by sweeps and scans alone'),
    apiVersion: z
      .string()
      .regex(/^\d{4}-\d{2}$/)
      .default(API_VERSION)
      .describe('Version of the Admin API'),
    url: z.url().optional().describe('Another address under which the Admin API answers (a proxy, a test)'),
    maxConcurrent: z.int().min(1).max(20).default(4).describe('Calls to this shop at a time'),
  })
  .refine(hasOneWayIn, {
    error: 'needs either accessToken, or clientId and clientSecret; with install: true all three',
    path: ['accessToken'],
  })
  .refine(({ location, locations }) => location !== undefined || locations !== undefined, {
    error: 'needs the location whose quantity counts; or locations, where several do',
    path: ['location'],
  });

export type ShopifyConfig = z.infer<typeof shopifyConfigSchema>;

function hasOneWayIn(config: {
  readonly accessToken?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly install?: boolean | undefined;
}): boolean {
  const credentials = [config.clientId, config.clientSecret].filter((value) => value !== undefined).length;
  if (config.install === true) return config.accessToken !== undefined && credentials === 2;
  return config.accessToken === undefined ? credentials === 2 : credentials === 0;
}

/** The address under which everything of the shop's API lies. */
export function baseUrl(config: ShopifyConfig): string {
  return (config.url ?? `https://${config.shop}`).replace(/\/+$/, '');
}

/** The locations whose quantities count together, by name or id; the first is the one that is written to. */
export function countedLocations({ location, locations = [] }: ShopifyConfig): readonly string[] {
  return [...new Set([...(location === undefined ? [] : [location]), ...locations])];
}
