import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { capabilitiesOf } from '#libs/runtime/config/platform-part.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createShopifySimulator, type ShopifySimulator } from '../../../simulators/shopify/shopify-simulator.ts';
import { createWooCommerceSimulator, type WooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { testConnector } from './connector.contract.ts';
import { customerDraft, orderDraft, productDraft } from './drafts.ts';
import { findLive, openLive, parseLiveStore } from './open-live.ts';
import { createWorkbench, selectionOf, WRITE } from './subject.ts';

const given = process.env['LOCKSTEP_LIVE_STORE'] ?? '';

function say(line: string): void {
  process.stdout.write(`live store: ${line}\n`);
}

if (given !== '') {
  const store = parseLiveStore(given);
  const options = { cwd: process.cwd(), env: process.env, say };
  const { platform, config } = await findLive(store, options);
  testConnector({
    name: given,
    role: store.role,
    capabilities: await capabilitiesOf(platform, config),
    isLive: true,
    without: null,
    open: () => openLive(store, options),
  });
}

async function shops(): Promise<{ woo: WooCommerceSimulator; shopify: ShopifySimulator; folder: string }> {
  const woo = createWooCommerceSimulator({
    now: Date.now,
    random: seededRandom(7),
    consumerKey: 'ck_1',
    consumerSecret: 'cs_1',
    pricesIncludeTax: true,
    isSsl: true,
  });
  const shopify = createShopifySimulator({ now: Date.now, random: seededRandom(8), accessToken: 'shpat_1' });
  const [{ url: wooUrl }, { url: shopifyUrl }] = await Promise.all([woo.start(), shopify.start()]);
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-live-'));
  onTestFinished(async () => {
    await woo.stop();
    await shopify.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(
    join(folder, 'lockstep.config.yaml'),
    `pairs:
  acme:
    source:
      platform: woocommerce
      url: ${wooUrl}
      auth: header
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhooks: off
    target:
      platform: shopify
      shop: acme.myshopify.com
      url: ${shopifyUrl}
      accessToken: "\${SHOPIFY_TOKEN}"
      location: Main warehouse
    migratedAt: 2026-11-02T08:00:00Z
    sync: { variant: { fields: [quantity] } }
ingest: { publicUrl: https://sync.example.com }
`,
  );
  return { woo, shopify, folder };
}

describe('a live store', () => {
  const env = { WOO_KEY: 'ck_1', WOO_SECRET: 'cs_1', SHOPIFY_TOKEN: 'shpat_1' };

  test('is left as it was, and the suite says what it made there', async () => {
    const { shopify, folder } = await shops();
    const said: string[] = [];
    const store = parseLiveStore('lockstep.config.yaml#acme.target');
    const subject = await openLive(store, { cwd: folder, env, say: (line) => void said.push(line) });
    const bench = createWorkbench(subject);
    await subject.hands.prepare(selectionOf(subject), WRITE);

    const product = await bench.make(productDraft(bench));
    await bench.make(orderDraft(bench));
    await bench.make(customerDraft(bench));
    const names = shopify.state().products.map(({ title, handle }) => [title, handle]);
    await bench.cleanUp();
    await subject.close();

    const { products, orders, customers } = shopify.state();
    expect([products, orders, customers]).toEqual([[], [], []]);
    expect(names.flat().every((name) => name.startsWith(subject.mark))).toBe(true);
    expect(said[0]).toMatch(/^Shopify at http:.*: what is made begins with lsc/);
    expect(said).toContain(`made product ${product.id}`);
    expect(said).toContain(`deleted product ${product.id}: stored`);
    expect(said).toHaveLength(7);
  });

  test('is not written to while it mails', async () => {
    const { woo, folder } = await shops();
    const store = parseLiveStore('lockstep.config.yaml#acme.source');

    const opened = openLive(store, { cwd: folder, env, say: () => undefined });

    await expect(opened).rejects.toThrow('Cannot write to this shop while it mails');
    expect(woo.ledger.entries).toEqual([]);
  });

  test('is named by config file, pair and end', () => {
    expect(parseLiveStore('conf/my#shop.yaml#acme-2.source')).toEqual({
      file: 'conf/my#shop.yaml',
      pair: 'acme-2',
      role: 'source',
    });
    expect(() => parseLiveStore('lockstep.config.yaml#acme')).toThrow('<config file>#<pair>.<source|target>');
  });
});
