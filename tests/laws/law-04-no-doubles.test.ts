import { describe, expect, test } from 'vitest';

import { aStoredCustomer, anOrder, eur } from '#tests/builders/entities.ts';
import { first, withFates } from './faults.ts';
import { changeOrder, countCalls, LANDING_MS, newsOf, openTestPair } from './harness.ts';
import { newOrder, newProduct, oldOrder } from './shelf.ts';

const ENTRY = { id: 'n1', at: '2026-11-23T08:00:00Z', text: 'Packed', forCustomer: false };
const PARCEL = { number: '00340', carrier: 'DHL', url: null, shippedAt: null };
const SHIPPED = { payment: 'paid', fulfilment: 'fulfilled', cancelled: false, onHold: false } as const;

describe('law 4: no doubles at creation', () => {
  test('a creation whose answer was lost and which lands late is not repeated', async () => {
    const lost = withFates('create', first({ kind: 'lost', landsAfterMs: LANDING_MS - 1_000 }));
    const pair = await openTestPair({ target: lost });
    pair.source.put(newProduct('1', 'A'));
    await pair.start();
    await pair.publish(newsOf('product', '1'));
    // More news of it while the first creation is under way.
    for (let seconds = 0; seconds < 100; seconds += 20) {
      await pair.pass(20_000);
      await pair.publish(newsOf('product', '1'));
    }

    await pair.quiet();

    expect(pair.target.list('product')).toHaveLength(1);
    expect(countCalls(pair.calls, 'create')).toBe(1);
    expect(await pair.soon(pair.facts.get('acme', 'creating', 'product:1'))).toBeNull();
    expect(await pair.soon(pair.facts.get('acme', 'link', 'product:1'))).toMatchObject({ by: 'source-id' });
  });

  test('a creation that never took effect is repeated, once landing has passed', async () => {
    const pair = await openTestPair({ target: withFates('create', first({ kind: 'lost', landsAfterMs: null })) });
    pair.source.put(newProduct('1', 'A'));
    await pair.start();
    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    const creations = pair.calls.filter(({ kind }) => kind === 'create');
    expect(creations).toHaveLength(2);
    expect((creations[1]?.at ?? 0) - (creations[0]?.at ?? 0)).toBeGreaterThanOrEqual(LANDING_MS);
  });

  test('a creation that a killed owner may have sent is waited for by the next', async () => {
    const lost = withFates('create', first({ kind: 'lost', landsAfterMs: 100_000 }));
    const pair = await openTestPair({ target: lost });
    pair.source.put(newProduct('1', 'A'));
    const one = await pair.start();
    await pair.publish(newsOf('product', '1'));
    await pair.pass(20);
    expect(countCalls(pair.calls, 'create')).toBe(1);
    one.kill();
    await pair.start();

    await pair.quiet();

    expect(pair.target.list('product')).toHaveLength(1);
    expect(countCalls(pair.calls, 'create')).toBe(1);
  });

  test('"already taken" is the result of a look: what is there is linked', async () => {
    const pair = await openTestPair({
      target: (target) => ({
        ...target,
        create: async (drafts, call) => {
          await target.create(drafts, call);
          return drafts.map(() => ({ outcome: 'taken', message: 'Handle has already been taken' }));
        },
      }),
    });
    pair.source.put(newProduct('1', 'A'));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    expect(await pair.soon(pair.facts.get('acme', 'link', 'product:1'))).not.toBeNull();
    expect(countCalls(pair.calls, 'create')).toBe(1);
  });

  test('what was made in part is completed', async () => {
    const pair = await openTestPair({
      target: (target) => ({
        ...target,
        create: async (drafts, call) => {
          const results = await target.create(drafts, call);
          return results.map((result) => {
            if (result.outcome !== 'created' || result.stored.root !== 'order') return result;
            const half = changeOrder(result.stored, { history: [] });
            pair.target.put(half);
            return { outcome: 'created', stored: half, complete: false };
          });
        },
      }),
    });
    pair.source.put(newOrder('7', '1001', { history: [ENTRY] }));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    const [made] = pair.target.list('order');
    expect(made).toMatchObject({ sourceId: '7', order: { history: [ENTRY] } });
    expect(pair.target.list('order')).toHaveLength(1);
  });

  test('what was made in part and lacks a variant is shown to a person', async () => {
    const pair = await openTestPair({
      target: (target) => ({
        ...target,
        create: async (drafts, call) => {
          const results = await target.create(drafts, call);
          return results.map((result) => {
            if (result.outcome !== 'created' || result.stored.root !== 'product') return result;
            const half = { ...result.stored, variants: result.stored.variants.slice(0, 1) };
            pair.target.put(half);
            return { outcome: 'created', stored: half, complete: false };
          });
        },
      }),
    });
    const whole = newProduct('1', 'A');
    const [variant] = whole.variants;
    if (variant === undefined) throw new Error('No variant');
    const other = { ...variant, id: '2v', variant: { ...variant.variant, sku: 'B' } };
    pair.source.put({ ...whole, variants: [variant, other] });
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    expect(pair.target.list('product')).toHaveLength(1);
    const parked = await pair.soon(pair.facts.get('acme', 'parked', 'product:1'));
    expect(parked).toMatchObject({ reason: 'unlinked', message: expect.stringContaining('"B"') as string });
  });

  test('news of one variant of a new product makes the whole product', async () => {
    const pair = await openTestPair();
    const whole = newProduct('1', 'A');
    const [variant] = whole.variants;
    if (variant === undefined) throw new Error('No variant');
    const other = { ...variant, id: '2v', variant: { ...variant.variant, sku: 'B' } };
    pair.source.put({ ...whole, variants: [variant, other] });
    await pair.start();

    await pair.hear(newsOf('product', '1', { children: ['2v'] }));

    const [made] = pair.target.list('product');
    expect(made?.root === 'product' && made.variants.map(({ sourceId }) => sourceId)).toEqual(['1v', '2v']);
  });

  test('an order attaches the customer that is there by its id', async () => {
    const pair = await openTestPair();
    pair.source.put(aStoredCustomer({ id: '5' }));
    pair.target.put(aStoredCustomer({ id: '105' }));
    pair.source.put(newOrder('7', '1001', { customerId: '5' }));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(pair.target.list('customer')).toHaveLength(1);
    expect(pair.target.list('order')).toEqual([
      expect.objectContaining({ order: expect.objectContaining({ customerId: '105' }) as unknown }),
    ]);
  });
});

describe('law 4: no doubles of what is appended', () => {
  const source = oldOrder('7', '1001', {
    status: { word: 'refunded', state: { ...SHIPPED, payment: 'partiallyRefunded' } },
    tracking: [PARCEL],
    history: [ENTRY],
    refunds: [{ id: 'r1', at: '2026-11-23T08:00:00Z', amount: eur(500), reason: null }],
  });
  const present = oldOrder('107', '1001');

  test('a lost answer of a call that took effect doubles no refund, parcel or entry', async () => {
    const pair = await openTestPair({ target: withFates('write', first({ kind: 'lost', landsAfterMs: 0 })) });
    pair.source.put(source);
    pair.target.put(present);
    await pair.start();

    await pair.hear(newsOf('order', '7'), newsOf('order', '7'));
    await pair.hear(newsOf('order', '7'));

    expect(pair.target.get('order', '107')).toMatchObject({
      order: { tracking: [PARCEL], history: [ENTRY], refunds: [{ id: 'r1' }] },
    });
    expect(countCalls(pair.calls, 'write')).toBe(1);
  });

  test('a second refund is recorded beside the first, which is not repeated', async () => {
    const pair = await openTestPair();
    pair.source.put(source);
    pair.target.put(present);
    await pair.start();
    await pair.hear(newsOf('order', '7'));
    const second = { id: 'r2', at: '2026-11-24T07:00:00Z', amount: eur(4490), reason: null };
    const refunded = { word: 'refunded', state: { ...SHIPPED, payment: 'refunded' as const } };
    pair.source.put(changeOrder(source, { status: refunded, refunds: [...source.order.refunds, second] }));

    await pair.hear(newsOf('order', '7'));

    const stored = pair.target.get('order', '107');
    expect(stored?.root === 'order' && stored.order.refunds.map(({ id }) => id)).toEqual(['r1', 'r2']);
    expect(stored).toMatchObject({ order: { status: { state: { payment: 'refunded' } } } });
  });

  test('an order of the target’s own checkout under the same number is not taken for the source’s', async () => {
    const pair = await openTestPair();
    pair.source.put(newOrder('7', '1001'));
    const own = anOrder({
      number: '1001',
      email: 'bob@example.com',
      total: eur(100),
      placedAt: '2026-11-20T09:00:00Z',
    });
    pair.target.put({ ...present, id: '900', order: own });
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    expect(pair.target.get('order', '900')).toMatchObject({ order: own });
    expect(pair.target.list('order')).toHaveLength(2);
  });
});
