import { z } from 'zod';

import { SyncError, type SyncErrorCode } from '#libs/runtime/sync-error.ts';
import { isCutShort, redirectOrigin, type HttpAnswer } from '../http.ts';
import { whoAnswered } from '../who-answered.ts';
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
  /** The API version that answered: a version that is no longer supported is answered by the oldest that is. */
  readonly version: string | null;
  /** What the shop says about a part of the call that will be taken away. */
  readonly deprecation: string | null;
};

/**
 * Reads the outermost of Shopify's three layers of errors: the HTTP status and the envelope.
 *
 * @throws {SyncError} STORE_UNAUTHORISED, STORE_RATE_LIMITED, STORE_FAILED, STORE_SILENT, STORE_ANSWER_FOREIGN.
 */
export function readEnvelope(answer: HttpAnswer, action: string): Envelope {
  const { status, headers, text } = answer;
  if (status !== 200) throw statusError(answer, action);
  const parsed = envelopeWire.safeParse(parseJson(text));
  if (!parsed.success && isCutShort(answer))
    throw new SyncError('STORE_SILENT', `Cannot ${action}: the answer ends in the middle`);
  // An envelope without data and errors is none: any JSON object would pass for one.
  if (!parsed.success || (parsed.data.data == null && readErrors(parsed.data.errors).length === 0))
    throw new SyncError(
      'STORE_ANSWER_FOREIGN',
      `Cannot ${action}: the answer is not one of the Admin API${fromWhom(answer)}`,
      { status },
    );
  const { data, extensions } = parsed.data;
  const errors = readErrors(parsed.data.errors);
  return {
    data: data ?? null,
    errors,
    requestedCost: extensions?.cost?.requestedQueryCost ?? null,
    throttle: extensions?.cost?.throttleStatus ?? null,
    unknownSearchFields: (extensions?.search ?? [])
      .flatMap(({ warnings }) => warnings ?? [])
      .filter(({ code }) => code === 'invalid_field')
      .map(({ field }) => field ?? 'unknown'),
    date: headers.get('date'),
    version: headers.get('x-shopify-api-version'),
    deprecation: headers.get('x-shopify-api-deprecated-reason'),
  };
}

function readErrors(errors: z.infer<typeof envelopeWire>['errors']): readonly TopError[] {
  if (typeof errors === 'string') return [{ code: 'UNKNOWN', message: errors }];
  return (errors ?? []).map(({ message, extensions }) => ({ code: extensions?.code ?? 'UNKNOWN', message }));
}

// 400 a request that cannot be read, 406 and 413 to 414 one of a wrong kind or too large, 422 one that cannot be worked on.
const REFUSED = new Set([400, 406, 413, 414, 422]);

function statusError(answer: HttpAnswer, action: string): SyncError {
  const { status, headers, text } = answer;
  const message = `Cannot ${action}: HTTP ${status}`;
  // Whoever says 5xx, and in whatever words: an outage, which ends by itself.
  if (status >= 500) return new SyncError('STORE_FAILED', message, { status });
  // 402 a frozen shop, 403 no permission, 423 a locked shop; said by a page, it is somebody in front of the shop who refuses.
  if ([401, 402, 403, 423].includes(status) && isOwnError(answer))
    return new SyncError('STORE_UNAUTHORISED', message, { status });
  // 430: turned away by what guards the platform as a whole; asked again too soon, it goes on turning away.
  if (status === 429 || status === 430) {
    const seconds = Number(headers.get('retry-after') ?? (status === 430 ? '10' : '1'));
    return new SyncError('STORE_RATE_LIMITED', message, {
      status,
      retryAfterMs: Number.isFinite(seconds) ? Math.max(100, seconds * 1000) : 1000,
    });
  }
  if (REFUSED.has(status) && isOwnError(answer) && text.trim() !== '')
    return new SyncError('STORE_REFUSED', message, { status });
  const where = status >= 300 && status < 400 ? `redirected to ${redirectOrigin(answer)}` : null;
  const what = where === null ? `${message}${fromWhom(answer)}` : `Cannot ${action}: ${where}`;
  return new SyncError('STORE_ANSWER_FOREIGN', what, { status });
}

/** A network's own login or firewall page, where it shows. */
function fromWhom(answer: HttpAnswer): string {
  const stranger = whoAnswered(answer);
  return stranger === null ? '' : `, from ${stranger.who}`;
}

/** Shopify refuses in JSON with `errors`, or with nothing at all. */
export function isOwnError({ text }: Pick<HttpAnswer, 'text'>): boolean {
  if (text.trim() === '') return true;
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null && ('errors' in parsed || 'error' in parsed);
}

const CODES: Readonly<Record<string, SyncErrorCode>> = {
  THROTTLED: 'STORE_RATE_LIMITED',
  ACCESS_DENIED: 'STORE_UNAUTHORISED',
  // The whole shop is closed to everybody, so no single entity is to blame.
  SHOP_INACTIVE: 'STORE_UNAUTHORISED',
  INTERNAL_SERVER_ERROR: 'STORE_FAILED',
  TIMEOUT: 'STORE_FAILED',
  SERVICE_UNAVAILABLE: 'STORE_FAILED',
};

/** One document may cost only so much; the same may go through in smaller pieces. */
export class TooDear extends SyncError {}

/** The second layer: errors beside or instead of data. */
export function topLevelError({ code, message }: TopError, action: string, retryAfterMs: number): SyncError {
  const syncCode = CODES[code] ?? 'STORE_REFUSED';
  const text = `Cannot ${action}: ${message.replace(/\.$/, '')}`;
  if (code === 'MAX_COST_EXCEEDED') return new TooDear(syncCode, text);
  return new SyncError(syncCode, text, syncCode === 'STORE_RATE_LIMITED' ? { retryAfterMs } : {});
}

/** How long until the bucket holds what a call asks for. */
export function waitMs(envelope: Envelope, estimate: number): number {
  if (envelope.throttle === null) return 1000;
  const { currentlyAvailable, restoreRate } = envelope.throttle;
  const missing = (envelope.requestedCost ?? estimate) - currentlyAvailable;
  return Math.max(100, Math.ceil((missing / Math.max(1, restoreRate)) * 1000));
}
