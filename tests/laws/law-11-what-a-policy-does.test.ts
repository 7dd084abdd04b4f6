import { describe, expect, test } from 'vitest';

import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { DeletePolicy } from '#libs/model/pair.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import { countCalls, LANDING_MS, newsOf, openTestPair, START, type Decorate, type TestPair } from './harness.ts';
import { oldOrder, shelved } from './shelf.ts';

const policy = (change: Partial<Record<RootKind, DeletePolicy>>) => ({
  delete: { product: 'keep', order: 'keep', customer: 'keep', ...change } as const,
});
const retired = (pair: TestPair, id: string) => pair.soon(pair.facts.get('acme', 'retired', id));
const link = (pair: TestPair, id: string) => pair.soon(pair.facts.get('acme', 'link', id));

/** Three products in step; the second is then gone from the source. */
async function oneGone(how: DeletePolicy, target?: Decorate): Promise<TestPair> {
  const pair = await openTestPair({
    settings: policy({ product: how }),
    ...(target === undefined ? {} : { target }),
  });
  for (const id of ['1', '2', '3']) {
    pair.source.put(shelved(id, `SKU-${id}`));
    pair.target.put(shelved(`10${id}`, `SKU-${id}`));
  }
  await pair.start();
  await pair.hear(newsOf('product', '1'), newsOf('product', '2'), newsOf('product', '3'));
  pair.source.remove('product', '2');
  return pair;
}

/** The first retirement takes effect, or not, after this long, and no answer comes. */
function lostRetirement(landsAfterMs: number): Decorate {
  let calls = 0;
  return (target, clock): StoreConnector => ({
    ...target,
    retire: async (items, call) => {
      const retire = must(target.retire, 'a target that retires');
      if (++calls > 1) return retire(items, call);
      clock.after(landsAfterMs, () => void retire(items, { ...call, maySend: () => true }));
      return items.map(() => ({ outcome: 'unknown', message: 'no answer came' }));
    },
  });
}

describe('law 11: what is believed gone is', () => {
  test('archived where the policy says so, once, and nothing else is written to it', async () => {
    const pair = await oneGone('archive');
    const before = pair.ofTarget('102');

    await pair.hear(newsOf('product', '2', { topic: 'product.deleted' }));
    await pair.hear(newsOf('product', '2', { topic: 'product.deleted' }));

    expect(pair.ofTarget('102')).toEqual({ ...before, product: { ...before.product, status: 'archived' } });
    expect(countCalls(pair.calls, 'retire')).toBe(1);
    expect((await pair.outcomes()).slice(-2)).toMatchObject([
      { outcome: 'applied', reason: 'archived', entities: [{ entity: 'product:2', targetId: '102' }] },
      { outcome: 'unchanged', reason: 'deleted-at-source' },
    ]);
    expect((await pair.records()).filter(({ type }) => type === 'before')).toContainEqual(
      expect.objectContaining({ action: 'archive', root: 'product:2', targetId: '102' }),
    );
  });

  test('left as people have it, once it was archived', async () => {
    const pair = await oneGone('archive');
    await pair.hear(newsOf('product', '2'));
    const archived = pair.ofTarget('102');
    pair.target.put({ ...archived, product: { ...archived.product, status: 'active' } });

    await pair.hear(newsOf('product', '2'));

    expect(pair.ofTarget('102').product.status).toBe('active');
  });

  test('deleted where the policy says so, with every link to it', async () => {
    const pair = await oneGone('delete');

    await pair.hear(newsOf('product', '2'));

    expect(pair.target.list('product').map(({ id }) => id)).toEqual(['101', '103']);
    expect([await link(pair, 'product:2'), await link(pair, 'variant:2v')]).toEqual([null, null]);
    expect(await link(pair, 'product:1')).not.toBeNull();
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'applied', reason: 'deleted' });
  });

  test('neither archived nor deleted while nothing else of its kind can be read', async () => {
    const pair = await oneGone('delete');
    for (const id of ['1', '3']) pair.source.remove('product', id);

    await pair.hear(newsOf('product', '2'));

    expect(countCalls(pair.calls, 'retire')).toBe(0);
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'parked', reason: 'failed' });
  });

  test('not believed of an old order while only younger ones can be read, as after an app lost its right to old ones', async () => {
    const pair = await openTestPair({ settings: policy({ order: 'delete' }) });
    const placed = { old: '2026-08-01T10:00:00Z', young: '2026-10-30T10:00:00Z' };
    for (const [id, placedAt] of [
      ['7', placed.young],
      ['8', placed.old],
      ['9', placed.old],
    ] as const) {
      pair.source.put(oldOrder(id, `10${id}`, { placedAt }));
      pair.target.put(oldOrder(`t${id}`, `10${id}`, { placedAt }));
    }
    await pair.start();
    await pair.hear(newsOf('order', '7'), newsOf('order', '8'), newsOf('order', '9'));
    const nine = must(pair.source.get('order', '9'), 'order 9');
    for (const id of ['8', '9']) pair.source.remove('order', id);

    await pair.hear(newsOf('order', '8'));

    expect(countCalls(pair.calls, 'retire')).toBe(0);
    expect((await pair.outcomes()).at(-1)?.message).toContain('as old as this one');

    pair.source.put(nine);
    await pair.hear(newsOf('order', '8', { receivedAt: START + 1 }));

    expect(pair.target.list('order').map(({ id }) => id)).toEqual(['t7', 't9']);
  });

  test('touched by nothing before approval', async () => {
    const pair = await openTestPair({ settings: policy({ product: 'delete' }), phase: 'observe' });
    for (const id of ['1', '2']) pair.target.put(shelved(`10${id}`, `SKU-${id}`));
    pair.source.put(shelved('1', 'SKU-1'));
    const value = { by: 'import', at: START } as const;
    await pair.put(
      { pair: 'acme', kind: 'link', id: 'product:1', value: { ...value, targetId: '101' } },
      { pair: 'acme', kind: 'link', id: 'product:2', value: { ...value, targetId: '102' } },
    );
    await pair.start();

    await pair.hear(newsOf('product', '2'));

    expect(countCalls(pair.calls, 'retire')).toBe(0);
    expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'observed' });
  });
});

describe('law 11: what is back at the source is', () => {
  test('restored where Lockstep had archived it, and then brought into step', async () => {
    const pair = await oneGone('archive');
    await pair.hear(newsOf('product', '2'));
    pair.source.put(shelved('2', 'SKU-2', 3));

    await pair.hear(newsOf('product', '2', { topic: 'product.restored' }));

    expect(pair.ofTarget('102').product.status).toBe('active');
    expect(pair.ofTarget('102').variants[0]?.variant.quantity).toBe(3);
    expect(await pair.outcomes()).toContainEqual(expect.objectContaining({ outcome: 'applied', reason: 'restored' }));
    expect(await retired(pair, 'product:2')).toBeNull();
  });

  test('left archived where a person has archived it', async () => {
    const pair = await oneGone('archive');
    const mine = shelved('2', 'SKU-2', 3);
    const theirs = pair.ofTarget('102');
    pair.target.put({ ...theirs, product: { ...theirs.product, status: 'archived' } });
    pair.source.put(mine);

    await pair.hear(newsOf('product', '2'));

    expect(pair.ofTarget('102').product.status).toBe('archived');
    expect(countCalls(pair.calls, 'retire')).toBe(0);
  });

  test.each([
    ['before it is back', 1_000],
    ['after it was restored', LANDING_MS - 1_000],
  ])('restored also where the archiving call was never answered and landed %s', async (_, landsAfterMs) => {
    const pair = await oneGone('archive', lostRetirement(landsAfterMs));
    await pair.publish(newsOf('product', '2'));
    await pair.pass(5_000);
    pair.source.put(shelved('2', 'SKU-2'));

    await pair.hear(newsOf('product', '2'));

    expect(pair.ofTarget('102').product.status).toBe('active');
    expect(await retired(pair, 'product:2')).toBeNull();
  });
});

describe('law 13: where much is gone at once', () => {
  async function emptied(many: number): Promise<TestPair> {
    const pair = await openTestPair({ settings: policy({ product: 'archive' }) });
    for (let n = 1; n <= many + 2; n += 1) {
      pair.source.put(shelved(String(n), `SKU-${String(n)}`));
      pair.target.put(shelved(`t${String(n)}`, `SKU-${String(n)}`));
    }
    await pair.start();
    await pair.hear(...Array.from({ length: many + 2 }, (_, n) => newsOf('product', String(n + 1))));
    for (let n = 3; n <= many + 2; n += 1) pair.source.remove('product', String(n));
    return pair;
  }
  const deletions = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, n) =>
      newsOf('product', String(first + n), { topic: 'product.deleted' }),
    );
  const archived = (pair: TestPair) =>
    pair.target.list('product').filter((one) => one.root === 'product' && one.product.status === 'archived').length;

  test('the pair is held before more than twenty are archived, and goes on once a person has accepted it', async () => {
    const pair = await emptied(30);
    await pair.hear(...deletions(3, 14));
    expect(archived(pair)).toBe(12);

    await pair.hear(...deletions(15, 32));

    expect(archived(pair)).toBe(12);
    expect((await pair.soon(pair.facts.get('acme', 'hold', '*')))?.reason).toContain('is it being emptied?');

    const value = { since: pair.clock.now(), count: 0, heldAt: null, openUntil: pair.clock.now() + 3_600_000 };
    await pair.put(
      { pair: 'acme', kind: 'brake', id: 'deleted', value },
      { pair: 'acme', kind: 'hold', id: '*', value: null },
    );
    await pair.hear(...deletions(15, 32));

    expect(archived(pair)).toBe(30);
  });

  test('twenty within an hour are followed, and twenty more in the next', async () => {
    const pair = await emptied(40);

    await pair.hear(...deletions(3, 22));
    await pair.pass(3_600_000);
    await pair.hear(...deletions(23, 42));

    expect(archived(pair)).toBe(40);
    expect(await pair.soon(pair.facts.get('acme', 'hold', '*'))).toBeNull();
  });
});
