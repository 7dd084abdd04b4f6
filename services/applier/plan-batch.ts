import { planRoot } from '#libs/planning/plan-root.ts';
import { onlyStamps } from '#libs/planning/stamps.ts';
import type { RootPlan } from '#libs/planning/plan-types.ts';
import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { ApplierDeps } from './applier-deps.ts';
import type { Ending } from './endings.ts';
import type { PairState } from './pair-state.ts';
import type { ReadGroup } from './read-batch.ts';

/** A group that was read, with what is to be done about it. */
export type Planned = { readonly read: ReadGroup; readonly plan: RootPlan };

export function planGroup(deps: ApplierDeps, state: PairState, read: ReadGroup): RootPlan {
  const settings = deps.without?.has('selection') === true ? withEveryField(deps) : deps.settings;
  return planRoot({
    settings,
    root: read.group.root,
    rootId: read.group.rootId,
    source: read.source,
    links: read.links,
    match: read.match,
    target: read.target,
    ignored: read.ignored,
    settled: read.settled,
    retired: read.retired,
    unfinished: isUnfinished(read),
    waited: hasWaited(deps, read),
    interrupted: wasInterrupted(read),
    inherited: read.inheritedFields,
    held: state.held,
    references: read.references,
    express: deps.target.express,
    capabilities: deps.target.capabilities,
    fingerprint: deps.fingerprint,
  });
}

/** Either its creation is in doubt, or an earlier owner may have begun it and has left no link. */
export function isUnfinished({ creating, group, links }: ReadGroup): boolean {
  return creating !== null || (group.inherited && !links.has(group.key));
}

/** A ladder has begun, a look was planned for what nobody saw the end of, or an earlier owner may have begun a write. */
function wasInterrupted({ retrying, group }: ReadGroup): boolean {
  return (
    retrying !== null ||
    group.inherited ||
    group.members.some(({ news }) => news.via === 'look' || news.via === 'retry')
  );
}

/** The ladder is at its end, or was for this root: what it refers to is not coming. */
function hasWaited({ settings }: ApplierDeps, { group, parked }: ReadGroup): boolean {
  return group.tries >= settings.timing.retriesMs.length || parked?.reason === 'parent-missing';
}

function withEveryField({ settings, target }: ApplierDeps): PairSettings {
  return { ...settings, selection: new Set(FIELD_NAMES.filter((field) => target.capabilities.writable.has(field))) };
}

/**
 * The ending of a group that needs no write, or null where something is to be written.
 * `heldMs`: how long news of a held pair waits until it is looked at again.
 * A read that is older than the news which caused it is repeated after the first two waits, then believed: replicas lag.
 */
export function endWithoutWriting(
  { read, plan }: Planned,
  state: PairState,
  { mayWrite, heldMs }: { readonly mayWrite: boolean; readonly heldMs: number },
): Ending | null {
  const { group, source, failure } = read;
  const { decision } = plan;
  if (failure !== null) return { kind: 'retry', reason: 'failed', message: failure };
  const older = isOlder(group.changedAt, source?.changedAt ?? null);
  if (older && group.tries < 2)
    return { kind: 'retry', reason: 'failed', message: 'the source still answers with what it was before the change' };
  if (state.phase === 'closed') return { kind: 'unchanged', reason: 'closed' };
  if (decision.kind === 'skip') {
    if (decision.reason === 'out-of-scope') return { kind: 'out-of-scope' };
    if (isHeldBack(read, plan, state)) return { kind: 'later', afterMs: heldMs, reason: 'held' };
    return withheldEnding(plan) ?? { kind: 'unchanged', reason: decision.reason };
  }
  // A look says what differs; a stamp that is missing does not.
  if (group.onlyLooks && onlyStamps(decision))
    return withheldEnding(plan) ?? { kind: 'unchanged', reason: plan.differences.length > 0 ? 'kept' : 'unchanged' };
  if (group.onlyLooks && decision.kind === 'retire')
    return { kind: 'differs', reason: decision.retirement.how === 'restore' ? 'back-at-source' : 'deleted-at-source' };
  if (group.onlyLooks) return decision.kind === 'park' ? parkedEnding(decision) : { kind: 'differs' };
  if (state.phase === 'observe') return { kind: 'observed' };
  if (decision.kind === 'park') return parkedEnding(decision);
  if (!mayWrite)
    return { kind: 'later', afterMs: heldMs, reason: state.configDiffers ? 'config-not-approved' : 'held' };
  return null;
}

// A held pair keeps what it would write until it goes on; a comparison has said what differs, and why it stays.
function isHeldBack({ group }: ReadGroup, { differences }: RootPlan, { phase, held }: PairState): boolean {
  return (
    phase === 'follow' &&
    held.has('*') &&
    group.members.some(({ news }) => news.kind !== 'compare') &&
    differences.some(({ withheld }) => withheld === 'held')
  );
}

function isOlder(news: string | null, read: string | null): boolean {
  return news !== null && read !== null && Date.parse(read) < Date.parse(news);
}

function parkedEnding({
  reason,
  message,
}: {
  reason: Extract<Ending, { kind: 'parked' }>['reason'];
  message: string;
}): Ending {
  return { kind: 'parked', reason, message, fields: [] };
}

/** The rest was written or agrees; what no map covers, or has no counterpart, is shown to a person. */
export function withheldEnding({ withheld, leftOut }: RootPlan): Ending | null {
  const [first] = Object.entries(withheld);
  if (first === undefined)
    return leftOut === null ? null : { kind: 'parked', reason: leftOut.reason, message: leftOut.message, fields: [] };
  return { kind: 'parked', reason: 'unmapped-value', message: first[1], fields: Object.keys(withheld) };
}
