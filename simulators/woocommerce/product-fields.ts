import { RestError } from './errors.ts';
import { stockStatusFor } from './products-read.ts';
import type { Shop } from './shop.ts';
import { nowGmt } from './shop.ts';
import { gmtOf, parseMoment } from './time.ts';
import type { Image, Meta, Product, ProductAttribute, StockStatus, TermRef, VariationAttribute } from './types.ts';
import type { Body } from './values.ts';
import {
  bodiesOf,
  booleanOf,
  decimalOf,
  idsOf,
  integerOf,
  isBody,
  listOf,
  phpValue,
  slugOf,
  storedTitle,
  stripped,
  textOf,
} from './values.ts';

const UNCATEGORIZED = 15;

/** What a request's body makes of a product; fields that the body does not name are left out. */
export function productPatch(shop: Shop, current: Product, body: Body): Partial<Product> {
  return {
    ...textFields(shop, current, body),
    ...priceFields(shop, current, body),
    ...stockFields(shop, current, body),
    ...termFields(shop, current, body),
  };
}

type Draft = { -readonly [K in keyof Product]?: Product[K] };

function textFields(shop: Shop, current: Product, body: Body): Draft {
  const patch: Draft = {};
  for (const field of [
    'status',
    'catalog_visibility',
    'tax_status',
    'tax_class',
    'weight',
    'purchase_note',
    'shipping_class',
  ] as const) {
    if (body[field] !== undefined) patch[field] = textOf(body[field]);
  }
  if (patch.tax_class === 'parent') patch.tax_class = '';
  for (const field of ['featured', 'virtual', 'downloadable', 'sold_individually', 'reviews_allowed'] as const) {
    if (body[field] !== undefined) patch[field] = booleanOf(body[field]);
  }
  for (const field of ['description', 'short_description'] as const) {
    if (body[field] !== undefined) patch[field] = stripped(textOf(body[field]));
  }
  if (body['name'] !== undefined && current.type !== 'variation') patch.name = storedTitle(textOf(body['name']));
  if (body['slug'] !== undefined) patch.slug = freeSlug(shop, slugOf(textOf(body['slug'])), current.id);
  if (body['sku'] !== undefined) patch.sku = freeSku(shop, textOf(body['sku']).trim(), current);
  if (body['global_unique_id'] !== undefined)
    patch.global_unique_id = freeGtin(shop, textOf(body['global_unique_id']), current);
  if (body['menu_order'] !== undefined) patch.menu_order = integerOf(body['menu_order']);
  if (body['upsell_ids'] !== undefined) patch.upsell_ids = idsOf(body['upsell_ids']);
  if (body['cross_sell_ids'] !== undefined) patch.cross_sell_ids = idsOf(body['cross_sell_ids']);
  const size = body['dimensions'];
  if (isBody(size)) {
    const part = (name: 'length' | 'width' | 'height'): string =>
      size[name] === undefined ? current.dimensions[name] : textOf(size[name]);
    patch.dimensions = { length: part('length'), width: part('width'), height: part('height') };
  }
  const created = body['date_created_gmt'] ?? body['date_created'];
  // Seen: a date without zone is read as UTC whichever of the two fields carries it.
  if (created !== undefined && created !== null) {
    const moment = parseMoment(textOf(created), 0);
    if (moment !== null) patch.date_created_gmt = gmtOf(moment);
  }
  if (body['meta_data'] !== undefined) patch.meta_data = mergedMeta(shop, current.meta_data, body['meta_data']);
  return patch;
}

function priceFields(shop: Shop, current: Product, body: Body): Draft {
  const patch: Draft = {};
  if (body['regular_price'] !== undefined) patch.regular_price = decimalOf(body['regular_price']);
  if (body['sale_price'] !== undefined) patch.sale_price = decimalOf(body['sale_price']);
  for (const side of ['from', 'to'] as const) {
    const gmt = body[`date_on_sale_${side}_gmt`];
    const local = body[`date_on_sale_${side}`];
    if (gmt === undefined && local === undefined) continue;
    const value = gmt ?? local;
    const moment =
      value === null || value === undefined
        ? null
        : parseMoment(textOf(value), gmt === undefined ? shop.settings.offsetMinutes : 0);
    patch[`date_on_sale_${side}_gmt`] = moment === null ? null : gmtOf(moment);
  }
  const regular = patch.regular_price ?? current.regular_price;
  const sale = patch.sale_price ?? current.sale_price;
  // A sale price that is not below the regular one is dropped without a word.
  if (sale !== '' && (regular === '' || Number(sale) >= Number(regular))) patch.sale_price = '';
  return patch;
}

function stockFields(shop: Shop, current: Product, body: Body): Draft {
  const patch: Draft = {};
  const touched = [
    'manage_stock',
    'stock_quantity',
    'inventory_delta',
    'stock_status',
    'backorders',
    'low_stock_amount',
  ];
  if (!touched.some((field) => body[field] !== undefined)) return patch;
  if (body['manage_stock'] !== undefined)
    patch.manage_stock = body['manage_stock'] === 'parent' ? false : booleanOf(body['manage_stock']);
  if (body['backorders'] !== undefined) patch.backorders = textOf(body['backorders']);
  if (body['low_stock_amount'] !== undefined) {
    patch.low_stock_amount = body['low_stock_amount'] === null ? null : integerOf(body['low_stock_amount']);
  }
  const managed = patch.manage_stock ?? current.manage_stock;
  if (!managed) {
    patch.stock_quantity = null;
    patch.backorders = 'no';
    if (body['stock_status'] !== undefined) patch.stock_status = stockStatusOf(body['stock_status']);
    return patch;
  }
  // Both in one request: the absolute number wins.
  if (body['inventory_delta'] !== undefined)
    patch.stock_quantity = (current.stock_quantity ?? 0) + integerOf(body['inventory_delta']);
  if (body['stock_quantity'] !== undefined && body['stock_quantity'] !== null)
    patch.stock_quantity = integerOf(body['stock_quantity']);
  const quantity = patch.stock_quantity ?? current.stock_quantity ?? 0;
  patch.stock_status = stockStatusFor(quantity, patch.backorders ?? current.backorders, shop.settings.noStock);
  return patch;
}

function stockStatusOf(value: unknown): StockStatus {
  const text = textOf(value);
  return text === 'outofstock' || text === 'onbackorder' ? text : 'instock';
}

function termFields(shop: Shop, current: Product, body: Body): Draft {
  const patch: Draft = {};
  if (body['categories'] !== undefined) {
    const known = bodiesOf(body['categories'])
      .map(({ id }) => integerOf(id))
      .filter((id) => shop.tables.category.has(id));
    patch.category_ids = known.length === 0 ? [UNCATEGORIZED] : known;
  }
  if (body['tags'] !== undefined) patch.tags = bodiesOf(body['tags']).map((tag) => tagOf(shop, tag));
  if (body['brands'] !== undefined)
    patch.brands = bodiesOf(body['brands']).flatMap(({ id }) => shop.tables.brand.get(integerOf(id)) ?? []);
  if (body['images'] !== undefined)
    patch.images = bodiesOf(body['images']).map((image) => imageOf(shop, current, image));
  if (isBody(body['image'])) patch.images = [imageOf(shop, current, body['image'])];
  if (body['attributes'] !== undefined) {
    const attributes = bodiesOf(body['attributes']);
    if (current.type === 'variation') patch.options = optionsOf(shop, current, attributes);
    else patch.attributes = attributes.map((attribute, position) => attributeOf(attribute, position));
  }
  return patch;
}

function tagOf(shop: Shop, tag: Body): TermRef {
  const all: readonly TermRef[] = [
    ...shop.tables.tag.values(),
    ...[...shop.tables.product.values()].flatMap(({ tags }) => tags),
  ];
  const id = integerOf(tag['id']);
  const name = storedTitle(textOf(tag['name']));
  const known = all.find((other) => (id === 0 ? other.name === name : other.id === id));
  return known ?? { id: shop.nextId('term'), name, slug: slugOf(name) };
}

/** Each write with `src` uploads another copy; `id` keeps the one that is there. */
function imageOf(shop: Shop, current: Product, image: Body): Image {
  const known = current.images.find(({ id }) => id === integerOf(image['id']));
  if (known !== undefined) return { ...known, alt: image['alt'] === undefined ? known.alt : textOf(image['alt']) };
  const src = textOf(image['src']);
  const file = src.split('/').at(-1)?.split('?')[0] ?? '';
  if (!/\.(?:png|jpe?g|gif|webp)$/i.test(file)) {
    throw new RestError(
      'woocommerce_product_image_upload_error',
      'Invalid image: Sorry, you are not allowed to upload this file type.',
      400,
    );
  }
  const id = shop.nextId('post');
  const uploaded = `${shop.identity().siteUrl}/wp-content/uploads/2026/11/${file.replace(/(\.\w+)$/, `-${id}$1`)}`;
  return {
    id,
    src: uploaded,
    name: textOf(image['name'] ?? file),
    alt: textOf(image['alt']),
    date_created_gmt: nowGmt(shop),
  };
}

function attributeOf(attribute: Body, position: number): ProductAttribute {
  const name = textOf(attribute['name']);
  const id = integerOf(attribute['id']);
  return {
    id,
    name,
    slug: id === 0 ? name : textOf(attribute['slug'] ?? `pa_${slugOf(name)}`),
    position: attribute['position'] === undefined ? position : integerOf(attribute['position']),
    visible: booleanOf(attribute['visible']),
    variation: booleanOf(attribute['variation']),
    options: Array.isArray(attribute['options']) ? attribute['options'].map(textOf) : listOf(attribute['options']),
  };
}

/** An attribute that the parent does not have is left out without an error. */
function optionsOf(shop: Shop, variation: Product, attributes: readonly Body[]): readonly VariationAttribute[] {
  const parent = shop.tables.product.get(variation.parent_id);
  return attributes.flatMap((attribute) => {
    const id = integerOf(attribute['id']);
    const known = parent?.attributes.find((own) => (id === 0 ? own.name === textOf(attribute['name']) : own.id === id));
    return known === undefined
      ? []
      : [{ id: known.id, name: known.name, slug: known.slug, option: textOf(attribute['option']) }];
  });
}

/** Meta is found by id, else by key; a null value removes it. */
export function mergedMeta(shop: Shop, current: readonly Meta[], sent: unknown): readonly Meta[] {
  let merged = [...current];
  for (const entry of bodiesOf(sent)) {
    const id = integerOf(entry['id']);
    const key = textOf(entry['key']);
    const at = merged.findIndex((meta) => (id === 0 ? meta.key === key : meta.id === id));
    const value = phpValue(entry['value']);
    if (value === null || value === undefined) merged = merged.filter((_, index) => index !== at);
    else if (at >= 0) merged = merged.map((meta, index) => (index === at ? { ...meta, value: keptMeta(value) } : meta));
    else if (key !== '') merged.push({ id: shop.nextId('meta'), key, value: keptMeta(value) });
  }
  return merged;
}

function keptMeta(value: unknown): unknown {
  return typeof value === 'object' ? value : textOf(value);
}

export function freeSlug(shop: Shop, wanted: string, ownId: number): string {
  const taken = new Set<string>();
  for (const { id, slug, type } of shop.tables.product.values())
    if (id !== ownId && type !== 'variation') taken.add(slug);
  if (!taken.has(wanted)) return wanted;
  let suffix = 2;
  while (taken.has(`${wanted}-${suffix}`)) suffix += 1;
  return `${wanted}-${suffix}`;
}

function freeSku(shop: Shop, sku: string, current: Product): string {
  if (sku === '') return sku;
  const holders = [...(shop.index.bySku.get(sku.toLowerCase()) ?? [])].filter((id) => id !== current.id);
  const alive = holders.find((id) => shop.tables.product.get(id)?.status !== 'trash');
  if (alive !== undefined) {
    let suffix = 1;
    while (shop.index.bySku.get(`${sku}-${suffix}`.toLowerCase())?.size) suffix += 1;
    throw new RestError('product_invalid_sku', 'Invalid or duplicated SKU.', 400, {
      resource_id: alive,
      unique_sku: `${sku}-${suffix}`,
    });
  }
  // The look-up table still holds the SKUs of the trash.
  if (holders.length > 0) {
    const why = `The product with SKU (${sku}) you are trying to insert is already present in the lookup table`;
    throw new RestError('woocommerce_rest_product_not_created', why, 400);
  }
  return sku;
}

function freeGtin(shop: Shop, gtin: string, current: Product): string {
  if (gtin === '') return gtin;
  for (const { id, global_unique_id, status } of shop.tables.product.values()) {
    if (id === current.id || global_unique_id !== gtin || status === 'trash') continue;
    throw new RestError('product_invalid_global_unique_id', 'Invalid or duplicated GTIN, UPC, EAN or ISBN.', 400, {
      resource_id: id,
    });
  }
  return gtin;
}
