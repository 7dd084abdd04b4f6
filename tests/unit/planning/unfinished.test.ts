import { expect, test } from 'vitest';

import { planRoot } from '#libs/planning/plan-root.ts';
import { aProduct } from '#tests/builders/entities.ts';
import { linkedPlan, product, variant } from './inputs.ts';

const source = product('14', [variant('15', 'SIM-014')]);
const draft = product('900', [variant('901', 'SIM-014')], {
  sourceId: '14',
  product: aProduct({ status: 'draft' }),
});

test('a product whose creation was cut short is shown, though its status is not selected', () => {
  const plan = planRoot(linkedPlan(source, draft, { unfinished: true }));

  expect(plan.decision).toMatchObject({
    kind: 'patch',
    patch: { entities: [{ entity: 'product', targetId: '900', values: { status: 'active' } }] },
  });
});

test('a draft that was finished once, or that somebody else made, is left alone', () => {
  const finished = planRoot(linkedPlan(source, draft));
  const ofOthers = planRoot(linkedPlan(source, { ...draft, sourceId: null }, { unfinished: true }));

  expect(finished.decision).toEqual({ kind: 'skip', reason: 'unchanged' });
  expect(ofOthers.decision).toEqual({ kind: 'skip', reason: 'unchanged' });
});

test('what is a draft at the source stays one', () => {
  const hidden = { ...source, product: aProduct({ status: 'draft' }) };

  expect(planRoot(linkedPlan(hidden, draft, { unfinished: true })).decision).toMatchObject({ kind: 'skip' });
});
