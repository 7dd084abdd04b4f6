import type { DatabaseSync } from 'node:sqlite';
import type { DelayTiers } from './event-log.ts';
import { perform, type LogOperation, type LogTables } from './log-tables.ts';
import { createSqliteNewsTables } from './sqlite-news-tables.ts';
import { createSqliteFactTables, createSqliteJournalTables } from './sqlite-record-tables.ts';
import { prepareLogFile } from './sqlite-schema.ts';

/** One operation as it is sent to where the tables are. */
export type LogRequest = { readonly operation: LogOperation; readonly args: never };
/** `unavailable` is the database's own complaint, and then nothing was written; `broken` is this program's mistake. */
export type LogReply =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'broken'; readonly why: string };

/** All tables of a log in one database file. */
export function createSqliteTables(database: DatabaseSync, tiersMs: DelayTiers): LogTables {
  prepareLogFile(database);
  const { trimNews, holds, ...news } = createSqliteNewsTables(database, tiersMs);
  const { trimFacts, ...facts } = createSqliteFactTables(database, holds);
  const { trimJournal, ...journal } = createSqliteJournalTables(database);
  return {
    ...news,
    ...facts,
    ...journal,
    trim({ pair, olderThan }) {
      trimFacts(pair, olderThan);
      return trimNews(pair, olderThan) + trimJournal(pair, olderThan);
    },
  };
}

/**
 * Runs requests in one transaction, so that they share one write to the disk. Where one of them fails, each is run in a
 * transaction of its own: a mistake of one caller is not answered to another, and nothing is ever half written.
 */
export function runBatch(
  database: DatabaseSync,
  tables: LogTables,
  requests: readonly LogRequest[],
): readonly LogReply[] {
  const together = runTogether(database, tables, requests);
  if (Array.isArray(together)) return together;
  if (requests.length === 1) return [together];
  return requests.flatMap((request) => runBatch(database, tables, [request]));
}

function runTogether(
  database: DatabaseSync,
  tables: LogTables,
  requests: readonly LogRequest[],
): LogReply[] | Exclude<LogReply, { kind: 'done' }> {
  try {
    database.exec('BEGIN IMMEDIATE');
    const replies = requests.map(({ operation, args }): LogReply => ({
      kind: 'done',
      result: perform(tables, operation, args),
    }));
    database.exec('COMMIT');
    return replies;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
    return toFailure(error);
  }
}

/** Tells the database's complaints from this program's mistakes. */
export function toFailure(error: unknown): Exclude<LogReply, { kind: 'done' }> {
  const why = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const isDatabase = code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_STATE';
  return { kind: isDatabase ? 'unavailable' : 'broken', why };
}
