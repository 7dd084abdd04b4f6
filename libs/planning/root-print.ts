import { selectedOf, type FieldValues } from '#libs/fields/field-names.ts';
import type { Fingerprint } from '#libs/fields/fingerprint.ts';
import { mapFields } from '#libs/fields/map-fields.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { Product } from '#libs/model/product.ts';
import type { StoredRoot } from '#libs/model/stored.ts';
import { entitiesOf } from './entity-values.ts';

/**
 * One print of the selected fields of a whole source root, after mapping: what the sweep compares with the settled one.
 * Null for a root that was read in part. History and the content of images are left out: not every read has them, and none may make a
 * print differ by itself.
 */
export function rootPrint(
  source: StoredRoot,
  settings: Pick<PairSettings, 'selection' | 'maps'>,
  fingerprint: Fingerprint,
): string | null {
  if (source.root === 'product' && source.partial) return null;
  // A plain table: no two roots share a key.
  const values = Object.create(null) as Record<string, FieldValues>;
  for (const { entity, id, values: all } of entitiesOf(source)) {
    const { wanted } = mapFields(entity, all, selectedOf(settings.selection, entity), settings.maps);
    values[`${entity}:${id}`] = withoutDear(wanted);
  }
  return fingerprint(values);
}

// What only a read of one root may fetch would make the print of a scan another one.
function withoutDear({ history: _history, images, ...rest }: FieldValues): FieldValues {
  if (images === undefined) return rest;
  return { ...rest, images: (images as Product['images']).map(({ url, alt }) => ({ url, alt })) };
}
