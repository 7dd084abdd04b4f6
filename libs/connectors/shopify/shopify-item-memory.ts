import type { StoredProduct } from '#libs/model/stored.ts';
import { fromGid } from './shopify-ids.ts';
import type { VariantNative } from './shopify-mapping.ts';

export type ItemOwner = { readonly rootId: string; readonly variantId: string };

/** Which variant an inventory item belongs to: for life, so what was seen once need not be asked for again. */
export type ItemMemory = {
  readonly get: (itemId: string) => ItemOwner | undefined;
  readonly set: (itemId: string, owner: ItemOwner) => void;
  readonly learn: (product: StoredProduct) => void;
};

/** Some megabytes: the items that are sold most are always among them. */
const ITEMS_MAX = 50_000;

/** Forgets what was not asked for longest. Whether variant and product are still there is for the read that follows. */
export function createItemMemory(most = ITEMS_MAX): ItemMemory {
  const owners = new Map<string, ItemOwner>();
  const set = (itemId: string, owner: ItemOwner): void => {
    owners.delete(itemId);
    owners.set(itemId, owner);
    const [oldest] = owners.keys();
    if (owners.size > most && oldest !== undefined) owners.delete(oldest);
  };
  return {
    get(itemId) {
      const owner = owners.get(itemId);
      if (owner !== undefined) set(itemId, owner);
      return owner;
    },
    set,
    learn({ id, variants }) {
      for (const variant of variants) {
        const { inventoryItemId } = variant.native as VariantNative;
        set(fromGid(inventoryItemId), { rootId: id, variantId: variant.id });
      }
    },
  };
}
