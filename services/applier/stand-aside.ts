import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { ApplierDeps } from './applier-deps.ts';
import type { Applier } from './open-applier.ts';
import { readPairState } from './pair-state.ts';

/** How often it is asked whether this process' config is the approved one. */
const ASK_MS = 1_000;

export type StandAsideDeps = Pick<ApplierDeps, 'settings' | 'facts' | 'clock' | 'say'> & {
  readonly open: () => Promise<Applier>;
};

/**
 * Runs a pair's applier only while this process' config is the approved one, or none is approved. Where several processes share a
 * pair, one with another config may write nothing: it leaves the partitions to those that may, instead of keeping its share of the
 * news waiting.
 */
export async function openStandingAside(deps: StandAsideDeps): Promise<Applier> {
  const { settings, clock, say, open } = deps;
  const stopping = new AbortController();
  let applier: Applier | null = null;

  async function follow(differs: boolean): Promise<void> {
    if (differs && applier !== null) {
      const left = applier;
      applier = null;
      await left.stop();
    } else if (!differs && applier === null) applier = await open();
  }
  async function ask(wasAside: boolean): Promise<boolean> {
    const { configDiffers } = await readPairState(deps);
    if (configDiffers && !wasAside)
      say(
        'warn',
        { hint: `lockstep plan ${settings.name}; lockstep approve ${settings.name}; or the approved config here` },
        'Another config was approved: this process stands aside, and writes nothing of the pair',
      );
    await follow(configDiffers);
    return configDiffers;
  }
  async function keepAsking(first: boolean): Promise<void> {
    let isAside = first;
    while (!stopping.signal.aborted) {
      await clock.sleep(ASK_MS, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        isAside = await ask(isAside);
      } catch (error) {
        // Without an answer it goes on as it was: the applier itself looks before each call.
        if (!isSyncError(error)) throw error;
      }
    }
  }

  const asking = keepAsking(await firstAnswer(ask, deps, stopping.signal));
  // A broken invariant ends the process, as it does in the applier.
  return {
    async stop() {
      stopping.abort(new Error('Stopping'));
      await asking;
      await applier?.stop();
    },
    async idle() {
      await applier?.idle();
    },
  };
}

// A state store that is away when a process starts is waited for.
async function firstAnswer(
  ask: (wasAside: boolean) => Promise<boolean>,
  { clock }: Pick<StandAsideDeps, 'clock'>,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    try {
      return await ask(false);
    } catch (error) {
      if (!isSyncError(error) || error.disposition !== 'retry') throw error;
      await clock.sleep(ASK_MS, signal);
    }
  }
}
