import { publishBacklog } from '../services/ingest/publish-backlog.ts';
import type { RunResult } from '../services/reconciler/finding.ts';
import type { Progress } from '../services/reconciler/scan-stores.ts';
import type { Context, OpenPair } from './context.ts';
import { pinStores } from './pin-stores.ts';
import { openApplierPart, openReconcilerPart } from './plug-parts.ts';

export type OnceResult = {
  readonly pair: string;
  readonly run: RunResult;
  readonly parked: number;
};

/** Brings every pair into step and ends: what was spooled, what is on the log, one full comparison (before approval it writes nothing). */
export async function runOnce(
  context: Context,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (pair: string, progress: Progress) => void },
): Promise<readonly OnceResult[]> {
  await context.prepare();
  await publishBacklog({ ...context, dataDir: context.instanceDir });
  const results: OnceResult[] = [];
  for (const pair of context.pairs.values())
    results.push(await onceForPair(pair, context, signal, (progress) => onProgress(pair.settings.name, progress)));
  return results;
}

async function onceForPair(
  pair: OpenPair,
  context: Context,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<OnceResult> {
  const { name } = pair.settings;
  await pinStores(pair, context, { signal, patient: false });
  const applier = await openApplierPart(pair, context);
  try {
    const reconciler = await openReconcilerPart(pair, context, { scheduled: false });
    try {
      await applier.idle();
      const phase = await context.facts.get(name, 'phase', 'phase');
      const run = await reconciler.compare({ repair: phase?.phase === 'follow', signal, onProgress });
      await applier.idle();
      return { pair: name, run, parked: await context.facts.count(name, 'parked') };
    } finally {
      await reconciler.stop();
    }
  } finally {
    await applier.stop();
  }
}
