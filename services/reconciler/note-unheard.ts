import { ROOT_KINDS, type RootKind } from '#libs/model/stored.ts';
import type { JournalStore } from './journal-store.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';

/**
 * Counts, by kind, what only sweeps found since a webhook of it was last heard: a subscription that the shop calls active and whose
 * deliveries fail shows in nothing else. Without a registered webhook there is nothing to count.
 */
export async function noteUnheard(
  { facts, settings, clock }: Pick<ReconcilerDeps, 'facts' | 'settings' | 'clock'>,
  journal: Pick<JournalStore, 'tail' | 'lastWebhookOf'>,
  published: Readonly<Partial<Record<RootKind, number>>>,
): Promise<void> {
  const pair = settings.name;
  const subscribed = await facts.get(pair, 'subscribed', 'webhooks');
  if (subscribed === null) return;
  await journal.tail();
  const unheard = { ...subscribed.unheard };
  for (const root of ROOT_KINDS) {
    const before = unheard[root];
    const heardAt = before === undefined ? null : journal.lastWebhookOf(root, before.since);
    const found = published[root] ?? 0;
    if (heardAt !== null) delete unheard[root];
    if (found > 0) {
      const counted = unheard[root] ?? { since: clock.now(), found: 0 };
      unheard[root] = { since: counted.since, found: counted.found + found };
    }
  }
  if (JSON.stringify(unheard) === JSON.stringify(subscribed.unheard)) return;
  await facts.put([{ pair, kind: 'subscribed', id: 'webhooks', value: { ...subscribed, unheard } }]);
}

const FOUND_MIN = 5;

/** Kinds whose webhooks seem not to arrive: several changes were found by sweeps alone, and none was told for longer than `lateAfterMs`. Pure. */
export function unheardKinds(
  unheard: Readonly<Record<string, { readonly since: number; readonly found: number }>>,
  { now, lateAfterMs }: { readonly now: number; readonly lateAfterMs: number },
): readonly { readonly root: string; readonly since: number; readonly found: number }[] {
  return Object.entries(unheard)
    .filter(([, { since, found }]) => found >= FOUND_MIN && now - since >= lateAfterMs)
    .map(([root, counted]) => ({ root, ...counted }));
}
