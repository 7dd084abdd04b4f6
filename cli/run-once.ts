import { isSyncError } from '#libs/runtime/sync-error.ts';
import { publishBacklog } from '../services/ingest/publish-backlog.ts';
import type { RunResult } from '../services/reconciler/finding.ts';
import type { Progress } from '../services/reconciler/scan-stores.ts';
import type { Context, OpenPair } from './context.ts';
import { pinStores } from './pin-stores.ts';
import { openApplierPart, openReconcilerPart } from './plug-parts.ts';

export type OnceResult =
  | { readonly pair: string; readonly run: RunResult; readonly parked: number }
  /** Why nothing could be done for it; the others are not kept from theirs. */
  | { readonly pair: string; readonly failed: string };

/** How many pairs are worked on at once: one whose shop is slow keeps few others waiting. */
const AT_ONCE = 4;

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
  const results = new Map<string, OnceResult>();
  const waiting = [...context.pairs.values()];
  const work = async (): Promise<void> => {
    for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
      const { name } = pair.settings;
      results.set(name, await tryPair(pair, context, signal, (progress) => onProgress(name, progress)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [...context.pairs.keys()].flatMap((name) => results.get(name) ?? []);
}

async function tryPair(...[pair, context, signal, onProgress]: Parameters<typeof onceForPair>): Promise<OnceResult> {
  try {
    return await onceForPair(pair, context, signal, onProgress);
  } catch (error) {
    if (!isSyncError(error)) throw error;
    return { pair: pair.settings.name, failed: `${error.message} → ${error.hint}` };
  }
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
