import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { News } from '#libs/event-log/news.ts';
import type { PairSettings } from '#libs/model/pair.ts';

/** What is known of a root's failed attempts, and the news that is in work now. */
export type Attempts = {
  readonly settings: Pick<PairSettings, 'timing'>;
  readonly retrying: FactValue<'retrying'> | null;
  readonly news: readonly Pick<News, 'via' | 'tries'>[];
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/**
 * Whether a delayed retry is still to come, apart from what is in work now. That it is due does not end it: it lies behind other news
 * then, and is awaited for as long as the longest wait; one that was lost with the log does not block the ladder for ever.
 */
export function isRetryOutstanding({ settings: { timing }, retrying, news, now }: Attempts): boolean {
  if (retrying === null || news.some(({ via }) => via === 'retry')) return false;
  return now < retrying.until + Math.max(...timing.retriesMs);
}

/** Failed attempts so far, without the one of now: the highest that the fact or a retry tells, and none where a success came in between. */
export function attemptsSoFar({ retrying, news }: Pick<Attempts, 'retrying' | 'news'>): number {
  if (retrying?.tries === 0) return 0;
  return Math.max(retrying?.tries ?? 0, ...news.map(({ via, tries }) => (via === 'retry' ? tries : 0)));
}

/** The fact after a success: gone, or the mark that the retry which is still to come begins at nothing. */
export function retryingAfterSuccess(attempts: Attempts): FactValue<'retrying'> | null {
  const { retrying } = attempts;
  return retrying !== null && isRetryOutstanding(attempts) ? { tries: 0, until: retrying.until } : null;
}
