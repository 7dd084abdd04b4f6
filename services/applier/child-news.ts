import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { Epoch } from '#libs/event-log/event-log.ts';
import { newsKey, type News } from '#libs/event-log/news.ts';
import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import type { ApplierDeps } from './applier-deps.ts';
import { attemptsSoFar, isRetryOutstanding, retryingAfterSuccess } from './attempts.ts';
import { askMany } from './ask-store.ts';
import type { Sorted } from './coalesce.ts';
import type { Records } from './endings.ts';

/**
 * The work on child news is to find its root and to publish news of that; no entity is written under a child's key. Where the
 * source does not say which root that is, the news is kept: the ladder, then parked under the child's key.
 */
export async function findRootsOf(deps: ApplierDeps, children: Sorted['children'], epoch: Epoch): Promise<Records> {
  const { source, sourceHealth, log } = deps;
  const all: Records[] = [];
  for (const kind of new Set(children.map(({ news }) => news.child?.kind ?? ''))) {
    const some = children.filter(({ news }) => news.child?.kind === kind);
    const ids = [...new Set(some.map(({ news }) => news.child?.id ?? ''))];
    const answers = await askMany(
      ids,
      (part) => source.readRootsOf(kind, part, { signal: epoch.signal, priority: 'change' }),
      'source',
      sourceHealth,
    );
    for (const [index, id] of ids.entries()) {
      const members = some.filter(({ news }) => news.child?.id === id);
      const answer = answers[index];
      if (answer?.kind === 'got') {
        const { value } = answer;
        if (value !== null) await log.publish(members.map(({ news }) => newsOfRoot(news, value)));
        all.push(await found(deps, members));
      } else all.push(await failed(deps, members, answer?.message ?? 'not answered'));
    }
  }
  return {
    delayed: all.flatMap(({ delayed }) => delayed),
    facts: all.flatMap(({ facts }) => facts),
    outcomes: all.flatMap(({ outcomes }) => outcomes),
  };
}

type Root = NonNullable<Awaited<ReturnType<ApplierDeps['source']['readRootsOf']>>[number]>;

function newsOfRoot({ child: _child, ...from }: News, { root, rootId, children }: Root): News {
  // Attempts belong to the root: those that were made to find it are none of its own.
  const via = from.via === 'retry' ? 'look' : from.via;
  return { ...from, via, tries: 0, root, rootId, ...(children === undefined ? {} : { children: [...children] }) };
}

async function found(deps: ApplierDeps, members: Sorted['children']): Promise<Records> {
  const { key, parked, retrying } = await readAttempts(deps, members);
  const pair = deps.settings.name;
  const attempts = { settings: deps.settings, retrying, news: members.map(({ news }) => news), now: deps.clock.now() };
  return {
    delayed: [],
    facts: [
      ...(parked === null ? [] : [{ pair, kind: 'parked' as const, id: key, value: null }]),
      ...(retrying === null
        ? []
        : [{ pair, kind: 'retrying' as const, id: key, value: retryingAfterSuccess(attempts) }]),
    ],
    outcomes: members.map((member) => outcomeOf(member, 'unchanged', 'root-found')),
  };
}

async function failed(deps: ApplierDeps, members: Sorted['children'], message: string): Promise<Records> {
  const { settings, clock } = deps;
  const { key, parked, retrying } = await readAttempts(deps, members);
  const now = clock.now();
  const attempts = { settings, retrying, news: members.map(({ news }) => news), now };
  const isRetry = members.some(({ news }) => news.via === 'retry');
  const ended = (outcome: NewsOutcome['outcome'], facts: readonly AnyFactWrite[] = []): Records => ({
    delayed: [],
    facts,
    outcomes: members.map((member) => ({ ...outcomeOf(member, outcome, 'failed'), message })),
  });
  // As for roots: one try without the ladder for what is parked, and one outstanding retry.
  if (parked !== null && !isRetry) return ended('parked');
  if (isRetryOutstanding(attempts)) return ended('delayed');
  const tries = attemptsSoFar(attempts) + 1;
  const afterMs = settings.timing.retriesMs[tries - 1];
  const [first] = members;
  const pair = settings.name;
  if (afterMs === undefined || first === undefined) {
    const value = { at: now, reason: 'failed', message, fields: [], tries, entities: [] };
    return ended('parked', [
      { pair, kind: 'parked', id: key, value },
      { pair, kind: 'retrying', id: key, value: null },
    ]);
  }
  const waiting = ended('delayed', [{ pair, kind: 'retrying', id: key, value: { tries, until: now + afterMs } }]);
  return { ...waiting, delayed: [{ news: { ...first.news, via: 'retry', tries }, afterMs }] };
}

type Attempts = {
  readonly key: string;
  readonly parked: FactValue<'parked'> | null;
  readonly retrying: FactValue<'retrying'> | null;
};

async function readAttempts({ facts, settings }: ApplierDeps, [first]: Sorted['children']): Promise<Attempts> {
  if (first === undefined) throw new Error('Broken invariant: a child without news');
  const key = newsKey(first.news);
  const [parked, retrying] = await Promise.all([
    facts.get(settings.name, 'parked', key),
    facts.get(settings.name, 'retrying', key),
  ]);
  return { key, parked, retrying };
}

/** How one news ended that is not applied under its own key. */
export function outcomeOf(
  { offset, news }: Sorted['children'][number],
  outcome: NewsOutcome['outcome'],
  reason: string,
): NewsOutcome {
  const { kind, via, receivedAt } = news;
  return { offset, root: newsKey(news), kind, via, outcome, reason, receivedAt };
}
