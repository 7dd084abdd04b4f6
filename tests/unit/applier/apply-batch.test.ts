import { describe, expect, test } from 'vitest';

import { aStoredCustomer, anOrder, anOrderLine, eur } from '#tests/builders/entities.ts';
import type { TestPair } from '../../laws/harness.ts';
import { countCalls, newsOf, openTestPair, quantityOf, START, withQuantity } from '../../laws/harness.ts';
import { newOrder, newProduct, shelved } from '../../laws/shelf.ts';

async function filled(count: number, options: Parameters<typeof openTestPair>[0] = {}): Promise<TestPair> {
  const pair = await openTestPair(options);
  for (let id = 1; id <= count; id++) {
    pair.source.put(shelved(String(id), `SKU-${String(id)}`, 3));
    pair.target.put(shelved(`t${String(id)}`, `SKU-${String(id)}`, 9));
  }
  return pair;
}

describe('a batch', () => {
  test('of ten stock webhooks for one variant costs one write call', async () => {
    const pair = await filled(1);
    await pair.publish(...Array.from({ length: 10 }, () => newsOf('product', '1', { children: ['1v'] })));
    await pair.start();

    await pair.quiet();

    expect(countCalls(pair.calls, 'write')).toBe(1);
    const outcomes = (await pair.outcomes()).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'coalesced')).toHaveLength(9);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
  });

  test('of a hundred stock webhooks for a hundred variants costs one write call', async () => {
    const pair = await filled(100);
    await pair.publish(...Array.from({ length: 100 }, (_, at) => newsOf('product', String(at + 1))));
    await pair.start();

    await pair.quiet();

    expect(countCalls(pair.calls, 'write')).toBe(1);
    expect(pair.target.list('product').every((root) => root.root === 'product' && quantityOf(root) === 3)).toBe(true);
  });

  test('takes in all news of the roots that it has, however many', async () => {
    const pair = await filled(2);
    const news = Array.from({ length: 1_500 }, (_, at) => newsOf('product', String((at % 2) + 1)));
    await pair.publish(...news);
    await pair.start();

    await pair.quiet();

    const outcomes = (await pair.outcomes()).map(({ outcome }) => outcome);
    expect(outcomes).toHaveLength(1_500);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(2);
    expect(countCalls(pair.calls, 'write')).toBe(1);
  });

  test('ends every news once, in the order of the log', async () => {
    const pair = await filled(3);
    await pair.start();

    await pair.hear(newsOf('product', '2'), newsOf('product', '404'), newsOf('product', '1'), newsOf('product', '2'));

    expect((await pair.outcomes()).map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
  });

  test('writes before the call what it expects and wants, and after it what was stored', async () => {
    const pair = await filled(1);
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    const [before, after] = (await pair.records()).filter(({ type }) => type !== 'batch');
    const entity = 'variant:t1v';
    expect(before).toMatchObject({
      type: 'before',
      action: 'patch',
      fields: [{ entity, field: 'variant.quantity', expected: 9, wanted: 3 }],
    });
    expect(after).toMatchObject({
      type: 'after',
      outcome: 'stored',
      fields: [{ entity, field: 'variant.quantity', stored: 3 }],
    });
  });

  test('makes an order after the customer and the product that it refers to, without an attempt', async () => {
    const pair = await openTestPair();
    pair.source.put({ ...aStoredCustomer({ id: '5' }), createdAt: '2026-11-20T08:00:00Z' });
    pair.source.put(newProduct('1', 'A'));
    const [line] = [
      {
        id: 'l',
        productId: '1',
        variantId: '1v',
        sku: 'A',
        title: 'A',
        quantity: 1,
        unitPrice: eur(4990),
        total: eur(4990),
        taxes: [],
        requiresShipping: true,
      },
    ];
    pair.source.put(newOrder('7', '1001', { ...anOrder({ number: '1001' }), customerId: '5', lines: [line] }));
    await pair.start();

    await pair.hear(newsOf('order', '7'), newsOf('product', '1'), newsOf('customer', '5'));

    expect(pair.calls.flatMap((call) => (call.kind === 'create' ? call.drafts.map(({ root }) => root) : []))).toEqual([
      'customer',
      'product',
      'order',
    ]);
    expect((await pair.outcomes()).map(({ outcome, via }) => [outcome, via])).toEqual([
      ['applied', 'webhook'],
      ['applied', 'webhook'],
      ['applied', 'webhook'],
    ]);
  });

  test('asks for what an order refers to, and makes it when that is there', async () => {
    const pair = await openTestPair();
    pair.source.put({ ...aStoredCustomer({ id: '5' }), createdAt: '2026-11-20T08:00:00Z' });
    pair.source.put(newOrder('7', '1001', { customerId: '5' }));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(pair.target.list('order')).toHaveLength(1);
    expect((await pair.outcomes()).some(({ via, root }) => via === 'dependency' && root === 'customer:5')).toBe(true);
  });

  test('parks an order whose customer never comes', async () => {
    const pair = await openTestPair();
    pair.source.put(newOrder('7', '1001', { customerId: '404' }));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(await pair.soon(pair.facts.get('acme', 'parked', 'order:7'))).toMatchObject({ reason: 'parent-missing' });
  });

  test('makes an order whose product never comes with the line as text, after all waits and where the config says so', async () => {
    const lines = [anOrderLine({ productId: '404', variantId: '404v' })];
    const waits = await openTestPair();
    const writes = await openTestPair({ settings: { unlinkedLines: 'text' } });
    for (const pair of [waits, writes]) {
      pair.source.put(newOrder('7', '1001', { lines }));
      await pair.start();
      await pair.hear(newsOf('order', '7'));
    }

    expect(await waits.soon(waits.facts.get('acme', 'parked', 'order:7'))).toMatchObject({ reason: 'parent-missing' });
    expect(waits.target.list('order')).toEqual([]);
    expect(await writes.soon(writes.facts.get('acme', 'parked', 'order:7'))).toBeNull();
    expect(writes.target.list('order')).toMatchObject([
      { order: { lines: [{ variantId: null, sku: 'SIM-014', title: 'Linen shirt' }] } },
    ]);
    const outcomes = (await writes.outcomes()).filter(({ root }) => root === 'order:7').map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['delayed', 'delayed', 'delayed', 'applied']);
  });
});

describe('a target that answers without an error', () => {
  test('and keeps the old value is not believed: the ladder, then parked', async () => {
    const pair = await filled(1, {
      target: (target) => ({
        ...target,
        write: async (patches) => patches.map(() => ({ outcome: 'stored', stored: { t1v: { quantity: 9 } } })),
      }),
    });
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(await pair.soon(pair.facts.get('acme', 'parked', 'product:1'))).toMatchObject({ reason: 'not-stored' });
    expect(await pair.soon(pair.facts.get('acme', 'settled', 'product:1'))).toBeNull();
    expect((await pair.outcomes()).filter(({ outcome }) => outcome === 'applied')).toEqual([]);
    expect(countCalls(pair.calls, 'write')).toBe(4);
  });

  test('but always finds another value before it is tried again a little later, and uses no attempt', async () => {
    let stale = 0;
    const pair = await filled(1, {
      target: (target) => ({
        ...target,
        write: async (patches, call) =>
          ++stale <= 6 ? patches.map(() => ({ outcome: 'stale' })) : target.write(patches, call),
      }),
    });
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(quantityOf(pair.ofTarget('t1'))).toBe(3);
    expect((await pair.outcomes()).filter(({ via }) => via === 'retry')).toEqual([]);
  });
});

describe('a source that lags', () => {
  test('is asked again twice, then believed', async () => {
    const pair = await filled(1);
    const later = new Date(START).toISOString();
    await pair.start();

    await pair.hear(newsOf('product', '1', { changedAt: later }));

    const outcomes = (await pair.outcomes()).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['delayed', 'delayed', 'applied']);
    expect(quantityOf(pair.ofTarget('t1'))).toBe(3);
  });

  test('is believed at once when it has caught up', async () => {
    const pair = await filled(1);
    const changedAt = new Date(START).toISOString();
    pair.source.put(withQuantity(shelved('1', 'SKU-1'), 2, changedAt));
    await pair.start();

    await pair.hear(newsOf('product', '1', { changedAt }));

    expect((await pair.outcomes()).map(({ outcome }) => outcome)).toEqual(['applied']);
  });
});

describe('a process that is frozen between begin and the call', () => {
  test('begins again when it thaws, and sends once', async () => {
    let freeze = true;
    const pair = await filled(1, {
      target: (target, clock) => ({
        ...target,
        write: async (patches, call) => {
          // The connector waits for its budget longer than the deadline allows.
          if (freeze) await clock.sleep(20_000);
          freeze = false;
          return target.write(patches, call);
        },
      }),
    });
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(quantityOf(pair.ofTarget('t1'))).toBe(3);
    const after = (await pair.records()).flatMap((record) => (record.type === 'after' ? [record.outcome] : []));
    expect(after).toEqual(['not-sent', 'stored']);
  });
});
