import { z } from 'zod';

import { isSyncError } from '#libs/runtime/sync-error.ts';
import type { CallContext } from '../store-connector.ts';
import { chunksOf } from './woocommerce-chunks.ts';
import { PAGE_MAX } from './woocommerce-client.ts';
import type { WooClient } from './woocommerce-client.ts';
import type { Ahead } from './woocommerce-complete.ts';
import { hasVariations } from './woocommerce-mapping.ts';
import type { RootWire } from './woocommerce-rows.ts';
import type { Shop } from './woocommerce-shop.ts';
import { variationWireSchema, WIRE_FIELDS } from './woocommerce-wire.ts';
import type { ProductWire, VariationWire } from './woocommerce-wire.ts';

export type ReadAhead = (rows: readonly RootWire[], call: CallContext) => Promise<Ahead>;

const NONE: Ahead = new Map();

/**
 * Reads the variations of many products in as few calls as they fill, where the shop has a list over all of them. What is not
 * found in it, or not understood, leaves its product to be asked for alone: absence from a list proves nothing.
 */
export function createReadAhead(client: WooClient, shop: Pick<Shop, 'hasVariationsList'>): ReadAhead {
  return async (rows, call) => {
    const products = rows.flatMap((row) =>
      row.root === 'product' && hasVariations(row.wire) && row.wire.variations.length > 0 ? [row.wire] : [],
    );
    const chunks = chunksOf([...new Set(products.flatMap(({ variations }) => variations))], PAGE_MAX);
    // As many calls as products at the least: each is asked alone, and says so itself.
    if (chunks.length >= products.length || !(await shop.hasVariationsList(call))) return NONE;
    const found = new Map<string, VariationWire>();
    for (const page of await Promise.all(chunks.map((ids) => listByIds(client, ids, call))))
      for (const variation of page) found.set(variation.id, variation);
    return new Map(products.flatMap((product) => wholeOf(product, found)));
  };
}

function wholeOf(
  { id, variations }: ProductWire,
  found: ReadonlyMap<string, VariationWire>,
): [] | [readonly [string, readonly VariationWire[]]] {
  const whole = variations.flatMap((one) => found.get(one) ?? []);
  if (whole.length < variations.length) return [];
  return [[id, whole.toSorted((one, other) => Number(one.id) - Number(other.id))]];
}

async function listByIds(client: WooClient, ids: readonly string[], call: CallContext): Promise<VariationWire[]> {
  try {
    const { data } = await client.get(
      z.unknown().array(),
      {
        path: '/variations',
        query: { include: ids.join(','), per_page: PAGE_MAX, _fields: WIRE_FIELDS.variation },
        action: 'list variations of several products',
      },
      call,
    );
    return data.flatMap((row) => variationWireSchema.safeParse(row).data ?? []);
  } catch (error) {
    // What the shop refuses of this list, or breaks over, it may give product by product; and if not, that says so.
    if (isSyncError(error) && (error.code === 'STORE_REFUSED' || error.code === 'STORE_FAILED')) return [];
    throw error;
  }
}
