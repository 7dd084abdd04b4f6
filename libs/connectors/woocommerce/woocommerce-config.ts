import { z } from 'zod';

import { CONNECT_TO } from '../fetch-via.ts';
import { TRACKING_HOMES } from './woocommerce-tracking.ts';

const trackingSchema = z.strictObject({
  homes: z
    .array(z.enum(TRACKING_HOMES))
    .min(1)
    .optional()
    .describe(`Where tracking numbers are looked for: ${TRACKING_HOMES.join(', ')}; absent: everywhere`),
  meta: z
    .array(
      z.strictObject({
        number: z.string().min(1).describe('Meta key of the order that holds the number, or several with commas'),
        carrier: z.string().min(1).optional().describe('Meta key of the carrier’s name'),
        url: z.string().min(1).optional().describe('Meta key of the tracking page'),
        shippedAt: z.string().min(1).optional().describe('Meta key of the time of shipping'),
      }),
    )
    .optional()
    .describe('Meta keys of a plugin that is not among the homes'),
  notes: z
    .string()
    .refine(isParcelPattern, { error: 'is no regular expression with a group (?<number>…)' })
    .optional()
    .describe('Regular expression for numbers in order notes: (?<number>…), perhaps (?<carrier>…) and (?<url>…)'),
});

function isParcelPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'giu').source.includes('(?<number>');
  } catch {
    return false;
  }
}

export const wooCommerceConfigSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      // It would be shown wherever the address is.
      .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), {
        error: 'cannot hold a user and a password; they belong into httpAuth',
      })
      .describe('Address of the shop as WordPress knows it (home URL), such as https://old.example.com'),
    consumerKey: z.string().min(1).describe('Consumer key of a REST API key (WooCommerce, Settings, Advanced)'),
    consumerSecret: z.string().min(1).describe('Consumer secret of that key'),
    webhookSecrets: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Secrets that may have signed a webhook; the first one signs what is registered. Letters and digits only',
      ),
    webhooks: z
      .enum(['on', 'off'])
      .default('on')
      .describe('off: the shop cannot send webhooks, it is followed by sweeps alone'),
    auth: z
      .enum(['header', 'query', 'oauth1'])
      .optional()
      .describe('How the key is shown: header on https, oauth1 on http; query where a host strips the header'),
    httpAuth: z
      .strictObject({ user: z.string().min(1), password: z.string() })
      .optional()
      .describe('User and password that a staging site asks for before WordPress'),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .describe('Headers sent along with each call, for a firewall’s pass'),
    connectTo: z
      .string()
      .regex(CONNECT_TO, {
        error: 'is no server: write its name or address, with a port if it is another: 203.0.113.7:443',
      })
      .optional()
      .describe(
        'Server that is asked under the name in `url`, where that name leads elsewhere by now: `host` or `host:port`',
      ),
    maxConcurrent: z.int().min(1).max(20).default(2).describe('Calls to this shop at a time'),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/)
      .optional()
      .describe('Language that is read where a translation plugin serves several (`lang=`)'),
    tracking: trackingSchema.prefault({}).describe('Where the tracking numbers of orders lie'),
  })
  .refine(({ webhooks, webhookSecrets }) => webhooks === 'off' || webhookSecrets.length > 0, {
    error: 'needs at least one secret unless webhooks: off',
    path: ['webhookSecrets'],
  })
  .refine(({ auth, httpAuth }) => auth !== 'header' || httpAuth === undefined, {
    error: 'cannot be header together with httpAuth, which needs that header; use query',
    path: ['auth'],
  });

export type WooCommerceConfig = z.infer<typeof wooCommerceConfigSchema>;

export type AuthMode = NonNullable<WooCommerceConfig['auth']>;

/** How the key is shown where the config does not say. */
export function authMode({ auth, url, httpAuth }: Pick<WooCommerceConfig, 'auth' | 'url' | 'httpAuth'>): AuthMode {
  if (auth !== undefined) return auth;
  if (!url.startsWith('https:')) return 'oauth1';
  return httpAuth === undefined ? 'header' : 'query';
}

/** The shop's address without a slash at its end. */
export function baseUrl({ url }: Pick<WooCommerceConfig, 'url'>): string {
  return url.replace(/[?#].*$/, '').replace(/\/+$/, '');
}
