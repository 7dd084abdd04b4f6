import { describe, expect, onTestFinished, test } from 'vitest';

import type { ReadContext, StoreConnector } from '#libs/connectors/store-connector.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { createLogger } from '#libs/runtime/logger.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { Context, OpenPair } from '../../cli/context.ts';
import { pinStores } from '../../cli/pin-stores.ts';
import { openShopify } from '../contract/shopify-harness.ts';
import { openShop, seedProducts } from '../contract/woocommerce-connector-harness.ts';
import { newsOf, openTestPair, quantityOf } from './harness.ts';
import { openShopPair, type ShopPair } from './shops.ts';
import { newProduct, shelved } from './shelf.ts';

const signal = new AbortController().signal;
const READ: ReadContext = { signal, priority: 'change', fields: new Set(['variant.quantity']) };

async function walk(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _page of pages);
}

function pin(pair: ShopPair, source: StoreConnector, target: StoreConnector): Promise<'recognised' | 'held'> {
  const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
  // Of a whole command only this much is looked at.
  const context = { facts: pair.facts, clock: systemClock, logger } as unknown as Context;
  const opened = { settings: pair.settings, source: { connector: source }, target: { connector: target } };
  return pinStores(opened as unknown as OpenPair, context, { signal, patient: false });
}

/** A WooCommerce shop with one product, linked to one of the target and in step. */
async function inStep() {
  const open = await openShop();
  const [id = ''] = seedProducts(open, 1);
  const pair = await openShopPair({ source: open.connector });
  onTestFinished(() => pair[Symbol.asyncDispose]());
  pair.targetStore.put(shelved('101', 'P-1', 1));
  await pair.hear(newsOf('product', id));
  const before = (await pair.outcomes()).length;
  return { open, id, pair, before };
}

describe('law 13: each store’s identity is pinned', () => {
  test('another shop under the source’s address holds the pair, and nothing of it reaches the target', async () => {
    const { open, id, pair } = await inStep();
    await using target = await openShopify();
    expect(await pin(pair, open.connector, target.connector)).toBe('recognised');
    open.shop.setIdentity({ storeId: 'another-store', siteUrl: 'https://copy.example.com' });
    open.shop.people.setStock(Number(id), 99);

    const pinned = await pin(pair, open.connect(), target.connector);
    await pair.log.publish([newsOf('product', id)]);
    await expect.poll(() => pair.log.lag('acme')).toMatchObject({ behind: 0 });

    expect(pinned).toBe('held');
    expect(await pair.facts.get('acme', 'hold', '*')).toMatchObject({
      reason: expect.stringContaining('source') as string,
    });
    expect(pair.targetStore.get('product', '101')).toMatchObject({ variants: [{ variant: { quantity: 1 } }] });
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'delayed', reason: 'held' });
  });

  test('another target holds the pair as well', async () => {
    const { open, pair } = await inStep();
    await using one = await openShopify();
    await using other = await openShopify({ shop: 'another-shop' });
    await pin(pair, open.connector, one.connector);

    expect(await pin(pair, open.connector, other.connector)).toBe('held');
    expect(other.simulator.ledger.entries.filter(({ actor }) => actor === 'api')).toEqual([]);
  });

  test('the same shop is recognised again, and a hold that a person ended stays ended', async () => {
    const { open, pair } = await inStep();
    await using target = await openShopify();
    await pin(pair, open.connector, target.connector);

    expect(await pin(pair, open.connect(), target.connector)).toBe('recognised');
    expect(await pair.facts.get('acme', 'hold', '*')).toBeNull();
  });
});

const PAGE = '<!doctype html><title>Be back soon</title>';
const FOREIGN = [
  { what: 'a page in place of the answer', effect: { type: 'status', status: 200, body: PAGE } },
  { what: 'a redirect', effect: { type: 'status', status: 302, body: '' } },
  { what: 'a not-found page', effect: { type: 'status', status: 404, body: PAGE } },
  { what: 'a login page', effect: { type: 'status', status: 403, body: PAGE } },
  { what: 'JSON of something else', effect: { type: 'status', status: 200, body: '{"ok":true}' } },
  {
    what: 'a route that is gone',
    effect: { type: 'status', status: 404, body: '{"code":"rest_no_route","message":"No route"}' },
  },
] as const;

const held = (pair: ShopPair) => pair.facts.get('acme', 'hold', '*');
// What `lockstep resume` writes.
const resume = (pair: ShopPair) => pair.facts.put([{ pair: 'acme', kind: 'hold', id: '*', value: null }]);
const quantityAtTarget = ({ targetStore }: ShopPair) => {
  const product = targetStore.get('product', '101');
  return product?.root === 'product' ? product.variants[0]?.variant.quantity : undefined;
};

describe('law 13: an answer in another shape is believed to be nothing, and holds the pair', () => {
  test.each(FOREIGN)('$what', async ({ effect }) => {
    const { open, id, pair, before } = await inStep();
    open.shop.people.setStock(Number(id), 99);
    open.shop.faults.plant({ kind: 'read', match: /\/products/, effect });

    await pair.log.publish([newsOf('product', id)]);
    await expect.poll(() => held(pair)).not.toBeNull();

    const reason = (await held(pair))?.reason ?? '';
    expect(reason).toContain('old shop (source)');
    expect(reason).toContain('lockstep resume acme');
    expect(reason).not.toContain('Be back soon');
    expect((await pair.outcomes()).length).toBe(before);
    expect(await pair.facts.count('acme', 'parked')).toBe(0);
    expect(await pair.facts.count('acme', 'retrying')).toBe(0);
    expect(quantityAtTarget(pair)).toBe(1);
  });

  test('the hold outlasts the page: nothing is written before a person resumes, and then all of it', async () => {
    const { open, id, pair } = await inStep();
    open.shop.people.setStock(Number(id), 99);
    open.shop.faults.plant({ kind: 'read', match: /\/products/, effect: FOREIGN[0].effect, times: 1 });
    await pair.log.publish([newsOf('product', id)]);

    await expect.poll(async () => (await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'delayed', reason: 'held' });
    expect(quantityAtTarget(pair)).toBe(1);
    await resume(pair);

    await expect.poll(() => quantityAtTarget(pair)).toBe(99);
    expect(await held(pair)).toBeNull();
  });

  test('where it still comes after a resume, the hold returns', async () => {
    const { open, id, pair } = await inStep();
    open.shop.faults.plant({ kind: 'read', match: /\/products/, effect: FOREIGN[0].effect });
    await pair.log.publish([newsOf('product', id)]);
    await expect.poll(() => held(pair)).not.toBeNull();

    await resume(pair);

    await expect.poll(() => held(pair)).not.toBeNull();
  });

  test('the hold of a person keeps its own reason', async () => {
    const { open, id, pair } = await inStep();
    const value = { at: 1, by: 'anna', reason: 'stocktaking' };
    await pair.facts.put([{ pair: 'acme', kind: 'hold', id: '*', value }]);
    open.shop.faults.plant({ kind: 'read', match: /\/products/, effect: FOREIGN[0].effect });

    await pair.log.publish([newsOf('product', id)]);
    await expect.poll(() => pair.said.join('\n')).toContain('STORE_ANSWER_FOREIGN');

    expect(await held(pair)).toEqual(value);
  });

  test.each([
    ['a proxy’s page under 502', { type: 'status', status: 502, body: PAGE }],
    ['a page under 503', { type: 'status', status: 503, body: PAGE }],
    ['an answer without a body', { type: 'status', status: 200, body: '' }],
    ['a connection that is cut', { type: 'lost-answer', landsAfterMs: null }],
  ] as const)('%s is an outage: it holds nothing, and ends by itself', async (_what, effect) => {
    const { open, id, pair } = await inStep();
    open.shop.people.setStock(Number(id), 99);
    open.shop.faults.plant({ kind: 'read', match: /\/products/, effect, times: 1 });

    await pair.log.publish([newsOf('product', id)]);

    await expect.poll(() => quantityAtTarget(pair)).toBe(99);
    expect(await held(pair)).toBeNull();
  });

  test.each([
    ['a scan', (source: StoreConnector) => walk(source.scan('product', {}, { ...READ }))],
    ['a sweep', (source: StoreConnector) => walk(source.scanChanged('product', '2026-11-01T00:00:00Z', { ...READ }))],
    ['a look-up', (source: StoreConnector) => source.findByKey('sku', ['P-1'], READ)],
    ['a question who the shop is', (source: StoreConnector) => source.identify(READ)],
    ['a probe', (source: StoreConnector) => source.probe(READ)],
  ])('%s that meets it fails, and holds the pair', async (_what, ask) => {
    const { open, pair } = await inStep();
    open.shop.faults.plant({ kind: 'any', effect: FOREIGN[0].effect });

    await expect(ask(pair.source)).rejects.toMatchObject({ code: 'STORE_ANSWER_FOREIGN' });

    expect(await held(pair)).toMatchObject({ by: 'lockstep' });
  });

  test('a target that answers a write with a page: held, and whether the write went through is looked at', async () => {
    await using target = await openShopify();
    target.simulator.seedProduct({ title: 'Shirt', variants: [{ sku: 'P-1', price: '19.90', quantity: 1 }] });
    const timing = { ...DEFAULT_TIMING, retriesMs: [50, 100, 200], coalesceMs: 1, landingMs: 300 } as const;
    const pair = await openShopPair({ target: target.connector, settings: { timing } });
    onTestFinished(() => pair[Symbol.asyncDispose]());
    pair.sourceStore.put(shelved('1', 'P-1', 7));
    target.simulator.faults.plant({ kind: 'write', match: /inventory/i, effect: FOREIGN[0].effect, times: 1 });

    await pair.log.publish([newsOf('product', '1')]);
    await expect.poll(() => held(pair), { timeout: 20_000 }).not.toBeNull();
    await pair.applier.idle();

    expect((await held(pair))?.reason).toContain('new shop (target)');
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'delayed' });
    expect(await pair.facts.count('acme', 'retrying')).toBe(0);
    await resume(pair);
    await expect
      .poll(() => target.simulator.state().products[0]?.variants[0]?.inventoryQuantity, { timeout: 20_000 })
      .toBe(7);
  });

  test.each(['maintenance', 'fatal'] as const)('a shop in the state "%s" is waited for', async (condition) => {
    const { open, id, pair, before } = await inStep();
    open.shop.people.setStock(Number(id), 99);
    open.shop.setCondition(condition);
    await pair.log.publish([newsOf('product', id)]);
    await expect.poll(() => pair.said.join('\n')).toContain('not well');
    expect((await pair.outcomes()).length).toBe(before);

    open.shop.setCondition('up');
    await pair.applier.idle();

    expect(pair.targetStore.get('product', '101')).toMatchObject({ variants: [{ variant: { quantity: 99 } }] });
    expect(await pair.facts.count('acme', 'parked')).toBe(0);
  });

  test('of a target: nothing is taken for absent, and nothing is made a second time', async () => {
    let foreign = true;
    const pair = await openTestPair({
      target: (target) => ({
        ...target,
        findBySourceId: async (root, ids, call) => {
          if (foreign) throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot find "products": a page answered');
          return target.findBySourceId(root, ids, call);
        },
      }),
    });
    pair.source.put(newProduct('1', 'A', 3));
    pair.target.put({ ...newProduct('101', 'B', 9), sourceId: '1' });
    await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(600_000);
    expect(await pair.outcomes()).toEqual([]);
    expect(await pair.soon(pair.facts.count('acme', 'parked'))).toBe(0);

    foreign = false;
    await pair.quiet();

    expect(pair.target.list('product')).toHaveLength(1);
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
  });
});
