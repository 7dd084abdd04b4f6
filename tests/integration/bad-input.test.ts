import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test, vi } from 'vitest';

import { recordedWebhook } from '#tests/fixtures/woocommerce/recordings.ts';
import { openWorld, PATIENCE, SECRETS } from './harness.ts';
import type { World } from './harness.ts';
import { postRaw } from './post-raw.ts';

vi.setConfig({ testTimeout: 120_000 });

function signedPost(world: World, body: Buffer, secret: string = SECRETS.WOO_HOOK): Promise<number> {
  const headers = {
    'x-wc-webhook-topic': 'product.updated',
    'x-wc-webhook-signature': createHmac('sha256', secret).update(body).digest('base64'),
  };
  return postRaw(`${world.ingestUrl}/webhooks/acme`, headers, body);
}

describe('webhooks', () => {
  test('a recorded one goes in with its recorded headers; a changed byte is refused', async () => {
    const { headers, raw, secret } = recordedWebhook('p01-stock-put-1-product-updated');
    const world = await openWorld({ env: { WOO_HOOK: secret } });
    const running = await world.start('ingest');
    const changed = Buffer.from(raw);
    changed.writeUInt8((changed[100] ?? 0) ^ 1, 100);
    const url = `${world.ingestUrl}/webhooks/acme`;

    const refused = await postRaw(url, Object.fromEntries(headers), changed);
    const before = await world.json('status');
    const taken = await postRaw(url, Object.fromEntries(headers), raw);
    const after = await world.json('status');

    expect([refused, taken]).toEqual([401, 200]);
    expect(before).toMatchObject([{ behind: 0 }]);
    expect(after).toMatchObject([{ behind: 1, unreadable: 0 }]);
    await running.stopped();
  });

  test('forged ones, large ones and signed nonsense are answered, counted and kept as they deserve', async () => {
    const world = await openWorld();
    const running = await world.start();
    const nonsense = Buffer.from('{"code":"woocommerce_rest_product_invalid_id","message":"Invalid ID."');

    const forged = await signedPost(world, Buffer.from('{"id":1}'), 'another secret');
    const large = await signedPost(world, Buffer.alloc(70_000, 'x'));
    const elsewhere = await postRaw(`${world.ingestUrl}/webhooks/nobody`, {}, Buffer.from('{}'));
    const clean = await world.run('parked', 'list');
    const kept = await signedPost(world, nonsense);
    const parked = await world.run('parked', 'list');

    expect([forged, large, elsewhere, kept]).toEqual([401, 413, 404, 200]);
    expect(clean.out).toBe('acme  nothing is parked\n');
    expect(parked.code).toBe(1);
    expect(parked.out).toContain(`a signed product.updated webhook of ${nonsense.length} bytes`);
    await running.stopped();
  });
});

test('a second process on the same folder is refused, and told which one runs', async () => {
  const world = await openWorld();
  const running = await world.start('ingest');

  const second = await world.run('start');
  const third = await world.run('start', '--once');

  expect([second.code, third.code]).toEqual([2, 2]);
  expect(second.err).toContain(`process ${running.pid} on `);
  expect(third.err).toContain(`process ${running.pid} on `);
  await running.stopped();
});

test.each([['start'], ['check'], ['plan']])('a bad config: %s lists every mistake, and ends with 2', async (verb) => {
  const world = await openWorld();
  await writeFile(
    join(world.cwd, 'lockstep.config.yaml'),
    `pairs:
  acme:
    source:
      platform: woocommerce
      url: old.example.com
      consumerKey: "\${WOO_KEY}"
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]
    target:
      platform: shopify
      shop: new-example.myshopify.com
      clientId: abc
      clientSecret: "\${SHOPIFY_SECRET}"
      location: Main
    sync:
      order: { fields: [status, trackingNumber] }
`,
  );

  const { code, out, err } = await world.run(verb);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^lockstep\.config\.yaml has 3 mistakes:\n/);
  expect(err).toMatch(/5:12\s+pairs\.acme\.source\.url .*https:\/\/old\.example\.com/);
  expect(err).toMatch(/13:21\s+pairs\.acme\.target\.clientSecret .*SHOPIFY_SECRET.* is not set/);
  expect(err).toMatch(/16:33\s+pairs\.acme\.sync\.order\.fields\[1\] .*did you mean "tracking"/);
});

describe('wrong credentials', () => {
  test('of the old shop are named by check, without the secret', async () => {
    const world = await openWorld({ env: { WOO_SECRET: 'cs_of_yesterday' } });

    const { code, out, err } = await world.run('check');

    expect(code).toBe(2);
    expect(out).toMatch(/✗ old shop/);
    expect(out).toMatch(/✓ new shop reachable|✓ reachable|✓ new shop/);
    expect(out).toContain('→');
    expect(out + err).not.toContain('cs_of_yesterday');
  });

  test('of the new shop are named by check and at start, without the token', async () => {
    const world = await openWorld({ env: { SHOPIFY_TOKEN: 'shpat_of_yesterday' } });

    const check = await world.run('check');
    const once = await world.run('start', '--once');

    expect(check.code).toBe(2);
    expect(check.out).toMatch(/✗ new shop/);
    expect(once.code).toBe(2);
    expect(once.err).toContain('new shop of "acme"');
    expect(once.err).toContain('Renew the credentials');
    expect(check.out + check.err + once.out + once.err).not.toContain('shpat_of_yesterday');
  });
});

describe('what cannot be carried', () => {
  test('an unmapped status is withheld and parked, the rest goes on, and the next status un-parks it', async () => {
    const world = await openWorld();
    await world.approve();
    const running = await world.start();
    await world.subscribe();
    await world.settled();
    const { source, target } = world.shops();
    const order = source.state().orders[0]?.id ?? 0;

    source.people.setOrderStatus(order, 'backordered');
    source.people.setStock(world.shops().productId('S-3'), 7);
    await expect
      .poll(() => world.json('parked', 'list'), { ...PATIENCE, interval: 250 })
      .toMatchObject([{ parked: [{ id: `order:${order}`, reason: 'unmapped-value' }] }]);
    await expect.poll(() => world.shops().stockAt('S-3'), PATIENCE).toBe(7);
    const check = await world.run('check');
    const status = target.state().orders[0]?.displayFinancialStatus;
    source.people.setOrderStatus(order, 'completed');
    await expect
      .poll(() => world.json('parked', 'list'), { ...PATIENCE, interval: 250 })
      .toMatchObject([{ parked: [] }]);

    expect(check.out).toContain('backordered (1 order)');
    expect(status).toBe('PAID');
    await running.stopped();
  });

  test('one refused item is parked alone, in the platform’s own words', async () => {
    const world = await openWorld({ sync: '{ variant: { fields: [quantity, price] } }' });
    await world.approve();
    const { source, target, productId } = world.shops();
    const priceOf = (sku: string) =>
      target
        .state()
        .products.flatMap(({ variants }) => variants)
        .find((variant) => variant.sku === sku)?.price;

    const running = await world.start();
    await world.subscribe();
    await world.settled();
    for (const [n, sku] of SKUS.entries())
      source.people.setPrice(productId(sku), { regular: n === 2 ? '-5' : `3${n}` });
    await expect.poll(() => priceOf('S-4'), PATIENCE).toMatch(/^33/);
    await world.settled();
    const parked = await world.json('parked', 'list');

    expect(SKUS.map((sku) => Number(priceOf(sku)))).toEqual([30, 31, 20, 33]);
    expect(parked).toMatchObject([
      { parked: [{ id: `product:${productId('S-3')}`, message: expect.stringContaining('Price must be greater') }] },
    ]);
    await running.stopped();
  });

  test('one item that brings every call down is found, and parked alone once the ladder ends', async () => {
    const world = await openWorld();
    await world.approve();
    const ingest = await world.start('ingest');
    await world.subscribe();
    const { source, target, productId, stockAt } = world.shops();
    const poison = target.state().products.find(({ title }) => title === 'Shirt 3')?.variants[0]?.inventoryItemId ?? '';
    target.faults.plant({ kind: 'write', bodyIncludes: poison, effect: { type: 'status', status: 500 } });
    for (const [n, sku] of SKUS.entries()) source.people.setStock(productId(sku), n);
    await expect.poll(() => source.ledger.deliveries.length, PATIENCE).toBe(SKUS.length);
    await ingest.stopped();

    const running = await world.start('applier', 'reconciler');
    await world.settled();
    const parked = await world.json('parked', 'list');

    expect(SKUS.map(stockAt)).toEqual([0, 1, 50, 3]);
    expect(parked).toMatchObject([{ parked: [{ id: `product:${productId('S-3')}`, reason: 'failed' }] }]);
    await running.stopped();
  });
});

const SKUS = ['S-1', 'S-2', 'S-3', 'S-4'] as const;
