import { describe, expect, onTestFinished, test } from 'vitest';

import type { StoreConnector } from '#libs/connectors/store-connector.ts';
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
  { what: 'a not-found page', effect: { type: 'status', status: 404, body: PAGE } },
  { what: 'a login page', effect: { type: 'status', status: 403, body: PAGE } },
  { what: 'JSON of something else', effect: { type: 'status', status: 200, body: '{"ok":true}' } },
  {
    what: 'a route that is gone',
    effect: { type: 'status', status: 404, body: '{"code":"rest_no_route","message":"No route"}' },
  },
] as const;

describe('law 13: an answer in another shape is believed to be nothing', () => {
  test.each(FOREIGN)('$what', async ({ effect }) => {
    const { open, id, pair, before } = await inStep();
    open.shop.people.setStock(Number(id), 99);
    open.shop.faults.plant({ kind: 'read', match: /\/products/, effect });

    await pair.log.publish([newsOf('product', id)]);
    await expect.poll(() => pair.said.join('\n')).toContain('STORE_ANSWER_FOREIGN');

    expect((await pair.outcomes()).length).toBe(before);
    expect(await pair.facts.count('acme', 'parked')).toBe(0);
    expect(await pair.facts.count('acme', 'retrying')).toBe(0);
    expect(pair.targetStore.get('product', '101')).toMatchObject({ variants: [{ variant: { quantity: 1 } }] });
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
