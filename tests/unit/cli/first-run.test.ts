import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createShopifySimulator } from '../../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { cliFolder, CONFIG } from './cli-harness.ts';

vi.setConfig({ testTimeout: 180_000 });

let stop: (() => Promise<void>)[] = [];
let folder: Awaited<ReturnType<typeof cliFolder>>;
let newShop: ReturnType<typeof createShopifySimulator>;

// Everything of the recorded shop is older than any migration could be: there was none.
beforeEach(async () => {
  const oldShop = createWooCommerceSimulator({
    now: systemClock.now,
    random: seededRandom(1),
    consumerKey: 'ck_12345678',
    consumerSecret: 'cs_12345678',
  });
  newShop = createShopifySimulator({
    now: systemClock.now,
    random: seededRandom(2),
    shop: 'acme',
    accessToken: 'shpat_12345678',
    locations: ['Main'],
  });
  const [from, to] = [await oldShop.start(), await newShop.start()];
  oldShop.seedFromRecordings(join(import.meta.dirname, '../../fixtures/woocommerce'));
  const config = CONFIG.replace('http://127.0.0.1:1', from.url)
    .replace('http://127.0.0.1:1', to.url)
    .replace(
      'order: { fields: [status] } }',
      'order: { fields: [status] } }\n    create: { product: all, customer: all, order: all }',
    );
  folder = await cliFolder(config);
  stop = [oldShop.stop, newShop.stop, folder.remove];
});
afterEach(async () => {
  for (const end of stop) await end();
});

const json = async (...argv: readonly string[]): Promise<unknown> =>
  JSON.parse((await folder.run(...argv, '--json')).out);

describe('a first run', () => {
  test('makes everything in an empty shop once it is approved, and what it made is linked', async () => {
    const found = await folder.run('links', 'find');
    const plan = await folder.run('plan');
    const approved = await folder.run('approve');
    const once = await folder.run('start', '--once');
    const again = (await json('links', 'find')) as { census: Record<string, { of: number; linked: unknown }> };

    expect(found.out).toMatch(/products {3}0 of \d+ linked/);
    expect(plan.out).toMatch(/to create: \d+ customers, \d+ orders, \d+ products/);
    expect(plan.out).toContain('Never carried: passwords, gift cards');
    expect(approved.err).toBe('');
    expect(once.err).not.toContain('"level":"error"');
    const made = newShop.state().products.length;
    expect(made).toBeGreaterThan(5);
    const { product, order } = again.census;
    expect(product?.linked).toEqual({ created: made });
    expect(order?.linked).toEqual({ created: newShop.state().orders.length });
    expect(newShop.state().orders.length).toBeGreaterThan(5);
    expect(newShop.state().customers.length).toBeGreaterThan(2);
  });

  test('is not approved while the new shop holds what nobody has linked, until each is linked or set aside', async () => {
    newShop.seedProduct({ title: 'Sample', variants: [{ sku: 'SAMPLE-1', price: '1.00' }] });

    const plan = await folder.run('plan');
    const refused = await folder.run('approve');
    const open = await folder.run('links', 'list', '--open');
    const ignored = await folder.run('links', 'ignore', 'product', '--open', '--yes');
    await folder.run('plan');
    const approved = await folder.run('approve');

    expect(plan.out).toContain('It cannot be approved as it is: not linked in the new shop: 1 product');
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('lockstep links list acme --open') });
    expect(open.out).toMatch(/new shop {2}product:\d+ {2}Sample/);
    expect(ignored.out).toContain('is set aside');
    expect(approved).toMatchObject({ code: 0, err: '' });
  });
});

describe('links', () => {
  test('that were exported are imported again, set by hand and ended, and each is checked in both shops', async () => {
    await folder.run('approve', '--yes');
    await folder.run('start', '--once');
    const before = (await json('links', 'list')) as readonly { entity: string; sourceId: string; targetId: string }[];
    const [first, second] = before.filter(({ entity }) => entity === 'product');
    const file = join(folder.cwd, 'links.csv');
    await folder.run('links', 'export', '--out', 'links.csv');

    const ended = await folder.run('links', 'set', `product:${first?.sourceId ?? ''}`, 'none');
    const left = (await json('links', 'list')) as readonly unknown[];
    const imported = await folder.run('links', 'import', 'links.csv', '--yes');
    const after = (await json('links', 'list')) as readonly object[];
    const taken = await folder.run('links', 'set', `product:${first?.sourceId ?? ''}`, second?.targetId ?? '');
    await writeFile(file, (await readFile(file, 'utf8')).replace(`,${first?.targetId ?? ''},`, ',999999,'));
    const missing = await folder.run('links', 'import', 'links.csv', '--yes');

    expect(ended.out).toContain('is linked no longer');
    expect(left.length).toBeLessThan(before.length);
    expect(imported.out).toContain(`${before.length} links noted`);
    const bare = (links: readonly object[]) => links.map((link) => ({ ...link, by: '', at: 0 }));
    expect(bare(after)).toEqual(bare(before));
    expect(taken).toMatchObject({ code: 2, err: expect.stringContaining('is linked to product:') });
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('product 999999 is not in the new shop') });
  });
});
