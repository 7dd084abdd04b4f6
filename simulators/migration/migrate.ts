import type { ShopifySimulator } from '../shopify/shopify-simulator.ts';
import type { WooCommerceSimulator } from '../woocommerce/index.ts';
import { shopifyToShopify } from './shopify-to-shopify.ts';
import { shopifyToWooCommerce } from './shopify-to-woocommerce.ts';
import { woocommerceToShopify } from './woocommerce-to-shopify.ts';
import { woocommerceToWooCommerce } from './woocommerce-to-woocommerce.ts';

/** Source id → target id (of Shopify: gid), as the tool that migrated would know them (it left no mark of them in the target). */
export type Migrated = {
  readonly products: ReadonlyMap<string, string>;
  readonly variants: ReadonlyMap<string, string>;
  readonly orders: ReadonlyMap<string, string>;
  readonly customers: ReadonlyMap<string, string>;
};

/** A simulated shop of either kind. */
export type AnyShop = WooCommerceSimulator | ShopifySimulator;

export function isWooCommerceShop(shop: AnyShop): shop is WooCommerceSimulator {
  return 'seedCatalogue' in shop;
}

/** Copies a whole shop into another one, as some migration tool did it a while ago: no source ids, no order history. */
export function migrate(source: AnyShop, target: AnyShop): Migrated {
  if (isWooCommerceShop(source))
    return isWooCommerceShop(target) ? woocommerceToWooCommerce(source, target) : woocommerceToShopify(source, target);
  return isWooCommerceShop(target) ? shopifyToWooCommerce(source, target) : shopifyToShopify(source, target);
}
