import { z } from 'zod';

import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CallbackRequest, Consent, ConsentAsk, ConsentReply } from '../consent.ts';
import { isSameSecret } from '../same-secret.ts';
import { baseUrl } from './woocommerce-config.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';
import { parseJson } from './woocommerce-errors.ts';

const grantSchema = z.object({
  user_id: z.union([z.string(), z.number()]).transform(String),
  consumer_key: z.string().regex(/^ck_\w+$/),
  consumer_secret: z.string().regex(/^cs_\w+$/),
  key_permissions: z.string(),
});

type Ask = ConsentAsk<WooCommerceConfig>;

/** `/wc-auth/v1/authorize`: the shop itself posts the keys, and deletes them again unless it is answered with exactly 200. */
export const wooCommerceConsent: Consent<WooCommerceConfig> = {
  gives: ['consumerKey', 'consumerSecret'],
  begin(ask) {
    const { config, callbackUrl, state } = ask;
    checkCallback(callbackUrl);
    const query = new URLSearchParams({
      app_name: 'Lockstep',
      scope: scopeOf(ask),
      // Comes back with the keys, which are not signed: nobody else knows it.
      user_id: state,
      return_url: `${callbackUrl}/back`,
      callback_url: callbackUrl,
    });
    return `${baseUrl(config)}/wc-auth/v1/authorize?${query.toString()}`;
  },
  receive: (request, ask) => Promise.resolve(request.method === 'POST' ? readGrant(request, ask) : readReturn(request)),
};

/** Without webhooks nothing is ever written to a source. */
function scopeOf({ role, config }: Ask): 'read' | 'read_write' {
  return role === 'source' && config.webhooks === 'off' ? 'read' : 'read_write';
}

// WordPress calls nothing else.
const PORTS: ReadonlySet<string> = new Set(['', '443', '8080']);

function checkCallback(callbackUrl: string): void {
  const { protocol, port } = new URL(callbackUrl);
  if (protocol === 'https:' && PORTS.has(port)) return;
  throw new SyncError(
    'USAGE',
    `Cannot connect through "${callbackUrl}": WooCommerce brings keys over https alone, to port 443 or 8080; set ingest.publicUrl, or --public-url`,
  );
}

function readGrant({ body }: CallbackRequest, ask: Ask): ConsentReply {
  const { data: grant } = grantSchema.safeParse(parseJson(body));
  if (grant === undefined || !isSameSecret(grant.user_id, ask.state)) return { kind: 'stranger' };
  if (scopeOf(ask) === 'read_write' && grant.key_permissions !== 'read_write')
    return { kind: 'refused', message: `the shop gave a key that may only ${grant.key_permissions}` };
  return { kind: 'keys', values: { consumerKey: grant.consumer_key, consumerSecret: grant.consumer_secret } };
}

/** The merchant's browser. Whether there are keys is known from the shop itself; only a no comes this way alone. */
function readReturn({ url }: CallbackRequest): ConsentReply {
  return url.searchParams.get('success') === '0'
    ? { kind: 'refused', message: 'the merchant did not agree' }
    : { kind: 'back' };
}
