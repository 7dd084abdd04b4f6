import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FactTable } from '#libs/event-log/embedded-event-log.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { refill, take, type Bucket } from './budget.ts';
import type { BudgetLimit, FactCopies, StateStore } from './state-store.ts';

export type EmbeddedStateStoreOptions = {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Facts lie in the embedded log itself: there is nothing to copy, and nothing to be behind. */
  readonly factTable: FactTable;
};

const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS roots (
  pair TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, root TEXT NOT NULL, PRIMARY KEY (pair, kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, left REAL NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL, until INTEGER) WITHOUT ROWID;
`;
const FLUSH = 'DELETE FROM roots; DELETE FROM buckets; DELETE FROM leases; DELETE FROM notes;';

/** State of one machine in `state.sqlite`, which may be deleted whenever nothing runs; a spoilt file is begun anew. */
export function openEmbeddedStateStore({ dataDir, clock, factTable }: EmbeddedStateStoreOptions): StateStore {
  const file = join(dataDir, 'state.sqlite');
  const database = openFile(dataDir, file);
  // Whoever opens it holds the lock of the log's folder, so a lease that is left is of a process that was killed.
  database.exec('DELETE FROM leases');
  const tables = createTables(database);

  // Every operation is synchronous below, so none of them meets another half way.
  async function attempt<T>(action: string, run: () => T): Promise<T> {
    try {
      return run();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SyncError('STATE_UNAVAILABLE', `Cannot ${action} "${file}": ${why}`, { cause: error });
    }
  }
  const bucketNow = (name: string, limit: BudgetLimit) => refill(tables.bucket(name), clock.now(), limit);

  return {
    facts: createLogCopies(factTable),
    getRootsOf: (pair, kind, ids) => attempt('read', () => ids.map((id) => tables.root(pair, kind, id))),
    putRootsOf: (pair, kind, roots) => attempt('write to', () => tables.putRoots(pair, kind, roots)),
    takeBudget: (name, cost, limit) =>
      attempt('write to', () => {
        const { bucket, waitMs } = take(bucketNow(name, limit), cost, limit);
        tables.putBucket(name, bucket);
        return waitMs;
      }),
    setBudget: (name, left, limit) =>
      attempt('write to', () => tables.putBucket(name, { left: Math.min(left, limit.capacity), at: clock.now() })),
    readBudget: (name, limit) => attempt('read', () => bucketNow(name, limit).left),
    lease: (name, holder, ms) => attempt('write to', () => tables.takeLease(name, holder, clock.now(), ms)),
    release: (name, holder) => attempt('write to', () => tables.dropLease(name, holder)),
    getNote: (key) => attempt('read', () => tables.note(key, clock.now())),
    putNote: (key, value, ttlMs) =>
      attempt('write to', () => tables.putNote(key, value, ttlMs === undefined ? null : clock.now() + ttlMs)),
    flush: () => attempt('write to', () => database.exec(FLUSH)),
    async close() {
      if (database.isOpen) database.close();
    },
  };
}

function openFile(dataDir: string, file: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    return prepare(file);
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return prepare(file);
  }
}

function prepare(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function createTables(database: DatabaseSync) {
  const root = database.prepare('SELECT root FROM roots WHERE pair = ? AND kind = ? AND id = ?');
  const putRoot = database.prepare('INSERT OR REPLACE INTO roots (pair, kind, id, root) VALUES (?, ?, ?, ?)');
  const bucket = database.prepare('SELECT left, at FROM buckets WHERE name = ?');
  const putBucket = database.prepare('INSERT OR REPLACE INTO buckets (name, left, at) VALUES (?, ?, ?)');
  const takeLease = database.prepare(
    `INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)
     ON CONFLICT (name) DO UPDATE SET holder = :holder, until = :until WHERE holder = :holder OR until <= :now`,
  );
  const dropLease = database.prepare('DELETE FROM leases WHERE name = ? AND holder = ?');
  const note = database.prepare('SELECT value FROM notes WHERE key = ? AND (until IS NULL OR until > ?)');
  const putNote = database.prepare('INSERT OR REPLACE INTO notes (key, value, until) VALUES (?, ?, ?)');

  return {
    root: (pair: string, kind: string, id: string) => textOf(root.get(pair, kind, id)?.['root']),
    putRoots(pair: string, kind: string, roots: Readonly<Record<string, string>>): void {
      database.exec('BEGIN');
      try {
        for (const [id, owner] of Object.entries(roots)) putRoot.run(pair, kind, id, owner);
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    bucket(name: string): Bucket | null {
      const row = bucket.get(name);
      return row === undefined ? null : { left: Number(row['left']), at: Number(row['at']) };
    },
    putBucket(name: string, { left, at }: Bucket): void {
      putBucket.run(name, left, at);
    },
    takeLease: (name: string, holder: string, now: number, ms: number): boolean =>
      takeLease.run({ name, holder, now, until: now + ms }).changes === 1,
    dropLease(name: string, holder: string): void {
      dropLease.run(name, holder);
    },
    note: (key: string, now: number) => textOf(note.get(key, now)?.['value']),
    putNote(key: string, value: string, until: number | null): void {
      putNote.run(key, value, until);
    },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function createLogCopies(table: FactTable): FactCopies {
  return {
    get: table.get,
    list: table.list,
    count: table.count,
    put: async () => undefined,
    completeTo: table.ends,
    beginFill: async () => 'the log itself',
    setCompleteTo: async () => true,
  };
}
