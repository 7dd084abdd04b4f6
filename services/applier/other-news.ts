import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import type { Epoch } from '#libs/event-log/event-log.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { findRootsOf, outcomeOf } from './child-news.ts';
import type { Sorted } from './coalesce.ts';
import type { Records } from './endings.ts';

/** Ends what is not news of a root: records nobody can decode, news of a child alone, news that is not due. */
export async function otherOutcomes(deps: ApplierDeps, sorted: Sorted, epoch: Epoch): Promise<Records> {
  const { clock, settings } = deps;
  const now = clock.now();
  const outcomes: NewsOutcome[] = [];
  const facts: AnyFactWrite[] = [];
  for (const { offset, partition, undecodable } of sorted.undecodable) {
    const id = `record:${String(partition)}:${String(offset)}`;
    const message = `${String(undecodable?.bytes ?? 0)} bytes, sha256 ${undecodable?.sha256 ?? 'unknown'}`;
    facts.push({
      pair: settings.name,
      kind: 'parked',
      id,
      value: { at: now, reason: 'undecodable', message, fields: [], tries: 0, entities: [] },
    });
    outcomes.push({
      offset,
      root: id,
      kind: 'unknown',
      via: 'unknown',
      outcome: 'parked',
      reason: 'undecodable',
      receivedAt: now,
    });
  }
  const delayed = sorted.early.map(({ offset, news }) => {
    outcomes.push(outcomeOf({ offset, news }, 'delayed', 'not-due'));
    return { news, afterMs: Math.max(1, (news.notBefore ?? now) - now) };
  });
  const children = await findRootsOf(deps, sorted.children, epoch);
  return {
    delayed: [...delayed, ...children.delayed],
    facts: [...facts, ...children.facts],
    outcomes: [...outcomes, ...children.outcomes],
  };
}
