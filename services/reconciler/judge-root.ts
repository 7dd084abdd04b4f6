import { PERSONAL_FIELDS, type FieldName } from '#libs/fields/field-names.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import type { FieldDifference, NewsOutcome } from '#libs/journal/journal-records.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { findCause, isOfRetirement, type Cause, type CauseInput, type HeardNews } from './find-cause.ts';
import type { Finding } from './finding.ts';
import { labelEntity } from './label-root.ts';
import { narrowToVariant } from './narrow-to-variant.ts';
import type { Answer, Candidate } from './run-file.ts';

export type JudgeInput = {
  readonly candidate: Candidate;
  readonly source: StoredRoot | null;
  /** Its linked counterpart as the scan saw it: names what the source no longer has. */
  readonly target: StoredRoot | null;
  /** Variants that still have no link after the applier looked. */
  readonly loose: readonly string[];
  readonly news: readonly HeardNews[];
  /** Fields of calls to the target that were never answered, since shortly before the root was last settled. */
  readonly doubted: ReadonlySet<string>;
  readonly fingerprint: Fingerprint;
  readonly now: number;
  readonly lateAfterMs: number;
  readonly approvedAt: number | null;
  readonly observing: boolean;
  readonly webhooksOff?: boolean;
  readonly followedSince: number | null;
};

/** Turns the applier's answer about one root into findings. Pure. */
export function judgeRoot(input: JudgeInput): readonly Finding[] {
  const { candidate, loose } = input;
  const { answer } = candidate;
  if (answer === null) return [];
  if (answer.outcome === null) return [wholeRoot(input, null, 'inconclusive', 'left')];
  const { outcome } = answer;
  // Other news came in the same batch: what differed was on its way.
  if (answer.beside && outcome.outcome !== 'parked' && outcome.outcome !== 'delayed') return [];
  if (outcome.outcome === 'out-of-scope') return [];
  const differences = outcome.differences ?? [];
  const fields = differences
    .filter((difference) => !isLeftOut(candidate, difference))
    .map((difference) => judgeField(input, outcome, difference));
  // Variants without a counterpart are findings of their own.
  const onlyLoose = loose.length > 0 && outcome.reason === 'unlinked';
  const whole = differences.length > 0 || onlyLoose ? [] : judgeWhole(input, outcome);
  return [...fields, ...whole, ...loose.map((id) => looseVariant(input, outcome, id))];
}

/**
 * What the plan itself leaves out although it differs (history from before the migration): a look that ends with nothing to write,
 * and no word of why this field is withheld, says so.
 */
function isLeftOut({ answer, verified }: Candidate, { entity, field, withheld }: FieldDifference): boolean {
  if (withheld !== undefined) return false;
  return [answer, verified].some(
    (look) =>
      look?.outcome?.outcome === 'unchanged' &&
      look.outcome.reason === 'kept' &&
      (look.outcome.differences ?? []).some((one) => one.entity === entity && one.field === field),
  );
}

function judgeField(input: JudgeInput, outcome: NewsOutcome, difference: FieldDifference): Finding {
  const hidden = PERSONAL_FIELDS.has(difference.field as FieldName);
  const cause = findCause({
    ...narrowToVariant(causeInput(input, outcome), difference.entity, input.source),
    difference,
    wantedAgain: isWantedAgain(input, difference, hidden),
    ownCallInDoubt: input.doubted.has(difference.field),
  });
  return {
    ...common(input, outcome, difference.entity),
    field: difference.field,
    source: hidden ? null : difference.source,
    target: hidden ? null : difference.target,
    hidden,
    cause,
    status: difference.withheld === undefined ? statusOf(input, outcome, cause, difference) : keptOrLeft(cause),
  };
}

// As settled prints are: of what the source said before the target's own vocabulary changed it.
function isWantedAgain(
  { candidate, fingerprint }: JudgeInput,
  { entity, field, source, said }: FieldDifference,
  hidden: boolean,
): boolean | null {
  const before = candidate.before?.settled?.wanted[`${entity}/${field.slice(field.indexOf('.') + 1)}`];
  if (before === undefined) return null;
  return before === (said ?? (hidden ? source : fingerprint(source)));
}

function judgeWhole(input: JudgeInput, outcome: NewsOutcome): readonly Finding[] {
  const created = (outcome.entities ?? []).some((entity) => entity.created === true);
  const stuck = outcome.outcome === 'parked' || outcome.outcome === 'delayed';
  if (!created && !stuck && !isOfRetirement(outcome.reason)) return [];
  const cause = findCause({
    ...causeInput(input, outcome),
    difference: null,
    wantedAgain: null,
    ownCallInDoubt: false,
  });
  return [wholeRoot(input, outcome, cause, stuck ? 'left' : statusOf(input, outcome, cause, null))];
}

function wholeRoot(input: JudgeInput, outcome: NewsOutcome | null, cause: Cause, status: Finding['status']): Finding {
  const root = keyOf(input.candidate);
  return {
    ...common(input, outcome, root),
    field: null,
    source: null,
    target: null,
    hidden: false,
    cause,
    // Nothing is written of what the policy keeps, or was archived before.
    status: cause === 'deleted-at-source' && outcome?.outcome === 'unchanged' ? 'kept' : status,
  };
}

function looseVariant(input: JudgeInput, outcome: NewsOutcome, id: string): Finding {
  const entity = `variant:${id}`;
  return {
    ...common(input, outcome, entity),
    targetId: null,
    field: null,
    source: null,
    target: null,
    hidden: false,
    cause: 'unlinked',
    status: 'left',
  };
}

function common(input: JudgeInput, outcome: NewsOutcome | null, entity: string) {
  const { candidate, source, target, news, now } = input;
  // What was made in this run has its id at the target only since the second look.
  const told = [outcome, candidate.verified?.outcome].flatMap((look) => look?.entities ?? []);
  const known = entity === keyOf(candidate) ? target?.id : undefined;
  const targetId = told.find((one) => one.entity === entity && one.targetId !== undefined)?.targetId ?? known ?? null;
  return {
    root: keyOf(candidate),
    entity,
    targetId,
    ...labelEntity(source ?? target, entity),
    message: outcome?.message ?? candidate.before?.parked?.message ?? null,
    sourceChangedAt: outcome?.sourceChangedAt ?? source?.changedAt ?? null,
    settledAt: candidate.before?.settled?.at ?? null,
    lastNewsAt: news.length === 0 ? null : Math.max(...news.map(({ receivedAt }) => receivedAt)),
    foundAt: now,
  };
}

function causeInput(
  { candidate, source, news, now, lateAfterMs, followedSince, approvedAt, observing, webhooksOff = false }: JudgeInput,
  outcome: NewsOutcome,
): Omit<CauseInput, 'difference' | 'wantedAgain' | 'ownCallInDoubt'> {
  return {
    onlyOnTarget: false,
    outcome: outcome.outcome,
    reason: outcome.reason ?? null,
    sourceChangedAt: outcome.sourceChangedAt ?? source?.changedAt ?? null,
    sourceCreatedAt: source?.createdAt ?? null,
    settled: candidate.before?.settled ?? null,
    parked: candidate.before?.parked ?? null,
    news,
    askedAt: candidate.askedAt ?? now,
    now,
    lateAfterMs,
    followedSince,
    approvedAt,
    observing,
    webhooksOff,
  };
}

function statusOf(
  { candidate }: JudgeInput,
  outcome: NewsOutcome,
  cause: Cause,
  difference: FieldDifference | null,
): Finding['status'] {
  if (!wasWritten(outcome)) return keptOrLeft(cause);
  // Repaired is what a second look has seen to agree.
  return candidate.verified !== null && agreesNow(candidate.verified, difference) ? 'repaired' : 'left';
}

function keptOrLeft(cause: Cause): Finding['status'] {
  return cause === 'inherited' || cause === 'normalised' ? 'kept' : 'left';
}

function agreesNow({ outcome }: Answer, difference: FieldDifference | null): boolean {
  if (outcome === null || outcome.outcome === 'delayed') return false;
  if (difference === null) return outcome.outcome !== 'parked';
  return !(outcome.differences ?? []).some(
    ({ entity, field }) => entity === difference.entity && field === difference.field,
  );
}

/** Whether something was written, so that it is worth a second look. */
export function wasRepaired({ answer }: Candidate): boolean {
  return answer !== null && answer.outcome !== null && wasWritten(answer.outcome);
}

// Beside a value without a mapping, or a variant without a counterpart, the rest is written, and the root is parked for the one.
function wasWritten({ outcome, reason, differences = [] }: NewsOutcome): boolean {
  if (outcome === 'applied') return true;
  const beside = reason === 'unmapped-value' || reason === 'unlinked';
  return outcome === 'parked' && beside && differences.some(({ withheld }) => withheld === undefined);
}

function keyOf({ root, rootId }: Candidate): string {
  return `${root}:${rootId}`;
}
