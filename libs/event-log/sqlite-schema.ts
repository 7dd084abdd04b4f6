import type { DatabaseSync } from 'node:sqlite';

/** Raised with every change of the tables below; an older file is brought up step by step. */
const SCHEMA_VERSION = 1;

const CREATE = `
CREATE TABLE partitions (
  pair TEXT NOT NULL,
  partition INTEGER NOT NULL,
  start INTEGER NOT NULL DEFAULT 0,
  end INTEGER NOT NULL DEFAULT 0,
  committed INTEGER,
  begun INTEGER,
  everCommitted INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (pair, partition)
) WITHOUT ROWID;
CREATE TABLE news (
  pair TEXT NOT NULL,
  partition INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body ANY NOT NULL,
  PRIMARY KEY (pair, partition, offset)
) WITHOUT ROWID;
CREATE TABLE delayed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tier INTEGER NOT NULL,
  dueAt INTEGER NOT NULL,
  notBefore INTEGER NOT NULL,
  pair TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX delayedByDue ON delayed (dueAt, seq);
CREATE INDEX delayedByPair ON delayed (pair);
CREATE TABLE facts (
  pair TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT,
  offset INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (pair, kind, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX factsByOffset ON facts (offset);
CREATE TABLE factsEnd (offset INTEGER NOT NULL);
INSERT INTO factsEnd VALUES (0);
CREATE TABLE journal (
  offset INTEGER PRIMARY KEY AUTOINCREMENT,
  pair TEXT NOT NULL,
  partition INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX journalByPair ON journal (pair, offset);
`;

/** Makes a file ready: durable on every commit, readable while it is written, its tables as this version knows them. */
export function prepareLogFile(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION) throw new Error(`it was written by a newer version (${version})`);
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${CREATE} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}
