import { createHmac, timingSafeEqual } from 'node:crypto';
import { RestError } from './errors.ts';

export type ApiKey = {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly permissions: 'read' | 'write' | 'read_write';
};

export type AuthRequest = {
  readonly method: string;
  /** Path as asked for, with its query left out. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly isSsl: boolean;
};

export type Authenticator = (request: AuthRequest) => ApiKey | undefined;

const FIFTEEN_MINUTES = 15 * 60;

/**
 * Answers the key, or nothing where the request counts as anonymous: without https plain keys are ignored,
 * as are unknown ones. A wrong secret or signature is an error.
 */
export function createAuthenticator(keys: readonly ApiKey[], now: () => number, homeUrl: () => string): Authenticator {
  const nonces = new Set<string>();
  const find = (consumerKey: string): ApiKey | undefined => keys.find((key) => key.consumerKey === consumerKey);

  function plain(request: AuthRequest): ApiKey | undefined {
    const sent = basicCredentials(request.authorization) ?? queryCredentials(request.query);
    const key = sent === undefined ? undefined : find(sent.key);
    if (sent === undefined || key === undefined) return undefined;
    if (!same(key.consumerSecret, sent.secret)) throw denied('Consumer secret is invalid.');
    return key;
  }

  function oauth(request: AuthRequest): ApiKey | undefined {
    const param = (name: string): string => request.query.get(`oauth_${name}`) ?? '';
    if (param('consumer_key') === '') return undefined;
    for (const name of ['timestamp', 'nonce', 'signature', 'signature_method']) {
      if (param(name) === '') return undefined;
    }
    const key = find(param('consumer_key'));
    if (key === undefined) throw denied('Consumer key is invalid.');
    const method = param('signature_method');
    if (method !== 'HMAC-SHA256' && method !== 'HMAC-SHA1')
      throw denied('Invalid signature - signature method is invalid.');
    // The base string is built over the home address, with the scheme that the request counts as.
    const home = homeUrl().replace(/^https?:/, request.isSsl ? 'https:' : 'http:');
    const wanted = signature(key.consumerSecret, method, request.method, `${home}${request.path}`, request.query);
    if (!same(wanted, param('signature'))) throw denied('Invalid signature - provided signature does not match.');
    if (Math.abs(Number(param('timestamp')) - now() / 1000) > FIFTEEN_MINUTES) throw denied('Invalid timestamp.');
    const nonce = `${key.consumerKey}:${param('nonce')}`;
    if (nonces.has(nonce)) throw denied('Invalid nonce - nonce has already been used.');
    nonces.add(nonce);
    return key;
  }

  return (request) => (request.isSsl ? plain(request) : undefined) ?? oauth(request);
}

function denied(message: string): RestError {
  return new RestError('woocommerce_rest_authentication_error', message, 401);
}

function basicCredentials(header: string | undefined): { readonly key: string; readonly secret: string } | undefined {
  if (header === undefined || !/^basic /i.test(header)) return undefined;
  const [key, ...secret] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':');
  return key === undefined || key === '' ? undefined : { key, secret: secret.join(':') };
}

function queryCredentials(query: URLSearchParams): { readonly key: string; readonly secret: string } | undefined {
  const key = query.get('consumer_key');
  const secret = query.get('consumer_secret');
  return key === null || secret === null ? undefined : { key, secret };
}

export function signature(secret: string, method: string, verb: string, url: string, query: URLSearchParams): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]) => [escaped(name), escaped(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  const normalized = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  const base = [verb.toUpperCase(), escaped(url), escaped(normalized)].join('&');
  return createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', `${secret}&`)
    .update(base)
    .digest('base64');
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

export type Access = 'list' | 'view' | 'create' | 'edit' | 'delete' | 'batch';

const REFUSALS: Readonly<Record<Access, readonly [code: string, message: string]>> = {
  list: ['cannot_view', 'Sorry, you cannot list resources.'],
  view: ['cannot_view', 'Sorry, you cannot view this resource.'],
  create: ['cannot_create', 'Sorry, you are not allowed to create resources.'],
  edit: ['cannot_edit', 'Sorry, you are not allowed to edit this resource.'],
  delete: ['cannot_delete', 'Sorry, you are not allowed to delete this resource.'],
  batch: ['cannot_batch', 'Sorry, you are not allowed to batch manipulate this resource.'],
};

export function checkAccess(key: ApiKey | undefined, verb: string, access: Access): void {
  if (key === undefined) {
    const [code, message] = REFUSALS[access];
    throw new RestError(`woocommerce_rest_${code}`, message, 401);
  }
  const reads = verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS';
  if (reads && key.permissions === 'write') throw denied('The API key provided does not have read permissions.');
  if (!reads && key.permissions === 'read') throw denied('The API key provided does not have write permissions.');
}
