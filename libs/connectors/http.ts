import type { Clock } from '#libs/runtime/clock.ts';
import { abortReason } from '#libs/runtime/clock.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { fetchVia } from './fetch-via.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type HttpRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For messages: what is done, without secrets or ids of people (`read products`). */
  readonly action: string;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

export type Http = (request: HttpRequest, signal: AbortSignal, maySend?: () => boolean) => Promise<HttpAnswer>;

/**
 * Whether the text of an answer ends before its JSON does, or is not there at all: the connection or the store's process went in the
 * middle. That is an outage; anything else that is no JSON was said by somebody else.
 */
export function isCutShort({ headers, text }: Pick<HttpAnswer, 'headers' | 'text'>): boolean {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return true;
  if (!(headers.get('content-type') ?? '').includes('json')) return false;
  return (body.startsWith('{') && !body.endsWith('}')) || (body.startsWith('[') && !body.endsWith(']'));
}

/** Where an answer leads to, without path and query, which may hold secrets. */
export function redirectOrigin({ headers }: Pick<HttpAnswer, 'headers'>): string {
  return URL.parse(headers.get('location') ?? '')?.origin ?? 'another address';
}

/** Thrown where `maySend` said no in the tick that would have sent the call: nothing left this process. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/**
 * One HTTP call with a limit on how long its answer is waited for.
 *
 * @throws {SyncError} STORE_UNREACHABLE: no connection, so the call was certainly not applied.
 * @throws {SyncError} STORE_SILENT: sent, and no whole answer came: it may have taken effect, or still will.
 * @throws {NotSent} `maySend` said no.
 */
export function createHttp({
  clock,
  callMs,
  connectTo,
  fetch = connectTo === undefined ? globalThis.fetch : fetchVia(connectTo),
}: {
  readonly clock: Clock;
  readonly callMs: number;
  /** The server that is asked, whatever the name in the address leads to: `host` or `host:port`. */
  readonly connectTo?: string;
  readonly fetch?: Fetch;
}): Http {
  return async ({ method, url, headers = {}, body, action }, signal, maySend) => {
    if (signal.aborted) throw abortReason(signal);
    if (maySend !== undefined && !maySend()) throw new NotSent(`Not sent: ${action}`);
    try {
      const limit = clock.timeout(callMs, signal);
      const answer = await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: limit,
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    } catch (error) {
      if (neverConnected(error))
        throw new SyncError('STORE_UNREACHABLE', `Cannot ${action}: no connection (${causeCode(error)})`, {
          cause: error,
        });
      throw new SyncError('STORE_SILENT', `Cannot ${action}: no answer came`, { cause: error });
    }
  };
}

// undici's and libuv's codes for a connection that was never made.
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_NOT_YET_VALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

function neverConnected(error: unknown): boolean {
  return NEVER_CONNECTED.has(causeCode(error));
}

function causeCode(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    if (cause instanceof AggregateError && cause.errors.length > 0) return causeCode(cause.errors[0]);
  }
  return 'unknown';
}
