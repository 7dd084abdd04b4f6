import { createHmac } from 'node:crypto';

import { z } from 'zod';

import { SyncError } from '#libs/runtime/sync-error.ts';
import type { CallbackRequest, Consent, ConsentAsk, ConsentReply } from '../consent.ts';
import type { Http } from '../http.ts';
import { isSameSecret } from '../same-secret.ts';
import { baseUrl } from './shopify-config.ts';
import type { ShopifyConfig } from './shopify-config.ts';
import { parseJson } from './shopify-token.ts';

type Ask = ConsentAsk<ShopifyConfig>;

// `write_…` includes reading.
const SCOPES: Readonly<Record<Ask['role'], readonly string[]>> = {
  source: [
    'read_products',
    'read_inventory',
    'read_locations',
    'read_orders',
    'read_all_orders',
    'read_customers',
    'read_fulfillments',
    'read_merchant_managed_fulfillment_orders',
    'read_assigned_fulfillment_orders',
    'read_third_party_fulfillment_orders',
  ],
  target: [
    'write_products',
    'write_inventory',
    'read_locations',
    'write_orders',
    'read_all_orders',
    'write_customers',
    'write_merchant_managed_fulfillment_orders',
    'write_publications',
  ],
};

/** The authorization code grant: the merchant's browser brings a code, which is exchanged for a token that does not end. */
export const shopifyConsent: Consent<ShopifyConfig> = {
  gives: ['accessToken'],
  begin({ config, role, callbackUrl, state }) {
    const { clientId } = credentialsOf(config);
    const query = new URLSearchParams({
      client_id: clientId,
      scope: SCOPES[role].join(','),
      redirect_uri: callbackUrl,
      state,
    });
    return `${baseUrl(config)}/admin/oauth/authorize?${query.toString()}`;
  },
  async receive(request, ask, http) {
    if (!isOurs(request, ask)) return { kind: 'stranger' };
    const code = request.url.searchParams.get('code');
    if (code === null) return { kind: 'refused', message: 'the merchant did not agree' };
    return exchange(code, ask, http);
  },
};

function credentialsOf({ clientId, clientSecret, install }: ShopifyConfig) {
  if (install === true && clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  throw new SyncError(
    'USAGE',
    'Cannot connect a Shopify shop: an app that is installed by consent has install: true, clientId, clientSecret and accessToken in the config',
  );
}

/** Signed by Shopify with the app's secret, for this shop, and begun by us. */
function isOurs({ method, url: { searchParams } }: CallbackRequest, { config, state }: Ask): boolean {
  if (method !== 'GET') return false;
  const signed = isSignedQuery(searchParams, credentialsOf(config).clientSecret);
  const shop = searchParams.get('shop') ?? '';
  return signed && isSameSecret(searchParams.get('state') ?? '', state) && shop === config.shop.toLowerCase();
}

/** All parameters but the signature, by name, joined as they read when decoded. */
export function isSignedQuery(query: URLSearchParams, secret: string): boolean {
  const signed = [...query]
    .filter(([name]) => name !== 'hmac' && name !== 'signature')
    .toSorted(([one], [other]) => (one < other ? -1 : Number(one > other)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const wanted = createHmac('sha256', secret).update(signed).digest('hex');
  return isSameSecret(query.get('hmac') ?? '', wanted);
}

const tokenSchema = z.object({ access_token: z.string().regex(/^\w+$/), scope: z.string() });

async function exchange(code: string, ask: Ask, http: Http): Promise<ConsentReply> {
  const { clientId, clientSecret } = credentialsOf(ask.config);
  const { status, text } = await http(
    {
      method: 'POST',
      url: `${baseUrl(ask.config)}/admin/oauth/access_token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, code }).toString(),
      action: 'exchange the code for a token',
    },
    ask.signal,
  );
  const { data: token } = tokenSchema.safeParse(parseJson(text));
  if (status !== 200 || token === undefined)
    return { kind: 'refused', message: `Shopify did not exchange the code for a token (HTTP ${status})` };
  const missing = lackingScopes(SCOPES[ask.role], token.scope);
  if (missing.length > 0)
    return { kind: 'refused', message: `the app was not given ${missing.join(', ')}: grant them to it first` };
  return { kind: 'keys', values: { accessToken: token.access_token } };
}

// These have to be applied for; `check` says what goes without them.
const OPTIONAL: ReadonlySet<string> = new Set(['read_all_orders', 'write_publications']);

function lackingScopes(wanted: readonly string[], given: string): readonly string[] {
  const granted = new Set(given.split(',').map((scope) => scope.trim()));
  return wanted.filter(
    (scope) => !OPTIONAL.has(scope) && !granted.has(scope) && !granted.has(scope.replace(/^read_/, 'write_')),
  );
}
