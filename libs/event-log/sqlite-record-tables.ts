import type { DatabaseSync } from 'node:sqlite';
import { must } from '#libs/runtime/must.ts';
import type { Fence, FactEntry, FactRow, LogTables } from './log-tables.ts';
import { getRow, numberAt, numberOrNullAt, textAt, textOrNullAt, type Row } from './sqlite-rows.ts';

export type SqliteFactTables = Pick<
  LogTables,
  'appendFacts' | 'factEnds' | 'factPage' | 'getFacts' | 'listFacts' | 'countFacts'
> & { readonly trimFacts: (pair: string, olderThan: number) => void };

/** Facts in SQLite, compacted at once, in one partition. */
export function createSqliteFactTables(database: DatabaseSync, holds: (fence: Fence) => boolean): SqliteFactTables {
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO facts (pair, kind, id, value, offset, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const takeOffset = database.prepare('UPDATE factsEnd SET offset = offset + 1 RETURNING offset - 1 AS offset');
  const end = database.prepare('SELECT offset FROM factsEnd');
  const page = database.prepare(
    'SELECT pair, kind, id, value, offset FROM facts WHERE offset >= ? AND offset < ? ORDER BY offset LIMIT ?',
  );
  const one = database.prepare('SELECT value FROM facts WHERE pair = ? AND kind = ? AND id = ?');
  const listed = database.prepare(
    `SELECT pair, kind, id, value, offset FROM facts
     WHERE pair = ? AND kind = ? AND id > ? AND value IS NOT NULL ORDER BY id LIMIT ?`,
  );
  const counted = database.prepare('SELECT count(*) AS n FROM facts WHERE pair = ? AND kind = ? AND value IS NOT NULL');
  const forgetDeleted = database.prepare('DELETE FROM facts WHERE pair = ? AND value IS NULL AND at < ?');

  function append({ pair, kind, id, value }: FactEntry, now: number) {
    const offset = numberAt(must(takeOffset.all()[0], 'the end of the facts'), 'offset');
    upsert.run(pair, kind, id, value, offset, now);
    return { partition: 0, offset };
  }

  return {
    appendFacts({ facts, fence, now }) {
      if (fence !== null && !holds(fence)) return null;
      return facts.map((fact) => append(fact, now));
    },
    factEnds: () => [{ partition: 0, offset: numberAt(must(getRow(end), 'the end of the facts'), 'offset') }],
    factPage: ({ from, before, limit }) => page.all(from, before, limit).map(toFactRow),
    getFacts: ({ keys }) =>
      keys.map(({ pair, kind, id }) => {
        const row = getRow(one, pair, kind, id);
        return row === null ? null : textOrNullAt(row, 'value');
      }),
    listFacts: ({ pair, kind, afterId, limit }) => listed.all(pair, kind, afterId ?? '', limit).map(toFactRow),
    countFacts: ({ pair, kind }) => numberAt(must(getRow(counted, pair, kind), 'a count'), 'n'),
    trimFacts(pair, olderThan) {
      forgetDeleted.run(pair, olderThan);
    },
  };
}

function toFactRow(row: Row): FactRow {
  return {
    pair: textAt(row, 'pair'),
    kind: textAt(row, 'kind'),
    id: textAt(row, 'id'),
    value: textOrNullAt(row, 'value'),
    partition: 0,
    offset: numberAt(row, 'offset'),
  };
}

export type SqliteJournalTables = Pick<LogTables, 'appendJournal' | 'journalEnd' | 'journalPage'> & {
  readonly trimJournal: (pair: string, olderThan: number) => number;
};

/** The journal in SQLite. */
export function createSqliteJournalTables(database: DatabaseSync): SqliteJournalTables {
  const insert = database.prepare('INSERT INTO journal (pair, partition, at, body) VALUES (?, ?, ?, ?)');
  const end = database.prepare('SELECT max(offset) AS offset FROM journal');
  const page = database.prepare(
    `SELECT offset, pair, partition, at, body FROM journal
     WHERE pair = ? AND offset > ? AND offset <= ?
       AND offset > coalesce((SELECT json_extract(read.value, '$.offset') FROM json_each(?) AS read
                              WHERE json_extract(read.value, '$.partition') = journal.partition), -1)
     ORDER BY offset LIMIT ?`,
  );
  const remove = database.prepare('DELETE FROM journal WHERE pair = ? AND at < ?');

  return {
    appendJournal({ entries, now }) {
      for (const { pair, partition, body } of entries) insert.run(pair, partition, now, body);
    },
    journalEnd: () => numberOrNullAt(must(getRow(end), 'a maximum'), 'offset') ?? -1,
    journalPage({ pair, after, above, upTo, limit }) {
      return page.all(pair, above, upTo, JSON.stringify(after), limit).map((row) => ({
        offset: numberAt(row, 'offset'),
        pair: textAt(row, 'pair'),
        partition: numberAt(row, 'partition'),
        at: numberAt(row, 'at'),
        body: textAt(row, 'body'),
      }));
    },
    trimJournal: (pair, olderThan) => Number(remove.run(pair, olderThan).changes),
  };
}
