import type { StoredRoot } from '#libs/model/stored.ts';
import { foldEmail, naturalKeys } from '#libs/planning/match-root.ts';

export const RUN_TABLES = `
  CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS scans (side TEXT, root TEXT, cursor TEXT, done INTEGER NOT NULL, PRIMARY KEY (side, root));
  CREATE TABLE IF NOT EXISTS source_roots (
    root TEXT, id TEXT, source_id TEXT, created_at TEXT, changed_at TEXT, json TEXT NOT NULL, PRIMARY KEY (root, id));
  CREATE TABLE IF NOT EXISTS target_roots (
    root TEXT, id TEXT, source_id TEXT, created_at TEXT, changed_at TEXT, json TEXT NOT NULL, PRIMARY KEY (root, id));
  CREATE TABLE IF NOT EXISTS keys (
    side TEXT, root TEXT, key TEXT, root_id TEXT, PRIMARY KEY (side, root, key, root_id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS links (
    entity TEXT, source_id TEXT, target_id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (entity, source_id));
  CREATE INDEX IF NOT EXISTS links_by_target ON links (entity, target_id);
  CREATE TABLE IF NOT EXISTS joined (n INTEGER PRIMARY KEY, root TEXT NOT NULL, source_id TEXT, target_id TEXT);
  CREATE TABLE IF NOT EXISTS candidates (
    key TEXT PRIMARY KEY, root TEXT NOT NULL, root_id TEXT NOT NULL, loose TEXT NOT NULL, asked_at INTEGER, before TEXT, answer TEXT,
    verify INTEGER NOT NULL DEFAULT 0, verified TEXT);
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, kind TEXT NOT NULL, json TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS entries_by_kind ON entries (kind);
  CREATE TABLE IF NOT EXISTS findings (key TEXT PRIMARY KEY, root TEXT NOT NULL, json TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS findings_by_root ON findings (root);
`;

/** What a root can be found by: its natural keys, and the source ids that it carries. */
export function keysOf(stored: StoredRoot): readonly string[] {
  const { key, values } = naturalKeys(stored);
  const stamps = [
    ...(stored.sourceId === null ? [] : [stampKey(stored.root, stored.sourceId)]),
    ...(stored.root === 'product'
      ? stored.variants.flatMap(({ sourceId }) => (sourceId === null ? [] : [stampKey('variant', sourceId)]))
      : []),
  ];
  return [...values.filter((value) => value !== '').map((value) => naturalKey(key, value)), ...stamps];
}

export function naturalKey(key: string, value: string): string {
  return `${key}=${key === 'email' ? foldEmail(value) : value}`;
}

export function stampKey(entity: string, sourceId: string): string {
  return `source-id=${entity}:${sourceId}`;
}
