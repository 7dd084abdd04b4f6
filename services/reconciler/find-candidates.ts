import { PERSONAL_FIELDS, type FieldName } from '#libs/fields/field-names.ts';
import type { FieldDifference } from '#libs/journal/journal-records.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { inScope } from '#libs/planning/scope.ts';
import { onlyStamps } from '#libs/planning/stamps.ts';
import { agreedOf, type Agreed, type AgreedFile } from './agreed-file.ts';
import type { Finding } from './finding.ts';
import { labelEntity } from './label-root.ts';
import { planJoined, type PlannedLine } from './plan-joined.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import type { Candidate, RunFile } from './run-file.ts';

/** What a joined line means for the comparison. */
export type Sorted =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'ask'; readonly candidate: Pick<Candidate, 'root' | 'rootId' | 'loose'> }
  /** Told without a question: nothing is to be done about it. */
  | { readonly kind: 'tell'; readonly findings: readonly Finding[] };

/** Sorts the whole join into candidates and findings; a resumed run goes on behind the last page. */
export async function findCandidates(
  deps: ReconcilerDeps,
  file: RunFile,
  agreed: AgreedFile,
  { repair, signal }: { readonly repair: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const foundAt = deps.clock.now();
  const after = Number(file.getNote('planned') ?? 0);
  for await (const page of planJoined(deps, file, after, signal)) {
    const sorted = page.map((line) => sortLine(line, { scope: deps.settings.scope, repair, foundAt }));
    file.addCandidates(sorted.flatMap((one) => (one.kind === 'ask' ? [one.candidate] : [])));
    file.addFindings(sorted.flatMap((one) => (one.kind === 'tell' ? one.findings : [])));
    agreed.put(
      agreedLines(
        deps,
        page.filter((_, index) => sorted[index]?.kind !== 'ask'),
        { at: foundAt, readAt: Number(file.getNote('startedAt')) },
      ),
    );
    file.putNote('planned', String(page.at(-1)?.line.n ?? after));
  }
}

/** What the lines agree on, to be remembered. */
export function agreedLines(
  { settings, fingerprint }: ReconcilerDeps,
  lines: readonly PlannedLine[],
  times: Pick<Agreed, 'at' | 'readAt'>,
) {
  return lines.flatMap(({ source, target, plan }) =>
    source === null || target === null || plan === null
      ? []
      : [agreedOf(source, plan.differences, settings, fingerprint, times)],
  );
}

export type SortOptions = {
  readonly scope: Parameters<typeof inScope>[1];
  /** What differs is also put right. */
  readonly repair: boolean;
  readonly foundAt: number;
};

/** Pure: what one planned line means. A stamp that is missing is written by a run that repairs, and is never a finding. */
export function sortLine(planned: PlannedLine, { scope, repair, foundAt }: SortOptions): Sorted {
  const { line, source, target, plan, loose, lostSourceId, ignored } = planned;
  if (ignored) return { kind: 'agrees' };
  if (source === null || plan === null) {
    if (lostSourceId !== null) return ask(line.root, lostSourceId, []);
    return target === null ? { kind: 'agrees' } : { kind: 'tell', findings: [onlyOnTarget(planned, foundAt)] };
  }
  if (!inScope(source, scope)) return { kind: 'agrees' };
  const { decision, differences } = plan;
  if (loose.length > 0) return ask(line.root, source.id, loose);
  const writes = decision.kind !== 'skip' && (repair || !onlyStamps(decision));
  if (writes || plan.newLinks.length > 0) return ask(line.root, source.id, []);
  if (differences.length === 0) return { kind: 'agrees' };
  // What is not withheld, and yet not written, is what the plan leaves out on purpose (history from before the migration).
  if (differences.every(({ withheld }) => withheld === 'inherited' || withheld === undefined)) {
    const kept = differences.filter(({ withheld }) => withheld === 'inherited');
    return { kind: 'tell', findings: kept.map((difference) => inherited(planned, difference, foundAt)) };
  }
  return ask(line.root, source.id, []);
}

function ask(root: RootKind, rootId: string, loose: readonly string[]): Sorted {
  return { kind: 'ask', candidate: { root, rootId, loose } };
}

const NOBODY = { source: null, target: null, hidden: false, message: null, settledAt: null, lastNewsAt: null } as const;

function onlyOnTarget({ line, target }: PlannedLine, foundAt: number): Finding {
  const entity = `${line.root}:${line.targetId ?? ''}`;
  return {
    ...NOBODY,
    root: entity,
    entity,
    targetId: line.targetId,
    ...labelEntity(target, entity),
    field: null,
    cause: 'only-on-target',
    status: 'kept',
    sourceChangedAt: null,
    foundAt,
  };
}

function inherited({ line, source }: PlannedLine, difference: FieldDifference, foundAt: number): Finding {
  const hidden = PERSONAL_FIELDS.has(difference.field as FieldName);
  return {
    ...NOBODY,
    root: `${line.root}:${line.sourceId ?? ''}`,
    entity: difference.entity,
    targetId: line.targetId,
    ...labelEntity(source, difference.entity),
    field: difference.field,
    ...(hidden ? { hidden } : { source: difference.source, target: difference.target }),
    cause: 'inherited',
    status: 'kept',
    sourceChangedAt: source?.changedAt ?? null,
    foundAt,
  };
}
