import { describe, expect, test } from 'vitest';

import { eur } from '#tests/builders/entities.ts';
import { newsOf, openTestPair, quantityOf, START, withQuantity, type PairOptions } from './harness.ts';
import { newProduct, oldOrder, shelved } from './shelf.ts';

async function pairIn(options: PairOptions) {
  const pair = await openTestPair(options);
  pair.source.put(shelved('1', 'A', 3));
  pair.target.put(shelved('101', 'A', 9));
  pair.source.put(newProduct('2', 'B'));
  const cancelled = { payment: 'paid', fulfilment: 'open', cancelled: true, onHold: false } as const;
  pair.source.put(oldOrder('7', '1001', { status: { word: 'cancelled', state: cancelled } }));
  pair.target.put(oldOrder('107', '1001'));
  await pair.start();
  return pair;
}
const EVERYTHING = [newsOf('product', '1'), newsOf('product', '2'), newsOf('order', '7')];
const HOLD = { at: START, by: 'anna', reason: 'stocktaking' };

describe('law 14: nothing before approval', () => {
  test('in observe nothing goes to the target, definitions included, and everything is told', async () => {
    const pair = await pairIn({ phase: 'observe' });
    const before = new Map(pair.target.roots);

    await pair.hear(...EVERYTHING);

    expect(pair.calls).toEqual([]);
    expect(pair.target.roots).toEqual(before);
    expect((await pair.outcomes()).map(({ root, outcome }) => [root, outcome])).toEqual([
      ['product:1', 'observed'],
      ['product:2', 'observed'],
      ['order:7', 'observed'],
    ]);
  });

  test('in observe no decision is made either: no link, nothing settled, nothing parked', async () => {
    const pair = await pairIn({ phase: 'observe' });

    await pair.hear(...EVERYTHING, newsOf('product', '404'));

    for (const kind of ['link', 'settled', 'parked', 'creating', 'retrying'] as const)
      expect(await pair.soon(pair.facts.count('acme', kind))).toBe(0);
  });

  test('a pair without any phase is one that observes', async () => {
    const pair = await pairIn({ phase: 'observe' });
    await pair.put({ pair: 'acme', kind: 'phase', id: 'phase', value: null });

    await pair.hear(...EVERYTHING);

    expect(pair.calls).toEqual([]);
  });

  test('once approved, definitions are made before the first write', async () => {
    const pair = await pairIn({ phase: 'follow' });

    await pair.hear(...EVERYTHING);

    expect(pair.calls[0]?.kind).toBe('prepare');
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    expect(pair.target.list('product')).toHaveLength(2);
  });

  test('a closed pair writes nothing, whatever still arrives', async () => {
    const pair = await pairIn({ phase: 'follow' });
    await pair.hear(...EVERYTHING);
    const before = pair.calls.length;
    await pair.put({ pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'closed', at: START, by: 'anna' } });
    pair.source.put(shelved('1', 'A', 1));
    pair.source.put(newProduct('3', 'C'));

    await pair.hear(newsOf('product', '1'), newsOf('product', '3'));

    expect(pair.calls.length).toBe(before);
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    expect((await pair.outcomes()).slice(-2)).toEqual([
      expect.objectContaining({ outcome: 'unchanged', reason: 'closed' }),
      expect.objectContaining({ outcome: 'unchanged', reason: 'closed' }),
    ]);
    expect(await pair.soon(pair.log.lag('acme'))).toMatchObject({ behind: 0, delayed: 0 });
  });

  test('what was made before the migration is not made at the target, and is shown', async () => {
    const pair = await openTestPair();
    pair.source.put(shelved('5', 'OLD'));
    await pair.start();

    await pair.hear(newsOf('product', '5'));

    expect(pair.target.list('product')).toEqual([]);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:5'))).toMatchObject({ reason: 'unlinked' });
  });

  test('a process whose config is not the approved one writes nothing, and goes on once it is', async () => {
    const pair = await pairIn({ settings: { configHash: 'changed' } });
    const approval = await pair.soon(pair.facts.get('acme', 'approval', 'approval'));
    if (approval === null) throw new Error('No approval');
    await pair.put({ pair: 'acme', kind: 'approval', id: 'approval', value: { ...approval, configHash: 'approved' } });
    await pair.publish(...EVERYTHING);
    await pair.pass(600_000);
    expect(pair.calls).toEqual([]);

    await pair.put({ pair: 'acme', kind: 'approval', id: 'approval', value: { ...approval, configHash: 'changed' } });
    await pair.quiet();

    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
  });
});

describe('law 14: holds', () => {
  test('a held pair writes nothing and forgets nothing', async () => {
    const pair = await pairIn({});
    await pair.put({ pair: 'acme', kind: 'hold', id: '*', value: HOLD });
    await pair.publish(...EVERYTHING);
    await pair.pass(600_000);
    expect(pair.calls).toEqual([]);

    await pair.put({ pair: 'acme', kind: 'hold', id: '*', value: null });
    await pair.quiet();

    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
    expect(pair.target.list('product')).toHaveLength(2);
  });

  test('a held field is kept while the others are written', async () => {
    const pair = await pairIn({});
    await pair.put({ pair: 'acme', kind: 'hold', id: 'variant.price', value: HOLD });
    const [variant] = shelved('1', 'A', 3).variants;
    if (variant === undefined) throw new Error('No variant');
    const dearer = { ...variant, variant: { ...variant.variant, price: eur(9900) } };
    pair.source.put(shelved('1', 'A', 3, { variants: [dearer] }));

    await pair.hear(newsOf('product', '1'));

    expect(pair.ofTarget('101').variants[0]?.variant).toMatchObject({ quantity: 3, price: eur(1990) });
  });

  test('a hold that begins while a call waits to be sent keeps it from being sent', async () => {
    let asked = 0;
    const pair = await openTestPair({
      source: (source) => ({
        ...source,
        readRoots: async (root, refs, call) => {
          if (++asked === 1) await pair.facts.put([{ pair: 'acme', kind: 'hold', id: '*', value: HOLD }]);
          return source.readRoots(root, refs, call);
        },
      }),
    });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();

    await pair.publish(newsOf('product', '1'));
    await pair.pass(5_000);

    expect(pair.calls.filter(({ kind }) => kind === 'write')).toEqual([]);
    expect(withQuantity(pair.ofTarget('101'), 9)).toEqual(pair.ofTarget('101'));
  });

  test('a pair that is closed while a call waits to be sent does not send it', async () => {
    let asked = 0;
    const closed = {
      pair: 'acme',
      kind: 'phase',
      id: 'phase',
      value: { phase: 'closed', at: START, by: 'anna' },
    } as const;
    const pair = await openTestPair({
      source: (source) => ({
        ...source,
        readRoots: async (root, refs, call) => {
          if (++asked === 1) await pair.facts.put([closed]);
          return source.readRoots(root, refs, call);
        },
      }),
    });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(pair.calls.filter(({ kind }) => kind === 'write')).toEqual([]);
    expect(quantityOf(pair.ofTarget('101'))).toBe(9);
  });
});
