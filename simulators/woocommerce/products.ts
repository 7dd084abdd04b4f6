import { RestError, invalidId } from './errors.ts';
import { dieAt } from './php-faults.ts';
import { freeSlug, productPatch } from './product-fields.ts';
import { stockHolder, stockStatusFor, variationsOf } from './products-read.ts';
import type { Cause, Shop } from './shop.ts';
import { deleteRow, insertRow, nowGmt, updateRow } from './shop.ts';
import type { Product, ProductType } from './types.ts';
import type { Body } from './values.ts';
import { slugOf, textOf } from './values.ts';

/** Changes of products and variations; each save moves the clock and is news, even when it changes nothing. */

export function blankProduct(shop: Shop, id: number, type: ProductType, parentId = 0): Product {
  return {
    id,
    parent_id: parentId,
    type,
    status: 'publish',
    name: '',
    slug: '',
    date_created_gmt: nowGmt(shop),
    date_modified_gmt: nowGmt(shop),
    featured: false,
    catalog_visibility: 'visible',
    description: '',
    short_description: '',
    sku: '',
    global_unique_id: '',
    regular_price: '',
    sale_price: '',
    date_on_sale_from_gmt: null,
    date_on_sale_to_gmt: null,
    total_sales: 0,
    virtual: false,
    downloadable: false,
    tax_status: 'taxable',
    tax_class: '',
    manage_stock: false,
    stock_quantity: null,
    stock_status: 'instock',
    backorders: 'no',
    low_stock_amount: null,
    sold_individually: false,
    weight: '',
    dimensions: { length: '', width: '', height: '' },
    shipping_class: '',
    reviews_allowed: type !== 'variation',
    upsell_ids: [],
    cross_sell_ids: [],
    purchase_note: '',
    category_ids: type === 'variation' ? [] : [15],
    tags: [],
    images: [],
    attributes: [],
    options: [],
    menu_order: 0,
    meta_data: [],
  };
}

export function createProduct(shop: Shop, body: Body, cause: Cause): Product {
  const asked = textOf(body['type']);
  const type: ProductType = asked === 'variable' || asked === 'grouped' || asked === 'external' ? asked : 'simple';
  const blank = blankProduct(shop, 0, type);
  const draft: Product = { ...blank, ...productPatch(shop, blank, body) };
  // Seen: without a name it is called "Product", and published.
  const name = draft.name === '' ? 'Product' : draft.name;
  const id = shop.nextId('post');
  const published = draft.status === 'publish' || draft.status === 'private';
  const slug = draft.slug !== '' ? draft.slug : published ? freeSlug(shop, slugOf(name), id) : '';
  const product: Product = { ...draft, id, name, slug };
  insertProduct(shop, product, blank, cause);
  shop.emit({ topic: 'product.created', entity: 'product', id });
  return product;
}

/** In the order of WordPress: the post, its SKU, what else is in WooCommerce, and its own meta last of all. */
function insertProduct(shop: Shop, product: Product, blank: Product, cause: Cause): void {
  if (cause.diesAfter === undefined) return insertRow(shop, 'product', product, cause);
  const { id, name, slug, status, type, sku, description } = product;
  insertRow(shop, 'product', { ...blank, id, name, slug, status, type, description, category_ids: [] }, cause);
  dieAt('row', cause);
  updateRow(shop, 'product', id, { sku }, cause);
  dieAt('sku', cause);
  updateRow(shop, 'product', id, { ...product, meta_data: [] }, cause);
  dieAt('data', cause);
  updateRow(shop, 'product', id, { meta_data: product.meta_data }, cause);
}

export function createVariation(shop: Shop, parentId: number, body: Body, cause: Cause): Product {
  const parent = productOf(shop, parentId);
  const blank = blankProduct(shop, 0, 'variation', parentId);
  const draft: Product = { ...blank, ...productPatch(shop, blank, body) };
  const id = shop.nextId('post');
  const slug = slugOf([parent.name, ...draft.options.map(({ option }) => option)].join(' '));
  const variation: Product = { ...draft, id, slug };
  insertRow(shop, 'product', variation, cause);
  touchParent(shop, variation, cause);
  shop.emit({ topic: 'product.created', entity: 'variation', id, parentId });
  return variation;
}

export function productOf(shop: Shop, id: number): Product {
  const product = shop.tables.product.get(id);
  if (product === undefined) throw invalidId('product');
  return product;
}

export function variationOf(shop: Shop, parentId: number, id: number): Product {
  const variation = shop.tables.product.get(id);
  if (variation === undefined || variation.type !== 'variation' || variation.parent_id !== parentId)
    throw invalidId('product_variation');
  return variation;
}

export function updateFromBody(shop: Shop, product: Product, body: Body, cause: Cause): Product {
  const patch = productPatch(shop, product, body);
  const goesLive = product.slug === '' && (patch.status === 'publish' || patch.status === 'private');
  const slug = goesLive ? { slug: freeSlug(shop, slugOf(patch.name ?? product.name), product.id) } : {};
  return saveProduct(shop, product, { ...patch, ...slug }, cause);
}

export function saveProduct(shop: Shop, product: Product, patch: Partial<Product>, cause: Cause): Product {
  const saved = updateRow(shop, 'product', product.id, { ...patch, date_modified_gmt: nowGmt(shop) }, cause);
  touchParent(shop, product, cause);
  shop.emit({ topic: 'product.updated', ...resourceOf(product) });
  return saved;
}

export function resourceOf(product: Product): {
  readonly entity: string;
  readonly id: number;
  readonly parentId?: number;
} {
  if (product.type !== 'variation') return { entity: 'product', id: product.id };
  return { entity: 'variation', id: product.id, parentId: product.parent_id };
}

/** A variation's save moves its parent's clock, without news of the parent. */
function touchParent(shop: Shop, product: Product, cause: Cause): void {
  if (product.type !== 'variation' || !shop.tables.product.has(product.parent_id)) return;
  updateRow(shop, 'product', product.parent_id, { date_modified_gmt: nowGmt(shop) }, cause);
}

/** What `wc_update_product_stock` does: the number is kept by the product that manages it, which alone is saved. */
export function setStock(shop: Shop, product: Product, quantity: number, cause: Cause): Product {
  const holder = stockHolder(shop, product);
  const stock_status = stockStatusFor(quantity, holder.backorders, shop.settings.noStock);
  return saveProduct(shop, holder, { stock_quantity: quantity, stock_status }, cause);
}

export function trashProduct(shop: Shop, product: Product, cause: Cause): void {
  if (product.status === 'trash') {
    throw new RestError('woocommerce_rest_already_trashed', 'The product has already been deleted.', 410);
  }
  for (const variation of variationsOf(shop, product.id))
    if (variation.status !== 'trash') trashOne(shop, variation, cause);
  trashOne(shop, product, cause);
}

function trashOne(shop: Shop, product: Product, cause: Cause): void {
  const marks = [
    { id: shop.nextId('meta'), key: '_wp_trash_meta_status', value: product.status },
    { id: shop.nextId('meta'), key: '_wp_trash_meta_time', value: String(Math.floor(shop.now() / 1000)) },
  ];
  const patch = {
    status: 'trash',
    slug: `${product.slug}__trashed`,
    meta_data: [...product.meta_data, ...marks],
    date_modified_gmt: nowGmt(shop),
  };
  updateRow(shop, 'product', product.id, patch, cause);
  shop.emit({ topic: 'product.deleted', ...resourceOf(product) });
}

/** wp-admin's "Restore": news of the product twice, as updated and as restored. */
export function restoreProduct(shop: Shop, product: Product, cause: Cause): void {
  const before = product.meta_data.find(({ key }) => key === '_wp_trash_meta_status');
  const meta_data = product.meta_data.filter(({ key }) => !key.startsWith('_wp_trash_meta_'));
  const slug = product.slug.replace(/__trashed$/, '');
  saveProduct(shop, product, { status: textOf(before?.value) || 'draft', slug, meta_data }, cause);
  shop.emit({ topic: 'product.restored', ...resourceOf(product) });
  for (const variation of variationsOf(shop, product.id))
    if (variation.status === 'trash') restoreProduct(shop, variation, cause);
}

/** For good, without any news. */
export function destroyProduct(shop: Shop, product: Product, cause: Cause): void {
  for (const variation of variationsOf(shop, product.id)) deleteRow(shop, 'product', variation.id, cause, true);
  deleteRow(shop, 'product', product.id, cause, true);
}
