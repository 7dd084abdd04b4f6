import { SyncError } from '#libs/runtime/sync-error.ts';
import type { OpenPair } from './context.ts';
import type { Runtime } from './handler.ts';
import { pinStores } from './pin-stores.ts';
import { openApplierPart, openReconcilerPart } from './plug-parts.ts';
import type { Part, ReconcilerPart } from './runtime-parts.ts';

export type PairParts = { readonly applier: Part; readonly reconciler: ReconcilerPart };

/**
 * Works with the applier and the reconciler of a pair: those that run, or, where no process runs, some of its own that end with
 * the work.
 */
export async function withParts<R>(
  pair: OpenPair,
  runtime: Runtime,
  signal: AbortSignal,
  work: (parts: PairParts) => Promise<R>,
): Promise<R> {
  const { name } = pair.settings;
  if (runtime.running !== null) {
    const applier = runtime.running.appliers.get(name);
    const reconciler = runtime.running.reconcilers.get(name);
    if (applier !== undefined && reconciler !== undefined) return work({ applier, reconciler });
    throw new SyncError(
      'USAGE',
      `Cannot ask "${name}": the process that runs on this folder has no applier and reconciler of it (yet)`,
    );
  }
  await pinStores(pair, runtime, { signal, patient: false });
  const applier = await openApplierPart(pair, runtime);
  try {
    const reconciler = await openReconcilerPart(pair, runtime, { scheduled: false });
    try {
      return await work({ applier, reconciler });
    } finally {
      await reconciler.stop();
    }
  } finally {
    await applier.stop();
  }
}
