import { describe, expect, onTestFinished, test } from 'vitest';

import { openShop, seedProducts, type OpenShop } from '../contract/woocommerce-connector-harness.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import { newsOf, openTestPair, START } from './harness.ts';
import { openShopPair, type ShopPair } from './shops.ts';
import { shelved } from './shelf.ts';

/** A WooCommerce shop with three products that are linked and in step. */
async function inStep(settings: Partial<PairSettings> = {}): Promise<{
  readonly open: OpenShop;
  readonly pair: ShopPair;
  readonly ids: readonly string[];
}> {
  const open = await openShop();
  const ids = seedProducts(open, 3);
  const pair = await openShopPair({ source: open.connector, settings });
  onTestFinished(() => pair[Symbol.asyncDispose]());
  for (const [index, id] of ids.entries()) pair.targetStore.put(shelved(`t${id}`, `P-${String(index + 1)}`, index + 1));
  await pair.hear(...ids.map((id) => newsOf('product', id)));
  return { open, pair, ids };
}

describe('law 11: a delete is believed only when asked for by id', () => {
  test('a product that is gone is kept at the target, as the policy says', async () => {
    const { open, pair, ids } = await inStep();
    const [, second = ''] = ids;
    const before = new Map(pair.targetStore.roots);
    open.shop.people.deleteProduct(Number(second));

    await pair.hear(newsOf('product', second, { topic: 'product.deleted' }));

    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'unchanged', reason: 'deleted-at-source' });
    expect(pair.targetStore.roots).toEqual(before);
    expect(await pair.facts.get('acme', 'link', `product:${second}`)).not.toBeNull();
  });

  test('a product in the trash is archived where the policy says so, and back on sale when it is out of it', async () => {
    const { open, pair, ids } = await inStep({ delete: { product: 'archive', order: 'keep', customer: 'keep' } });
    const [, second = ''] = ids;
    const status = () => {
      const found = pair.targetStore.get('product', `t${second}`);
      return found?.root === 'product' ? found.product.status : null;
    };

    open.shop.people.trashProduct(Number(second));
    await pair.hear(newsOf('product', second, { topic: 'product.deleted' }));
    const trashed = status();
    open.shop.people.restoreProduct(Number(second));
    open.shop.people.setStock(Number(second), 4);
    await pair.hear(newsOf('product', second, { topic: 'product.restored' }));

    expect([trashed, status()]).toEqual([
      'archived',
      open.shop.state().products.find(({ id }) => id === Number(second))?.status === 'publish' ? 'active' : 'draft',
    ]);
    expect((await pair.outcomes()).map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['archived', 'restored']),
    );
  });

  test('a webhook that says so proves nothing while the product can be read', async () => {
    const { pair, ids } = await inStep();

    await pair.hear(newsOf('product', ids[1] ?? '', { topic: 'product.deleted' }));

    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'unchanged', reason: 'unchanged' });
  });

  test('absence from a list proves nothing: the product is asked for by its own address', async () => {
    const { open, pair, ids } = await inStep();
    const asked = open.asked.length;
    open.shop.people.deleteProduct(Number(ids[1]));

    await pair.hear(newsOf('product', ids[1] ?? ''));

    expect(open.asked.slice(asked).some((path) => path.includes(`/products/${ids[1] ?? ''}`))).toBe(true);
  });

  test('an answer in another shape than the platform’s is no not-found: the pair waits, and goes on afterwards', async () => {
    const { open, pair, ids } = await inStep();
    const before = (await pair.outcomes()).length;
    const page = '<html><body>Nothing here</body></html>';
    open.shop.faults.plant({ kind: 'read', match: /products/, effect: { type: 'status', status: 404, body: page } });

    await pair.log.publish([newsOf('product', ids[1] ?? '')]);
    await expect.poll(() => pair.said.join('\n')).toContain('STORE_ANSWER_FOREIGN');

    expect((await pair.outcomes()).length).toBe(before);
    expect(await pair.facts.count('acme', 'parked')).toBe(0);
  });
});

describe('law 11: of a known entity', () => {
  test('is not believed when no other of its kind can be read: the source may have been emptied', async () => {
    const pair = await openTestPair();
    for (const id of ['1', '2', '3']) {
      pair.source.put(shelved(id, `SKU-${id}`));
      pair.target.put(shelved(`10${id}`, `SKU-${id}`));
    }
    await pair.start();
    await pair.hear(newsOf('product', '1'), newsOf('product', '2'), newsOf('product', '3'));
    for (const id of ['1', '2', '3']) pair.source.remove('product', id);

    await pair.hear(newsOf('product', '2'));

    const last = (await pair.outcomes()).at(-1);
    expect(last).toMatchObject({ outcome: 'parked', reason: 'failed' });
    expect(last?.message).toContain('no other product');
    expect(pair.target.list('product')).toHaveLength(3);
  });

  test('is not believed when only younger ones can be read', async () => {
    const pair = await openTestPair();
    pair.source.put(shelved('1', 'SKU-1'));
    pair.target.put(shelved('101', 'SKU-1'));
    await pair.start();
    await pair.hear(newsOf('product', '1'));
    await pair.pass(60_000);
    pair.source.put(shelved('2', 'SKU-2'));
    pair.target.put(shelved('102', 'SKU-2'));
    await pair.hear(newsOf('product', '2'));
    pair.source.remove('product', '1');

    await pair.hear(newsOf('product', '1'));

    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'parked', reason: 'failed' });
  });

  test('is believed once another can be read again, which un-parks it', async () => {
    const pair = await openTestPair();
    for (const id of ['1', '2']) {
      pair.source.put(shelved(id, `SKU-${id}`));
      pair.target.put(shelved(`10${id}`, `SKU-${id}`));
    }
    await pair.start();
    await pair.hear(newsOf('product', '1'), newsOf('product', '2'));
    for (const id of ['1', '2']) pair.source.remove('product', id);
    await pair.hear(newsOf('product', '2'));
    pair.source.put(shelved('1', 'SKU-1'));

    await pair.hear(newsOf('product', '2', { receivedAt: START + 1 }));

    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'unchanged', reason: 'deleted-at-source' });
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:2'))).toBeNull();
  });

  test('of what was never known nothing is to be believed: the news of it just ends', async () => {
    const pair = await openTestPair();
    await pair.start();

    await pair.hear(newsOf('product', '404'));

    expect(await pair.outcomes()).toEqual([
      expect.objectContaining({ outcome: 'unchanged', reason: 'deleted-at-source' }),
    ]);
    expect(pair.calls.filter(({ kind }) => kind !== 'prepare')).toEqual([]);
  });
});
