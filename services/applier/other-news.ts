import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import type { Epoch } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { askMany } from './ask-store.ts';
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
    outcomes.push(outcome(offset, news, 'delayed', 'not-due'));
    return { news, afterMs: Math.max(1, (news.notBefore ?? now) - now) };
  });
  outcomes.push(...(await findRoots(deps, sorted.children, epoch)));
  return { delayed, facts, outcomes };
}

/** The work on child news is to find its root and to publish news of that; no entity is written under a child's key. */
async function findRoots(
  { source, sourceHealth, log }: ApplierDeps,
  children: Sorted['children'],
  epoch: Epoch,
): Promise<readonly NewsOutcome[]> {
  const outcomes: NewsOutcome[] = [];
  const kinds = new Set(children.map(({ news }) => news.child?.kind ?? ''));
  for (const kind of kinds) {
    const some = children.filter(({ news }) => news.child?.kind === kind);
    const ids = [...new Set(some.map(({ news }) => news.child?.id ?? ''))];
    const answers = await askMany(
      ids,
      (part) => source.readRootsOf(kind, part, { signal: epoch.signal, priority: 'change' }),
      'source',
      sourceHealth,
    );
    const news = some.flatMap(({ news: from }): News[] => {
      const answer = answers[ids.indexOf(from.child?.id ?? '')];
      if (answer?.kind !== 'got' || answer.value === null) return [];
      const { child: _child, ...rest } = from;
      const { root, rootId, children: narrowed } = answer.value;
      return [{ ...rest, root, rootId, ...(narrowed === undefined ? {} : { children: [...narrowed] }) }];
    });
    await log.publish(news);
    for (const { offset, news: from } of some) outcomes.push(outcome(offset, from, 'unchanged', 'root-found'));
  }
  return outcomes;
}

function outcome(offset: number, news: News, how: NewsOutcome['outcome'], reason: string): NewsOutcome {
  const root = news.child === undefined ? `${news.root}:${news.rootId}` : `child:${news.child.kind}:${news.child.id}`;
  return { offset, root, kind: news.kind, via: news.via, outcome: how, reason, receivedAt: news.receivedAt };
}
