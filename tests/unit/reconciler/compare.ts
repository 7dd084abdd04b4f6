import { createComparison } from '../../../services/reconciler/compare-stores.ts';
import type { Finding, RunResult } from '../../../services/reconciler/finding.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { openRunFile } from '../../../services/reconciler/run-file.ts';
import type { ApplierOptions } from './fake-applier.ts';
import { aProduct, NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

export const HOUR_AGO = new Date(NOW - 3_600_000).toISOString();
export const DAY_AGO = new Date(NOW - 86_400_000).toISOString();

type Options = { readonly repair?: boolean; readonly applier?: ApplierOptions | null; readonly patienceMs?: number };

export async function compare(world: World, { repair = true, applier = {}, patienceMs = 5_000 }: Options = {}) {
  const journal = openJournalStore(':memory:', 'acme', world.log);
  const stop = applier === null ? async () => {} : await world.startApplier(applier);
  try {
    const comparison = createComparison({ ...world, journal }, { pollMs: 1, patienceMs });
    const result = await comparison.run({ repair, signal: new AbortController().signal });
    return { result, findings: findingsOf(result) };
  } finally {
    await stop();
    journal.close();
  }
}

function findingsOf(result: RunResult): readonly Finding[] {
  const file = openRunFile(result.file);
  try {
    return [...file.findings()];
  } finally {
    file.close();
  }
}

/** Products 1, 2, 3 linked to 101, 102, 103, in step since a day. */
export async function inStep(): Promise<World> {
  const world = await aWorld();
  const value = { phase: 'follow' as const, at: 0, by: 'anna' };
  await world.facts.put([{ pair: 'acme', kind: 'phase', id: 'phase', value }]);
  for (const id of ['1', '2', '3']) {
    const product = aProduct({ id, changedAt: DAY_AGO });
    world.source.put(product);
    world.target.put(aProduct({ id: `10${id}` }));
    await world.link(id, `10${id}`);
    await world.settle(product);
  }
  return world;
}
