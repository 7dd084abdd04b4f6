import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { isSignedQuery } from '#libs/connectors/shopify/shopify-consent.ts';
import { shopify } from '#libs/connectors/shopify/shopify-platform.ts';
import { woocommerce } from '#libs/connectors/woocommerce/woocommerce-platform.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { runIn } from '../unit/cli/cli-harness.ts';
import { freePort } from '../../simulators/services/processes.ts';
import { createShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator } from '../../simulators/woocommerce/index.ts';

const PUBLIC = 'https://sync.example.com';
const call = { signal: new AbortController().signal, priority: 'change' } as const;
const deps = {
  clock: systemClock,
  random: seededRandom(3),
  budget: { take: () => Promise.resolve(), report: () => undefined, backOff: () => undefined },
  callMs: 5_000,
};

async function openShops() {
  const old = createWooCommerceSimulator({
    now: Date.now,
    random: seededRandom(7),
    consumerKey: 'ck_first',
    consumerSecret: 'cs_first',
    isSsl: true,
  });
  const fresh = createShopifySimulator({
    now: Date.now,
    random: seededRandom(8),
    accessToken: 'shpat_first',
    clientId: 'client1',
    clientSecret: 'hush',
    shop: 'acme',
  });
  onTestFinished(async () => {
    await old.stop();
    await fresh.stop();
  });
  return { old, fresh, oldUrl: (await old.start()).url, newUrl: (await fresh.start()).url };
}

/** The verb, run in a folder of its own whose shops are the two. */
async function openConnect(change: (config: string) => string = (config) => config) {
  const shops = await openShops();
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-connect-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const config = `pairs:
  acme:
    source:
      platform: woocommerce
      url: ${shops.oldUrl}
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
    target:
      platform: shopify
      shop: acme.myshopify.com
      url: ${shops.newUrl}
      install: true
      clientId: client1
      clientSecret: "\${APP_SECRET}"
      accessToken: "\${TOKEN}"
      location: Main warehouse
    sync: { variant: { fields: [quantity] } }
ingest: { publicUrl: ${PUBLIC} }
`;
  await writeFile(join(cwd, 'lockstep.config.yaml'), change(config));
  const port = await freePort();
  const stopping = new AbortController();
  let shown = '';
  const run = async (...words: readonly string[]) => {
    const env = { WOO_HOOK: 'hook12345678', APP_SECRET: 'hush' };
    const out = (text: string) => void (shown += text);
    const ran = await runIn(cwd, ['connect', ...words, '--port', String(port)], {
      env,
      out,
      err: out,
      signal: stopping.signal,
    });
    return ran.code;
  };
  return {
    ...shops,
    run,
    stop: () => stopping.abort(new Error('SIGINT')),
    shown: () => shown,
    page: () => vi.waitFor(() => must(/^ {2}(https?:\S+)$/m.exec(shown)?.[1]), { timeout: 5_000 }),
    tunnel: (url: string) => url.replace(PUBLIC, `http://127.0.0.1:${port}`),
    env: async () =>
      Object.fromEntries(
        (await readFile(join(cwd, '.env'), 'utf8')).split('\n').map((line) => line.split('=')),
      ) as Record<string, string>,
    mode: async () => (await stat(join(cwd, '.env'))).mode & 0o777,
  };
}

function must(text: string | undefined): string {
  if (text === undefined) throw new Error('Nothing is shown yet');
  return text;
}

describe('lockstep connect with a WooCommerce shop', () => {
  test('the merchant agrees on the shop’s page, and the keys come into the environment file, seen by nobody', async () => {
    const { old, oldUrl, run, page, tunnel, env, mode, shown } = await openConnect();
    const done = run('acme', 'source');

    const answer = await old.wcAuth.visit(await page(), { tunnel });
    const back = await fetch(tunnel(answer.location ?? ''));

    expect(await back.text()).toContain('You can close this page');
    expect(await done).toBe(0);
    const { WOO_KEY = '', WOO_SECRET = '' } = await env();
    expect(await mode()).toBe(0o600);
    expect(shown()).not.toContain(WOO_KEY);
    expect(shown()).not.toContain(WOO_SECRET);
    const config = { url: oldUrl, consumerKey: WOO_KEY, consumerSecret: WOO_SECRET, webhooks: 'off', auth: 'header' };
    const shop = woocommerce.open(woocommerce.configSchema.parse(config), deps);
    await expect(shop.probe(call)).resolves.toBeUndefined();
  });

  test('a shop that is followed without webhooks is asked for a key that only reads', async () => {
    const { old, run, page, tunnel } = await openConnect((config) =>
      config.replace(/webhookSecrets: .*/, 'webhooks: off'),
    );
    const done = run('source');

    expect(new URL(await page()).searchParams.get('scope')).toBe('read');
    const answer = await old.wcAuth.visit(await page(), { tunnel });
    await fetch(tunnel(answer.location ?? ''));
    expect(await done).toBe(0);
  });

  test('keys that somebody else brings are not taken, and the wait goes on', async () => {
    const { old, run, page, tunnel, env } = await openConnect();
    const done = run('acme', 'source');
    const asked = new URL(await page());
    const callback = tunnel(asked.searchParams.get('callback_url') ?? '');
    const forged = {
      user_id: 'guess',
      consumer_key: 'ck_evil',
      consumer_secret: 'cs_evil',
      key_permissions: 'read_write',
    };

    const refused = await fetch(callback, { method: 'POST', body: JSON.stringify(forged) });
    const answer = await old.wcAuth.visit(asked.toString(), { tunnel });
    await fetch(tunnel(answer.location ?? ''));

    expect(refused.status).toBe(404);
    expect(await done).toBe(0);
    expect((await env())['WOO_KEY']).not.toBe('ck_evil');
  });

  test('a merchant who does not agree ends it', async () => {
    const { old, run, page, tunnel, shown } = await openConnect();
    const done = run('acme', 'source');

    const answer = await old.wcAuth.visit(await page(), { tunnel, agrees: false });
    await fetch(tunnel(answer.location ?? ''));

    expect(await done).toBe(1);
    expect(shown()).toContain('the merchant did not agree');
  });

  test('where the keys cannot be kept the shop takes them back', async () => {
    const { old, run, page, tunnel } = await openConnect();
    const done = run('acme', 'source', '--env-file', 'no/such/folder/.env');

    const answer = await old.wcAuth.visit(await page(), { tunnel });

    expect(answer.status).toBe(401);
    expect(await done).toBe(2);
  });

  test('an address that WooCommerce would not call is refused before anybody is asked', async () => {
    const { run, shown } = await openConnect();

    expect(await run('acme', 'source', '--public-url', 'http://sync.example.com')).toBe(2);
    expect(shown()).toContain('over https alone');
  });

  test('Ctrl-C ends the wait', async () => {
    const { run, page, stop } = await openConnect();
    const done = run('acme', 'source');
    await page();

    stop();

    expect(await done).toBe(1);
  });
});

describe('lockstep connect with a Shopify shop', () => {
  test('the code that the browser brings is exchanged for a token, which goes into the environment file', async () => {
    const { fresh, newUrl, run, page, tunnel, env, shown } = await openConnect();
    const done = run('acme', 'target');

    const redirect = fresh.agreeToInstall(await page()) ?? '';
    const answer = await fetch(tunnel(redirect));

    expect(answer.status).toBe(200);
    expect(await done).toBe(0);
    const { TOKEN = '' } = await env();
    expect(shown()).not.toContain(TOKEN);
    const config = { shop: 'acme.myshopify.com', url: newUrl, accessToken: TOKEN, location: 'Main warehouse' };
    await expect(shopify.open(shopify.configSchema.parse(config), deps).probe(call)).resolves.toBeUndefined();
  });

  test('a redirect with another state, shop or signature is not ours', async () => {
    const { fresh, run, page, tunnel, stop } = await openConnect();
    const done = run('acme', 'target');
    const redirect = new URL(tunnel(fresh.agreeToInstall(await page()) ?? ''));

    for (const [name, value] of [
      ['state', 'guess'],
      ['shop', 'other.myshopify.com'],
      ['hmac', '0'.repeat(64)],
    ] as const) {
      const forged = new URL(redirect);
      forged.searchParams.set(name, value);
      expect((await fetch(forged)).status).toBe(404);
    }
    stop();
    expect(await done).toBe(1);
  });

  test('an app without install: true has its token by other means', async () => {
    const { run, shown } = await openConnect((config) =>
      config.replace(/ +(install|clientId|clientSecret): .*\n/g, ''),
    );

    expect(await run('acme', 'target')).toBe(2);
    expect(shown()).toContain('install: true');
  });
});

test('Shopify’s own example of a signed redirect', () => {
  const query =
    'code=0907a61c0c8d55e99db179b68161bc00&hmac=700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173';

  expect(isSignedQuery(new URLSearchParams(query), 'hush')).toBe(true);
  expect(isSignedQuery(new URLSearchParams(query.replace('some-shop', 'other')), 'hush')).toBe(false);
});
