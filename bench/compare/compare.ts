import { join } from 'node:path';

import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { systemClock as clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { systemRandom as random } from '#libs/runtime/random.ts';
import { openApplier } from '../../services/applier/open-applier.ts';
import { openReconciler } from '../../services/reconciler/open-reconciler.ts';
import { settingsOf } from '../applier/pair.ts';
import { openFolder } from './open-folder.ts';
import { DIFFERING, storeOfRows } from './rows.ts';

// compare.ts <folder> <count>: a full comparison in a process of its own, which says how much memory it ever held.
const folder = must(process.argv[2], 'a folder');
const count = Number(process.argv[3]);
const opened = await openFolder(folder);
const { log, state, facts } = opened;
const settings = settingsOf('acme');
const [source, target] = [storeOfRows(count, 'source'), storeOfRows(count, 'target')];
const well = { failed: async () => 'well' as const, isWell: () => true, whenWell: async () => {} };
const shared = {
  settings,
  source,
  target,
  log,
  facts,
  clock,
  random,
  fingerprint: createFingerprint(Buffer.from('bench')),
  say: () => {},
};
const applier = await openApplier({ ...shared, sourceHealth: well, targetHealth: well });
const reconciler = await openReconciler({
  ...shared,
  state,
  reportsDir: join(folder, 'reports'),
  journalPath: join(folder, 'journal.sqlite'),
  onDemand: true,
  waits: { pollMs: 20 },
});
const started = performance.now();
const { drift } = await reconciler.compare({ repair: false });
const seconds = (performance.now() - started) / 1_000;
await applier.stop();
await reconciler.stop();
await opened.close();
if (drift !== Math.min(DIFFERING, count))
  throw new Error(`The comparison found ${String(drift)} of ${String(DIFFERING)} differences`);
process.stdout.write(`${JSON.stringify({ peakKb: process.resourceUsage().maxRSS, seconds })}\n`);
