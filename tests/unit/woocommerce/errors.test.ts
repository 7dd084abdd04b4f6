import { describe, expect, test } from 'vitest';

import { parseJson, toStoreError } from '#libs/connectors/woocommerce/woocommerce-errors.ts';
import { recordedBody } from './recordings.ts';

const now = Date.UTC(2026, 10, 25);

function errorOf(status: number, text: string, headers: Readonly<Record<string, string>> = {}) {
  return toStoreError({ status, text, headers: new Headers(headers) }, 'read product 7', now);
}

const recorded = (name: string) => JSON.stringify(recordedBody(name));
const page = '<!DOCTYPE html><html><body>Please wait</body></html>';

describe('what an answer means', () => {
  test.each([
    [401, recorded('rest/error-401-no-auth'), 'STORE_UNAUTHORISED'],
    [401, recorded('rest/auth-08-read-key-write-401'), 'STORE_UNAUTHORISED'],
    [403, '{"code":"woocommerce_rest_cannot_view","message":"no","data":{"status":403}}', 'STORE_UNAUTHORISED'],
    [404, recorded('rest/error-404-product'), 'STORE_REFUSED'],
    [404, recorded('rest/error-404-order'), 'STORE_REFUSED'],
    [404, recorded('rest/error-404-route'), 'STORE_ANSWER_FOREIGN'],
    [400, recorded('rest/error-400-invalid-param'), 'STORE_REFUSED'],
    [413, recorded('rest/batch-over-100-413'), 'STORE_REFUSED'],
    [500, recorded('rest/error-500-fatal-json'), 'STORE_FAILED'],
    [502, page, 'STORE_FAILED'],
    [503, recorded('rest/error-503-maintenance-json'), 'STORE_FAILED'],
    [429, page, 'STORE_RATE_LIMITED'],
    [404, page, 'STORE_ANSWER_FOREIGN'],
    [403, page, 'STORE_ANSWER_FOREIGN'],
    [401, page, 'STORE_ANSWER_FOREIGN'],
    [414, page, 'STORE_ANSWER_FOREIGN'],
  ])('%i with %s is %s', (status, text, code) => {
    expect(errorOf(status, text)).toMatchObject({ code, status });
  });

  test('a success is none', () => {
    expect(errorOf(200, '[]')).toBeNull();
  });

  test('a redirect names where to, without its path', () => {
    const error = errorOf(301, '', { location: 'https://www.example.com/wp-json/wc/v3/products?consumer_key=ck' });

    expect(error).toMatchObject({ code: 'STORE_ANSWER_FOREIGN' });
    expect(error?.message).toBe('Cannot read product 7: redirected to https://www.example.com');
  });

  test.each([
    [403, 'STORE_ANSWER_FOREIGN'],
    [429, 'STORE_ANSWER_FOREIGN'],
    [503, 'STORE_FAILED'],
  ])('a challenge for browsers under %i is %s: 5xx is an outage, whoever says it', (status, code) => {
    expect(errorOf(status, page, { 'cf-mitigated': 'challenge' })).toMatchObject({ code });
  });

  test('a password asked for in front of the shop is a matter of credentials', () => {
    expect(errorOf(401, page, { 'www-authenticate': 'Basic realm="staging"' })).toMatchObject({
      code: 'STORE_UNAUTHORISED',
    });
  });

  test.each([
    [429, '7', 7000],
    [503, '600', 600_000],
    [429, new Date(now + 3000).toUTCString(), 3000],
    [429, new Date(now - 3000).toUTCString(), 0],
    [429, 'soon', null],
    [429, '31536000', 3_600_000],
    [429, '9'.repeat(400), 3_600_000],
    [429, new Date(now + 86_400_000).toUTCString(), 3_600_000],
  ])('%i with Retry-After %j is to wait %j ms', (status, value, ms) => {
    expect(errorOf(status, page, { 'retry-after': value })?.retryAfterMs).toBe(ms);
  });
});

test('parseJson() passes over a byte order mark, and tells what is no JSON', () => {
  expect(parseJson('\uFEFF{"a":1}')).toEqual({ a: 1 });
  expect(parseJson('<br />Notice{"a":1}')).toBeUndefined();
});
