import type { Shop } from './shop.ts';
import { msOfGmt } from './time.ts';
import type { Product, StockStatus } from './types.ts';
import { plainTitle } from './values.ts';

/** What follows from a product's stored fields. */

export function parentOf(shop: Shop, product: Product): Product | undefined {
  return product.type === 'variation' ? shop.tables.product.get(product.parent_id) : undefined;
}

export function variationsOf(shop: Shop, parentId: number): readonly Product[] {
  const ids = shop.index.children.get(parentId) ?? [];
  return ids.map((id) => shop.tables.product.get(id)).filter((variation) => variation !== undefined);
}

export function isOnSale(shop: Shop, product: Product): boolean {
  if (product.type === 'variable') return variationsOf(shop, product.id).some((variation) => isOnSale(shop, variation));
  if (product.sale_price === '' || Number(product.sale_price) >= Number(product.regular_price)) return false;
  const from = product.date_on_sale_from_gmt;
  const to = product.date_on_sale_to_gmt;
  return (from === null || msOfGmt(from) <= shop.now()) && (to === null || msOfGmt(to) >= shop.now());
}

/** What a shopper pays now; of a variable product the lowest of its variations. */
export function activePrice(shop: Shop, product: Product): string {
  if (product.type === 'variable') return priceRange(shop, product)?.from ?? '';
  return isOnSale(shop, product) ? product.sale_price : product.regular_price;
}

export function priceRange(shop: Shop, product: Product): { readonly from: string; readonly to: string } | undefined {
  const prices = variationsOf(shop, product.id)
    .filter(({ status }) => status === 'publish')
    .map((variation) => activePrice(shop, variation))
    .filter((price) => price !== '')
    .toSorted((a, b) => Number(a) - Number(b));
  const from = prices.at(0);
  const to = prices.at(-1);
  return from === undefined || to === undefined ? undefined : { from, to };
}

export type ShownStock = {
  readonly manage_stock: boolean | 'parent';
  readonly stock_quantity: number | null;
  readonly stock_status: StockStatus;
  readonly backorders: string;
};

/** A variation that does not manage its own stock shows its parent's, if that one does. */
export function shownStock(shop: Shop, product: Product): ShownStock {
  const parent = parentOf(shop, product);
  if (!product.manage_stock && parent?.manage_stock === true) {
    const { stock_quantity, stock_status, backorders } = parent;
    return { manage_stock: 'parent', stock_quantity, stock_status, backorders };
  }
  const { manage_stock, stock_quantity, stock_status, backorders } = product;
  const own = { manage_stock, stock_quantity: manage_stock ? stock_quantity : null, backorders };
  if (product.type !== 'variable' || manage_stock) return { ...own, stock_status };
  const children = variationsOf(shop, product.id);
  if (children.length === 0) return { ...own, stock_status };
  const statuses = children.map((child) => shownStock(shop, child).stock_status);
  if (statuses.includes('instock')) return { ...own, stock_status: 'instock' };
  return { ...own, stock_status: statuses.includes('onbackorder') ? 'onbackorder' : 'outofstock' };
}

/** The status that WooCommerce derives when it saves a product that manages its stock. */
export function stockStatusFor(quantity: number, backorders: string, noStock: number): StockStatus {
  if (quantity > noStock) return 'instock';
  return backorders === 'no' ? 'outofstock' : 'onbackorder';
}

/** The product whose number a sale of this one moves. */
export function stockHolder(shop: Shop, product: Product): Product {
  const parent = parentOf(shop, product);
  return !product.manage_stock && parent?.manage_stock === true ? parent : product;
}

export function fullTitle(shop: Shop, product: Product): string {
  const parent = parentOf(shop, product);
  if (parent === undefined) return product.name;
  const options = product.options.map(({ option }) => option).join(', ');
  return options === '' ? parent.name : `${parent.name} - ${options}`;
}

export function plainFullTitle(shop: Shop, product: Product): string {
  return plainTitle(fullTitle(shop, product));
}
