import { newsKey } from '#libs/event-log/news.ts';
import type { Work } from './coalesce.ts';

/** How many roots one lane takes at once, by how long they took before. */
export type BatchSize = {
  /** Roots that the next batch takes at most. */
  readonly roots: () => number;
  /** News that are kept waiting: enough to find many of one root among them. */
  readonly queueMax: () => number;
  /** A batch was settled: it had so many roots, and took so long. */
  readonly took: (roots: number, ms: number) => void;
};

/**
 * What even a slow store is given, as calls that write many are packed from one batch. Larger ones are a multiple of it: else each would
 * leave a call half empty.
 */
export const ROOTS_MIN = 250;
const ROOTS_MAX = 2_000;
/** Batches grow to what takes about this long. What comes meanwhile waits for them, so it is short. */
const WANTED_MS = 2_000;
const GROWTH_MAX = 4;
const QUEUE_MIN = 2_000;
const NEWS_A_ROOT = 5;

/**
 * A slow store is given small batches, so that little is read in vain and fresh news is soon among them; to a fast one a backlog goes
 * in large ones, so that more news of a root end in one write, and each round trip to log and state carries more.
 *
 * @param sendMs how long calls may be sent after `begin`: what is not sent by then is read again, so a batch is to take less.
 */
export function createBatchSize(sendMs: number): BatchSize {
  const wantedMs = Math.min(WANTED_MS, sendMs / 2);
  let roots = ROOTS_MIN;
  return {
    roots: () => roots,
    queueMax: () => Math.max(QUEUE_MIN, NEWS_A_ROOT * roots),
    took(done, ms) {
      // One that was not full tells nothing of a full one.
      if (done < roots) return;
      const wanted = ROOTS_MIN * Math.floor((done * wantedMs) / Math.max(1, ms) / ROOTS_MIN);
      roots = Math.min(Math.max(ROOTS_MIN, wanted), done * GROWTH_MAX, ROOTS_MAX);
    },
  };
}

/** How many of the first news in a queue are of no more roots than this, and how many roots that is. */
export function takeByRoots(
  queue: readonly Work[],
  rootsMax: number,
): { readonly news: number; readonly roots: number } {
  const seen = new Set<string>();
  for (const [index, { logged }] of queue.entries()) {
    const key = logged.news === null ? `record:${String(logged.offset)}` : newsKey(logged.news);
    if (seen.size === rootsMax && !seen.has(key)) return { news: index, roots: seen.size };
    seen.add(key);
  }
  return { news: queue.length, roots: seen.size };
}
