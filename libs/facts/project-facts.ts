import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import type { FactStore } from './fact-store.ts';

const LEASE = 'facts/project';
const LEASE_MS = 5_000;
const EVERY_MS = 250;

/**
 * Keeps the copies of facts at the log's end: what was appended by somebody who died before copying it is seen by all within a
 * second. All processes run this; the holder of a lease does it.
 */
export function projectFacts({
  facts,
  state,
  clock,
  holder,
  logger,
}: {
  readonly facts: Pick<FactStore, 'ensureComplete'>;
  readonly state: Pick<StateStore, 'lease' | 'release'>;
  readonly clock: Clock;
  /** Tells this process from others. */
  readonly holder: string;
  readonly logger: Logger;
}): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();

  async function project(): Promise<void> {
    if (await state.lease(LEASE, holder, LEASE_MS)) await facts.ensureComplete();
  }
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await project().catch((error: unknown) => {
        if (!isSyncError(error)) throw error;
        logger.debug({ code: error.code }, error.message);
      });
      await clock.sleep(EVERY_MS, stopping.signal).catch(() => undefined);
    }
    await state.release(LEASE, holder).catch(() => undefined);
  }

  const running = run();
  return {
    async stop() {
      stopping.abort(new Error('Stopping'));
      await running;
    },
  };
}
