import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { selectedOf } from '#libs/fields/field-names.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import type { FieldDifference } from '#libs/journal/journal-records.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from '#libs/planning/entity-values.ts';
import { fieldKey } from '#libs/planning/plan-entity.ts';

/** What the source said when a comparison or a plan last saw both sides agree, as prints by `<entity>:<sourceId>/<field>`. */
export type Agreed = {
  readonly at: number;
  /** No read that it rests on began before. */
  readonly readAt?: number;
  readonly changedAt: string | null;
  readonly wanted: Readonly<Record<string, string>>;
};

/**
 * The comparison's own memory of agreement: most roots are never written by us, and still it must be told later whether the source
 * moved or the target did. It may be deleted; then some causes cannot be told once.
 */
export type AgreedFile = {
  readonly put: (agreed: readonly { readonly root: string; readonly agreed: Agreed }[]) => void;
  readonly get: (root: string) => Agreed | null;
  readonly close: () => void;
};

/** Opens the memory of a pair beside its runs. */
export function openAgreedFile(folder: string): AgreedFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(folder, 'agreed.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  db.exec('CREATE TABLE IF NOT EXISTS agreed (root TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID');
  const insert = db.prepare('INSERT OR REPLACE INTO agreed (root, json) VALUES (?, ?)');
  const select = db.prepare('SELECT json FROM agreed WHERE root = ?');
  return {
    put(entries) {
      db.exec('BEGIN');
      for (const { root, agreed } of entries) insert.run(root, JSON.stringify(agreed));
      db.exec('COMMIT');
    },
    get(root) {
      const row = select.get(root);
      return row === undefined ? null : (JSON.parse(String(row['json'])) as Agreed);
    },
    close: () => db.close(),
  };
}

/** What is agreed on of a linked root: every selected field that does not differ. Pure. */
export function agreedOf(
  source: StoredRoot,
  differences: readonly FieldDifference[],
  settings: Pick<PairSettings, 'selection' | 'maps'>,
  fingerprint: Fingerprint,
  { at, readAt }: Pick<Agreed, 'at' | 'readAt'>,
): { readonly root: string; readonly agreed: Agreed } {
  const differing = new Set(differences.map(({ entity, field }) => `${entity}/${field.slice(field.indexOf('.') + 1)}`));
  const wanted: Record<string, string> = {};
  for (const entity of entitiesOf(source)) {
    const mapped = mapFields(
      entity.entity,
      entity.values,
      selectedOf(settings.selection, entity.entity),
      settings.maps,
    );
    for (const [field, value] of Object.entries(mapped.wanted)) {
      const key = fieldKey(entity, field);
      if (!differing.has(key)) wanted[key] = fingerprint(value);
    }
  }
  return {
    root: `${source.root}:${source.id}`,
    agreed: { at, ...(readAt === undefined ? {} : { readAt }), changedAt: source.changedAt, wanted },
  };
}
