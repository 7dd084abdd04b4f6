import { activePrice, fullTitle, isOnSale, parentOf, priceRange, shownStock, variationsOf } from './products-read.ts';
import type { Shop } from './shop.ts';
import { localOf } from './time.ts';
import type { Image, Product } from './types.ts';
import { shownHtml, slugOf } from './values.ts';

/** `edit` is what the answer to a write (and `context=edit`) shows: texts as stored. */
export type Context = 'view' | 'edit';
export type Rendered = Readonly<Record<string, unknown>>;

const ITEM_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function itemLinks(self: string, collection: string, up?: string): Rendered {
  return {
    self: [{ href: self, targetHints: { allow: ITEM_METHODS } }],
    collection: [{ href: collection }],
    ...(up === undefined ? {} : { up: [{ href: up }] }),
  };
}

export function apiUrl(shop: Shop, path: string): string {
  return `${shop.identity().siteUrl}/wp-json/wc/v3/${path}`;
}

export function bothTimes(shop: Shop, field: string, gmt: string | null): Rendered {
  const local = gmt === null ? null : localOf(gmt, shop.settings.offsetMinutes);
  return { [field]: local, [`${field}_gmt`]: gmt };
}

/** A product, or a variation in the products' shape (as GET /products/{variation} and product.* webhooks show it). */
export function renderProduct(shop: Shop, product: Product, context: Context, randomId: () => number): Rendered {
  const isVariation = product.type === 'variation';
  const stock = shownStock(shop, product);
  return {
    id: product.id,
    name: isVariation ? fullTitle(shop, product) : product.name,
    slug: product.slug,
    permalink: permalinkOf(shop, product),
    ...bothTimes(shop, 'date_created', product.date_created_gmt),
    ...bothTimes(shop, 'date_modified', product.date_modified_gmt),
    type: product.type,
    status: product.status,
    featured: product.featured,
    catalog_visibility: product.catalog_visibility,
    description: context === 'edit' ? product.description : shownHtml(product.description),
    short_description: context === 'edit' ? product.short_description : shownHtml(product.short_description),
    sku: product.sku,
    ...prices(shop, product),
    purchasable: isPurchasable(shop, product),
    total_sales: isVariation ? String(product.total_sales) : product.total_sales,
    virtual: product.virtual,
    downloadable: product.downloadable,
    ...downloads,
    external_url: '',
    button_text: '',
    tax_status: product.tax_status,
    tax_class: taxClass(product, context),
    manage_stock: isVariation && context === 'edit' ? product.manage_stock : stock.manage_stock,
    stock_quantity: stock.stock_quantity,
    ...backorders(stock),
    low_stock_amount: product.low_stock_amount,
    sold_individually: product.sold_individually,
    weight: product.weight,
    dimensions: product.dimensions,
    shipping_required: !product.virtual,
    shipping_taxable: !product.virtual,
    shipping_class: product.shipping_class,
    shipping_class_id: 0,
    reviews_allowed: product.reviews_allowed,
    average_rating: '0.00',
    rating_count: 0,
    upsell_ids: product.upsell_ids,
    cross_sell_ids: product.cross_sell_ids,
    parent_id: product.parent_id,
    purchase_note: product.purchase_note,
    categories: categoriesOf(shop, product),
    brands: (product.brands ?? []).map(({ id, name, slug }) => ({ id, name, slug })),
    tags: product.tags.map(({ id, name, slug }) => ({ id, name, slug })),
    images: product.images.map((image) => renderImage(shop, image)),
    attributes: isVariation ? shownOptions(product) : product.attributes,
    default_attributes: [],
    variations: isVariation ? [] : variationsOf(shop, product.id).map(({ id }) => id),
    grouped_products: [],
    menu_order: product.menu_order,
    price_html: priceHtml(shop, product),
    related_ids: isVariation ? [] : relatedIds(shop, product, randomId),
    meta_data: product.meta_data,
    stock_status: stock.stock_status,
    has_options: product.type === 'variable',
    post_password: '',
    global_unique_id: product.global_unique_id,
    ...(context === 'edit' ? editLinks(shop, product) : {}),
    _links: itemLinks(
      apiUrl(shop, `products/${product.id}`),
      apiUrl(shop, 'products'),
      isVariation ? apiUrl(shop, `products/${product.parent_id}`) : undefined,
    ),
  };
}

/** A variation as its own endpoint shows it: the name is only the option. */
export function renderVariation(shop: Shop, variation: Product, context: Context): Rendered {
  const stock = shownStock(shop, variation);
  const base = `products/${variation.parent_id}`;
  return {
    id: variation.id,
    type: 'variation',
    ...bothTimes(shop, 'date_created', variation.date_created_gmt),
    ...bothTimes(shop, 'date_modified', variation.date_modified_gmt),
    description: context === 'edit' ? variation.description : shownHtml(variation.description),
    permalink: permalinkOf(shop, variation),
    sku: variation.sku,
    global_unique_id: variation.global_unique_id,
    ...prices(shop, variation),
    status: variation.status,
    purchasable: isPurchasable(shop, variation),
    virtual: variation.virtual,
    downloadable: variation.downloadable,
    ...downloads,
    tax_status: variation.tax_status,
    tax_class: taxClass(variation, context),
    manage_stock: stock.manage_stock,
    stock_quantity: stock.stock_quantity,
    stock_status: stock.stock_status,
    ...backorders(stock),
    low_stock_amount: variation.low_stock_amount,
    weight: variation.weight,
    dimensions: variation.dimensions,
    shipping_class: variation.shipping_class,
    shipping_class_id: 0,
    image: variation.images[0] === undefined ? null : renderImage(shop, variation.images[0]),
    attributes: shownOptions(variation),
    menu_order: variation.menu_order,
    meta_data: variation.meta_data,
    name: variation.options.map(({ option }) => option).join(', '),
    parent_id: variation.parent_id,
    _links: itemLinks(
      apiUrl(shop, `${base}/variations/${variation.id}`),
      apiUrl(shop, `${base}/variations`),
      apiUrl(shop, base),
    ),
  };
}

const downloads = { downloads: [], download_limit: -1, download_expiry: -1 };

function prices(shop: Shop, product: Product): Rendered {
  return {
    price: activePrice(shop, product),
    regular_price: product.regular_price,
    sale_price: product.sale_price,
    ...bothTimes(shop, 'date_on_sale_from', product.date_on_sale_from_gmt),
    ...bothTimes(shop, 'date_on_sale_to', product.date_on_sale_to_gmt),
    on_sale: isOnSale(shop, product),
  };
}

function backorders(stock: ReturnType<typeof shownStock>): Rendered {
  const managed = stock.manage_stock !== false;
  return {
    backorders: stock.backorders,
    backorders_allowed: stock.backorders !== 'no',
    backordered:
      stock.stock_status === 'onbackorder' || (managed && stock.backorders !== 'no' && (stock.stock_quantity ?? 0) < 0),
  };
}

function taxClass(product: Product, context: Context): string {
  if (product.type !== 'variation' || product.tax_class !== '') return product.tax_class;
  return context === 'edit' ? 'parent' : '';
}

function shownOptions(variation: Product): readonly Rendered[] {
  return variation.options.map(({ term: _hidden, ...option }) => option);
}

function isPurchasable(shop: Shop, product: Product): boolean {
  const visible = ['publish', 'draft', 'private', 'pending', 'future'].includes(product.status);
  const parent = parentOf(shop, product);
  return visible && activePrice(shop, product) !== '' && parent?.status !== 'trash';
}

export function categoriesOf(shop: Shop, product: Product): readonly Rendered[] {
  return product.category_ids
    .map((id) => shop.tables.category.get(id))
    .filter((category) => category !== undefined)
    .map(({ id, name, slug }) => ({ id, name, slug }));
}

function renderImage(shop: Shop, image: Image): Rendered {
  const { id, src, name, alt, date_created_gmt } = image;
  const created = {
    ...bothTimes(shop, 'date_created', date_created_gmt),
    ...bothTimes(shop, 'date_modified', date_created_gmt),
  };
  return { id, ...created, src, name, alt };
}

function permalinkOf(shop: Shop, product: Product): string {
  const { siteUrl } = shop.identity();
  const shown = parentOf(shop, product) ?? product;
  if (shown.status !== 'publish' && shown.status !== 'private') return `${siteUrl}/?post_type=product&p=${shown.id}`;
  const query = product.options
    .map(({ slug, option, term }) => `attribute_${slugOf(slug)}=${term ?? slugOf(option)}`)
    .join('&');
  return `${siteUrl}/product/${shown.slug}/${query === '' ? '' : `?${query}`}`;
}

function editLinks(shop: Shop, product: Product): Rendered {
  return {
    permalink_template: `${shop.identity().siteUrl}/product/%pagename%/`,
    generated_slug: decodeURIComponent(product.slug),
  };
}

/** The related products are drawn anew at each reading. */
function relatedIds(shop: Shop, product: Product, randomId: () => number): readonly number[] {
  const drawn = new Set<number>();
  for (let tries = 0; tries < 12 && drawn.size < 5; tries += 1) {
    const other = shop.tables.product.get(randomId());
    if (other !== undefined && other.id !== product.id && other.type !== 'variation' && other.status === 'publish')
      drawn.add(other.id);
  }
  return [...drawn];
}

function amount(price: string, hidden = ''): string {
  const shown = Number(price).toFixed(2);
  const symbol = '<span class="woocommerce-Price-currencySymbol">&euro;</span>';
  return `<span class="woocommerce-Price-amount amount"${hidden}><bdi>${symbol}${shown}</bdi></span>`;
}

function spoken(text: string): string {
  return `<span class="screen-reader-text">${text}</span>`;
}

function priceHtml(shop: Shop, product: Product): string {
  if (product.type === 'variable') {
    const range = priceRange(shop, product);
    if (range === undefined) return '';
    if (Number(range.from) === Number(range.to)) return amount(range.from);
    const hidden = ' aria-hidden="true"';
    const dash = `<span${hidden}>&ndash;</span>`;
    const words = `Price range: &euro;${Number(range.from).toFixed(2)} through &euro;${Number(range.to).toFixed(2)}`;
    return `${amount(range.from, hidden)} ${dash} ${amount(range.to, hidden)}${spoken(words)}`;
  }
  const price = activePrice(shop, product);
  if (price === '') return '';
  if (!isOnSale(shop, product)) return amount(price);
  const was = Number(product.regular_price).toFixed(2);
  const is = Number(price).toFixed(2);
  return [
    `<del aria-hidden="true">${amount(product.regular_price)}</del> `,
    spoken(`Original price was: &euro;${was}.`),
    `<ins aria-hidden="true">${amount(price)}</ins>`,
    spoken(`Current price is: &euro;${is}.`),
  ].join('');
}
