import type { Epoch } from '#libs/event-log/event-log.ts';
import { BRAKE_WINDOW_MS, DELETED } from '#libs/facts/brakes.ts';
import { holdPair } from '#libs/facts/hold-pair.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost } from './applier-deps.ts';
import type { Planned } from './plan-batch.ts';
import { retirementOf } from './retirements.ts';

/** So many may be archived or deleted within an hour, or one in a hundred of what is linked, if that is more. */
const ALLOWED_MIN = 20;
const ALLOWED_SHARE = 0.01;

/**
 * Whether so much goes at once that a person has to look: then the pair is held, and nothing of the batch is sent. A shop that is being
 * emptied answers for the rest of it, one after the other, as a shop does in which somebody tidies up.
 *
 * @throws {EpochLost} somebody else owns the partition now.
 */
export async function brakeRetirements(
  { facts, settings, clock, say }: ApplierDeps,
  { epoch }: { readonly epoch: Epoch },
  planned: readonly Planned[],
): Promise<boolean> {
  // One that was begun before is not another one.
  const fresh = planned.filter((one) => {
    const how = retirementOf(one)?.how;
    return how !== undefined && how !== 'restore' && one.read.retired === null;
  });
  if (fresh.length === 0) return false;
  const pair = settings.name;
  const now = clock.now();
  const before = await facts.get(pair, 'brake', DELETED);
  const isOver = before === null || now - before.since >= BRAKE_WINDOW_MS;
  const counted = { since: isOver ? now : before.since, count: (isOver ? 0 : before.count) + fresh.length };
  const isOpen = (before?.openUntil ?? 0) > now;
  const allowed = Math.max(ALLOWED_MIN, (await facts.count(pair, 'link')) * ALLOWED_SHARE);
  const brakes = !isOpen && counted.count > allowed;
  const openUntil = before?.openUntil ?? null;
  const value = brakes
    ? { since: counted.since, count: before?.count ?? 0, heldAt: now, openUntil }
    : { ...counted, heldAt: null, openUntil };
  if ((await facts.put([{ pair, kind: 'brake', id: DELETED, value }], { epoch })) === 'lost')
    throw new EpochLost('The partition has another owner');
  if (!brakes) return false;
  const reason = `more than ${String(Math.floor(allowed))} entities were deleted at the old shop within an hour: is it being emptied? If that is meant: lockstep resume ${pair}`;
  if (await holdPair(pair, reason, { facts, clock }))
    say('error', { deleted: counted.count }, `The pair is held: ${reason}`);
  return true;
}
