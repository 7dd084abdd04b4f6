import type { EntityPatch, RootPatch } from '#libs/connectors/store-connector.ts';
import type { EntityOutcome } from '#libs/journal/journal-records.ts';
import type { StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf, type RootEntity } from './entity-values.ts';
import { isHalfMade } from './half-made.ts';
import { findLeftOut, linksSince } from './left-out.ts';
import { planCreation } from './plan-creation.ts';
import { planEntity, type EntityPlan } from './plan-entity.ts';
import { holdsRest, lackingHold, outlivedHold } from './order-hold.ts';
import { planOrderSteps, waitsForShipping } from './order-steps.ts';
import { satisfiedByOurHold } from './order-wanted.ts';
import { planRetirement, planReturn } from './plan-retirement.ts';
import type { Decision, PlanInput, ProposedLink, RootMatch, RootPlan } from './plan-types.ts';
import { inScope } from './scope.ts';
import { findStamps, isMadeByUs, withStamps } from './stamps.ts';

const NOTHING = { differences: [], entities: [], newLinks: [], withheld: {}, leftOut: null, stamps: [] } as const;

/**
 * Decides what the source's present state means for the target. Reads no clock, store or config: the applier, `lockstep plan`
 * and the comparison's second look are this one function.
 *
 * No version is compared here: the source was read after the news came, so what it says is what holds.
 */
export function planRoot(input: PlanInput): RootPlan {
  const { source, settings, match } = input;
  if (source === null) return planRetirement(input);
  if (input.ignored === true || !inScope(source, settings.scope))
    return { ...NOTHING, decision: { kind: 'skip', reason: 'out-of-scope' } };
  if (source.root === 'product' && source.unsupported !== undefined)
    return park('unsupported', `a product of the kind "${source.unsupported}" is not carried`);

  const linked = input.links.has(`${source.root}:${source.id}`);
  if (linked && input.target === null)
    return park('target-missing', 'what it was linked to is no longer at the target');
  if (linked && input.target !== null) {
    const back = planReturn(input, source, input.target);
    if (back !== null) return back;
    const since = linksSince(source, input.target, input.links);
    return planLinked(withProposals(input, since), source, input.target, since);
  }
  if (match?.kind === 'one') {
    const proposed = asMade(input, source, match);
    if (isHalfMade(input, source, match.target, proposed[0]?.link)) return planCompletion(input, source, match.target);
    return planLinked(withProposals(input, proposed), source, match.target, proposed);
  }
  if (match?.kind === 'ambiguous') return park('ambiguous', match.reason);
  return planCreation(input, source);
}

// The same draft as it was made from, and what there is of it.
function planCompletion(input: PlanInput, source: StoredRoot, half: StoredRoot): RootPlan {
  const plan = planCreation(input, source);
  const { decision } = plan;
  if (decision.kind !== 'create') return plan;
  return { ...plan, decision: { kind: 'create', draft: { ...decision.draft, half } } };
}

// Where everything is created, nothing that carries a source id is left unlinked but what Lockstep was making just now.
function asMade(
  { unfinished, settings }: PlanInput,
  { root }: StoredRoot,
  { by, links }: Extract<RootMatch, { kind: 'one' }>,
): readonly ProposedLink[] {
  if (unfinished !== true || by !== 'source-id' || settings.create[root] !== 'all') return links;
  return links.map((proposed) => ({ ...proposed, link: { ...proposed.link, by: 'created' } }));
}

function park(reason: Extract<Decision, { kind: 'park' }>['reason'], message: string): RootPlan {
  return { ...NOTHING, decision: { kind: 'park', reason, message } };
}

function withProposals(input: PlanInput, proposed: readonly ProposedLink[]): PlanInput {
  const links = new Map(input.links);
  for (const { entity, sourceId, link } of proposed) links.set(`${entity}:${sourceId}`, { ...link, at: 0 });
  return { ...input, links };
}

function planLinked(
  input: PlanInput,
  source: StoredRoot,
  target: StoredRoot,
  newLinks: readonly ProposedLink[],
): RootPlan {
  const pairs = linkedEntities(input, source, target);
  const stamps = findStamps(input, pairs, target);
  if (stamps.wrong !== null) return park('ambiguous', stamps.wrong);
  const plans = pairs.map(([from, to]) => planEntity(input, from, to));
  const withheld = Object.assign({}, ...plans.map((plan) => prefixed(plan))) as Record<string, string>;
  const fields =
    source.root === 'order'
      ? planOrder(input, source, target as StoredOrder, plans, withheld)
      : planFields(source, target, plans, finishing(input, source, target));
  const decision = withStamps(withMaker(fields, input, source), stamps.missing, newLinks, { source, target });
  return {
    decision,
    differences: plans.flatMap(({ differences }) => differences),
    entities: plans.map((plan) => entityOutcome(plan, decision)),
    newLinks,
    stamps: stamps.missing,
    withheld,
    leftOut: findLeftOut(input, source, target, new Set(pairs.map(([{ entity, id }]) => `${entity}:${id}`))),
  };
}

function linkedEntities(
  input: PlanInput,
  source: StoredRoot,
  target: StoredRoot,
): readonly (readonly [RootEntity, RootEntity])[] {
  const present = new Map(entitiesOf(target).map((entity) => [`${entity.entity}:${entity.id}`, entity]));
  return entitiesOf(source).flatMap((entity) => {
    const link = input.links.get(`${entity.entity}:${entity.id}`);
    const counterpart = link === undefined ? undefined : present.get(`${entity.entity}:${link.targetId}`);
    return counterpart === undefined ? [] : [[entity, counterpart] as const];
  });
}

function prefixed({ entity, withheld }: EntityPlan): Record<string, string> {
  return Object.fromEntries(
    Object.entries(withheld).map(([field, why]) => [`${entity.entity}:${entity.id}/${field}`, why]),
  );
}

function entityOutcome({ entity, targetId, patch, differences }: EntityPlan, decision: Decision): EntityOutcome {
  const stamps = decision.kind === 'patch' ? (decision.patch.stamps ?? []) : [];
  const stamped = stamps.some((stamp) => stamp.entity === entity.entity && stamp.sourceId === entity.id);
  const outcome = Object.keys(patch).length > 0 || stamped ? 'differs' : 'unchanged';
  const reason = outcome === 'unchanged' && differences.length > 0 ? differences[0]?.withheld : undefined;
  return {
    entity: `${entity.entity}:${entity.id}`,
    label: entity.label,
    targetId,
    outcome,
    ...(reason === undefined ? {} : { reason }),
  };
}

// A product is made as a draft and shown when it is whole: one that we were kept from showing is shown now, selected or not.
function finishing(input: PlanInput, source: StoredRoot, target: StoredRoot): EntityPatch | null {
  if (input.unfinished !== true || source.root !== 'product' || target.root !== 'product') return null;
  // One that somebody else made may have been stamped since.
  if (!isMadeByUs(source, input.links.get(`product:${source.id}`), input.settings.migratedAt)) return null;
  const { status } = source.product;
  if (target.sourceId !== source.id || target.product.status !== 'draft' || status === 'draft') return null;
  return { entity: 'product', targetId: target.id, values: { status } };
}

// What was made is shown in the shop's channels when it first leaves its draft; what was linked is where people put it.
function withMaker(decision: Decision, { links, settings }: PlanInput, source: StoredRoot): Decision {
  if (decision.kind !== 'patch') return decision;
  const made = isMadeByUs(source, links.get(`${source.root}:${source.id}`), settings.migratedAt);
  return made ? { kind: 'patch', patch: { ...decision.patch, made } } : decision;
}

function planFields(
  source: StoredRoot,
  target: StoredRoot,
  plans: readonly EntityPlan[],
  finish: EntityPatch | null,
): Decision {
  const patched = plans
    .filter(({ patch }) => Object.keys(patch).length > 0)
    .map(({ entity, targetId, patch }): EntityPatch => ({ entity: entity.entity, targetId, values: patch }));
  const entities = finish === null ? patched : withFinish(patched, finish);
  if (entities.length === 0) return nothingToWrite(plans);
  return { kind: 'patch', patch: rootPatch(source, target, entities, []) };
}

// One patch an entity: shown last, whatever else is written to the product itself goes along.
function withFinish(patched: readonly EntityPatch[], finish: EntityPatch): readonly EntityPatch[] {
  const own = patched.find(({ entity }) => entity === 'product');
  return [
    ...patched.filter((one) => one !== own),
    own === undefined ? finish : { ...own, values: { ...own.values, ...finish.values } },
  ];
}

function planOrder(
  input: PlanInput,
  source: StoredRoot,
  target: StoredOrder,
  plans: readonly EntityPlan[],
  withheld: Record<string, string>,
): Decision {
  const { settings, capabilities } = input;
  const plan = plans[0];
  if (plan === undefined || source.root !== 'order') return { kind: 'skip', reason: 'unchanged' };
  const hold = lackingHold(input, source, target);
  const release = outlivedHold(input, source, target);
  let patch = withoutOldHistory(plan.patch, source.createdAt, settings.migratedAt, target.order.history !== null);
  if (waitsForShipping(patch, target.order)) {
    const { tracking: _waiting, ...rest } = patch;
    withheld[`order:${source.id}/tracking`] =
      'the order is not shipped at the target, so it cannot bear a tracking number yet';
    patch = rest;
  }
  if (Object.keys(patch).length === 0 && hold.length + release.length === 0) return nothingToWrite(plans);
  const planned = planOrderSteps({
    patch,
    sourceId: source.id,
    source: source.order,
    present: target.order,
    heldByUs: target.heldByUs,
    parcels: source.order.tracking,
    holdsRest: holdsRest(input, source),
    variantOf: (id) => input.references.get(`variant:${id}`)?.targetId,
    ...(capabilities.cancelsShipped === undefined ? {} : { cancelsShipped: capabilities.cancelsShipped }),
  });
  if (planned.kind === 'impossible' && hold.length === 0)
    return { kind: 'park', reason: 'impossible-transition', message: planned.reason };
  // What stands in the way of the rest must not leave the order to a warehouse: it is held, and parked with the reason.
  if (planned.kind === 'impossible') withheld[`order:${source.id}/status`] = planned.reason;
  // The hold that these steps set is ours, and is what the target will say it has.
  const holds = planned.kind === 'steps' && planned.steps.some(({ kind }) => kind === 'hold');
  const values = planned.kind === 'impossible' ? {} : satisfiedByOurHold(patch, target.order, holds);
  const later = planned.kind === 'impossible' ? [] : planned.steps.filter(({ kind }) => kind !== hold[0]?.kind);
  // A part that has left is shipped before the rest is held, since what is held cannot leave.
  const ordered = later.some(({ kind }) => kind === 'fulfil') ? [...later, ...hold] : [...hold, ...later];
  const moves = ordered.some(({ kind }) => kind === 'hold' || kind === 'releaseHold');
  const steps = moves ? ordered : [...release, ...ordered];
  if (steps.length === 0) return nothingToWrite(plans);
  return {
    kind: 'patch',
    patch: rootPatch(source, target, [{ entity: 'order', targetId: target.id, values }], steps),
  };
}

// What happened before the full migration was carried by it, or left out by it; only an order made since has its whole history here.
function withoutOldHistory(
  patch: Record<string, unknown> | Readonly<Record<string, unknown>>,
  createdAt: string | null,
  migratedAt: number | null,
  readable: boolean,
) {
  if (!('history' in patch) || migratedAt === null) return patch;
  if (createdAt !== null && Date.parse(createdAt) >= migratedAt) return patch;
  const entries = (patch['history'] as readonly { at: string }[]).filter(({ at }) => Date.parse(at) >= migratedAt);
  const { history: _old, ...rest } = patch;
  return entries.length === 0 || !readable ? rest : { ...patch, history: entries };
}

function nothingToWrite(plans: readonly EntityPlan[]): Decision {
  return { kind: 'skip', reason: plans.some(({ differences }) => differences.length > 0) ? 'kept' : 'unchanged' };
}

function rootPatch(
  source: StoredRoot,
  target: StoredRoot,
  entities: RootPatch['entities'],
  steps: RootPatch['steps'],
): RootPatch {
  return { root: source.root, sourceId: source.id, targetId: target.id, present: target, entities, steps };
}
