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
  const { clock, facts, without } = deps;
  if ((await facts.ensureComplete()) === 'incomplete')
    return { kind: 'later', afterMs: 1_000, reason: 'facts-incomplete' };
  if (without?.has('wait-before-creation') === true) return null;
  const now = clock.now();
  // An earlier owner may have sent it just now, whatever an older doubt says that has long passed.
  const inherited = read.group.inherited ? batch.tookOverAt + batch.landingMs : 0;
  const until = Math.max(read.creating?.until ?? 0, inherited);
  if (until <= now) return null;
  if (until !== read.creating?.until) await writeDoubt(deps, batch, read, until);
  return wait(until - now + 1);
}

async function writeDoubt(
  { clock, facts, settings }: ApplierDeps,
  { epoch }: Batch,
  { group }: ReadGroup,
  until: number,
) {
  const value = { since: clock.now(), until, key: group.key };
  const put = await facts.put([{ pair: settings.name, kind: 'creating', id: group.key, value }], { epoch });
  if (put === 'lost') throw new EpochLost('The partition has another owner');
}

function wait(afterMs: number): Ending {
  return { kind: 'later', afterMs, reason: 'creation-in-doubt' };
}
