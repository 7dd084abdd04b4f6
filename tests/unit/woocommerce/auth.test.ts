import { createHmac } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { signCall } from '#libs/connectors/woocommerce/woocommerce-auth.ts';
import { wooCommerceConfigSchema } from '#libs/connectors/woocommerce/woocommerce-config.ts';

function configOf(changes: Readonly<Record<string, unknown>> = {}) {
  return wooCommerceConfigSchema.parse({
    url: 'https://old.example.com/',
    consumerKey: 'ck_1',
    consumerSecret: 'cs_1',
    webhookSecrets: ['letters'],
    ...changes,
  });
}

const call = { method: 'GET', path: '/products', query: { sku: 'A B,ü' }, nonce: 'n1', timestamp: 1_795_400_734 };

describe('a call', () => {
  test('on https shows the key in the header', () => {
    const { url, headers } = signCall(configOf(), call);

    expect(url).toBe('https://old.example.com/wp-json/wc/v3/products?sku=A%20B%2C%C3%BC');
    expect(headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ck_1:cs_1').toString('base64')}`,
      accept: 'application/json',
    });
  });

  test('shows it in the query where the header belongs to a staging site’s password', () => {
    const { url, headers } = signCall(configOf({ httpAuth: { user: 'dev', password: 'pw' } }), call);

    expect(url).toContain('consumer_key=ck_1&consumer_secret=cs_1');
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('dev:pw').toString('base64')}`);
  });

  test('carries the headers and the language of the config', () => {
    const { url, headers } = signCall(configOf({ headers: { 'x-pass': 'yes' }, language: 'de' }), call);

    expect(headers).toMatchObject({ 'x-pass': 'yes' });
    expect(url).toContain('lang=de');
  });

  test('on http is signed over the shop’s home address, with parameters in order of their names', () => {
    const { url, headers } = signCall(configOf({ url: 'http://10.0.0.7:8080' }), {
      ...call,
      query: { sku: 'A', per_page: 1, left: undefined },
      home: 'https://old.example.com/shop',
    });

    const base =
      'GET&http%3A%2F%2Fold.example.com%2Fshop%2Fwp-json%2Fwc%2Fv3%2Fproducts&' +
      'oauth_consumer_key%3Dck_1%26oauth_nonce%3Dn1%26oauth_signature_method%3DHMAC-SHA256%26' +
      'oauth_timestamp%3D1795400734%26per_page%3D1%26sku%3DA';
    const signature = createHmac('sha256', 'cs_1&').update(base).digest('base64');
    expect(new URL(url).searchParams.get('oauth_signature')).toBe(signature);
    expect(url.startsWith('http://10.0.0.7:8080/wp-json/wc/v3/products?sku=A&per_page=1&oauth_')).toBe(true);
    expect(headers).not.toHaveProperty('authorization');
    expect(url).not.toContain('cs_1');
  });
});

describe('the config', () => {
  test.each([
    [{ webhookSecrets: [] }, 'webhookSecrets'],
    [{ auth: 'header', httpAuth: { user: 'a', password: 'b' } }, 'auth'],
    [{ url: 'ftp://old.example.com' }, 'url'],
    [{ url: 'https://anna:pw@old.example.com' }, 'httpAuth'],
    [{ maxConcurrent: 0 }, 'maxConcurrent'],
    [{ language: 'de; drop' }, 'language'],
  ])('refuses %j', (changes, path) => {
    expect(() => configOf(changes)).toThrow(path);
  });

  test('needs no webhook secret where webhooks are off', () => {
    expect(configOf({ webhooks: 'off', webhookSecrets: undefined }).webhookSecrets).toEqual([]);
  });
});
