import { expect, test } from 'vitest';

import { linksTo } from '#libs/planning/match-root.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { aProduct } from '#tests/builders/entities.ts';
import { linkedPlan, NEW, product, variant } from './inputs.ts';

const source = product('14', [variant('15', 'SIM-014')], { createdAt: NEW });
const draft = product('900', [variant('901', 'SIM-014')], {
  sourceId: '14',
  product: aProduct({ status: 'draft' }),
});
/** As the look-up links what carries its source id. */
const FOUND = new Map(
  linksTo(source, draft, 'source-id').map(({ entity, sourceId, link }) => [
    `${entity}:${sourceId}`,
    { ...link, at: 0 },
  ]),
);

test('a product whose creation was cut short is shown, though its status is not selected', () => {
  const plan = planRoot(linkedPlan(source, draft, { unfinished: true, links: FOUND }));

  expect(plan.decision).toMatchObject({
    kind: 'patch',
    patch: { entities: [{ entity: 'product', targetId: '900', values: { status: 'active' } }] },
  });
});

test('a draft that was finished once, or that somebody else made, is left alone', () => {
  const finished = planRoot(linkedPlan(source, draft, { links: FOUND }));
  const ofOthers = planRoot(linkedPlan(source, { ...draft, sourceId: null }, { unfinished: true, links: FOUND }));
  const stampedSince = planRoot(linkedPlan(source, draft, { unfinished: true }));

  for (const { decision } of [finished, ofOthers, stampedSince])
    expect(decision).toEqual({ kind: 'skip', reason: 'unchanged' });
});

test('what is a draft at the source stays one', () => {
  const hidden = { ...source, product: aProduct({ status: 'draft' }) };

  expect(planRoot(linkedPlan(hidden, draft, { unfinished: true, links: FOUND })).decision).toMatchObject({
    kind: 'skip',
  });
});
