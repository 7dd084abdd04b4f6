import type { Epoch } from '#libs/event-log/event-log.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { ApplierDeps } from './applier-deps.ts';

/** How long to wait before an alarm is written again that could not be, in milliseconds. */
const AGAIN_MS = 1_000;

/**
 * Writes down that the log lost news, as often as it takes; a full comparison answers it. Ends without it where the epoch or the process
 * ends: nothing was committed then beyond what is lost, so whoever takes over meets the same gap.
 */
export async function ringAlarm(
  { facts, clock, settings, say, without }: ApplierDeps,
  epoch: Epoch,
  message: string,
  stopping: AbortSignal,
): Promise<void> {
  if (without?.has('gap-alarm') === true) return;
  const over = AbortSignal.any([stopping, epoch.signal]);
  const id = `gap:${String(epoch.partition)}`;
  while (!over.aborted) {
    try {
      await facts.put([{ pair: settings.name, kind: 'alarm', id, value: { at: clock.now(), message } }]);
      return;
    } catch (error) {
      if (!isSyncError(error)) throw error;
      say('error', { code: error.code, hint: error.hint }, error.message);
      await clock.sleep(AGAIN_MS, over).catch(() => {});
    }
  }
}
