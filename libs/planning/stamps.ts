import type { EntityStamp } from '#libs/connectors/store-connector.ts';
import type { Link } from '#libs/facts/fact-kinds.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import type { RootEntity } from './entity-values.ts';
import { createdSinceMigration } from './plan-creation.ts';
import type { Decision, PlanInput, ProposedLink } from './plan-types.ts';

/** What the linked entities of one root lack as stamps, and whether one of them says that its link is wrong. */
export type Stamps = {
  readonly missing: readonly EntityStamp[];
  /** For people: an entity carries the source id of another one. */
  readonly wrong: string | null;
};

const NONE: Stamps = { missing: [], wrong: null };

/** Looks at what linked entities carry as source id, where the config asks for stamps. A held pair gets none. Pure. */
export function findStamps(
  { settings, capabilities, held }: Pick<PlanInput, 'settings' | 'capabilities' | 'held'>,
  pairs: readonly (readonly [RootEntity, RootEntity])[],
  target: StoredRoot,
): Stamps {
  if (!settings.stamp) return NONE;
  const marks = marksOf(target);
  const missing: EntityStamp[] = [];
  for (const [{ entity, id }, { id: targetId }] of pairs) {
    if (!capabilities.stampable.has(entity)) continue;
    const mark = marks.get(`${entity}:${targetId}`) ?? null;
    if (mark === null) missing.push({ entity, targetId, sourceId: id });
    else if (mark !== id)
      return {
        missing: [],
        wrong: `the target’s ${entity} ${targetId} is linked to ${id} of the source, and carries the source id "${mark}"`,
      };
  }
  return { missing: held.has('*') ? [] : missing, wrong: null };
}

/** Source ids that a root and the entities in it carry, by `<entity>:<id>`. */
function marksOf(stored: StoredRoot): ReadonlyMap<string, string | null> {
  const own = [`${stored.root}:${stored.id}`, stored.sourceId] as const;
  if (stored.root !== 'product') return new Map([own]);
  return new Map([own, ...stored.variants.map(({ id, sourceId }) => [`variant:${id}`, sourceId] as const)]);
}

/**
 * Adds stamps to what was decided. Only an entity whose link is a fact gets one: what is found by a stamp, and has no link, is then
 * always something that was being made, and may be finished.
 */
export function withStamps(
  decision: Decision,
  missing: Stamps['missing'],
  proposed: readonly ProposedLink[],
  root: { readonly source: StoredRoot; readonly target: StoredRoot },
): Decision {
  const isProposed = new Set(proposed.map(({ entity, sourceId }) => `${entity}:${sourceId}`));
  const stamps = missing.filter(({ entity, sourceId }) => !isProposed.has(`${entity}:${sourceId}`));
  if (stamps.length === 0) return decision;
  if (decision.kind === 'patch') return { kind: 'patch', patch: { ...decision.patch, stamps } };
  if (decision.kind !== 'skip') return decision;
  const { source, target } = root;
  const patch = { root: source.root, sourceId: source.id, targetId: target.id, present: target };
  return { kind: 'patch', patch: { ...patch, entities: [], steps: [], stamps } };
}

/** Whether stamps are all that would be written: no selected field differs, so it is no drift. */
export function onlyStamps(decision: Decision): boolean {
  return decision.kind === 'patch' && decision.patch.entities.length === 0 && decision.patch.steps.length === 0;
}

/** Whether Lockstep made a linked root. A source id on it does not say so, since it may be a stamp: its link and its age do. */
export function isMadeByUs(source: StoredRoot, link: Pick<Link, 'by'> | undefined, migratedAt: number | null): boolean {
  return link?.by === 'created' || (link?.by === 'source-id' && createdSinceMigration(source, migratedAt));
}
