import { isWooCommerceShop, type AnyShop } from '../../simulators/migration/migrate.ts';
import { plantInShopify } from './plant-in-shopify.ts';
import { plantInWooCommerce } from './plant-in-woocommerce.ts';

/** Mistakes that the oracle must see: made with the API's own credentials, as a broken sync would make them. */
export const PLANTABLE = ['lost-write', 'doubled-order', 'unselected-field', 'mail', 'stock-movement'] as const;
export type Plantable = (typeof PLANTABLE)[number];

export async function plantFault(
  fault: Plantable,
  { url, target }: { readonly url: string; readonly target: AnyShop },
): Promise<void> {
  if (isWooCommerceShop(target)) await plantInWooCommerce(fault, { url, target });
  else await plantInShopify(fault, { url, target });
}
