import type { DelayTiers } from './event-log.ts';
import type { LogTables } from './log-tables.ts';
import { createMemoryNewsTables, type NewsTables } from './memory-news-tables.ts';
import { createMemoryFactTables, createMemoryJournalTables } from './memory-record-tables.ts';

export type MemoryTables = LogTables & Pick<NewsTables, 'forgetCommits' | 'nextDueAt' | 'trimNews'>;

/** All tables of a log in memory. */
export function createMemoryTables(tiersMs: DelayTiers, slackMs: () => number): MemoryTables {
  const { trimNews, holds, ...news } = createMemoryNewsTables(tiersMs, slackMs);
  const { trimJournal, ...journal } = createMemoryJournalTables();
  return {
    ...news,
    ...journal,
    ...createMemoryFactTables(holds),
    trimNews,
    trim: ({ pair, olderThan }) => trimNews(pair, olderThan) + trimJournal(pair, olderThan),
  };
}
