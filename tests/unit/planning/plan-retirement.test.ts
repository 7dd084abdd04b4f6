import { describe, expect, test } from 'vitest';

import type { FactValue } from '#libs/facts/fact-kinds.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { linkedPlan, planOf, product, variant, type Over } from './inputs.ts';

const TARGET = product('101', [variant('101v', 'A')]);
const LINKS: Over['links'] = new Map([['product:1', { targetId: '101', by: 'sku', at: 0 }]]);
const ARCHIVES = { delete: { product: 'archive', order: 'keep', customer: 'keep' } } as const;
const DONE: FactValue<'retired'> = { at: 1, how: 'archive', targetId: '101', done: true, until: 1 };

describe('the plan of a root that is gone from the source', () => {
  test.each([
    ['the policy keeps it', { links: LINKS, target: TARGET }],
    ['nothing is linked to it', { pair: ARCHIVES, target: TARGET }],
    ['its counterpart is gone as well', { pair: ARCHIVES, links: LINKS }],
    ['it was archived before', { pair: ARCHIVES, links: LINKS, target: TARGET, retired: DONE }],
  ] satisfies [string, Over][])('leaves the target alone where %s', (_, over) => {
    expect(planRoot(planOf(null, over)).decision).toEqual({ kind: 'skip', reason: 'deleted-at-source' });
  });

  test('archives its counterpart where the policy says so', () => {
    const plan = planRoot(planOf(null, { pair: ARCHIVES, links: LINKS, target: TARGET }));

    expect(plan.decision).toEqual({
      kind: 'retire',
      retirement: { root: 'product', targetId: '101', sourceId: '1', present: TARGET, how: 'archive' },
    });
    expect(plan.entities).toMatchObject([{ entity: 'product:1', targetId: '101', outcome: 'differs' }]);
  });

  test.each([
    ['begun and never answered', ARCHIVES, { ...DONE, done: false }, 'archive'],
    ['of another counterpart', ARCHIVES, { ...DONE, targetId: '99' }, 'archive'],
    ['by a policy that has changed since', { delete: { ...ARCHIVES.delete, product: 'delete' } }, DONE, 'delete'],
  ] as const)('goes on where the archiving was %s', (_, pair, retired, how) => {
    const { decision } = planRoot(planOf(null, { pair, links: LINKS, target: TARGET, retired }));

    expect(decision).toMatchObject({ kind: 'retire', retirement: { how } });
  });
});

describe('the plan of a root that is back at the source', () => {
  const source = product('1', [variant('1v', 'A', 3)]);

  test('restores first what Lockstep archived, to the status that the source has', () => {
    const draft = { ...source, product: { ...source.product, status: 'draft' as const } };

    const { decision } = planRoot(linkedPlan(draft, TARGET, { pair: ARCHIVES, retired: DONE }));

    expect(decision).toMatchObject({ kind: 'retire', retirement: { how: 'restore', status: 'draft', sourceId: '1' } });
  });

  test('is a plan like any other where nobody but people archived it', () => {
    expect(planRoot(linkedPlan(source, TARGET, { pair: ARCHIVES })).decision.kind).toBe('patch');
  });
});
