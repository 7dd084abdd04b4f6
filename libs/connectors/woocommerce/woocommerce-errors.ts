import { SyncError } from '#libs/runtime/sync-error.ts';
import type { HttpAnswer } from '../http.ts';
import { whoAnswered } from '../who-answered.ts';
import type { Stranger } from '../who-answered.ts';
import { decodeEntities } from './html-entities.ts';
import { errorWireSchema } from './woocommerce-wire.ts';

/** What an answer that is no success means; null for a success. `now` is for a Retry-After that gives a date. */
export function toStoreError(answer: HttpAnswer, action: string, now: number, asked?: string): SyncError | null {
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  const own = readOwnError(answer.text);
  const stranger = own === null || (status >= 300 && status < 400) ? whoAnswered(answer, asked) : null;
  const fail = (code: SyncError['code'], why: string, retryAfterMs?: number): SyncError =>
    new SyncError(code, `Cannot ${action}: ${why}`, {
      status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(own === null && stranger !== null ? { hint: toHint(stranger) } : {}),
    });
  const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), now);

  // The shop's way to refuse a refund, of which nothing is left behind.
  if (status === 500 && own?.code === 'woocommerce_rest_cannot_create_order_refund')
    return fail('STORE_REFUSED', `${own.code}: ${own.message}`);
  // Whoever says 5xx, the shop or a proxy before it, and in whatever words: an outage, which ends by itself.
  if (status >= 500) return fail('STORE_FAILED', [status, own?.code ?? said(stranger)].join(' ').trim(), retryAfterMs);
  if (answer.headers.get('cf-mitigated') === 'challenge')
    return fail('STORE_ANSWER_FOREIGN', `${stranger?.who ?? 'a challenge for browsers'} answered`);
  if (status === 429) return fail('STORE_RATE_LIMITED', 'too many calls', retryAfterMs);
  if (status >= 300 && status < 400)
    return fail('STORE_ANSWER_FOREIGN', (stranger?.who ?? 'a redirect').replace(/^a redirect/, 'redirected'));
  if (own === null) return fail(...foreignOrLocked(status, answer.headers, stranger));
  if (status === 401 || status === 403) return fail('STORE_UNAUTHORISED', `${own.code}: ${own.message}`);
  // Only ids that do not exist answer like this; a missing route means that WooCommerce is off.
  if (status === 404 && !own.code.endsWith('invalid_id')) return fail('STORE_ANSWER_FOREIGN', own.code);
  return fail('STORE_REFUSED', `${own.code}: ${own.message}`);
}

/** WordPress always answers in JSON here; what does not is something in front of it. */
function foreignOrLocked(status: number, headers: Headers, stranger: Stranger | null): [SyncError['code'], string] {
  if (status === 401 && headers.has('www-authenticate'))
    return ['STORE_UNAUTHORISED', 'a password is asked for before the shop (httpAuth)'];
  const who = stranger === null ? '' : `, from ${stranger.who}`;
  return ['STORE_ANSWER_FOREIGN', `${status} in another shape than WooCommerce’s${who}`];
}

function said(stranger: Stranger | null): string {
  return stranger === null ? '' : `from ${stranger.who}`;
}

/** What a person does about a stranger, as one sentence. */
export function toHint({ remedy }: Stranger): string {
  return remedy.charAt(0).toUpperCase() + remedy.slice(1);
}

function readOwnError(text: string): { readonly code: string; readonly message: string } | null {
  const parsed = errorWireSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  return { code: String(parsed.data.code).slice(0, 80), message: decodeEntities(parsed.data.message).slice(0, 300) };
}

/** The JSON of an answer; undefined where it is none. Some plugins print a byte order mark first. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown;
  } catch {
    return undefined;
  }
}

// A firewall that says a year is asked again all the same.
const REST_MAX_MS = 3_600_000;

function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const at = /^\d+$/.test(value.trim()) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.min(REST_MAX_MS, Math.max(0, at - now));
}
