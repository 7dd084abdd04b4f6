import { join } from 'node:path';

import { z } from 'zod';

import { SyncError } from '#libs/runtime/sync-error.ts';
import { runsDir } from '../services/reconciler/compare-stores.ts';
import type { Finding, RunResult } from '../services/reconciler/finding.ts';
import { openRunFile } from '../services/reconciler/run-file.ts';
import { pairOf } from './context.ts';
import type { Runtime } from './handler.ts';
import { defineHandler } from './handler.ts';
import type { RunLine } from './report-text.ts';

export type ShownRun = { readonly run: RunResult; readonly findings: readonly Finding[] };

/** Every comparison that is kept, oldest first. */
export const listReports = defineHandler(z.object({ pair: z.string() }), ({ pair }, runtime) => {
  pairOf(runtime, pair);
  return runsOf(runtime, pair);
});

/** One comparison: in figures, and what was found, what is left first. */
export const showReport = defineHandler(
  z.object({ pair: z.string(), id: z.string(), limit: z.number() }),
  async ({ pair, id, limit }, runtime): Promise<ShownRun> => {
    pairOf(runtime, pair);
    const ended = (await runsOf(runtime, pair)).filter(({ endedAt }) => endedAt !== null);
    const chosen = id === 'last' ? ended.at(-1) : ended.find((run) => run.id === id);
    if (chosen === undefined)
      throw new SyncError(
        'USAGE',
        ended.length === 0
          ? `Cannot show a report of "${pair}": it was never compared; lockstep reconcile does it`
          : `Cannot show the report "${id}": lockstep report list names them`,
      );
    return readRun(join(runsDir(runtime.config.reportsDir, pair), `${chosen.id}.sqlite`), chosen.id, limit);
  },
);

async function runsOf({ facts }: Runtime, pair: string): Promise<readonly RunLine[]> {
  const runs: RunLine[] = [];
  for await (const { id, value } of facts.list(pair, 'run')) runs.push({ id, ...value });
  return runs.toSorted((a, b) => a.at - b.at);
}

function readRun(path: string, id: string, limit: number): ShownRun {
  const file = openRunFile(path);
  try {
    const result = file.getNote('result');
    if (result === null) throw new SyncError('USAGE', `Cannot show the report "${id}": its file is gone`);
    const findings: Finding[] = [];
    for (const status of ['left', 'repaired', 'kept'])
      for (const finding of file.findings())
        if (finding.status === status && findings.length < limit) findings.push(finding);
    return { run: JSON.parse(result) as RunResult, findings };
  } finally {
    file.close();
  }
}
