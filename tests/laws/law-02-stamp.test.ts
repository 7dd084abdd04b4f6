import { describe, expect, test } from 'vitest';

import type { Link } from '#libs/facts/fact-kinds.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { aStoredCustomer } from '#tests/builders/entities.ts';
import { newsOf, openTestPair, START, type PairOptions, type TestPair } from './harness.ts';
import { oldOrder, shelved } from './shelf.ts';
import { openReconciled } from './reconciled.ts';

const ASKED = { stamp: true } as const;

/** A product, an order and a customer that the migration carried: linked, and alike in every selected field. */
async function migrated(options: PairOptions): Promise<TestPair> {
  const pair = await openTestPair(options);
  pair.source.put(shelved('1', 'A'));
  pair.target.put(shelved('101', 'A'));
  pair.source.put(oldOrder('7', '1001'));
  pair.target.put(oldOrder('107', '1001'));
  pair.source.put(aStoredCustomer({ id: '8', createdAt: '2026-10-01T08:00:00Z' }));
  pair.target.put(aStoredCustomer({ id: '108' }));
  await pair.put(
    linkFact('product:1', '101', 'sku'),
    linkFact('variant:1v', '101v', 'sku'),
    linkFact('order:7', '107', 'order-number'),
    linkFact('customer:8', '108', 'email'),
  );
  await pair.start();
  return pair;
}
const EVERYTHING = [newsOf('product', '1'), newsOf('order', '7'), newsOf('customer', '8')];

function linkFact(id: string, targetId: string, by: Link['by']): AnyFactWrite {
  return { pair: 'acme', kind: 'link', id, value: { targetId, by, at: START } };
}

function rootsOf({ target }: TestPair) {
  return [target.get('product', '101'), target.get('order', '107'), target.get('customer', '108')];
}

describe('law 2, the one exception: a source id, where the config asks for it', () => {
  test('without being asked for, nothing goes to what agrees', async () => {
    const pair = await migrated({});

    await pair.hear(...EVERYTHING);

    expect(pair.calls.filter(({ kind }) => kind !== 'prepare')).toEqual([]);
  });

  test('asked for, it is all that is written to what agrees, in one call', async () => {
    const pair = await migrated({ settings: ASKED });
    const [product, order, customer] = rootsOf(pair);

    await pair.hear(...EVERYTHING);

    const variants = product?.root === 'product' ? product.variants.map((one) => ({ ...one, sourceId: '1v' })) : [];
    expect(rootsOf(pair)).toEqual([
      { ...product, sourceId: '1', variants },
      { ...order, sourceId: '7' },
      { ...customer, sourceId: '8' },
    ]);
    expect(pair.calls.filter(({ kind }) => kind !== 'prepare')).toHaveLength(1);
  });

  test('it is written once: what carries it already is not written to', async () => {
    const pair = await migrated({ settings: ASKED });
    await pair.hear(...EVERYTHING);
    const before = pair.calls.length;

    await pair.hear(...EVERYTHING);

    expect(pair.calls).toHaveLength(before);
  });

  test('the journal tells it before and after the call', async () => {
    const pair = await migrated({ settings: ASKED });

    await pair.hear(newsOf('product', '1'));

    const records = (await pair.records()).filter(({ type }) => type !== 'batch');
    expect(records).toMatchObject([
      {
        type: 'before',
        fields: [
          { entity: 'product:101', field: 'product.sourceId', expected: null, wanted: '1' },
          { entity: 'variant:101v', field: 'variant.sourceId', expected: null, wanted: '1v' },
        ],
      },
      { type: 'after', outcome: 'stored', fields: [{ stored: '1' }, { stored: '1v' }] },
    ]);
  });

  test('another source id that stands there is kept: the root is parked, and nothing of it is written', async () => {
    const pair = await migrated({ settings: ASKED });
    const other = shelved('101', 'A', 9, { sourceId: '55' });
    pair.target.put(other);

    await pair.hear(newsOf('product', '1'));

    expect(pair.ofTarget('101')).toEqual(other);
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'parked', reason: 'ambiguous' });
  });

  test('one that came there since it was read is kept as well', async () => {
    const other = shelved('101', 'A', 5, { sourceId: '55' });
    const pair = await migrated({
      settings: ASKED,
      target: (target) => ({
        ...target,
        async write(patches, call) {
          pair.target.put(other);
          return target.write(patches, call);
        },
      }),
    });

    await pair.hear(newsOf('product', '1'));

    expect(pair.ofTarget('101')).toEqual(other);
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'parked', reason: 'ambiguous' });
  });

  test('a lost answer is looked at, and what has landed is not written again', async () => {
    const pair = await migrated({
      settings: ASKED,
      target: (target) => ({
        ...target,
        async write(patches, call) {
          await target.write(patches, call);
          return patches.map(() => ({ outcome: 'unknown', message: 'no answer' }));
        },
      }),
    });

    await pair.hear(newsOf('product', '1'));

    expect(pair.calls.filter(({ kind }) => kind === 'write')).toHaveLength(1);
    expect(pair.ofTarget('101').sourceId).toBe('1');
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'unchanged' });
  });

  test('a target that says yes and keeps none is not believed', async () => {
    const pair = await migrated({
      settings: ASKED,
      target: (target) => ({
        ...target,
        write: async (patches) => patches.map(() => ({ outcome: 'stored', stored: {} })),
      }),
    });

    await pair.hear(newsOf('product', '1'));

    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'parked', reason: 'not-stored' });
  });

  test('before approval none is written', async () => {
    const pair = await migrated({ settings: ASKED, phase: 'observe' });

    await pair.hear(...EVERYTHING);

    expect(pair.calls).toEqual([]);
    expect((await pair.outcomes()).map(({ outcome }) => outcome)).toEqual(['observed', 'observed', 'observed']);
  });
});

describe('a full comparison', () => {
  test('stamps what it meets when it repairs, through the applier, and calls none of it drift', async () => {
    const pair = await openReconciled({ settings: ASKED });
    for (const id of ['1', '2']) {
      pair.sourceStore.put(shelved(id, `SKU-${id}`));
      pair.targetStore.put(shelved(`10${id}`, `SKU-${id}`));
    }
    await pair.hear(newsOf('product', '1'), newsOf('product', '2'));
    const marks = () => pair.targetStore.list('product').map(({ sourceId }) => sourceId);

    const looked = await pair.compare(false);
    const unmarked = marks();
    const repaired = await pair.compare(true);

    expect([looked, repaired].map(({ result, findings }) => [result.drift, findings])).toEqual([
      [0, []],
      [0, []],
    ]);
    expect(unmarked).toEqual([null, null]);
    expect(marks()).toEqual(['1', '2']);
    expect(pair.written).toEqual([]);
  });
});
