import { createHmac } from 'node:crypto';

import { authMode, baseUrl } from './woocommerce-config.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

export type UnsignedCall = {
  readonly method: string;
  /** Below `/wp-json/wc/v3`: `/products/7`. */
  readonly path: string;
  readonly query: Query;
  /** For OAuth: never used twice, and seconds since the epoch (the shop allows 15 minutes). */
  readonly nonce: string;
  readonly timestamp: number;
  /** For OAuth: what the shop calls itself, where that is not the address it is asked at. */
  readonly home?: string;
};

/** Where a call goes and what it shows. Pure. The address must hold `wp-json/wc/`: under `?rest_route=` keys are ignored. */
export function signCall(
  config: WooCommerceConfig,
  call: UnsignedCall,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const endpoint = endpointOf(config.url, call.path);
  const query = toPairs({ ...call.query, ...(config.language === undefined ? {} : { lang: config.language }) });
  const headers = openHeaders(config);
  switch (authMode(config)) {
    case 'header':
      return {
        url: withQuery(endpoint, query),
        headers: { ...headers, authorization: basic(config.consumerKey, config.consumerSecret) },
      };
    case 'query':
      return {
        url: withQuery(endpoint, [
          ...query,
          ['consumer_key', config.consumerKey],
          ['consumer_secret', config.consumerSecret],
        ]),
        headers,
      };
    case 'oauth1':
      return { url: withQuery(endpoint, signOAuth(config, query, call)), headers };
  }
}

/** What goes along with every call, signed or not. */
export function openHeaders({ headers, httpAuth }: WooCommerceConfig): Readonly<Record<string, string>> {
  return {
    // Without it, maintenance answers in HTML.
    accept: 'application/json',
    'user-agent': 'Lockstep',
    ...headers,
    ...(httpAuth === undefined ? {} : { authorization: basic(httpAuth.user, httpAuth.password) }),
  };
}

function endpointOf(url: string, path: string): string {
  return `${baseUrl({ url })}/wp-json/wc/v3${path}`;
}

type Pair = readonly [string, string];

/** OAuth 1.0a, one-legged. What is signed is `http://<home host>/…`, whatever address and scheme the shop is asked at. */
function signOAuth(
  { url, consumerKey, consumerSecret }: WooCommerceConfig,
  query: readonly Pair[],
  { method, path, nonce, timestamp, home }: UnsignedCall,
): readonly Pair[] {
  const endpoint = endpointOf(home ?? url, path).replace(/^https:/, 'http:');
  const pairs: readonly Pair[] = [
    ...query,
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(timestamp)],
  ];
  const sorted = pairs.toSorted(([one], [other]) => (one < other ? -1 : Number(one > other)));
  const base = [method, endpoint, sorted.map(encodePair).join('&')].map(encode).join('&');
  const signature = createHmac('sha256', `${consumerSecret}&`).update(base).digest('base64');
  return [...pairs, ['oauth_signature', signature]];
}

function toPairs(query: Query): readonly Pair[] {
  return Object.entries(query).flatMap(([key, value]): Pair[] => (value === undefined ? [] : [[key, String(value)]]));
}

function withQuery(endpoint: string, pairs: readonly Pair[]): string {
  return pairs.length === 0 ? endpoint : `${endpoint}?${pairs.map(encodePair).join('&')}`;
}

function encodePair([key, value]: Pair): string {
  return `${encode(key)}=${encode(value)}`;
}

/** RFC 3986, as PHP's rawurlencode and OAuth want it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
