import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { StateStore } from '#libs/state/state-store.ts';
import { openRunFile } from '../../services/reconciler/run-file.ts';

/** A state store in which everybody holds every lease. */
export function leasedToAll<S extends Pick<StateStore, 'lease'>>(state: S): S {
  return { ...state, lease: async () => true };
}

/** What a process that knows nothing of comparisons that were cut short would do with them: throw them away. */
export function throwAwayUnfinished(runs: string): void {
  for (const name of namesIn(runs)) {
    const file = openRunFile(join(runs, name));
    const unfinished = file.getNote('result') === null;
    file.close();
    if (unfinished) for (const ending of ['', '-wal', '-shm']) rmSync(join(runs, `${name}${ending}`), { force: true });
  }
}

function namesIn(runs: string): readonly string[] {
  try {
    return readdirSync(runs).filter((name) => name.endsWith('.sqlite'));
  } catch {
    // No comparison has begun yet.
    return [];
  }
}
