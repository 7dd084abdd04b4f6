import type { z } from 'zod';

import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';
import { randomId } from '#libs/runtime/random.ts';
import { createHttp, isCutShort } from '../http.ts';
import type { Http, HttpAnswer } from '../http.ts';
import type { ConnectorDeps } from '../registry.ts';
import { createLimiter } from '../store-budget.ts';
import type { CallContext, WriteContext } from '../store-connector.ts';
import { whoAnswered } from '../who-answered.ts';
import { openHeaders, signCall } from './woocommerce-auth.ts';
import type { Query } from './woocommerce-auth.ts';
import { authMode, baseUrl } from './woocommerce-config.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';
import { parseJson, toHint, toStoreError } from './woocommerce-errors.ts';
import { isOwnShape, notUnderstood, pathOf } from './woocommerce-rows.ts';
import { errorWireSchema, homeSchema } from './woocommerce-wire.ts';

/** More rows a page are refused. */
export const PAGE_MAX = 100;
// After a 429 that does not say how long.
const BACK_OFF_MS = 2_000;

export type WooAnswer<T> = {
  readonly data: T;
  /** `X-WP-Total`: rows over all pages. */
  readonly total: number | null;
  /** The shop's clock at the answer, milliseconds since the epoch. */
  readonly date: number | null;
};

export type WooClient = {
  readonly get: <S extends z.ZodType>(
    schema: S,
    request: { readonly path: string; readonly query?: Query; readonly action: string },
    call: CallContext,
  ) => Promise<WooAnswer<z.output<S>>>;
  /** Null where the platform itself says that there is none under this id. */
  readonly find: <S extends z.ZodType>(
    schema: S,
    request: { readonly path: string; readonly query?: Query; readonly action: string },
    call: CallContext,
  ) => Promise<z.output<S> | null>;
  readonly send: <S extends z.ZodType>(
    schema: S,
    request: {
      readonly method: 'POST' | 'PUT' | 'DELETE';
      readonly path: string;
      readonly query?: Query;
      readonly body?: unknown;
      readonly action: string;
    },
    call: WriteContext,
  ) => Promise<z.output<S>>;
};

type Request = {
  readonly method: string;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly action: string;
};

/** One call at a time through limiter and budget; every way it can fail leaves as a SyncError. */
export function createWooClient(config: WooCommerceConfig, deps: ConnectorDeps): WooClient {
  const { clock, random, budget, callMs, fetch } = deps;
  const http = createHttp({
    clock,
    callMs,
    ...(config.connectTo === undefined ? {} : { connectTo: config.connectTo }),
    ...(fetch === undefined ? {} : { fetch }),
  });
  const limit = createLimiter(config.maxConcurrent);
  const home = createHomeReader(config, http);

  const ask = (request: Request, call: CallContext, maySend?: () => boolean): Promise<HttpAnswer> =>
    limit(
      async () => {
        await budget.take(1, call.priority, call.signal);
        const { url, headers } = signCall(config, {
          method: request.method,
          path: request.path,
          query: request.query ?? {},
          nonce: randomId(random),
          timestamp: Math.floor(clock.now() / 1000),
          ...(authMode(config) === 'oauth1' ? { home: await home(call.signal) } : {}),
        });
        const { method, action, body } = request;
        const json =
          body === undefined
            ? { headers }
            : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const answer = await http({ method, url, action, ...json }, call.signal, maySend);
        const error = toStoreError(answer, action, clock.now(), config.url);
        if (error === null) return answer;
        if (error.code === 'STORE_RATE_LIMITED') budget.backOff(error.retryAfterMs ?? BACK_OFF_MS);
        throw error;
      },
      call.priority,
      call.signal,
    );

  const get: WooClient['get'] = async (schema, request, call) => {
    const answer = await ask({ method: 'GET', ...request }, call);
    return {
      data: read(schema, answer, request.action),
      total: readCount(answer.headers.get('x-wp-total')),
      date: readDate(answer.headers.get('date')),
    };
  };

  return {
    get,
    async find(schema, request, call) {
      try {
        return (await get(schema, request, call)).data;
      } catch (error) {
        if (isSyncError(error) && error.code === 'STORE_REFUSED' && error.status === 404) return null;
        throw error;
      }
    },
    async send(schema, request, call) {
      return read(schema, await ask(request, call, call.maySend), request.action);
    },
  };
}

/** What the shop calls itself, which OAuth signs: asked once, without a key. */
function createHomeReader(config: WooCommerceConfig, http: Http): (signal: AbortSignal) => Promise<string> {
  const action = 'ask the shop for its home address';
  let known: string | null = null;
  return async (signal) => {
    if (known !== null) return known;
    const url = `${baseUrl(config)}/wp-json/?_fields=home`;
    const answer = await http({ method: 'GET', url, headers: openHeaders(config), action }, signal);
    const error = toStoreError(answer, action, 0, config.url);
    if (error !== null) throw error;
    known = read(homeSchema, answer, action).home;
    return known;
  };
}

function read<S extends z.ZodType>(schema: S, answer: HttpAnswer, action: string): z.output<S> {
  const json = parseJson(answer.text);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  if (json === undefined && isCutShort(answer))
    throw new SyncError('STORE_SILENT', `Cannot ${action}: the answer ends in the middle`);
  if (json === undefined) throw notJson(answer, action);
  const at = pathOf(parsed.error);
  // The shop speaks, and says something odd of one entity: that one is parked, the shop goes on.
  if (isOwnShape(json)) throw notUnderstood(action, at);
  const error = errorWireSchema.safeParse(json);
  const why = error.success ? `an error under status ${answer.status}` : `not WooCommerce’s (at ${at})`;
  throw new SyncError('STORE_ANSWER_FOREIGN', `Cannot ${action}: the answer is ${why}`, { status: answer.status });
}

function notJson(answer: HttpAnswer, action: string): SyncError {
  const { status, text } = answer;
  // What a plugin prints (a PHP notice) stands before what the shop says, or after it.
  const isMixed = /^\s*[[{]|[\]}]\s*$/.test(text);
  const stranger = isMixed ? null : whoAnswered(answer);
  const why = isMixed
    ? 'something was printed into the answer (a PHP notice?)'
    : stranger === null
      ? 'the answer is no JSON'
      : `${stranger.who} answered`;
  const hint = stranger === null ? {} : { hint: toHint(stranger) };
  return new SyncError('STORE_ANSWER_FOREIGN', `Cannot ${action}: ${why}`, { status, ...hint });
}

function readCount(value: string | null): number | null {
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}

function readDate(value: string | null): number | null {
  const at = Date.parse(value ?? '');
  return Number.isNaN(at) ? null : at;
}
