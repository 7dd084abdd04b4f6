import type { StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import type { CallContext, ReadContext } from '../store-connector.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import { createCompleteOrder } from './woocommerce-complete-order.ts';
import { hasVariations, toStoredCustomer, toStoredProduct } from './woocommerce-mapping.ts';
import { notUnderstood } from './woocommerce-rows.ts';
import type { RootWire } from './woocommerce-rows.ts';
import type { Shop } from './woocommerce-shop.ts';
import type { TrackingConfig } from './woocommerce-tracking.ts';
import { variationWireSchema, WIRE_FIELDS } from './woocommerce-wire.ts';
import type { ProductWire, VariationWire } from './woocommerce-wire.ts';

/** All variations of some products, by the product's id; one that is not in it is asked for its own. */
export type Ahead = ReadonlyMap<string, readonly VariationWire[]>;

/**
 * Reads what belongs to a root and puts it together; `children` narrows a product to these variations where
 * all of them would be more than a page.
 *
 * @throws {SyncError} STORE_REFUSED: this root cannot be understood, or was deleted since its row was read.
 */
export type CompleteRoot = (
  row: RootWire,
  children: readonly string[] | undefined,
  call: ReadContext,
  /** What was read of many rows at once. */
  ahead?: Ahead,
) => Promise<StoredRoot>;

export function createCompleteRoot(
  client: WooClient,
  shop: Shop,
  tracking: TrackingConfig,
  carriedOnly = false,
): CompleteRoot {
  const completeOrder = createCompleteOrder(client, shop, tracking, carriedOnly);
  return async (row, children, call, ahead) => {
    switch (row.root) {
      case 'product':
        return completeProduct(client, shop, row.wire, children, call, ahead?.get(row.wire.id));
      case 'order':
        return completeOrder(row.wire, call);
      case 'customer':
        return toStoredCustomer(row.wire);
      case 'odd':
        throw notUnderstood(`read ${row.of} ${row.wire.id}`, row.at);
    }
  };
}

async function completeProduct(
  client: WooClient,
  shop: Shop,
  wire: ProductWire,
  children: readonly string[] | undefined,
  call: CallContext,
  ahead: readonly VariationWire[] | undefined,
): Promise<StoredProduct> {
  const units = await shop.units(call);
  if (!hasVariations(wire)) return toStoredProduct(wire, [], units);
  if (ahead !== undefined) return toStoredProduct(wire, ahead, units);
  // What fits one page costs one call either way, and then all news of the product is covered by it, not that of one variation.
  if (children === undefined || wire.variations.length <= PAGE_MAX)
    return toStoredProduct(wire, await readVariations(client, wire.id, call), units);
  const variations = await readVariationsById(client, wire.id, children, call);
  return toStoredProduct(wire, variations, units, true);
}

/** All variations of a product. A page that is not full is the last; within the walk a vanished one shifts the rest, so pages overlap. */
async function readVariations(client: WooClient, parentId: string, call: CallContext): Promise<VariationWire[]> {
  const found = new Map<string, VariationWire>();
  for (let offset = 0; ; offset += PAGE_MAX - OVERLAP) {
    const page = await listVariations(client, parentId, { offset }, call);
    for (const variation of page) found.set(variation.id, variation);
    if (page.length < PAGE_MAX) return [...found.values()];
  }
}

// More variations of one product than this do not vanish between two of our pages.
const OVERLAP = 10;

async function readVariationsById(
  client: WooClient,
  parentId: string,
  ids: readonly string[],
  call: CallContext,
): Promise<VariationWire[]> {
  const known = [...new Set(ids)].filter((id) => /^[1-9]\d*$/.test(id));
  const pages = await Promise.all(
    chunksOf(known, PAGE_MAX).map((include) => listVariations(client, parentId, { include: include.join(',') }, call)),
  );
  return pages.flat();
}

async function listVariations(
  client: WooClient,
  parentId: string,
  query: Readonly<Record<string, string | number>>,
  call: CallContext,
): Promise<readonly VariationWire[]> {
  const { data } = await client.get(
    variationWireSchema.array(),
    {
      path: `/products/${parentId}/variations`,
      query: { per_page: PAGE_MAX, orderby: 'id', order: 'asc', _fields: WIRE_FIELDS.variation, ...query },
      action: `list the variations of product ${parentId}`,
    },
    call,
  );
  return data;
}
