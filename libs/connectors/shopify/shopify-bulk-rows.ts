import type { StoredRoot, StoredVariant } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { typeOfGid } from './shopify-ids.ts';
import { toStoredCustomer, toStoredProduct, toStoredVariant } from './shopify-mapping.ts';
import { parseJson } from './shopify-token.ts';
import { customerWire, productWire, variantWire } from './shopify-wire.ts';

type Row = Readonly<Record<string, unknown>> & { readonly id: string };
type Family = { readonly parent: Row; readonly children: Row[] };

/** Puts the flat rows of an export together again: children follow their parent and name it. */
export async function* readBulkRoots(
  root: 'product' | 'customer',
  lines: AsyncIterable<string>,
  currency: string,
): AsyncIterable<StoredRoot> {
  for await (const family of families(lines))
    yield root === 'product' ? toProduct(family, currency) : toCustomer(family);
}

async function* families(lines: AsyncIterable<string>): AsyncIterable<Family> {
  let family: Family | undefined;
  for await (const line of lines) {
    const row = parseJson(line);
    if (!isRow(row))
      throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot read the export: a line is not one of an export');
    const parentId = row['__parentId'];
    if (parentId === undefined) {
      if (family !== undefined) yield family;
      family = { parent: row, children: [] };
      continue;
    }
    // An orphan would be a variant that silently vanishes from the comparison.
    if (family?.parent.id !== parentId)
      throw new SyncError('STORE_ANSWER_FOREIGN', 'Cannot read the export: a child does not follow its parent');
    family.children.push(row);
  }
  if (family !== undefined) yield family;
}

function toProduct({ parent, children }: Family, currency: string): StoredRoot {
  const wire = productWire.safeParse(parent);
  const variants: StoredVariant[] = [];
  for (const row of children.filter(({ id }) => typeOfGid(id) === 'ProductVariant')) {
    const variant = variantWire.safeParse(row);
    if (!variant.success) throw unreadable(parent.id);
    variants.push(toStoredVariant(variant.data, currency));
  }
  if (!wire.success) throw unreadable(parent.id);
  return toStoredProduct(wire.data, variants, false);
}

function toCustomer({ parent, children }: Family): StoredRoot {
  const wire = customerWire.safeParse({ ...parent, addressesV2: { nodes: children } });
  if (!wire.success) throw unreadable(parent.id);
  return toStoredCustomer(wire.data);
}

function unreadable(id: string): SyncError {
  return new SyncError('STORE_ANSWER_FOREIGN', `Cannot read the export: "${id}" is incomplete`);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
