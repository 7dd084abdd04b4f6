import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { runsDir } from './compare-stores.ts';
import type { Finding, RunResult } from './finding.ts';
import { openRunFile } from './run-file.ts';

/** The runs of a pair that came to their end, latest first. */
export function listRuns(reportsDir: string, pair: string): readonly RunResult[] {
  const folder = runsDir(reportsDir, pair);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .flatMap((name) => readResult(join(folder, name)) ?? [])
    .toSorted((a, b) => b.startedAt - a.startedAt);
}

/** A run that came to its end; null for one that is running or was cut short. */
export function readResult(path: string): RunResult | null {
  const file = openRunFile(path);
  try {
    const note = file.getNote('result');
    return note === null ? null : (JSON.parse(note) as RunResult);
  } finally {
    file.close();
  }
}

/** Walks the findings of a run; `only` narrows by status. */
export function* readFindings(path: string, only?: Finding['status']): Generator<Finding> {
  const file = openRunFile(path);
  try {
    for (const finding of file.findings()) if (only === undefined || finding.status === only) yield finding;
  } finally {
    file.close();
  }
}
