import { describe, expect, test } from 'vitest';

import { planRoot } from '#libs/planning/plan-root.ts';
import { linksTo } from '#libs/planning/match-root.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { aProduct, aStoredOrder, anOrder, eur } from '#tests/builders/entities.ts';
import { linkedPlan, NEW, planOf, product, variant, type Over } from './inputs.ts';

const source = product('14', [variant('15', 'A'), variant('16', 'B')]);
const target = product('914', [variant('915', 'A'), variant('916', 'B')]);
const STAMPED = product('914', [stamped('915', 'A', '15'), stamped('916', 'B', '16')], { sourceId: '14' });
const ASKED = { pair: { stamp: true } } satisfies Over;

function stamped(id: string, sku: string, sourceId: string) {
  return { ...variant(id, sku), sourceId };
}

describe('a linked root without a stamp', () => {
  test('gets none where the config does not ask for it', () => {
    const plan = planRoot(linkedPlan(source, target));

    expect(plan).toMatchObject({ decision: { kind: 'skip', reason: 'unchanged' }, stamps: [] });
  });

  test('gets one for each entity that lacks it, though no field differs', () => {
    const half = product('914', [stamped('915', 'A', '15'), variant('916', 'B')]);

    const { decision } = planRoot(linkedPlan(source, half, ASKED));

    expect(decision).toMatchObject({ kind: 'patch', patch: { targetId: '914', entities: [], steps: [] } });
    expect(decision.kind === 'patch' ? decision.patch.stamps : null).toEqual([
      { entity: 'product', targetId: '914', sourceId: '14' },
      { entity: 'variant', targetId: '916', sourceId: '16' },
    ]);
  });

  test('gets it with whatever else is written', () => {
    const sold = product('14', [variant('15', 'A', 3), variant('16', 'B')]);

    const { decision, entities } = planRoot(linkedPlan(sold, target, ASKED));

    expect(decision).toMatchObject({
      patch: { entities: [{ targetId: '915', values: { quantity: 3 } }], stamps: { length: 3 } },
    });
    expect(entities.map(({ outcome }) => outcome)).toEqual(['differs', 'differs', 'differs']);
  });

  test('waits until its link is a fact, and is counted before', () => {
    const match = { kind: 'one', target, by: 'sku', links: linksTo(source, target, 'sku') } as const;

    const plan = planRoot(planOf(source, { ...ASKED, match }));

    expect(plan.decision).toEqual({ kind: 'skip', reason: 'unchanged' });
    expect(plan.stamps).toHaveLength(3);
  });

  test.each([
    ['the pair is held', { held: new Set(['*']) }],
    ['the target cannot', { capabilities: { ...planOf(source).capabilities, stampable: new Set<never>() } }],
  ])('gets none while %s', (_, over) => {
    const plan = planRoot(linkedPlan(source, target, { ...ASKED, ...over }));

    expect(plan).toMatchObject({ decision: { kind: 'skip', reason: 'unchanged' }, stamps: [] });
  });
});

describe('a linked root with a stamp', () => {
  test('is left alone where it is the right one', () => {
    expect(planRoot(linkedPlan(source, STAMPED, ASKED)).decision).toEqual({ kind: 'skip', reason: 'unchanged' });
  });

  test.each([
    [
      'the product',
      { ...STAMPED, sourceId: '7' },
      'product 914 is linked to 14 of the source, and carries the source id "7"',
    ],
    ['a variant', { ...STAMPED, variants: [stamped('915', 'A', '99')] }, 'carries the source id "99"'],
  ])('of another entity on %s is parked, and nothing of it is written', (_, wrong, message) => {
    const sold = product('14', [variant('15', 'A', 3)]);

    const plan = planRoot(linkedPlan(sold, wrong, ASKED));

    expect(plan.decision).toEqual({
      kind: 'park',
      reason: 'ambiguous',
      message: expect.stringContaining(message) as string,
    });
  });

  test('is not taken for one that Lockstep made', () => {
    const draft = { ...STAMPED, product: aProduct({ status: 'draft' }) };
    const pair = { stamp: true, selection: new Set(['product.status'] as const) };
    const since = { ...source, createdAt: NEW };

    const linked = planRoot(linkedPlan(source, draft, { pair })).decision;
    const made = planRoot(linkedPlan(since, draft, { pair, links: linkedBy('created', since, draft) })).decision;

    expect(linked).toMatchObject({ kind: 'patch', patch: { entities: [{ values: { status: 'active' } }] } });
    expect(linked).not.toHaveProperty('patch.made');
    expect(made).toHaveProperty('patch.made', true);
  });
});

test('a migrated order that was stamped, and found by that again, may round as the migration did', () => {
  const old = aStoredOrder({ createdAt: '2026-10-01T08:00:00Z', order: anOrder({ total: eur(4990) }) });
  const rounded = aStoredOrder({ id: '947', sourceId: old.id, order: anOrder({ total: eur(4989) }) });
  const links = linkedBy('source-id', old, rounded);

  expect(planRoot(linkedPlan(old, rounded, { links })).leftOut).toBeNull();
  expect(planRoot(linkedPlan({ ...old, createdAt: NEW }, rounded, { links })).leftOut).toMatchObject({
    reason: 'total-differs',
  });
});

function linkedBy(by: 'created' | 'source-id', from: StoredRoot, to: StoredRoot) {
  return new Map(
    linksTo(from, to, by).map(({ entity, sourceId, link }) => [`${entity}:${sourceId}`, { ...link, at: 0 }]),
  );
}
