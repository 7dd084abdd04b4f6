import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost } from './applier-deps.ts';
import type { Batch } from './apply-batch.ts';
import type { Ending } from './endings.ts';
import type { ReadGroup } from './read-batch.ts';

/**
 * Whether a creation may be sent now: null, the ending that waits, or `again` where it has a link that the read did not know. The
 * look-up that found nothing proves something only when no earlier creation could land after it, and when the copies of facts are whole.
 */
export async function decideCreation(
  deps: ApplierDeps,
  batch: Batch,
  read: ReadGroup,
): Promise<Ending | 'again' | null> {
  const { clock, facts, settings, without } = deps;
  const { key } = read.group;
  if ((await facts.ensureComplete()) === 'incomplete')
    return { kind: 'later', afterMs: 1_000, reason: 'facts-incomplete' };
  // Asked for again: the copies may have lacked both when the root was read.
  const [link, creating] = await Promise.all([
    facts.get(settings.name, 'link', key),
    facts.get(settings.name, 'creating', key),
  ]);
  if (link !== null) return 'again';
  if (without?.has('wait-before-creation') === true) return null;
  // An earlier owner may have sent it just now, whatever an older doubt says that has long passed.
  const inherited = read.group.inherited ? batch.sentUntil + batch.landingMs : 0;
  const until = Math.max(creating?.until ?? 0, inherited);
  // Not by the time it is now: this process may have stood still since it looked, and an earlier creation landed meanwhile.
  if (until <= read.lookedAt) return null;
  if (until !== creating?.until) await writeDoubt(deps, batch, read, until);
  return wait(Math.max(0, until - clock.now()) + 1);
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
