import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { lockFolder } from '#libs/event-log/lock.ts';
import { isSyncError, SyncError } from '#libs/runtime/sync-error.ts';

/** A folder of this process' own below `dataDir`: several processes of a cluster may run on one config. */
export type Instance = { readonly dir: string; readonly release: () => void };

const INSTANCES_MAX = 256;

/** The folder of an instance, by its number. */
export function instanceDir(dataDir: string, number: number): string {
  return join(dataDir, `instance-${String(number)}`);
}

/** Takes the first folder that no running process has. What an ended one left there (its spool, its journal) is taken over with it. */
export function takeInstance(dataDir: string, now: number): Instance {
  for (let number = 1; number <= INSTANCES_MAX; number++) {
    const found = tryInstance(instanceDir(dataDir, number), now);
    if (found !== null) return found;
  }
  throw new SyncError('FOLDER_IN_USE', `Cannot open "${dataDir}": ${String(INSTANCES_MAX)} processes run on it`);
}

/** Folders that ended processes left and nobody has taken since, taken one after the other; each is released by the caller. */
export function* takeAbandoned(dataDir: string, now: number): Generator<Instance> {
  for (let number = 1; number <= INSTANCES_MAX; number++) {
    const dir = instanceDir(dataDir, number);
    if (!existsSync(dir)) continue;
    const found = tryInstance(dir, now);
    if (found !== null) yield found;
  }
}

function tryInstance(dir: string, now: number): Instance | null {
  try {
    const { release } = lockFolder({ dataDir: dir, now });
    return { dir, release };
  } catch (error) {
    if (isSyncError(error) && error.code === 'FOLDER_IN_USE') return null;
    throw error;
  }
}
