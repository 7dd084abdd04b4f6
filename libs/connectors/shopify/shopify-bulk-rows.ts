import type { RootKind, StoredRoot, StoredVariant } from '#libs/model/stored.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { typeOfGid } from './shopify-ids.ts';
import { toStoredCustomer, toStoredProduct, toStoredVariant } from './shopify-mapping.ts';
import { toStoredOrder } from './shopify-mapping-order.ts';
import { parseJson } from './shopify-token.ts';
import {
  customerWire,
  fulfillmentOrderWire,
  lineWire,
  orderRowWire,
  productWire,
  variantWire,
} from './shopify-wire.ts';

type Row = Readonly<Record<string, unknown>> & { readonly id: string };
type Family = { readonly parent: Row; readonly children: Row[] };

/** `whole` false: the export could not hold all of it. */
export type BulkRoot = { readonly stored: StoredRoot; readonly whole: boolean };
type Options = { readonly currency: string; readonly events: boolean };

/** Puts the flat rows of an export together again: children follow their parent and name it. */
export async function* readBulkRoots(
  root: RootKind,
  lines: AsyncIterable<string>,
  options: Options,
): AsyncIterable<BulkRoot> {
  for await (const family of families(lines)) yield toRoot(root, family, options);
}

function toRoot(root: RootKind, family: Family, { currency, events }: Options): BulkRoot {
  switch (root) {
    case 'product':
      return { stored: toProduct(family, currency), whole: true };
    case 'order':
      return toOrder(family, events);
    case 'customer':
      return { stored: toCustomer(family), whole: true };
  }
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

/** Of several shipping lines the export has the first: what they cost together tells. */
function toOrder({ parent, children }: Family, events: boolean): BulkRoot {
  const row = orderRowWire.safeParse(parent);
  const lines = children.filter(({ id }) => typeOfGid(id) === 'LineItem').map((child) => lineWire.safeParse(child));
  const places = children
    .filter(({ id }) => typeOfGid(id) === 'FulfillmentOrder')
    .map((child) => fulfillmentOrderWire.safeParse(child));
  if (!row.success) throw unreadable(parent.id);
  const read = <T>(parsed: { readonly success: boolean; readonly data?: T }): T => {
    if (parsed.data === undefined) throw unreadable(parent.id);
    return parsed.data;
  };
  const { shippingLine, totalShippingPriceSet, ...order } = row.data;
  const lineWires = lines.map(read);
  const shippingLines = { nodes: shippingLine === null || shippingLine === undefined ? [] : [shippingLine] };
  const fulfillmentOrders = { nodes: places.map(read) };
  const wire = { ...order, lineItems: { nodes: lineWires }, shippingLines, fulfillmentOrders };
  const listed = Number(shippingLine?.discountedPriceSet?.shopMoney.amount ?? 0);
  const total = Number(totalShippingPriceSet?.shopMoney.amount ?? 0);
  return { stored: toStoredOrder(wire, lineWires, { events }), whole: listed === total };
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
