import { PERSONAL_FIELDS } from '#libs/fields/field-names.ts';
import { entitiesOf, type RootEntity } from '#libs/planning/entity-values.ts';
import { fieldKey, inheritedPrint, planEntity } from '#libs/planning/plan-entity.ts';
import type { FieldDifference } from '#libs/journal/journal-records.ts';
import type { ProposedLink, RootPlan } from '#libs/planning/plan-types.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { labelEntity } from './label-root.ts';
import type { PlannedLine } from './plan-joined.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { Entry, RunFile } from './run-file.ts';

/** One line of a plan as people read it. */
export type PlanLine = {
  readonly root: string;
  readonly entity: string;
  readonly label: string;
  readonly title: string | null;
  readonly field: string | null;
  readonly source: unknown;
  readonly target: unknown;
  readonly hidden: boolean;
  readonly reason: string | null;
};
/** What would be written, kept, created, taken back by the policy for deletions, or needs a person. */
export const PLAN_KINDS = ['planned', 'inherited', 'create', 'retire', 'ambiguous', 'unlinked', 'withheld'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** Kept beside each differing field, so that approval can write it down as inherited. */
export type FieldPrint = { readonly root: string; readonly field: string; readonly print: string };

// Stock is wrong as soon as the old shop sells: it is always written, whatever its clock says.
const STOCK: ReadonlySet<string> = new Set(['variant.quantity', 'variant.stockStatus']);

/** Turns one planned line into entries of the plan: `line` kinds for people, `link`, `print` and `target` for approval. */
export function planEntries(deps: ReconcilerDeps, file: RunFile, planned: PlannedLine): readonly Entry[] {
  const { source, plan, line, match, lostSourceId, ignored } = planned;
  if (ignored) return ignoredEntries(planned);
  if (source === null || plan === null)
    return lostSourceId !== null || line.targetId === null
      ? retiredLines(deps, planned)
      : [
          {
            key: `target ${line.root}:${line.targetId}`,
            kind: 'only-on-target',
            value: labelEntity(planned.target, `${line.root}:${line.targetId}`).label,
          },
        ];
  const { decision } = plan;
  if (decision.kind === 'retire') return [lineOf('retire', source, null, decision.retirement.how)];
  const target = planned.target ?? (match?.kind === 'one' ? match.target : null);
  if (decision.kind === 'create' || decision.kind === 'wait') return [lineOf('create', source, null, null)];
  if (decision.kind === 'park' && target === null) return [parkedLine(source, decision.reason, decision.message)];
  if (target === null || (decision.kind === 'skip' && decision.reason === 'out-of-scope')) return [];
  const matched: readonly Entry[] = [
    { key: `target ${line.root}:${target.id}`, kind: 'matched', value: null },
    ...plan.newLinks.map((link) => linkEntry(link)),
    ...plan.stamps.map(({ entity, targetId }) => ({ key: `stamp ${entity}:${targetId}`, kind: 'stamp', value: null })),
  ];
  const fields = fieldEntries(deps, file, source, target, planned);
  if (decision.kind === 'park') return [...matched, ...parkedEntries(source, decision, fields)];
  return [...matched, ...looseLines(file, source, planned, plan.newLinks), ...fields];
}

// A counterpart that it has nevertheless is no open question either.
function ignoredEntries({ line, match }: PlannedLine): readonly Entry[] {
  const target = match?.kind === 'one' ? match.target.id : line.targetId;
  return target === null ? [] : [{ key: `target ${line.root}:${target}`, kind: 'matched', value: null }];
}

// A scan did not see it, which proves nothing yet: the old shop is asked for it by id before anything is done.
function retiredLines({ settings }: ReconcilerDeps, { line, target, lostSourceId, retired }: PlannedLine): Entry[] {
  const policy = settings.delete[line.root];
  const isDone = retired?.done === true && retired.how === policy;
  if (policy === 'keep' || lostSourceId === null || target === null || isDone) return [];
  const entity = `${line.root}:${lostSourceId}`;
  const value: PlanLine = {
    root: entity,
    entity,
    ...labelEntity(target, `${line.root}:${target.id}`),
    field: null,
    source: null,
    target: null,
    hidden: false,
    reason: policy,
  };
  return [{ key: `line ${entity}/`, kind: 'retire', value }];
}

/** What is parked is written in no field, so it counts once, whatever differs in it. What is kept as it is stands in nobody's way. */
function parkedEntries(
  source: StoredRoot,
  { reason, message }: { readonly reason: string; readonly message: string },
  fields: readonly Entry[],
): readonly Entry[] {
  const kept = fields.filter(({ kind }) => kind === 'inherited' || kind === 'print-inherited');
  if (reason === 'impossible-transition' && kept.length > 0 && kept.length === fields.length) return kept;
  return [parkedLine(source, reason, message)];
}

function linkEntry({ entity, sourceId, link }: ProposedLink): Entry {
  return { key: `link ${entity}:${sourceId}`, kind: 'link', value: { id: `${entity}:${sourceId}`, link } };
}

function parkedLine(source: StoredRoot, reason: string, message: string): Entry {
  const kind = reason === 'ambiguous' || reason === 'unlinked' ? reason : 'withheld';
  return lineOf(kind, source, null, message);
}

// Variants of a linked product for which the target has no counterpart.
function looseLines(
  file: RunFile,
  source: StoredRoot,
  { loose, match }: PlannedLine,
  proposed: readonly ProposedLink[],
): readonly Entry[] {
  if (source.root !== 'product') return [];
  const linked = new Set(proposed.map(({ entity, sourceId }) => `${entity}:${sourceId}`));
  const missing =
    match?.kind === 'one'
      ? source.variants
          .filter(({ id }) => !linked.has(`variant:${id}`) && file.linkOf('variant', id) === null)
          .map(({ id }) => id)
      : loose;
  return missing.map((id) =>
    lineOf('unlinked', source, { entity: `variant:${id}` }, 'the target’s product has no such variant'),
  );
}

function fieldEntries(
  deps: ReconcilerDeps,
  file: RunFile,
  source: StoredRoot,
  target: StoredRoot,
  { plan }: PlannedLine,
): readonly Entry[] {
  const targetIds = new Map<string, string>();
  for (const { entity, sourceId, link } of plan?.newLinks ?? []) targetIds.set(`${entity}:${sourceId}`, link.targetId);
  const present = new Map(entitiesOf(target).map((entity) => [`${entity.entity}:${entity.id}`, entity]));
  return entitiesOf(source).flatMap((entity) => {
    const key = `${entity.entity}:${entity.id}`;
    const targetId = targetIds.get(key) ?? file.linkOf(entity.entity, entity.id)?.targetId;
    const counterpart = present.get(`${entity.entity}:${targetId ?? ''}`);
    return counterpart === undefined ? [] : entityEntries(deps, source, entity, counterpart, plan?.withheld ?? {});
  });
}

function entityEntries(
  { settings, target: store, fingerprint }: ReconcilerDeps,
  source: StoredRoot,
  entity: RootEntity,
  counterpart: RootEntity,
  withheld: RootPlan['withheld'],
): readonly Entry[] {
  const { patch, differences } = planEntity(
    { settings, settled: null, inherited: null, held: new Set(), express: store.express, fingerprint },
    entity,
    counterpart,
  );
  const root = `${source.root}:${source.id}`;
  return differences.flatMap((difference) => {
    const short = difference.field.slice(difference.field.indexOf('.') + 1);
    const why = withheld[fieldKey(entity, short)] ?? (difference.withheld && 'its value has no mapping');
    if (why !== undefined) return [lineOf('withheld', source, difference, why)];
    const kind = isPlanned(source, entity, difference.field, settings.migratedAt) ? 'planned' : 'inherited';
    const print: FieldPrint = {
      root,
      field: fieldKey(entity, short),
      print: inheritedPrint(fingerprint, patch[short], counterpart.values[short]),
    };
    return [
      lineOf(kind, source, difference, null),
      { key: `print ${print.field}`, kind: `print-${kind}`, value: print },
    ];
  });
}

/** Planned is what changed at the source since the migration, and stock; everything else differs on purpose, for all we know. */
function isPlanned(source: StoredRoot, { entity, id }: RootEntity, field: string, migratedAt: number | null): boolean {
  if (STOCK.has(field)) return true;
  const own = source.root === 'product' && entity === 'variant' ? source.variants.find((one) => one.id === id) : source;
  const changedAt = own?.changedAt ?? null;
  return migratedAt !== null && changedAt !== null && Date.parse(changedAt) > migratedAt;
}

function lineOf(
  kind: PlanKind,
  source: StoredRoot,
  difference: (Pick<FieldDifference, 'entity'> & Partial<FieldDifference>) | null,
  reason: string | null,
): Entry {
  const root = `${source.root}:${source.id}`;
  const entity = difference?.entity ?? root;
  const field = difference?.field ?? null;
  const hidden = field !== null && [...PERSONAL_FIELDS].some((personal) => personal === field);
  const value: PlanLine = {
    root,
    entity,
    ...labelEntity(source, entity),
    field,
    source: hidden ? null : (difference?.source ?? null),
    target: hidden ? null : (difference?.target ?? null),
    hidden,
    reason,
  };
  return { key: `line ${entity}/${field ?? ''}`, kind, value };
}
