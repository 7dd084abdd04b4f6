import { join } from 'node:path';

import type { EventLog } from '#libs/event-log/event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { writeToLog } from './publish-changes.ts';
import { openSpool } from './spool.ts';

/** Publishes what lies in the spool without listening for more. Resolves to how much it was. */
export async function publishBacklog(deps: {
  readonly dataDir: string;
  readonly log: Pick<EventLog, 'publish' | 'openPair'>;
  readonly facts: Pick<FactStore, 'put'>;
  /** Lines of a file were not understood; it lies aside now. */
  readonly onAside?: (path: string, lines: number) => void;
}): Promise<number> {
  const spool = await openSpool({
    dir: join(deps.dataDir, 'spool'),
    ...(deps.onAside === undefined ? {} : { onAside: deps.onAside }),
  });
  const found = spool.size();
  try {
    for (const pair of spool.leftPairs) await deps.log.openPair(pair);
    await spool.drain((entries) => writeToLog(deps, entries));
  } finally {
    await spool.close();
  }
  return found;
}
