import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost } from './applier-deps.ts';
import type { Batch } from './apply-batch.ts';
import type { Ending } from './endings.ts';
import type { ReadGroup } from './read-batch.ts';

/**
 * Whether a creation may be sent now: null, or the ending that waits. The look-up that found nothing was just made; it proves
 * something only when no earlier creation can still land, and when the copies of facts are whole.
 */
export async function decideCreation(deps: ApplierDeps, batch: Batch, read: ReadGroup): Promise<Ending | null> {
  const { clock, facts, settings, without } = deps;
  if ((await facts.ensureComplete()) === 'incomplete')
    return { kind: 'later', afterMs: 1_000, reason: 'facts-incomplete' };
  if (without?.has('wait-before-creation') === true) return null;
  const now = clock.now();
  if (read.creating !== null) return read.creating.until > now ? wait(read.creating.until - now + 1) : null;
  const until = batch.tookOverAt + batch.landingMs;
  if (!read.group.inherited || until <= now) return null;
  // An earlier owner may have sent it.
  const value = { since: now, until, key: read.group.key };
  const put = await facts.put([{ pair: settings.name, kind: 'creating', id: read.group.key, value }], {
    epoch: batch.epoch,
  });
  if (put === 'lost') throw new EpochLost('The partition has another owner');
  return wait(until - now + 1);
}

function wait(afterMs: number): Ending {
  return { kind: 'later', afterMs, reason: 'creation-in-doubt' };
}
