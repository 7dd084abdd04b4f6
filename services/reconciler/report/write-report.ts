import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { Finding, RunResult } from '../finding.ts';
import { csvHead, csvRow } from './csv.ts';
import { htmlEnd, htmlHead, htmlRow, type EarlierRun } from './html.ts';

export type ReportInput = {
  readonly result: RunResult;
  /** Walked once for each format; never held as a whole. */
  readonly findings: () => Iterable<Finding>;
  readonly earlier: readonly EarlierRun[];
  readonly dir: string;
  readonly timezone: string;
};
export type Report = { readonly html: string; readonly json: string; readonly csv: string };

// A page with more rows opens slowly in a mail program; the CSV has them all.
const ROWS_MAX = 2_000;

/** Writes the report of a run as one HTML page that opens offline, as JSON and as CSV. */
export function writeReport({ result, findings, earlier, dir, timezone }: ReportInput): Report {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const base = join(dir, `${result.pair}-${result.id}`);
  const clockwork = { timezone };
  writeParts(`${base}.html`, htmlParts());
  writeParts(`${base}.json`, jsonParts(result, findings()));
  writeParts(`${base}.csv`, csvParts(findings()));
  return { html: `${base}.html`, json: `${base}.json`, csv: `${base}.csv` };

  function* htmlParts(): Generator<string> {
    yield htmlHead(result, earlier, clockwork);
    let shown = 0;
    for (const finding of drawnFirst(findings)) {
      if (shown === ROWS_MAX) break;
      yield htmlRow(finding, clockwork);
      shown += 1;
    }
    yield htmlEnd(shown, result.findings, result, clockwork);
  }
}

/** What a person must act on comes first, what was only told comes last. */
function* drawnFirst(findings: () => Iterable<Finding>): Generator<Finding> {
  for (const status of ['left', 'repaired', 'kept'] as const)
    for (const finding of findings()) if (finding.status === status) yield finding;
}

function* jsonParts(result: RunResult, findings: Iterable<Finding>): Generator<string> {
  yield `{"v":1,"run":${JSON.stringify(result)},"findings":[`;
  let first = true;
  for (const finding of findings) {
    yield `${first ? '' : ','}\n${JSON.stringify(finding)}`;
    first = false;
  }
  yield ']}\n';
}

function* csvParts(findings: Iterable<Finding>): Generator<string> {
  yield `\uFEFF${csvHead()}`;
  for (const finding of findings) yield csvRow(finding);
}

// Written beside and renamed, so that nobody opens half a report.
function writeParts(path: string, parts: Iterable<string>): void {
  const handle = openSync(`${path}.part`, 'w', 0o600);
  try {
    for (const part of parts) writeSync(handle, part);
  } finally {
    closeSync(handle);
  }
  renameSync(`${path}.part`, path);
}
