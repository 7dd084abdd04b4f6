import { describe, expect, test } from 'vitest';

import { inheritedPrint } from '#libs/planning/plan-entity.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { aProduct, aStoredCustomer, aStoredOrder, anOrder, eur } from '#tests/builders/entities.ts';
import { fields, fingerprint, linkedPlan, linksOf, planOf, product, variant } from './inputs.ts';

const SOURCE = product('1', [variant('11', 'A', 3)]);
const TARGET = product('101', [variant('111', 'A', 9)]);

const settled = (quantity: number) => ({
  at: 0,
  changedAt: null,
  print: null,
  wanted: {},
  stored: { 'variant:11/quantity': fingerprint(quantity) },
});

const baselineOf = (quantity: number | null) =>
  planRoot(linkedPlan(SOURCE, TARGET, quantity === null ? {} : { settled: settled(quantity) })).differences[0]
    ?.baseline;

test('a stock word without a meaning is told as it stands, also where the target happens to have our cautious reading', () => {
  const odd = variant('11', 'A', 3);
  const source = product('1', [
    { ...odd, variant: { ...odd.variant, stockStatus: 'outOfStock', stockWord: 'preorder' } },
  ]);
  const there = variant('111', 'A', 3);
  const target = product('101', [{ ...there, variant: { ...there.variant, stockStatus: 'outOfStock' } }]);

  const plan = planRoot(linkedPlan(source, target, { pair: { selection: fields('variant.stockStatus') } }));

  expect(plan.decision).toMatchObject({ kind: 'skip' });
  expect(plan.withheld).toHaveProperty(['variant:11/stockStatus']);
  expect(plan.differences).toMatchObject([
    { field: 'variant.stockStatus', source: 'preorder', target: 'outOfStock', withheld: 'unmapped-value' },
  ]);
});

describe('planRoot() skips', () => {
  test('what agrees on every selected field', () => {
    const plan = planRoot(linkedPlan(SOURCE, product('101', [variant('111', 'A', 3)])));

    expect(plan.decision).toEqual({ kind: 'skip', reason: 'unchanged' });
    expect(plan).toMatchObject({ differences: [], withheld: {}, leftOut: null, newLinks: [] });
  });

  test('what differs only in what is not selected', () => {
    const target = product('101', [variant('111', 'A', 3)], { product: aProduct({ title: 'Another' }) });

    expect(planRoot(linkedPlan(SOURCE, target)).decision).toEqual({ kind: 'skip', reason: 'unchanged' });
  });

  test('what the scope leaves out, however much it differs', () => {
    const plan = planRoot(linkedPlan(SOURCE, TARGET, { pair: { scope: { product: { excludeSkus: ['A'] } } } }));

    expect(plan.decision).toEqual({ kind: 'skip', reason: 'out-of-scope' });
    expect(plan.differences).toEqual([]);
  });

  test.each(['on-review', '1001', '7'])('an order that the scope leaves out by %s', (said) => {
    const order = anOrder({ number: '1001', status: { word: 'on-review', state: null } });
    const source = aStoredOrder({ id: '7', order });
    const planWith = (exclude: readonly string[]) =>
      planRoot(planOf(source, { pair: { scope: { order: { exclude } } } })).decision;

    expect(planWith([said])).toEqual({ kind: 'skip', reason: 'out-of-scope' });
    expect(planWith(['processing', '1002'])).not.toEqual({ kind: 'skip', reason: 'out-of-scope' });
  });

  test('what is gone at the source', () => {
    const input = { ...linkedPlan(SOURCE, TARGET), source: null };

    expect(planRoot(input).decision).toEqual({ kind: 'skip', reason: 'deleted-at-source' });
  });

  test('what the config does not create, and what the target cannot', () => {
    const made = product('1', [variant('11', 'A')], { createdAt: '2026-11-20T08:00:00Z' });
    const create = { product: 'none', order: 'new', customer: 'new' } as const;
    const none = new Set<never>();
    const capabilities = { creatable: new Set<'order'>(['order']), writable: none, stampable: none, holdsOrders: true };

    expect(planRoot(planOf(made, { pair: { create } })).decision).toEqual({ kind: 'skip', reason: 'not-created' });
    expect(planRoot(planOf(made, { capabilities })).decision).toEqual({ kind: 'skip', reason: 'not-created' });
  });

  test('what differs only in a held field', () => {
    const plan = planRoot(linkedPlan(SOURCE, TARGET, { held: new Set(['variant.quantity']) }));

    expect(plan.decision).toEqual({ kind: 'skip', reason: 'kept' });
    expect(plan.differences).toEqual([expect.objectContaining({ source: 3, target: 9, withheld: 'held' })]);
  });

  test('a status that the map ignores', () => {
    const source = aStoredOrder({ order: anOrder({ status: { word: 'failed', state: null } }) });
    const target = aStoredOrder({ id: '107' });
    const maps = { orderStatus: { failed: 'ignore' as const }, transforms: {}, carriers: {} };

    expect(planRoot(linkedPlan(source, target, { pair: { maps } })).decision).toEqual({
      kind: 'skip',
      reason: 'unchanged',
    });
  });
});

describe('planRoot() keeps what is inherited since approval', () => {
  const key = 'variant:11/quantity';
  const inherited = { fields: { [key]: inheritedPrint(fingerprint, 3, 9) } };

  test('as long as neither side has moved', () => {
    const plan = planRoot(linkedPlan(SOURCE, TARGET, { inherited }));

    expect(plan.decision).toEqual({ kind: 'skip', reason: 'kept' });
    expect(plan.differences[0]?.withheld).toBe('inherited');
  });

  test.each([
    ['source', product('1', [variant('11', 'A', 2)]), TARGET, 2],
    ['target', SOURCE, product('101', [variant('111', 'A', 8)]), 3],
  ])('until the %s moves', (_side, source, target, quantity) => {
    const { decision } = planRoot(linkedPlan(source, target, { inherited }));

    expect(decision).toMatchObject({ kind: 'patch', patch: { entities: [{ values: { quantity } }] } });
  });
});

describe('planRoot() patches', () => {
  test('the differing selected fields of each variant, and nothing else', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'B', 4), variant('13', 'C', 5)]);
    const target = product('101', [variant('113', 'C', 5), variant('111', 'A', 9), variant('112', 'B', 9)]);

    const { decision, entities } = planRoot(linkedPlan(source, target));

    expect(decision).toMatchObject({
      kind: 'patch',
      patch: {
        targetId: '101',
        present: target,
        entities: [
          { entity: 'variant', targetId: '111', values: { quantity: 3 } },
          { entity: 'variant', targetId: '112', values: { quantity: 4 } },
        ],
      },
    });
    expect(entities.map(({ entity, outcome }) => [entity, outcome])).toEqual([
      ['product:1', 'unchanged'],
      ['variant:11', 'differs'],
      ['variant:12', 'differs'],
      ['variant:13', 'unchanged'],
    ]);
  });

  test('the rest where one field is held', () => {
    const dearer = product('1', [
      { ...variant('11', 'A', 3), variant: { ...variant('11', 'A', 3).variant, price: eur(5) } },
    ]);

    const { decision } = planRoot(linkedPlan(dearer, TARGET, { held: new Set(['variant.price']) }));

    expect(decision).toMatchObject({ patch: { entities: [{ values: { quantity: 3 } }] } });
    expect(decision).not.toMatchObject({ patch: { entities: [{ values: { price: expect.anything() as unknown } }] } });
  });

  test('the rest where the target’s vocabulary has no word for one value', () => {
    const plan = planRoot(
      linkedPlan(SOURCE, TARGET, {
        pair: { selection: fields('variant.quantity', 'variant.stockStatus') },
        express: ({ entity, wanted: { stockStatus, ...wanted } }) => ({
          wanted: entity === 'variant' ? wanted : { ...wanted, stockStatus },
          withheld: entity === 'variant' ? { stockStatus: 'no such word' } : {},
        }),
      }),
    );

    expect(plan.decision).toMatchObject({ kind: 'patch', patch: { entities: [{ values: { quantity: 3 } }] } });
    expect(plan.withheld).toEqual({ 'variant:11/stockStatus': 'no such word' });
  });

  test('what was written last time is told from what somebody changed since', () => {
    expect([baselineOf(9), baselineOf(8), baselineOf(null)]).toEqual(['same', 'moved', 'none']);
  });

  test('a transformed number, and agrees with it afterwards', () => {
    const maps = { orderStatus: {}, transforms: { 'variant.quantity': { subtract: 2, min: 0 } }, carriers: {} };

    expect(planRoot(linkedPlan(SOURCE, TARGET, { pair: { maps } })).decision).toMatchObject({
      patch: { entities: [{ values: { quantity: 1 } }] },
    });
    expect(planRoot(linkedPlan(SOURCE, product('101', [variant('111', 'A', 1)]), { pair: { maps } })).decision).toEqual(
      {
        kind: 'skip',
        reason: 'unchanged',
      },
    );
  });

  test('personal fields as fingerprints in what it tells, and as they are in what it writes', () => {
    const selection = fields('customer.phone');
    const source = aStoredCustomer({ customer: { ...aStoredCustomer().customer, phone: '+49 1' } });

    const plan = planRoot(linkedPlan(source, aStoredCustomer({ id: '107' }), { pair: { selection } }));

    expect(plan.decision).toMatchObject({ patch: { entities: [{ values: { phone: '+49 1' } }] } });
    expect(plan.differences[0]?.source).toBe(fingerprint('+49 1'));
  });
});

describe('planRoot() of a root without a link', () => {
  test('links it, and its variants with it, to the one that was found', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'B', 4)]);
    const target = product('101', [variant('112', 'B', 4), variant('111', 'A', 9)]);
    const links = [...linksOf(source, target)].map(([key, { at: _at, ...link }]) => {
      const [entity = '', sourceId = ''] = key.split(':');
      return { entity, sourceId, link };
    });

    const plan = planRoot(planOf(source, { match: { kind: 'one', target, by: 'sku', links } }));

    expect(plan.newLinks).toEqual(links);
    expect(plan.decision).toMatchObject({
      kind: 'patch',
      patch: { targetId: '101', entities: [{ targetId: '111', values: { quantity: 3 } }] },
    });
  });

  test('parks what fits several', () => {
    const plan = planRoot(planOf(SOURCE, { match: { kind: 'ambiguous', reason: 'two of them' } }));

    expect(plan.decision).toEqual({ kind: 'park', reason: 'ambiguous', message: 'two of them' });
  });

  test('parks what is older than the migration and was not found', () => {
    expect(planRoot(planOf(SOURCE, { match: { kind: 'none' } })).decision).toMatchObject({
      kind: 'park',
      reason: 'unlinked',
    });
  });

  test('parks what has no known age, and everything where no migration is dated', () => {
    const ageless = product('1', [variant('11', 'A')], { createdAt: null });
    const young = product('1', [variant('11', 'A')], { createdAt: '2026-11-20T08:00:00Z' });

    expect(planRoot(planOf(ageless)).decision).toMatchObject({ kind: 'park', reason: 'unlinked' });
    expect(planRoot(planOf(young, { pair: { migratedAt: null } })).decision).toMatchObject({
      kind: 'park',
      reason: 'unlinked',
    });
  });
});

describe('planRoot() parks', () => {
  test('what was linked to something that is gone', () => {
    expect(planRoot({ ...linkedPlan(SOURCE, TARGET), target: null }).decision).toMatchObject({
      kind: 'park',
      reason: 'target-missing',
    });
  });

  test('a kind that is not carried, by its name', () => {
    const bundle = product('1', [variant('11', 'A')], { unsupported: 'bundle' });

    expect(planRoot(linkedPlan(bundle, TARGET)).decision).toMatchObject({
      kind: 'park',
      reason: 'unsupported',
      message: expect.stringContaining('bundle') as string,
    });
  });

  test('an order that nothing legal leads to', () => {
    const source = aStoredOrder();
    const gone = { word: 'x', state: { payment: 'paid', fulfilment: 'open', cancelled: true, onHold: false } } as const;
    const target = aStoredOrder({ id: '107', order: anOrder({ status: gone }) });

    expect(planRoot(linkedPlan(source, target)).decision).toMatchObject({
      kind: 'park',
      reason: 'impossible-transition',
    });
  });
});

describe('planRoot() of a linked product whose variants have changed', () => {
  test('links a variant that came to both sides since', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'B', 4)]);
    const target = product('101', [variant('111', 'A', 3), variant('112', 'B', 9)]);
    const links = linksOf(SOURCE, TARGET);

    const plan = planRoot(planOf(source, { links, target }));

    expect(plan.newLinks).toEqual([
      expect.objectContaining({
        entity: 'variant',
        sourceId: '12',
        link: expect.objectContaining({ targetId: '112' }) as unknown,
      }),
    ]);
    expect(plan.decision).toMatchObject({ patch: { entities: [{ targetId: '112', values: { quantity: 4 } }] } });
    expect(plan.leftOut).toBeNull();
  });

  test('names the variants that the target does not have, and writes the others', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'B', 4), variant('13', null, 4)]);

    const plan = planRoot(planOf(source, { links: linksOf(SOURCE, TARGET), target: TARGET }));

    expect(plan.decision).toMatchObject({ patch: { entities: [{ targetId: '111', values: { quantity: 3 } }] } });
    expect(plan.leftOut?.entities).toEqual(['variant:12', 'variant:13']);
    expect(plan.leftOut?.message).toContain('"B", "Default"');
  });

  test('names a variant whose counterpart is gone', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'B', 4)]);
    const before = product('101', [variant('111', 'A', 9), variant('112', 'B', 9)]);

    const plan = planRoot(planOf(source, { links: linksOf(source, before), target: TARGET }));

    expect(plan.leftOut?.entities).toEqual(['variant:12']);
  });

  test('never links a second variant to one that is taken', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'A', 4)]);

    const plan = planRoot(planOf(source, { links: linksOf(SOURCE, TARGET), target: TARGET }));

    expect(plan.newLinks).toEqual([]);
    expect(plan.leftOut?.entities).toEqual(['variant:12']);
  });

  test('decides nothing about uniqueness from a part of the product', () => {
    const part = product('1', [variant('12', 'B', 4)], { partial: true });
    const target = product('101', [variant('111', 'A', 9), variant('112', 'B', 9)]);

    const plan = planRoot(planOf(part, { links: linksOf(SOURCE, TARGET), target }));

    expect(plan.newLinks).toEqual([]);
    expect(plan.leftOut?.entities).toEqual(['variant:12']);
  });

  test('says nothing where no field of a variant is selected', () => {
    const source = product('1', [variant('11', 'A', 3), variant('12', 'B', 4)]);
    const pair = { selection: fields('product.title') };

    expect(planRoot(planOf(source, { links: linksOf(SOURCE, TARGET), target: TARGET, pair })).leftOut).toBeNull();
  });
});
