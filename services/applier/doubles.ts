import type { Epoch } from '#libs/event-log/event-log.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost } from './applier-deps.ts';
import { whoseFault } from './ask-store.ts';
import type { Ending } from './endings.ts';
import type { ReadGroup } from './read-batch.ts';

/** How much earlier than our clock said the target may have dated what it made. */
const CLOCK_SLACK_MS = 600_000;

/**
 * The second look at a creation whose outcome had been unknown, where the platform has neither a unique key nor a bound on how late a
 * call lands: a double is parked for a person, for as long as it is one, and never deleted. Null: there is none, or it is not time yet.
 */
export async function findDouble(
  { target, targetHealth, facts, settings, clock }: ApplierDeps,
  { group, parked }: Pick<ReadGroup, 'group' | 'parked'>,
  epoch: Epoch,
): Promise<Ending | null> {
  const { root, rootId, key, members } = group;
  const isAsked = parked?.reason === 'doubled' || members.some(({ news }) => news.via === 'look');
  if (!isAsked || !target.capabilities.doublesPossible.has(root)) return null;
  const doubtful = await facts.get(settings.name, 'doubtful', key);
  if (doubtful === null || doubtful.lookAt > clock.now()) return null;
  try {
    const since = new Date(doubtful.since - CLOCK_SLACK_MS).toISOString();
    const call = { signal: epoch.signal, priority: 'compare', fields: new Set<never>() } as const;
    const made = await target.listCreatedSince(root, since, call);
    const ids = made.filter(({ sourceId }) => sourceId === rootId).map(({ id }) => id);
    if (ids.length > 1) {
      const message = `it is in the new shop ${String(ids.length)} times: ${ids.join(', ')}`;
      return { kind: 'parked', reason: 'doubled', message, fields: [] };
    }
  } catch (error) {
    // A store that is ill is waited for; any other failure is another try.
    return { kind: 'retry', reason: 'failed', message: await whoseFault(error, 'target', targetHealth) };
  }
  if ((await facts.put([{ pair: settings.name, kind: 'doubtful', id: key, value: null }], { epoch })) === 'lost')
    throw new EpochLost('The partition has another owner');
  return null;
}
