import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createComparison } from '../../services/reconciler/compare-stores.ts';
import { openJournalStore } from '../../services/reconciler/journal-store.ts';
import type { ReconcilerDeps } from '../../services/reconciler/reconciler-deps.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Two full comparisons that repair, one after the other: what the first found, and what the second still finds. */
export async function compareTwice(
  deps: Omit<ReconcilerDeps, 'reportsDir'>,
  clock: VirtualClock,
  drain: () => Promise<void>,
): Promise<{ readonly found: number; readonly again: number }> {
  const reportsDir = mkdtempSync(join(tmpdir(), 'lockstep-simulation-'));
  const journal = openJournalStore(':memory:', deps.settings.name, deps.log);
  try {
    const comparison = createComparison({ ...deps, reportsDir, journal });
    const run = async () => {
      const result = comparison.run({ repair: true, signal: new AbortController().signal });
      let ended = false;
      const mark = () => (ended = true);
      result.then(mark, mark);
      for (let rounds = 0; !ended && rounds < 600; rounds++) await clock.runUntil(clock.now() + 1_000);
      return (await result).findings;
    };
    const found = await run();
    await drain();
    const again = await run();
    await drain();
    return { found, again };
  } finally {
    journal.close();
    rmSync(reportsDir, { recursive: true, force: true });
  }
}
