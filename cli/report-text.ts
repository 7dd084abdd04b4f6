import type { Finding, RunResult } from '../services/reconciler/finding.ts';
import { showValue } from '../services/reconciler/report/show-value.ts';
import { columns, count, minute, span } from './text.ts';

/** A comparison in a few lines. */
export function runText(run: RunResult): readonly string[] {
  const { pair, id, compared, startedAt, endedAt, drift, repaired, left, underWay, complete, byCause, report } = run;
  const seen = Object.entries(compared).map(([entity, n]) => count(n, entity));
  const causes = Object.entries(byCause)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, n]) => `${cause} ${n}`);
  return [
    `${pair}  ${id}  ${seen.join(' · ')}   ${span(endedAt - startedAt)}`,
    `  drift     ${drift === 0 ? 'none: both shops agree' : `${count(drift, 'field or entity', 'fields and entities')}, ${repaired} repaired, ${left} left`}`,
    ...(causes.length === 0 ? [] : [`  causes    ${causes.join(', ')}`]),
    ...(underWay === 0 ? [] : [`  under way ${underWay}: changed too recently to be called drift`]),
    ...(complete ? [] : ['  Some could not be looked at: nothing is promised about those']),
    `  report    ${report ?? 'could not be written'}`,
  ];
}

const SIGNS: Readonly<Record<Finding['status'], string>> = { left: '✗', repaired: '✓', kept: '·' };

export function findingRows(findings: readonly Finding[]): readonly string[] {
  return columns(
    findings.map(({ status, entity, label, field, source, target, hidden, cause, message }) => [
      `  ${SIGNS[status]}`,
      entity.slice(0, entity.indexOf(':')),
      label,
      field === null ? '' : field.slice(field.indexOf('.') + 1),
      hidden || field === null ? '' : `old ${showValue(field, source)}, new ${showValue(field, target)}`,
      message === null ? cause : `${cause}: ${message}`,
    ]),
  );
}

/** Comparisons, latest last. */
export function runRows(runs: readonly RunLine[]): readonly string[] {
  return columns(
    runs.map(({ id, at, endedAt, drift, repaired, left }) => [
      `  ${id}`,
      minute(at),
      endedAt === null ? 'not ended' : `${count(drift, 'drift')}, ${repaired} repaired, ${left} left`,
    ]),
  );
}

export type RunLine = {
  readonly id: string;
  readonly at: number;
  readonly endedAt: number | null;
  readonly drift: number;
  readonly repaired: number;
  readonly left: number;
  readonly report: string | null;
};
