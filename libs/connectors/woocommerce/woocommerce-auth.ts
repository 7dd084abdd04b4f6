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
};

/** Where a call goes and what it shows. Pure. The address must hold `wp-json/wc/`: under `?rest_route=` keys are ignored. */
export function signCall(
  config: WooCommerceConfig,
  call: UnsignedCall,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const endpoint = `${baseUrl(config)}/wp-json/wc/v3${call.path}`;
  const query = toPairs({ ...call.query, ...(config.language === undefined ? {} : { lang: config.language }) });
  const { httpAuth } = config;
  const headers: Record<string, string> = {
    // Without it, maintenance answers in HTML.
    accept: 'application/json',
    'user-agent': 'Lockstep',
    ...config.headers,
    ...(httpAuth === undefined ? {} : { authorization: basic(httpAuth.user, httpAuth.password) }),
  };
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
      return { url: withQuery(endpoint, signOAuth(config, endpoint, query, call)), headers };
  }
}

type Pair = readonly [string, string];

/** OAuth 1.0a, one-legged. WordPress takes the address of the request for `http://<home host>/…`, whatever a proxy in front spoke. */
function signOAuth(
  { consumerKey, consumerSecret }: WooCommerceConfig,
  endpoint: string,
  query: readonly Pair[],
  { method, nonce, timestamp }: UnsignedCall,
): readonly Pair[] {
  const pairs: readonly Pair[] = [
    ...query,
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(timestamp)],
  ];
  const sorted = pairs.toSorted(([one], [other]) => (one < other ? -1 : Number(one > other)));
  const base = [method, endpoint.replace(/^https:/, 'http:'), sorted.map(encodePair).join('&')].map(encode).join('&');
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
