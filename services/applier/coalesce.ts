import type { LoggedNews } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { RootKind } from '#libs/model/stored.ts';

/** News as the applier has it in work. */
export type Work = {
  readonly logged: LoggedNews;
  /** An earlier owner may have had it in work. */
  readonly inherited: boolean;
};

/** All news of one root in a batch: one read covers them, as all were appended before it begins. */
export type Group = {
  readonly key: string;
  readonly root: RootKind;
  readonly rootId: string;
  /** Narrowed to these children; undefined: the whole root. */
  readonly children: readonly string[] | undefined;
  readonly members: readonly { readonly offset: number; readonly news: News }[];
  /** The highest of its members: attempts belong to the root. */
  readonly tries: number;
  readonly inherited: boolean;
  /** Only comparisons of it are in the batch, and none repairs: nothing is written. */
  readonly onlyLooks: boolean;
  /** It holds the one outstanding retry of the root. */
  readonly hasRetry: boolean;
  /** The latest time at the source that any of the news tells. */
  readonly changedAt: string | null;
};

export type Sorted = {
  readonly groups: readonly Group[];
  readonly undecodable: readonly LoggedNews[];
  /** Only a child is known: the root is looked up, and news of it published. */
  readonly children: readonly { readonly offset: number; readonly news: News }[];
  /** Not due yet (the clock of the tier ran ahead): delayed again. */
  readonly early: readonly { readonly offset: number; readonly news: News }[];
};

/** Sorts a batch into groups by root, in the order of their first news. */
export function coalesceByRoot(works: readonly Work[], now: number): Sorted {
  const undecodable: LoggedNews[] = [];
  const children: { offset: number; news: News }[] = [];
  const early: { offset: number; news: News }[] = [];
  const byKey = new Map<string, { work: Work; news: News }[]>();
  for (const work of works) {
    const { news, offset } = work.logged;
    if (news === null) undecodable.push(work.logged);
    else if (news.notBefore !== undefined && news.notBefore > now) early.push({ offset, news });
    else if (news.child !== undefined) children.push({ offset, news });
    else {
      const key = `${news.root}:${news.rootId}`;
      const members = byKey.get(key);
      if (members === undefined) byKey.set(key, [{ work, news }]);
      else members.push({ work, news });
    }
  }
  return { groups: [...byKey].map(([key, members]) => group(key, members)), undecodable, children, early };
}

function group(key: string, members: readonly { work: Work; news: News }[]): Group {
  const news = members.map((member) => member.news);
  const whole = news.some(({ children }) => children === undefined);
  const first = news[0];
  if (first === undefined) throw new Error('Broken invariant: a group without news');
  return {
    key,
    root: first.root,
    rootId: first.rootId,
    children: whole ? undefined : [...new Set(news.flatMap(({ children }) => children ?? []))],
    members: members.map((member) => ({ offset: member.work.logged.offset, news: member.news })),
    tries: Math.max(...news.map(({ tries }) => tries)),
    inherited: members.some(({ work }) => work.inherited),
    onlyLooks: news.every(({ kind, repair }) => kind === 'compare' && repair !== true),
    hasRetry: news.some(({ via }) => via === 'retry'),
    changedAt: news.reduce<string | null>(
      (latest, { changedAt }) =>
        changedAt !== undefined && (latest === null || changedAt > latest) ? changedAt : latest,
      null,
    ),
  };
}
