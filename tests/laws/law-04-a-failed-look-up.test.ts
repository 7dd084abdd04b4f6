import { describe, expect, test } from 'vitest';

import { SyncError } from '#libs/runtime/sync-error.ts';
import { countCalls, newsOf, openTestPair, type Decorate } from './harness.ts';
import { newOrder, newProduct } from './shelf.ts';

type Question = 'findBySourceId' | 'findByKey' | 'readRootsOf';

// What the three questions have in common.
type Ask = (kind: never, ids: readonly string[], call: never) => Promise<readonly unknown[]>;

/** A store that is well, and answers this question about this one thing with an error of its own, so many times. */
function failing(question: Question, about: string, times = Infinity): Decorate {
  let left = times;
  return (store) => {
    const ask: Ask = store[question];
    const asked: Ask = async (kind, ids, call) => {
      if (ids.includes(about) && left > 0) {
        if (ids.length === 1) left -= 1;
        throw new SyncError('STORE_FAILED', 'Cannot look up: HTTP 500');
      }
      return ask(kind, ids, call);
    };
    return { ...store, [question]: asked };
  };
}

const CHILD = { rootId: '', child: { kind: 'inventoryItem', id: '46' } };
const withParents: Decorate = (store) => ({
  ...store,
  readRootsOf: async (_kind, ids) => ids.map(() => ({ root: 'product' as const, rootId: '1' })),
});

describe('law 4: a look-up that failed is never an absence', () => {
  test('what carries the source id is linked once the look-up is answered, and not made again', async () => {
    const pair = await openTestPair({ target: failing('findBySourceId', '1', 2) });
    pair.source.put(newProduct('1', 'A'));
    // People have renamed its SKU: only the source id tells that it is there.
    pair.target.put({ ...newProduct('901', 'RENAMED'), sourceId: '1' });
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(countCalls(pair.calls, 'create')).toBe(0);
    expect(pair.target.list('product')).toHaveLength(1);
    expect(await pair.soon(pair.facts.get('acme', 'link', 'product:1'))).toMatchObject({ targetId: '901' });
  });

  test('what has the same SKU is linked once the look-up is answered, and not made again', async () => {
    const pair = await openTestPair({ target: failing('findByKey', 'A', 2) });
    pair.source.put(newProduct('1', 'A'));
    pair.target.put(newProduct('901', 'A'));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(countCalls(pair.calls, 'create')).toBe(0);
    expect(await pair.soon(pair.facts.get('acme', 'link', 'product:1'))).toMatchObject({ targetId: '901', by: 'sku' });
  });

  test.each(['findBySourceId', 'findByKey'] as const)(
    'a look-up (%s) that fails for ever ends parked after every attempt, and its neighbours are made',
    async (question) => {
      const pair = await openTestPair({ target: failing(question, question === 'findByKey' ? 'A' : '1') });
      pair.source.put(newProduct('1', 'A'));
      pair.source.put(newProduct('2', 'B'));
      await pair.start();

      await pair.hear(newsOf('product', '1'), newsOf('product', '2'));

      expect(pair.target.list('product').map(({ sourceId }) => sourceId)).toEqual(['2']);
      const parked = await pair.soon(pair.facts.get('acme', 'parked', 'product:1'));
      expect(parked).toMatchObject({ reason: 'failed', message: 'Cannot look up: HTTP 500', tries: 4 });
    },
  );

  test('one SKU of several whose look-up fails leaves the whole product alone', async () => {
    const pair = await openTestPair({ target: failing('findByKey', 'B') });
    const [one, other] = [newProduct('1', 'A'), newProduct('2', 'B')];
    pair.source.put({ ...one, variants: [...one.variants, ...other.variants] });
    pair.target.put(newProduct('901', 'B'));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    expect(await pair.soon(pair.facts.get('acme', 'link', 'product:1'))).toBeNull();
  });

  test('nothing is linked while the source does not say whether the key is unique there', async () => {
    const pair = await openTestPair({ source: failing('findByKey', '1001') });
    pair.source.put(newOrder('7', '1001'));
    pair.target.put(newOrder('107', '1001'));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(await pair.soon(pair.facts.get('acme', 'link', 'order:7'))).toBeNull();
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'order:7'))).toMatchObject({ reason: 'failed' });
    expect(countCalls(pair.calls, 'create')).toBe(0);
  });

  test('an answer that passes one over says nothing of it', async () => {
    const pair = await openTestPair({
      target: (target) => ({
        ...target,
        findByKey: async (key, values, call) =>
          (await target.findByKey(key, values, call)).slice(0, values.indexOf('A')),
      }),
    });
    pair.source.put(newProduct('1', 'A'));
    pair.target.put(newProduct('901', 'A'));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(countCalls(pair.calls, 'create')).toBe(0);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:1'))).toMatchObject({ reason: 'failed' });
  });

  test('news of a child whose root the source does not name is kept until it does', async () => {
    const pair = await openTestPair({
      source: (store, clock) => failing('readRootsOf', '46', 2)(withParents(store, clock), clock),
    });
    pair.source.put(newProduct('1', 'A'));
    await pair.start();

    await pair.hear(newsOf('product', '', CHILD), newsOf('product', '', CHILD));

    expect(pair.target.list('product').map(({ sourceId }) => sourceId)).toEqual(['1']);
    expect(await pair.soon(pair.facts.get('acme', 'retrying', 'child:inventoryItem:46'))).toBeNull();
  });

  test('news of a child whose root is never named is parked after every attempt', async () => {
    const pair = await openTestPair({ source: failing('readRootsOf', '46') });
    await pair.start();

    await pair.hear(newsOf('product', '', CHILD));
    await pair.hear(newsOf('product', '', CHILD));

    const parked = await pair.soon(pair.facts.get('acme', 'parked', 'child:inventoryItem:46'));
    expect(parked).toMatchObject({ reason: 'failed', message: 'Cannot look up: HTTP 500', tries: 4 });
    const outcomes = (await pair.outcomes()).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['delayed', 'delayed', 'delayed', 'parked', 'parked']);
  });
});
