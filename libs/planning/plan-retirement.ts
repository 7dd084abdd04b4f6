import type { Retirement } from '#libs/connectors/store-connector.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from './entity-values.ts';
import type { PlanInput, RootPlan } from './plan-types.ts';

const NOTHING = { differences: [], newLinks: [], withheld: {}, leftOut: null, stamps: [] } as const;

/**
 * Decides about a root that is gone from the source: whoever asks has asked for it by id, and believes the answer (law 11). What was
 * archived once is left as people have it since.
 */
export function planRetirement(input: PlanInput): RootPlan {
  const { settings, root, rootId, links, target, retired } = input;
  const policy = settings.delete[root];
  const link = links.get(`${root}:${rootId}`);
  const isDone = retired?.done === true && retired.how === policy && retired.targetId === link?.targetId;
  if (policy === 'keep' || link === undefined || target === null || isDone)
    return { ...NOTHING, entities: [], decision: { kind: 'skip', reason: 'deleted-at-source' } };
  return retire({ root, targetId: target.id, sourceId: rootId, present: target, how: policy });
}

/** The restoring of a root that is back at the source, where Lockstep has archived it; null where there is nothing to restore. */
export function planReturn({ retired }: PlanInput, source: StoredRoot, target: StoredRoot): RootPlan | null {
  if (retired == null || retired.how !== 'archive' || retired.targetId !== target.id) return null;
  return retire({
    root: source.root,
    targetId: target.id,
    sourceId: source.id,
    present: target,
    how: 'restore',
    ...(source.root === 'product' ? { status: source.product.status } : {}),
  });
}

function retire(retirement: Retirement): RootPlan {
  const { root, sourceId, targetId, present, how } = retirement;
  const label = entitiesOf(present)[0]?.label ?? null;
  const entity = { entity: `${root}:${sourceId}`, label, targetId, outcome: 'differs', reason: how } as const;
  return { ...NOTHING, entities: [entity], decision: { kind: 'retire', retirement } };
}
