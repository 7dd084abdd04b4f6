import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKey, Authenticator } from './auth.ts';
import { checkAccess } from './auth.ts';
import { RestError, noRoute } from './errors.ts';
import { PhpDied, withoutLocked, type Stage } from './php-faults.ts';
import type { Verb } from './route.ts';
import { chosenFields, matchRoute, phpQuery } from './router.ts';
import { rowsShown } from './rows-shown.ts';
import type { Shop } from './shop.ts';
import type { Body } from './values.ts';
import { isBody, phpJson, textOf } from './values.ts';

export type RawCall = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** A call read so far that it has a name. */
export type HttpCall = RawCall & {
  readonly address: URL;
  readonly verb: Verb;
  /** Below `/wp-json/`; nothing where the address is none of the API's. */
  readonly route: string | undefined;
  /** Keys count only where the address itself lies below `wp-json/`. */
  readonly keysCount: boolean;
  readonly name: string;
  readonly kind: 'read' | 'write';
  /** The consumer key that was shown. */
  readonly token: string | undefined;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** States of the whole shop, as an update or a broken plugin brings them. */
export type Condition = 'up' | 'maintenance' | 'fatal';

/** What goes wrong inside the shop while it answers one call. */
export type Breakdown = {
  /** Rows of a batch that are applied before the connection is cut; absent: all. */
  readonly onlyItems?: number;
  readonly diesAfter?: Stage;
  readonly locked?: boolean;
};

export type Endpoint = {
  readonly read: (raw: RawCall) => HttpCall;
  readonly answer: (call: HttpCall, callId: number, breakdown?: Breakdown) => Promise<Answer>;
};

type Options = {
  readonly shop: Shop;
  readonly authenticate: Authenticator;
  readonly isSsl: boolean;
  readonly condition: () => Condition;
  readonly ping: (webhookId: number) => Promise<void>;
  readonly randomId: () => number;
};

const API = 'wc/v3/';
const COMMON = {
  'X-Robots-Tag': 'noindex',
  'X-Content-Type-Options': 'nosniff',
  'Access-Control-Expose-Headers': 'X-WP-Total, X-WP-TotalPages, Link',
  'Access-Control-Allow-Headers': 'Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type',
};
const NO_CACHE = {
  Expires: 'Wed, 11 Jan 1984 05:00:00 GMT',
  'Cache-Control': 'no-cache, must-revalidate, max-age=0, no-store, private',
};

export function createEndpoint(options: Options): Endpoint {
  return {
    read: (raw) => read(options.shop, raw),
    answer: (call, callId, breakdown = {}) => answer(options, call, callId, breakdown),
  };
}

function read(shop: Shop, raw: RawCall): HttpCall {
  const address = new URL(raw.url, shop.identity().siteUrl);
  const override = address.searchParams.get('_method') ?? raw.headers['x-http-method-override'];
  const asked = raw.method === 'POST' && override !== undefined ? textOf(override).toUpperCase() : raw.method;
  const verb = verbOf(asked);
  const pretty = /^\/wp-json\/(.*)$/.exec(address.pathname)?.[1];
  const plain = address.searchParams.get('rest_route')?.replace(/^\//, '');
  const route = (pretty ?? plain)?.replace(/\/$/, '');
  const matched = route?.startsWith(API) === true ? matchRoute(verb, route.slice(API.length)) : undefined;
  const named =
    matched === undefined ? (route ?? address.pathname) : `${API}${matched.route.path.replaceAll(':text', '')}`;
  return {
    ...raw,
    address,
    verb,
    route,
    keysCount: pretty !== undefined,
    name: `${verb} ${route === undefined ? named : `/wp-json/${named}`}`,
    kind: verb === 'GET' ? 'read' : 'write',
    token: shownKey(raw.headers.authorization, address.searchParams),
  };
}

/** The consumer key that a call shows, good or not. */
function shownKey(authorization: string | undefined, query: URLSearchParams): string | undefined {
  const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
  return query.get('consumer_key') ?? query.get('oauth_consumer_key') ?? undefined;
}

function verbOf(method: string): Verb {
  return method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE' ? method : 'GET';
}

async function answer(options: Options, call: HttpCall, callId: number, breakdown: Breakdown): Promise<Answer> {
  const json = textOf(call.headers.accept).includes('json');
  const condition = options.condition();
  if (condition === 'maintenance') return maintenance(json);
  if (condition === 'fatal') return fatal(json);
  const { siteUrl } = options.shop.identity();
  const api = { Link: `<${siteUrl}/wp-json/>; rel="https://api.w.org/"` };
  const headers: Record<string, string> = { 'Content-Type': 'application/json; charset=UTF-8', ...api, ...COMMON };
  try {
    if (call.route === undefined)
      return {
        status: 404,
        headers: { 'Content-Type': 'text/html; charset=UTF-8' },
        body: '<!DOCTYPE html><title>Page not found</title>',
      };
    const query = phpQuery(call.address.searchParams);
    const fields = textOf(query['_fields']);
    if (call.route === '')
      return { status: 200, headers, body: phpJson(chosenFields(siteIndex(options.shop), fields)) };
    const key = keyOf(options, call);
    if (key !== undefined) Object.assign(headers, NO_CACHE);
    const reply = await routed(options, call, { key, query, callId, breakdown, headers });
    Object.assign(headers, reply.headers);
    return { status: reply.status, headers, body: phpJson(chosenFields(reply.body, fields)) };
  } catch (error) {
    if (error instanceof PhpDied) return badGateway();
    // A mistake of the simulator's own shows as what it is, and does not leave the caller waiting.
    if (!(error instanceof RestError))
      return { status: 500, headers, body: phpJson({ code: 'simulator_error', message: String(error) }) };
    return { status: error.status, headers, body: phpJson(error.body) };
  }
}

function keyOf({ authenticate, isSsl }: Options, call: HttpCall): ApiKey | undefined {
  if (!call.keysCount) return undefined;
  const ssl = isSsl || call.headers['x-forwarded-proto'] === 'https';
  const { pathname: path, searchParams: query } = call.address;
  return authenticate({ method: call.method, path, query, authorization: call.headers.authorization, isSsl: ssl });
}

type Routed = {
  readonly key: ApiKey | undefined;
  readonly query: Body;
  readonly callId: number;
  readonly breakdown: Breakdown;
  readonly headers: Record<string, string>;
};

async function routed(options: Options, call: HttpCall, { key, query, callId, breakdown, headers }: Routed) {
  const matched =
    call.route?.startsWith(API) === true ? matchRoute(call.verb, call.route.slice(API.length)) : undefined;
  if (matched === undefined) throw noRoute();
  // WordPress parses the body before it asks who is there.
  const sent = jsonOf(call, key === undefined ? {} : headers, matched.allow);
  checkAccess(key, call.verb, matched.route.access);
  headers['Allow'] = matched.allow;
  const reads = call.verb === 'GET';
  const { ledger } = options.shop;
  // Taken before: the handler renders at once, and what changes while its answer is on its way is not in it.
  const coversSeq = ledger.entries.length - 1;
  const by = key === undefined ? {} : { by: key.consumerKey };
  const reply = await matched.route.handle({
    shop: options.shop,
    verb: call.verb,
    path: matched.path,
    query: reads ? { ...query, ...sent } : query,
    body: reads ? {} : breakdown.locked === true ? withoutLocked({ ...query, ...sent }) : { ...query, ...sent },
    cause: { actor: 'api', callId, ...(breakdown.diesAfter === undefined ? {} : { diesAfter: breakdown.diesAfter }) },
    url: new URL(`${call.address.pathname}${call.address.search}`, options.shop.identity().siteUrl),
    randomId: options.randomId,
    ping: options.ping,
    ...breakdown,
  });
  if (reads) for (const row of rowsShown(matched, reply.body)) ledger.read({ ...row, coversSeq, ...by });
  return reply;
}

function jsonOf(call: HttpCall, headers: Record<string, string>, allow: string): Body {
  const type = textOf(call.headers['content-type']);
  if (call.body === '') return {};
  if (type.startsWith('application/x-www-form-urlencoded')) return phpQuery(new URLSearchParams(call.body));
  try {
    const parsed: unknown = JSON.parse(call.body);
    return isBody(parsed) ? parsed : {};
  } catch {
    headers['Allow'] = allow;
    const details = { json_error_code: 4, json_error_message: 'Syntax error' };
    throw new RestError('rest_invalid_json', 'Invalid JSON body passed.', 400, details);
  }
}

function siteIndex(shop: Shop): Body {
  const { siteUrl } = shop.identity();
  return {
    name: 'Source Shop',
    description: '',
    url: siteUrl,
    home: siteUrl,
    gmt_offset: String(shop.settings.offsetMinutes / 60),
    timezone_string: shop.settings.timezone,
    namespaces: ['oembed/1.0', 'wc/v1', 'wc/v2', 'wc/v3', 'wc/store/v1', 'wp/v2'],
    authentication: [],
  };
}

function maintenance(json: boolean): Answer {
  const message = 'Briefly unavailable for scheduled maintenance. Check back in a minute.';
  const body = { code: 'wp_die', message, data: { status: 503 }, additional_errors: [] };
  return {
    status: 503,
    headers: {
      'Content-Type': json ? 'application/json; charset=UTF-8' : 'text/html; charset=utf-8',
      'Retry-After': '600',
    },
    body: json
      ? phpJson(body)
      : `<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>${message}</h1></body></html>`,
  };
}

/** What nginx says when the process behind it is gone. */
function badGateway(): Answer {
  const title = '502 Bad Gateway';
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status: 502, headers: { 'Content-Type': 'text/html' }, body };
}

function fatal(json: boolean): Answer {
  const help = 'https://wordpress.org/documentation/article/faq-troubleshooting/';
  const message = `<p>There has been a critical error on this website.</p><p><a href="${help}">Learn more about troubleshooting WordPress.</a></p>`;
  const body = { code: 'internal_server_error', message, data: { status: 500 }, additional_errors: [] };
  return {
    status: 500,
    headers: { 'Content-Type': json ? 'application/json; charset=UTF-8' : 'text/html; charset=utf-8' },
    body: json ? phpJson(body) : `<!DOCTYPE html><html><body>${message}</body></html>`,
  };
}
