import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import type { ArgsOf, LogOperation } from '#libs/event-log/log-tables.ts';
import { createSqliteTables, runBatch, type LogRequest } from '#libs/event-log/sqlite-tables.ts';

const opened: DatabaseSync[] = [];
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
});

function openTables() {
  const database = new DatabaseSync(':memory:');
  opened.push(database);
  const tables = createSqliteTables(database, [1_000]);
  tables.openPair({ pair: 'acme', partitions: 1 });
  return { database, tables };
}

function request<K extends LogOperation>(operation: K, args: ArgsOf<K>): LogRequest {
  return { operation, args: args as never };
}

function publish(bodies: readonly string[], pair = 'acme'): LogRequest {
  return request('publish', {
    now: 1,
    entries: bodies.map((body) => ({ pair, key: 'product:1', body, notBefore: null })),
  });
}

describe('runBatch()', () => {
  test('a mistake of one caller is not answered to the others', () => {
    const { database, tables } = openTables();

    const replies = runBatch(database, tables, [
      publish(['one']),
      request('fetch', { pair: 'nobody', partition: 0, from: 0, limit: 1 }),
      publish(['two']),
    ]);

    expect(replies.map(({ kind }) => kind)).toEqual(['done', 'broken', 'done']);
    expect(tables.fetch({ pair: 'acme', partition: 0, from: 0, limit: 9 }).rows.map(({ body }) => body)).toEqual([
      'one',
      'two',
    ]);
  });

  test('a full disk leaves nothing half written, and the log goes on when there is room again', () => {
    const { database, tables } = openTables();
    const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
    database.exec(`PRAGMA max_page_count = ${pages + 1}`);
    const large = Array.from({ length: 20 }, () => 'x'.repeat(4_000));

    const full = runBatch(database, tables, [publish(large), request('appendJournal', { now: 1, entries: [] })]);
    const whileFull = tables.ends({ pair: 'acme' });
    database.exec('PRAGMA max_page_count = 100000');
    const again = runBatch(database, tables, [publish(large)]);

    expect(full).toMatchObject([{ kind: 'unavailable', why: expect.stringContaining('full') }, { kind: 'done' }]);
    expect(whileFull).toMatchObject([{ start: 0, end: 0 }]);
    expect(again).toMatchObject([{ kind: 'done' }]);
    expect(tables.ends({ pair: 'acme' })).toMatchObject([{ end: 20 }]);
  });

  test('a commit is on the disk before it is answered', () => {
    const { database } = openTables();

    expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
  });

  test('a closed database answers that it is unavailable', () => {
    const database = new DatabaseSync(':memory:');
    const tables = createSqliteTables(database, [1_000]);
    database.close();

    expect(runBatch(database, tables, [publish(['one'])])).toMatchObject([{ kind: 'unavailable' }]);
  });

  test('many requests share one transaction', () => {
    const { database, tables } = openTables();
    const executed: string[] = [];
    const execute = database.exec.bind(database);
    Object.defineProperty(database, 'exec', {
      value: (sql: string) => {
        executed.push(sql);
        execute(sql);
      },
    });

    runBatch(
      database,
      tables,
      Array.from({ length: 100 }, (_, index) => publish([String(index)])),
    );

    expect(executed).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });
});
