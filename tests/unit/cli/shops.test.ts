import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createShopifySimulator } from '../../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { cliFolder, CONFIG, runIn } from './cli-harness.ts';

vi.setConfig({ testTimeout: 90_000 });

let stop: (() => Promise<void>)[] = [];
let folder: Awaited<ReturnType<typeof cliFolder>>;
let oldShop: ReturnType<typeof createWooCommerceSimulator>;

beforeEach(async () => {
  oldShop = createWooCommerceSimulator({
    now: systemClock.now,
    random: seededRandom(1),
    consumerKey: 'ck_12345678',
    consumerSecret: 'cs_12345678',
  });
  const newShop = createShopifySimulator({
    now: systemClock.now,
    random: seededRandom(2),
    shop: 'acme',
    accessToken: 'shpat_12345678',
    locations: ['Main'],
  });
  const [from, to] = [await oldShop.start(), await newShop.start()];
  oldShop.seedFromRecordings(join(import.meta.dirname, '../../fixtures/woocommerce'));
  const config = CONFIG.replace('http://127.0.0.1:1', from.url).replace('http://127.0.0.1:1', to.url);
  folder = await cliFolder(config);
  stop = [oldShop.stop, newShop.stop, folder.remove];
});
afterEach(async () => {
  for (const end of stop) await end();
});

describe('check against two shops that answer', () => {
  test('says who they are, and that webhooks are missing', async () => {
    const { code, out } = await folder.run('check');

    expect(out).toContain('pinned at the first start');
    expect(out).toMatch(/✗ webhooks .*none of 8 is registered/);
    expect(out).toContain('lockstep webhooks register acme');
    expect(code).toBe(2);
  });

  test('names wrong credentials, with the remedy', async () => {
    const { out } = await runIn(folder.cwd, ['check'], {
      env: { WOO_KEY: 'ck_wrong678', WOO_SECRET: 'cs_wrong678', WOO_HOOK: 'hook12345678', TOKEN: 'shpat_wrong678' },
    });

    expect(out).toContain('Renew the credentials of this store');
    expect(out).not.toContain('wrong678');
  });
});

describe('webhooks', () => {
  test('are shown before they are created, and nothing is created without a yes', async () => {
    const { code, out, err } = await folder.run('webhooks', 'register');

    expect(out).toContain('Will create on http');
    expect(out).toContain('+  product.');
    expect(err).toContain('Nothing was changed');
    expect(code).toBe(1);
    expect(oldShop.state().webhooks).toEqual([]);
  });

  test('are created once, listed, verified and removed, and those of others stay', async () => {
    const first = await folder.run('webhooks', 'register', '--yes');
    const created = oldShop.state().webhooks.length;
    const second = await folder.run('webhooks', 'register', '--yes');
    const verified = await folder.run('webhooks', 'verify');
    const listed = await folder.run('webhooks', 'list', '--json');
    const removed = await folder.run('webhooks', 'remove', '--yes');
    const missing = await folder.run('webhooks', 'verify');

    expect(first.code).toBe(0);
    expect(created).toBeGreaterThan(3);
    expect(second.out).toContain('nothing to do');
    expect(verified.code).toBe(0);
    expect(JSON.parse(listed.out)).toMatchObject({ url: 'https://sync.example.com/webhooks/acme', others: 0 });
    expect(removed.code).toBe(0);
    expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('is missing') });
  });
});

describe('webhooks repair', () => {
  test('makes anew at this address what calls this pair at an earlier one, and says what is left to do before', async () => {
    const early = await folder.run('webhooks', 'repair', '--yes');
    await folder.run('webhooks', 'register', '--yes', '--url', 'https://before.example.com');
    const asThere = await folder.run('webhooks', 'verify');
    const here = ['--url', 'https://sync.example.com'];
    const verified = await folder.run('webhooks', 'verify', ...here);
    const asked = await folder.run('webhooks', 'repair', ...here);
    const before = oldShop.state().webhooks.length;
    const repaired = await folder.run('webhooks', 'repair', '--yes', ...here);
    const after = await folder.run('webhooks', 'verify');
    const status = await folder.run('status');

    expect(early).toMatchObject({ code: 2, err: expect.stringContaining('none were registered') });
    expect(asThere.code).toBe(0);
    expect(verified).toMatchObject({ code: 1, out: expect.stringContaining('is calling another address') });
    expect(verified.out).toContain('→ lockstep webhooks repair acme');
    expect(asked).toMatchObject({ code: 1, out: expect.stringContaining('Will remove from') });
    expect(repaired.out).toContain('What changed meanwhile is found by the next sweep');
    expect(after.code).toBe(0);
    expect(oldShop.state().webhooks).toHaveLength(before);
    expect(oldShop.state().webhooks.every((one) => one.delivery_url.startsWith('https://sync.example.com/'))).toBe(
      true,
    );
    expect(status.out).toMatch(/webhooks 8\/8 active/);
  });
});

describe('start --once', () => {
  test('before approval compares and writes nothing, and pins both shops', async () => {
    const { code, out, err } = await folder.run('start', '--once', '--json');
    const log = await folder.run('log');
    oldShop.setIdentity({ storeId: '00000000-0000-4000-8000-000000000000', siteUrl: 'https://other.example.com' });
    const check = await folder.run('check');

    expect(err).not.toContain('"level":"error"');
    expect(JSON.parse(out)).toMatchObject([{ pair: 'acme', run: { repair: false, repaired: 0 } }]);
    expect(code).toBeLessThan(2);
    expect(log.out).toContain('pinned the old shop');
    expect(check.out).toContain('answered by another shop');
  });
});
