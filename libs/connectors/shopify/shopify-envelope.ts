import { z } from 'zod';

import { SyncError, type SyncErrorCode } from '#libs/runtime/sync-error.ts';
import type { HttpAnswer } from '../http.ts';
import { parseJson } from './shopify-token.ts';

const errorWire = z.object({
  message: z.string(),
  extensions: z.object({ code: z.string().nullish() }).nullish(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
});

const envelopeWire = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.union([z.array(errorWire), z.string()]).nullish(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number().nullish(),
          throttleStatus: z
            .object({ maximumAvailable: z.number(), currentlyAvailable: z.number(), restoreRate: z.number() })
            .nullish(),
        })
        .nullish(),
      search: z
        .array(
          z.object({
            warnings: z.array(z.object({ code: z.string().nullish(), field: z.string().nullish() })).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

export type ThrottleStatus = {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
};
export type TopError = { readonly code: string; readonly message: string };

/** One answer of the Admin API, after the HTTP layer has been found sound. */
export type Envelope = {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly TopError[];
  readonly requestedCost: number | null;
  readonly throttle: ThrottleStatus | null;
  /** Search fields that the shop does not know: it then answers with everything. */
  readonly unknownSearchFields: readonly string[];
  readonly date: string | null;
};

/**
 * Reads the outermost of Shopify's three layers of errors: the HTTP status and the envelope.
 *
 * @throws {SyncError} STORE_UNAUTHORISED, STORE_RATE_LIMITED, STORE_FAILED, STORE_ANSWER_FOREIGN.
 */
export function readEnvelope({ status, headers, text }: HttpAnswer, action: string): Envelope {
  if (status !== 200) throw statusError(status, headers, action);
  const parsed = envelopeWire.safeParse(parseJson(text));
  if (!parsed.success)
    throw new SyncError('STORE_ANSWER_FOREIGN', `Cannot ${action}: the answer is not one of the Admin API`, { status });
  const { data, errors, extensions } = parsed.data;
  return {
    data: data ?? null,
    errors:
      typeof errors === 'string'
        ? [{ code: 'UNKNOWN', message: errors }]
        : (errors ?? []).map(({ message, extensions: more }) => ({ code: more?.code ?? 'UNKNOWN', message })),
    requestedCost: extensions?.cost?.requestedQueryCost ?? null,
    throttle: extensions?.cost?.throttleStatus ?? null,
    unknownSearchFields: (extensions?.search ?? [])
      .flatMap(({ warnings }) => warnings ?? [])
      .filter(({ code }) => code === 'invalid_field')
      .map(({ field }) => field ?? 'unknown'),
    date: headers.get('date'),
  };
}

function statusError(status: number, headers: Headers, action: string): SyncError {
  const message = `Cannot ${action}: HTTP ${status}`;
  // 402 a frozen shop, 403 no permission, 423 a locked shop.
  if (status === 401 || status === 402 || status === 403 || status === 423)
    return new SyncError('STORE_UNAUTHORISED', message, { status });
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? '1');
    return new SyncError('STORE_RATE_LIMITED', message, {
      status,
      retryAfterMs: Number.isFinite(seconds) ? Math.max(100, seconds * 1000) : 1000,
    });
  }
  if (status >= 500) return new SyncError('STORE_FAILED', message, { status });
  return new SyncError('STORE_ANSWER_FOREIGN', message, { status });
}

const CODES: Readonly<Record<string, SyncErrorCode>> = {
  THROTTLED: 'STORE_RATE_LIMITED',
  ACCESS_DENIED: 'STORE_UNAUTHORISED',
  INTERNAL_SERVER_ERROR: 'STORE_FAILED',
  TIMEOUT: 'STORE_FAILED',
  SERVICE_UNAVAILABLE: 'STORE_FAILED',
};

/** The second layer: errors beside or instead of data. */
export function topLevelError({ code, message }: TopError, action: string, retryAfterMs: number): SyncError {
  const syncCode = CODES[code] ?? 'STORE_REFUSED';
  const text = `Cannot ${action}: ${message.replace(/\.$/, '')}`;
  return new SyncError(syncCode, text, syncCode === 'STORE_RATE_LIMITED' ? { retryAfterMs } : {});
}

/** How long until the bucket holds what a call asks for. */
export function waitMs(envelope: Envelope, estimate: number): number {
  if (envelope.throttle === null) return 1000;
  const { currentlyAvailable, restoreRate } = envelope.throttle;
  const missing = (envelope.requestedCost ?? estimate) - currentlyAvailable;
  return Math.max(100, Math.ceil((missing / Math.max(1, restoreRate)) * 1000));
}
