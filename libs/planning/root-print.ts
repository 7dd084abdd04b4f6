import { selectedOf } from '#libs/fields/field-names.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from './entity-values.ts';

/**
 * One print of the selected fields of a whole source root, after mapping: what the sweep compares with the settled one.
 * Null for a root that was read in part. History is left out where it was not read, so it never makes a print differ by itself.
 */
export function rootPrint(
  source: StoredRoot,
  settings: Pick<PairSettings, 'selection' | 'maps'>,
  fingerprint: Fingerprint,
): string | null {
  if (source.root === 'product' && source.partial) return null;
  const values = entitiesOf(source).map(({ entity, id, values: all }) => {
    const { wanted } = mapFields(entity, all, selectedOf(settings.selection, entity), settings.maps);
    const { history: _history, ...rest } = wanted as Record<string, unknown>;
    return [`${entity}:${id}`, rest] as const;
  });
  return fingerprint(Object.fromEntries(values));
}
