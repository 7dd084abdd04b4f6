import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

import type { Link } from '#libs/facts/fact-kinds.ts';
import { ENTITY_KINDS, type RootKind, type StoredRoot } from '#libs/model/stored.ts';
import type { Finding } from './finding.ts';
import { keysOf, RUN_TABLES } from './run-tables.ts';
import type { Answer, Candidate, RunFile } from './run-types.ts';

export type { Answer, Candidate, Entry, Joined, LastAgreed, RunFile, ScanState, Side } from './run-types.ts';

type Row = Record<string, SQLOutputValue>;
type Db = {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly sql: (text: string) => ReturnType<DatabaseSync['prepare']>;
};

/** Opens the file of a run, making it where it is not. */
export function openRunFile(path: string): RunFile {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    together(db, () => db.exec(RUN_TABLES));
  } catch (error) {
    db.close();
    throw error;
  }
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const sql = (query: string) => {
    const known = prepared.get(query) ?? db.prepare(query);
    prepared.set(query, known);
    return known;
  };
  const at: Db = { path, db, sql };
  return {
    path,
    getNote: (key) => text(sql('SELECT value FROM notes WHERE key = ?').get(key)?.['value']),
    putNote(key, value) {
      sql('INSERT OR REPLACE INTO notes (key, value) VALUES (?, ?)').run(key, value);
    },
    ...scanning(at),
    ...linking(at),
    ...asking(at),
    ...finding(at),
    close: () => db.close(),
  };
}

function scanning({ db, sql }: Db): Pick<RunFile, 'scanState' | 'addPage' | 'endScan' | 'read' | 'byKey'> {
  return {
    scanState(side, root) {
      const row = sql('SELECT cursor, done FROM scans WHERE side = ? AND root = ?').get(side, root);
      const rows = sql(`SELECT count(*) AS n FROM ${side}_roots WHERE root = ?`).get(root);
      return { cursor: text(row?.['cursor']), done: row?.['done'] === 1, rows: Number(rows?.['n'] ?? 0) };
    },
    addPage(side, root, roots, cursor) {
      const row = sql(
        `INSERT OR REPLACE INTO ${side}_roots (root, id, source_id, created_at, changed_at, json) VALUES (?, ?, ?, ?, ?, ?)`,
      );
      const key = sql('INSERT OR IGNORE INTO keys (side, root, key, root_id) VALUES (?, ?, ?, ?)');
      together(db, () => {
        for (const stored of roots) {
          row.run(root, stored.id, stored.sourceId, stored.createdAt, stored.changedAt, withoutNative(stored));
          for (const value of keysOf(stored)) key.run(side, root, value, stored.id);
        }
        sql('INSERT OR REPLACE INTO scans (side, root, cursor, done) VALUES (?, ?, ?, 0)').run(side, root, cursor);
      });
    },
    endScan(side, root) {
      sql('INSERT INTO scans (side, root, done) VALUES (?, ?, 1) ON CONFLICT (side, root) DO UPDATE SET done = 1').run(
        side,
        root,
      );
    },
    read(side, root, id) {
      const row = sql(`SELECT json FROM ${side}_roots WHERE root = ? AND id = ?`).get(root, id);
      return row === undefined ? null : (JSON.parse(String(row['json'])) as StoredRoot);
    },
    byKey: (side, root, key) =>
      sql('SELECT root_id FROM keys WHERE side = ? AND root = ? AND key = ? LIMIT 20')
        .all(side, root, key)
        .map((row) => String(row['root_id'])),
  };
}

function linking({ db, sql }: Db): Pick<RunFile, 'putLinks' | 'linkOf' | 'sourceOf' | 'join' | 'joined'> {
  return {
    putLinks(links) {
      const insert = sql('INSERT OR REPLACE INTO links (entity, source_id, target_id, json) VALUES (?, ?, ?, ?)');
      together(db, () => {
        for (const { id, value } of links) {
          const [entity, sourceId] = splitKey(id);
          insert.run(entity, sourceId, value.targetId, JSON.stringify(value));
        }
      });
    },
    linkOf(entity, sourceId) {
      const row = sql('SELECT json FROM links WHERE entity = ? AND source_id = ?').get(entity, sourceId);
      return row === undefined ? null : (JSON.parse(String(row['json'])) as Link);
    },
    sourceOf(entity, targetId) {
      const row = sql('SELECT source_id, json FROM links WHERE entity = ? AND target_id = ?').get(entity, targetId);
      if (row === undefined) return null;
      return { sourceId: String(row['source_id']), link: JSON.parse(String(row['json'])) as Link };
    },
    join() {
      together(db, () => {
        db.exec('DELETE FROM joined');
        db.exec(`INSERT INTO joined (root, source_id, target_id)
          SELECT coalesce(s.root, t.root), s.id, t.id
          FROM (SELECT r.root, r.id, l.target_id FROM source_roots r
                LEFT JOIN links l ON l.entity = r.root AND l.source_id = r.id) s
          FULL OUTER JOIN target_roots t ON t.root = s.root AND t.id = s.target_id`);
      });
      return Number(sql('SELECT count(*) AS n FROM joined').get()?.['n'] ?? 0);
    },
    joined: (after, limit) =>
      sql('SELECT n, root, source_id, target_id FROM joined WHERE n > ? ORDER BY n LIMIT ?')
        .all(after, limit)
        .map((row) => ({
          n: Number(row['n']),
          root: row['root'] as RootKind,
          sourceId: text(row['source_id']),
          targetId: text(row['target_id']),
        })),
  };
}

const WHICH = {
  unanswered: 'answer IS NULL',
  'to-verify': 'verify = 1 AND verified IS NULL',
} as const;

function asking({
  db,
  sql,
}: Db): Pick<
  RunFile,
  'addCandidates' | 'answeredAfter' | 'candidates' | 'asked' | 'answered' | 'toVerify' | 'verified'
> {
  return {
    addCandidates(candidates) {
      const insert = sql('INSERT OR IGNORE INTO candidates (key, root, root_id, loose) VALUES (?, ?, ?, ?)');
      together(db, () => {
        for (const { root, rootId, loose } of candidates)
          insert.run(`${root}:${rootId}`, root, rootId, JSON.stringify(loose));
      });
    },
    answeredAfter: (key, limit) =>
      sql('SELECT * FROM candidates WHERE key > ? AND answer IS NOT NULL ORDER BY key LIMIT ?')
        .all(key, limit)
        .map((row) => toCandidate(row)),
    candidates(which, limit) {
      const rows = sql(`SELECT * FROM candidates WHERE ${WHICH[which]} ORDER BY root = 'order', key LIMIT ?`).all(
        limit,
      );
      const orders = rows[0]?.['root'] === 'order';
      return rows.filter((row) => (row['root'] === 'order') === orders).map((row) => toCandidate(row));
    },
    asked(root, at, before) {
      sql('UPDATE candidates SET asked_at = ?, before = ? WHERE key = ?').run(at, JSON.stringify(before), root);
    },
    answered(root, answer) {
      sql('UPDATE candidates SET answer = ? WHERE key = ?').run(JSON.stringify(answer), root);
    },
    toVerify(root) {
      sql('UPDATE candidates SET verify = 1 WHERE key = ?').run(root);
    },
    verified(root, answer) {
      sql('UPDATE candidates SET verified = ? WHERE key = ?').run(JSON.stringify(answer), root);
    },
  };
}

function finding({
  db,
  sql,
}: Db): Pick<
  RunFile,
  'addFindings' | 'dropFindings' | 'findings' | 'putEntries' | 'entries' | 'count' | 'compared' | 'forgetRows'
> {
  return {
    addFindings(findings) {
      const insert = sql('INSERT OR REPLACE INTO findings (key, root, json) VALUES (?, ?, ?)');
      together(db, () => {
        for (const one of findings) insert.run(`${one.entity}/${one.field ?? ''}`, one.root, JSON.stringify(one));
      });
    },
    dropFindings(root) {
      sql('DELETE FROM findings WHERE root = ?').run(root);
    },
    *findings() {
      for (const row of db.prepare('SELECT json FROM findings ORDER BY rowid').iterate())
        yield JSON.parse(String(row['json'])) as Finding;
    },
    putEntries(entries, mode = 'replace') {
      const insert = sql(
        `INSERT OR ${mode === 'replace' ? 'REPLACE' : 'IGNORE'} INTO entries (key, kind, json) VALUES (?, ?, ?)`,
      );
      together(db, () => {
        for (const { key, kind, value } of entries) insert.run(key, kind, JSON.stringify(value));
      });
    },
    *entries(kind) {
      for (const row of db.prepare('SELECT key, json FROM entries WHERE kind = ? ORDER BY rowid').iterate(kind))
        yield { key: String(row['key']), value: JSON.parse(String(row['json'])) as unknown };
    },
    count(what, root) {
      const row =
        root === undefined
          ? sql(`SELECT count(*) AS n FROM ${what}`).get()
          : sql(`SELECT count(*) AS n FROM ${what} WHERE root = ?`).get(root);
      return Number(row?.['n'] ?? 0);
    },
    compared() {
      const rows = sql('SELECT root, count(*) AS n FROM source_roots GROUP BY root').all();
      const variants = sql(
        "SELECT sum(json_array_length(json, '$.variants')) AS n FROM source_roots WHERE root = 'product'",
      ).get();
      const counts = Object.fromEntries(rows.map((row) => [String(row['root']), Number(row['n'])]));
      if ('product' in counts) counts['variant'] = Number(variants?.['n'] ?? 0);
      return Object.fromEntries(
        ENTITY_KINDS.flatMap((kind) => (counts[kind] === undefined ? [] : [[kind, counts[kind]]])),
      );
    },
    forgetRows: () =>
      db.exec('DELETE FROM source_roots; DELETE FROM target_roots; DELETE FROM keys; DELETE FROM links; VACUUM;'),
  };
}

function together(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function toCandidate(row: Row): Candidate {
  const parse = (column: string): unknown => JSON.parse(text(row[column]) ?? 'null');
  return {
    root: row['root'] as RootKind,
    rootId: String(row['root_id']),
    loose: parse('loose') as readonly string[],
    askedAt: row['asked_at'] === null ? null : Number(row['asked_at']),
    before: parse('before') as Candidate['before'],
    answer: parse('answer') as Answer | null,
    verified: parse('verified') as Answer | null,
  };
}

/** `<kind>:<id>`; ids may hold colons. */
export function splitKey(key: string): readonly [kind: string, id: string] {
  const at = key.indexOf(':');
  return [key.slice(0, at), key.slice(at + 1)];
}

// Native handles are a connector's own and useless later.
function withoutNative(stored: StoredRoot): string {
  return JSON.stringify(stored, (key, value: unknown) => (key === 'native' ? undefined : value));
}

function text(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
