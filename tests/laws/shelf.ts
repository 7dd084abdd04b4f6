import type { StoredOrder, StoredProduct } from '#libs/model/stored.ts';
import { anOrder, aProduct, aStoredOrder, aStoredProduct, aStoredVariant, aVariant } from '#tests/builders/entities.ts';

const OLD = '2026-10-01T08:00:00Z';
const NEW = '2026-11-20T08:00:00Z';

/** A product with one variant, as an id and a SKU name it: made before the migration. */
export function shelved(id: string, sku: string, quantity = 5, change: Partial<StoredProduct> = {}): StoredProduct {
  return aStoredProduct({
    id,
    createdAt: OLD,
    product: aProduct({ title: `Product ${sku}`, handle: sku.toLowerCase() }),
    variants: [aStoredVariant({ id: `${id}v`, createdAt: OLD, variant: aVariant({ sku, quantity }) })],
    ...change,
  });
}

/** The same, made since the migration. */
export function newProduct(id: string, sku: string, quantity = 5): StoredProduct {
  return shelved(id, sku, quantity, { createdAt: NEW });
}

/** An order that the migration carried. */
export function oldOrder(id: string, number: string, change: Partial<StoredOrder['order']> = {}): StoredOrder {
  return aStoredOrder({ id, createdAt: OLD, order: anOrder({ number, ...change }) });
}

/** An order made since the migration. */
export function newOrder(id: string, number: string, change: Partial<StoredOrder['order']> = {}): StoredOrder {
  return aStoredOrder({ id, createdAt: NEW, order: anOrder({ number, placedAt: NEW, ...change }) });
}
