import { describe, expect, test } from 'vitest';

import { first, withFates } from './faults.ts';
import { countCalls, LANDING_MS, newsOf, openTestPair, quantityOf, START } from './harness.ts';
import { newProduct, shelved } from './shelf.ts';

describe('law 5: caches can be lost, decisions cannot', () => {
  test('links, holds, parked roots and the phase come back after a flush', async () => {
    const pair = await openTestPair();
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();
    await pair.hear(newsOf('product', '1'), newsOf('product', '404'));
    const hold = { at: 1, by: 'anna', reason: 'stocktaking' };
    const parked = { at: 1, reason: 'refused', message: 'no', fields: [], tries: 0, entities: [] };
    await pair.put(
      { pair: 'acme', kind: 'hold', id: 'variant.price', value: hold },
      { pair: 'acme', kind: 'parked', id: 'product:9', value: parked },
    );

    await pair.soon(pair.state.flush());

    const link = await pair.soon(pair.facts.get('acme', 'link', 'variant:1v'));
    expect(link).toMatchObject({ targetId: '101v', by: 'sku' });
    expect(await pair.soon(pair.facts.get('acme', 'phase', 'phase'))).toMatchObject({ phase: 'follow' });
    expect(await pair.soon(pair.facts.get('acme', 'hold', 'variant.price'))).toEqual(hold);
    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:9'))).toEqual(parked);
  });

  test('a flush between a creation and the next news of it doubles nothing', async () => {
    const pair = await openTestPair();
    pair.source.put(newProduct('1', 'A', 3));
    await pair.start();
    await pair.hear(newsOf('product', '1'));
    await pair.soon(pair.state.flush());
    pair.source.put(newProduct('1', 'A', 2));

    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    expect(quantityOf(pair.ofTarget('1'))).toBe(2);
  });

  test('a flush while a creation is in doubt does not forget the doubt', async () => {
    const lost = withFates('create', first({ kind: 'lost', landsAfterMs: LANDING_MS - 1_000 }));
    const pair = await openTestPair({ target: lost });
    pair.source.put(newProduct('1', 'A'));
    await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(5_000);
    expect(countCalls(pair.calls, 'create')).toBe(1);

    await pair.soon(pair.state.flush());
    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    expect(countCalls(pair.calls, 'create')).toBe(1);
  });

  test('copies that fell back to an older state are mended before anything is created', async () => {
    const pair = await openTestPair();
    pair.source.put(newProduct('1', 'A'));
    await pair.start();
    pair.state.checkpoint();
    await pair.hear(newsOf('product', '1'));
    // The target’s own mark is gone as well: only the link tells that the product is there.
    const made = pair.ofTarget('1');
    const variants = made.variants.map((one) => ({ ...one, sourceId: null, variant: { ...one.variant, sku: null } }));
    pair.target.put({ ...made, sourceId: null, variants });

    pair.state.fallBack();
    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
  });

  test('a link that no copy has yet is heeded before anything is created', async () => {
    const pair = await openTestPair();
    pair.source.put(newProduct('1', 'A', 3));
    // Nothing at the target tells that this is it; a person linked it, and the copy of that was never written.
    pair.target.put(shelved('101', 'B', 9));
    await pair.start();
    expect(await pair.soon(pair.facts.ensureComplete())).toBe('complete');
    const link = { targetId: '101', by: 'person', at: START };
    const variant = { targetId: '101v', by: 'person', at: START };
    await pair.soon(
      pair.log.appendFacts([
        { pair: 'acme', kind: 'link', id: 'product:1', value: link },
        { pair: 'acme', kind: 'link', id: 'variant:1v', value: variant },
      ]),
    );

    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    expect(quantityOf(pair.ofTarget('101'))).toBe(3);
  });

  test('a closed pair stays closed after a flush', async () => {
    const pair = await openTestPair({ phase: 'closed' });
    pair.source.put(shelved('1', 'A', 3));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();
    await pair.soon(pair.state.flush());

    await pair.hear(newsOf('product', '1'));

    expect(pair.calls).toEqual([]);
  });
});
