import { NO_DRIFT } from './find-cause.ts';
import type { Finding, RunResult } from './finding.ts';

export type Summary = Pick<
  RunResult,
  'findings' | 'drift' | 'repaired' | 'left' | 'underWay' | 'complete' | 'byCause' | 'byField'
>;

/** Counts findings in one pass. What is no drift (kept by policy, on its way) is counted by cause only. */
export function summarise(findings: Iterable<Finding>): Summary {
  const byCause: Record<string, number> = {};
  const byField: Record<string, number> = {};
  let complete = true;
  let [all, drift, repaired, left, underWay] = [0, 0, 0, 0, 0];
  for (const { cause, field, status, entity } of findings) {
    all += 1;
    byCause[cause] = (byCause[cause] ?? 0) + 1;
    if (cause === 'under-way') underWay += 1;
    // A cause that cannot be told is an answer; a whole root without an answer is none.
    if (cause === 'inconclusive' && field === null) complete = false;
    if (NO_DRIFT.has(cause)) continue;
    const name = field ?? entity.slice(0, entity.indexOf(':'));
    byField[name] = (byField[name] ?? 0) + 1;
    drift += 1;
    if (status === 'repaired') repaired += 1;
    else left += 1;
  }
  return { findings: all, drift, repaired, left, underWay, complete, byCause, byField };
}
