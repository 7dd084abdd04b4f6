import type { Retirement } from '#libs/connectors/store-connector.ts';
import type { Epoch } from '#libs/event-log/event-log.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { EpochLost } from './applier-deps.ts';
import type { Planned } from './plan-batch.ts';
import type { Written } from './write-group.ts';

type Retired = FactValue<'retired'>;

export function retirementOf({ plan }: Planned): Retirement | null {
  return plan.decision.kind === 'retire' ? plan.decision.retirement : null;
}

/**
 * Writes down what is about to be archived, deleted or restored, before any call is sent: an answer that is lost must not leave
 * something archived of which nobody knows that it was not a person.
 *
 * @throws {EpochLost} somebody else owns the partition now.
 */
export async function noteRetirements(
  { facts, settings, clock }: ApplierDeps,
  { epoch, landingMs }: { readonly epoch: Epoch; readonly landingMs: number },
  planned: readonly Planned[],
): Promise<void> {
  const at = clock.now();
  const writes = planned.flatMap((one): AnyFactWrite[] => {
    const retirement = retirementOf(one);
    if (retirement === null) return [];
    const { how, targetId } = retirement;
    const value = {
      at,
      how: how === 'restore' ? 'archive' : how,
      targetId,
      done: false,
      until: at + landingMs,
    } as const;
    return [{ pair: settings.name, kind: 'retired', id: one.read.group.key, value }];
  });
  if (writes.length > 0 && (await facts.put(writes, { epoch })) === 'lost')
    throw new EpochLost('The partition has another owner');
}

/** Links of what lay in roots that were deleted at the target, by the root's key: a later order must not refer to it. */
export async function linksWithin(
  { facts, settings }: ApplierDeps,
  planned: readonly Planned[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const within = new Map<string, string[]>();
  const deleted = planned.filter((one) => retirementOf(one)?.how === 'delete');
  for (const { read } of deleted) within.set(read.group.key, [read.group.key]);
  if (deleted.some(({ read }) => read.group.root === 'product'))
    for await (const { id, value } of facts.list(settings.name, 'link'))
      if (value.sourceRootId !== undefined && id.startsWith('variant:'))
        within.get(`product:${value.sourceRootId}`)?.push(id);
  return within;
}

/** The facts once the target has said that it is done, or that it will not. Pure. `links` are those that are gone with it. */
export function retiredFacts(
  pair: string,
  { read, plan }: Planned,
  written: Written,
  { now, links }: { readonly now: number; readonly links: readonly string[] },
): readonly AnyFactWrite[] {
  if (plan.decision.kind !== 'retire') return [];
  const id = read.group.key;
  const { how, targetId } = plan.decision.retirement;
  if (written.kind === 'refused') return [{ pair, kind: 'retired', id, value: read.retired }];
  if (written.kind !== 'retired') return [];
  switch (how) {
    case 'archive':
      return [{ pair, kind: 'retired', id, value: { at: now, how, targetId, done: true, until: now } }];
    case 'restore':
      return [{ pair, kind: 'retired', id, value: stillOpen(read.retired, now) }];
    case 'delete':
      // What comes back at the source is a new entity for the target.
      return [
        ...links.map((link): AnyFactWrite => ({ pair, kind: 'link', id: link, value: null })),
        { pair, kind: 'retired', id, value: null },
        { pair, kind: 'settled', id, value: null },
        { pair, kind: 'inherited', id, value: null },
      ];
  }
}

// An earlier call that archives, and of which nothing was heard, may still land: the look after it restores once more.
function stillOpen(before: Retired | null, now: number): Retired | null {
  return before !== null && !before.done && before.until > now ? before : null;
}
