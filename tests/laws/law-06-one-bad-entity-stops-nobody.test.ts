import { describe, expect, test } from 'vitest';

import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { eur } from '#tests/builders/entities.ts';
import type { Decorate } from './harness.ts';
import { changeOrder, newsOf, openTestPair, quantityOf, withQuantity } from './harness.ts';
import { newOrder, oldOrder, shelved } from './shelf.ts';

const MESSAGE = 'Inventory item is managed by another app';
/** Refuses one target product while `until` says so. */
function refusing(targetId: string, until: () => boolean): Decorate {
  return (target): StoreConnector => ({
    ...target,
    write: async (patches, call) => {
      const results = await target.write(
        patches.filter((patch) => patch.targetId !== targetId || !until()),
        call,
      );
      let next = 0;
      return patches.map((patch) =>
        patch.targetId === targetId && until()
          ? { outcome: 'refused', message: MESSAGE }
          : (results[next++] ?? { outcome: 'not-sent' }),
      );
    },
  });
}

async function threeProducts(target: Decorate) {
  const pair = await openTestPair({ target });
  for (const [index, sku] of ['A', 'B', 'C'].entries()) {
    pair.source.put(shelved(String(index + 1), sku, 3));
    pair.target.put(shelved(`10${String(index + 1)}`, sku, 9));
  }
  await pair.start();
  return pair;
}
const ALL = ['1', '2', '3'].map((id) => newsOf('product', id));

describe('law 6: one bad entity stops nobody', () => {
  test('what the platform refuses is parked at once in its own words, and its neighbours are written', async () => {
    const pair = await threeProducts(refusing('102', () => true));

    await pair.hear(...ALL);

    expect(['101', '102', '103'].map((id) => quantityOf(pair.ofTarget(id)))).toEqual([3, 9, 3]);
    const parked = await pair.soon(pair.facts.get('acme', 'parked', 'product:2'));
    expect(parked).toMatchObject({ reason: 'refused', message: MESSAGE });
    expect((await pair.outcomes()).map(({ root, outcome }) => [root, outcome])).toEqual([
      ['product:1', 'applied'],
      ['product:2', 'parked'],
      ['product:3', 'applied'],
    ]);
  });

  test('its next news tries once more, and success un-parks it', async () => {
    let refuses = true;
    const pair = await threeProducts(refusing('102', () => refuses));
    await pair.hear(...ALL);
    await pair.hear(newsOf('product', '2'));
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:2'))).not.toBeNull();

    refuses = false;
    await pair.hear(newsOf('product', '2'));

    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:2'))).toBeNull();
    expect(quantityOf(pair.ofTarget('102'))).toBe(3);
  });

  test('one that brings the whole call down is found by halving, climbs the ladder alone, and is parked', async () => {
    const pair = await threeProducts((target) => ({
      ...target,
      write: async (patches, call) => {
        if (patches.some(({ targetId }) => targetId === '102'))
          return patches.map(() => ({ outcome: 'failed', message: '500' }));
        return target.write(patches, call);
      },
    }));

    await pair.hear(...ALL);

    expect(['101', '102', '103'].map((id) => quantityOf(pair.ofTarget(id)))).toEqual([3, 9, 3]);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:2'))).toMatchObject({ reason: 'failed' });
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:1'))).toBeNull();
    const retries = (await pair.outcomes()).filter(({ root, via }) => root === 'product:2' && via === 'retry');
    expect(retries.map(({ outcome }) => outcome)).toEqual(['delayed', 'delayed', 'parked']);
  });

  test('its neighbours are written at once: they do not wait for a retry', async () => {
    const pair = await threeProducts((target) => ({
      ...target,
      write: async (patches, call) => {
        if (patches.some(({ targetId }) => targetId === '102'))
          return patches.map(() => ({ outcome: 'failed', message: '500' }));
        return target.write(patches, call);
      },
    }));

    await pair.publish(...ALL);
    await pair.pass(1_000);

    expect(['101', '102', '103'].map((id) => quantityOf(pair.ofTarget(id)))).toEqual([3, 9, 3]);
  });

  test('one that brings a whole read down is found by halving', async () => {
    const pair = await openTestPair({
      source: (source) => ({
        ...source,
        readRoots: async (root, refs, call) => {
          if (refs.some(({ id }) => id === '2')) throw new SyncError('STORE_FAILED', 'Cannot read "products": 500');
          return source.readRoots(root, refs, call);
        },
      }),
    });
    for (const id of ['1', '2', '3']) {
      pair.source.put(shelved(id, `SKU-${id}`, 3));
      pair.target.put(shelved(`10${id}`, `SKU-${id}`, 9));
    }
    await pair.start();

    await pair.hear(...ALL);

    expect(['101', '102', '103'].map((id) => quantityOf(pair.ofTarget(id)))).toEqual([3, 9, 3]);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:2'))).not.toBeNull();
  });

  test('a value without a mapping withholds its field, the rest is written, and the root is parked', async () => {
    const pair = await openTestPair();
    const history = [{ id: 'n1', at: '2026-11-23T08:00:00Z', text: 'Packed', forCustomer: false }];
    pair.source.put(oldOrder('7', '1001', { status: { word: 'awaiting-magic', state: null }, history }));
    pair.target.put(oldOrder('107', '1001'));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(pair.target.get('order', '107')).toMatchObject({
      order: { history, status: { state: { payment: 'paid', fulfilment: 'open' } } },
    });
    const parked = await pair.soon(pair.facts.get('acme', 'parked', 'order:7'));
    expect(parked).toMatchObject({ reason: 'unmapped-value', fields: ['order:7/status'] });
    expect(parked?.message).toContain('awaiting-magic');
  });

  test('at creation a value without a mapping makes nothing', async () => {
    const pair = await openTestPair();
    pair.source.put(newOrder('7', '1001', { status: { word: 'awaiting-magic', state: null } }));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(pair.target.list('order')).toEqual([]);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'order:7'))).toMatchObject({ reason: 'unmapped-value' });
  });

  test('a value that is mapped at last un-parks its root', async () => {
    const pair = await openTestPair();
    const unknown = oldOrder('7', '1001', { status: { word: 'awaiting-magic', state: null } });
    pair.source.put(unknown);
    pair.target.put(oldOrder('107', '1001'));
    await pair.start();
    await pair.hear(newsOf('order', '7'));
    pair.source.put(changeOrder(unknown, { status: oldOrder('7', '1001').order.status }));

    await pair.hear(newsOf('order', '7'));

    expect(await pair.soon(pair.facts.get('acme', 'parked', 'order:7'))).toBeNull();
  });

  test('a variant new at the source is shown to a person while its siblings are written', async () => {
    const pair = await openTestPair();
    const old = shelved('1', 'A', 3);
    pair.source.put(old);
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();
    await pair.hear(newsOf('product', '1'));
    const [variant] = old.variants;
    if (variant === undefined) throw new Error('No variant');
    const added = { ...variant, id: '2v', variant: { ...variant.variant, sku: 'A-NEW', price: eur(500) } };
    pair.source.put({ ...withQuantity(old, 2), variants: [...withQuantity(old, 2).variants, added] });

    await pair.hear(newsOf('product', '1'));

    expect(quantityOf(pair.ofTarget('101'))).toBe(2);
    const parked = await pair.soon(pair.facts.get('acme', 'parked', 'product:1'));
    expect(parked).toMatchObject({ reason: 'unlinked', message: expect.stringContaining('"A-NEW"') as string });
  });

  test('a record that nobody can decode is parked by its place, and what follows is applied', async () => {
    const pair = await openTestPair();
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    pair.appendRaw(Buffer.from('{"v":99'));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'record:0:0'))).toMatchObject({ reason: 'undecodable' });
  });
});
