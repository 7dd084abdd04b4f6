import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { createHttp, isCutShort, redirectOrigin } from '#libs/connectors/http.ts';
import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';
import type { CallContext, StoreConnector } from '#libs/connectors/store-connector.ts';
import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';

const call: CallContext = { signal: new AbortController().signal, priority: 'change' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const PLATFORMS = ['woocommerce', 'shopify'] as const;

function open(platform: (typeof PLATFORMS)[number], url: string): StoreConnector {
  const budget = { take: () => Promise.resolve(), report: () => undefined, backOff: () => undefined };
  const deps = { clock: systemClock, random: seededRandom(3), budget, callMs: 5_000 };
  if (platform === 'shopify')
    return shopify.open(
      shopify.configSchema.parse({ shop: 'a.myshopify.com', url, accessToken: 't', location: 'M' }),
      deps,
    );
  const keys = { consumerKey: 'ck', consumerSecret: 'cs', webhookSecrets: ['letters'], auth: 'header' };
  return woocommerce.open(woocommerce.configSchema.parse({ url, ...keys }), deps);
}

describe('isCutShort()', () => {
  test.each([
    ['[{"id":7,"name":"Sh', true],
    ['{"data":{"shop":', true],
    ['', true],
    [' \n', true],
    ['\uFEFF[{"id"', true],
    ['{"ok":true}', false],
    ['<br />Notice: x[{"id":7}]', false],
    ['<!doctype html>', false],
  ])('%j: %s', (text, cut) => {
    expect(isCutShort({ headers: new Headers(JSON_TYPE), text })).toBe(cut);
  });

  test('a page that begins with a bracket is no JSON that was cut', () => {
    expect(
      isCutShort({ headers: new Headers({ 'content-type': 'text/html' }), text: '[Blocked] by the firewall' }),
    ).toBe(false);
  });
});

test('redirectOrigin() gives no path and no query', () => {
  const headers = new Headers({ location: 'https://u:p@other.example.com/a?consumer_key=ck_1' });

  expect(redirectOrigin({ headers })).toBe('https://other.example.com');
  expect(redirectOrigin({ headers: new Headers() })).toBe('another address');
});

test('a connection that is cut in the middle of a body is silence', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
    response.write('[{"id":7');
    setImmediate(() => response.destroy());
  });

  const asking = createHttp({ clock: systemClock, callMs: 5_000 })({ method: 'GET', url, action: 'ask' }, call.signal);

  await expect(asking).rejects.toMatchObject({ code: 'STORE_SILENT' });
});

const PAGE = '<!doctype html><title>Be back soon</title>';
const OWN = JSON.stringify({ errors: 'no', code: 'woocommerce_rest_cannot_view', message: 'no' });

describe.each(PLATFORMS)('what %s makes of an answer', (platform) => {
  test.each([
    [200, PAGE, 'STORE_ANSWER_FOREIGN'],
    [200, '{"ok":true}', 'STORE_ANSWER_FOREIGN'],
    [200, '{"data":{"shop":', 'STORE_SILENT'],
    [200, '', 'STORE_SILENT'],
    [301, PAGE, 'STORE_ANSWER_FOREIGN'],
    [401, PAGE, 'STORE_ANSWER_FOREIGN'],
    [401, OWN, 'STORE_UNAUTHORISED'],
    [403, PAGE, 'STORE_ANSWER_FOREIGN'],
    [403, OWN, 'STORE_UNAUTHORISED'],
    [404, PAGE, 'STORE_ANSWER_FOREIGN'],
    [500, OWN, 'STORE_FAILED'],
    [502, PAGE, 'STORE_FAILED'],
    [503, PAGE, 'STORE_FAILED'],
    [504, '', 'STORE_FAILED'],
  ])('%i %j is %s', async (status, body, code) => {
    const url = await serve((_request, response) => {
      const type = body.startsWith('<') ? { 'content-type': 'text/html' } : JSON_TYPE;
      response.writeHead(status, {
        ...type,
        ...(status === 301 ? { location: 'https://new.example.com/?key=ck' } : {}),
      });
      response.end(body);
    });

    const error: unknown = await open(platform, url)
      .identify(call)
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('Be back soon');
    if (status === 200 && body === PAGE) expect(String(error)).toContain('a web page');
    if (status === 301) expect(String(error)).toMatch(/redirected to https:\/\/new\.example\.com$/);
  });
});
