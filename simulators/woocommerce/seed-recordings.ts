import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BLANK_ADDRESS, mergedAddress } from './order-fields.ts';
import { customerAddress } from './customers.ts';
import { blankOrder } from './orders.ts';
import { blankProduct } from './products.ts';
import type { Shop } from './shop.ts';
import { insertRow } from './shop.ts';
import type { Customer, Image, LineItem, Meta, Order, Product, ProductType, StockStatus, TermRef } from './types.ts';
import type { Body } from './values.ts';
import { bodiesOf, booleanOf, idsOf, integerOf, isBody, slugOf, textOf } from './values.ts';

/** Bodies as REST answered them. */
export type Recordings = {
  readonly products?: readonly Body[];
  readonly orders?: readonly Body[];
  readonly customers?: readonly Body[];
  readonly refunds?: readonly Body[];
  readonly notes?: readonly Body[];
};

/** What was made later in the recorded shop was made and thrown away by the recording itself. */
const LAST_RECORDED_POST = 51;

/** Fills the shop with what was recorded; where one entity was recorded several times, with its latest state. */
export function seedFromRecordings(shop: Shop, from: string | Recordings): void {
  const recorded = typeof from === 'string' ? readRecordings(from) : from;
  const byTime = (recorded.products ?? []).toSorted((a, b) =>
    textOf(a['date_modified_gmt']) < textOf(b['date_modified_gmt']) ? -1 : 1,
  );
  for (const category of byTime.flatMap((body) => bodiesOf(body['categories'])))
    seedCategory(shop, category as unknown as TermRef);
  for (const body of latest(recorded.products ?? [])) seedProduct(shop, body);
  for (const body of latest(recorded.customers ?? [])) seedCustomer(shop, body);
  for (const body of latest(recorded.orders ?? [])) seedOrder(shop, body);
  for (const body of latest(recorded.refunds ?? [])) seedRefund(shop, body);
  for (const body of latest(recorded.notes ?? [])) seedNote(shop, body);
}

/** The recorded shop out of its folder (`rest/`, `webhooks/`): every entity in each of its recorded states. */
export function readRecordings(folder: string): Recordings {
  const found: Body[] = [];
  for (const kind of ['webhooks', 'rest']) {
    for (const file of readdirSync(join(folder, kind)).toSorted()) {
      if (file.endsWith('.json')) found.push(...entitiesIn(JSON.parse(readFileSync(join(folder, kind, file), 'utf8'))));
    }
  }
  const kept = found.filter(({ id }) => integerOf(id) <= LAST_RECORDED_POST);
  // In the recorded shop customer 7 was deleted in the end; order 36's notes and the two refunds that stayed were listed.
  return {
    products: kept.filter(
      (body) => body['sku'] !== undefined && body['slug'] !== undefined && body['price_html'] !== undefined,
    ),
    orders: kept.filter((body) => body['line_items'] !== undefined && body['order_key'] !== undefined),
    customers: kept.filter((body) => body['avatar_url'] !== undefined && body['id'] !== 7),
    refunds: found.filter((body) => body['refunded_by'] !== undefined && body['parent_id'] !== undefined),
    notes: kept.filter((body) => body['customer_note'] !== undefined && body['author'] !== undefined),
  };
}

function entitiesIn(file: unknown): readonly Body[] {
  if (!isBody(file)) return [];
  const holder = isBody(file['response']) ? file['response'] : file['request'];
  const body = isBody(holder) ? holder['body'] : undefined;
  if (Array.isArray(body)) return bodiesOf(body);
  if (!isBody(body)) return [];
  const rows = ['create', 'update'].flatMap((verb) => bodiesOf(body[verb]));
  return rows.length > 0 ? rows.filter((row) => row['error'] === undefined) : [body];
}

function latest(bodies: readonly Body[]): readonly Body[] {
  const byId = new Map<number, Body>();
  for (const body of bodies) {
    const id = integerOf(body['id']);
    const known = byId.get(id);
    if (known === undefined || textOf(known['date_modified_gmt']) <= textOf(body['date_modified_gmt']))
      byId.set(id, body);
  }
  return [...byId.values()].toSorted((a, b) => integerOf(a['id']) - integerOf(b['id']));
}

const BY = { actor: 'store' } as const;

function seedProduct(shop: Shop, body: Body): void {
  const id = integerOf(body['id']);
  const type = textOf(body['type']) as ProductType;
  const isVariation = type === 'variation';
  const blank = blankProduct(shop, id, type, isVariation ? integerOf(body['parent_id']) : 0);
  const text = (field: string): string => textOf(body[field]);
  const own = body['manage_stock'] === true;
  const product: Product = {
    ...blank,
    status: text('status'),
    name: isVariation ? '' : text('name'),
    slug: text('slug'),
    date_created_gmt: text('date_created_gmt'),
    date_modified_gmt: text('date_modified_gmt'),
    catalog_visibility: text('catalog_visibility'),
    description: storedHtml(text('description')),
    short_description: storedHtml(text('short_description')),
    sku: text('sku'),
    global_unique_id: text('global_unique_id'),
    regular_price: text('regular_price'),
    sale_price: text('sale_price'),
    date_on_sale_from_gmt: momentOf(body['date_on_sale_from_gmt']),
    date_on_sale_to_gmt: momentOf(body['date_on_sale_to_gmt']),
    total_sales: integerOf(body['total_sales']),
    virtual: booleanOf(body['virtual']),
    downloadable: booleanOf(body['downloadable']),
    manage_stock: own,
    stock_quantity: own ? integerOf(body['stock_quantity']) : null,
    stock_status: text('stock_status') as StockStatus,
    backorders: own ? text('backorders') : 'no',
    weight: text('weight'),
    dimensions: isBody(body['dimensions'])
      ? (body['dimensions'] as unknown as Product['dimensions'])
      : blank.dimensions,
    reviews_allowed: booleanOf(body['reviews_allowed']),
    upsell_ids: idsOf(body['upsell_ids']),
    cross_sell_ids: idsOf(body['cross_sell_ids']),
    category_ids: bodiesOf(body['categories']).map(({ id: category }) => integerOf(category)),
    tags: bodiesOf(body['tags']) as unknown as readonly TermRef[],
    images: bodiesOf(body['images']) as unknown as readonly Image[],
    attributes: isVariation ? [] : (bodiesOf(body['attributes']) as unknown as Product['attributes']),
    options: isVariation ? optionsOf(body) : [],
    menu_order: integerOf(body['menu_order']),
    meta_data: metaOf(shop, body['meta_data']),
  };
  shop.reserveId('post', id);
  for (const { id: tag } of product.tags) shop.reserveId('term', tag);
  insertRow(shop, 'product', product, BY);
}

/** The latest name that a product showed it by. */
function seedCategory(shop: Shop, { id, name, slug }: TermRef): void {
  shop.reserveId('term', id);
  shop.tables.category.set(id, { id, name, slug, parent: 0, description: '' });
}

function optionsOf(body: Body): Product['options'] {
  const permalink = textOf(body['permalink']);
  const terms = URL.canParse(permalink) ? [...new URL(permalink).searchParams.values()] : [];
  return (bodiesOf(body['attributes']) as unknown as Product['options']).map((option, index) => {
    const term = terms[index];
    return term === undefined || term === slugOf(option.option) ? option : { ...option, term };
  });
}

/** Takes the line breaks away again that showing the text had added. */
function storedHtml(shown: string): string {
  return shown.replaceAll(/(<\/(?:p|h[1-6]|ul|ol|li|div)>)\n/g, '$1');
}

function momentOf(value: unknown): string | null {
  const text = textOf(value);
  return text === '' ? null : text;
}

function metaOf(shop: Shop, value: unknown): readonly Meta[] {
  return bodiesOf(value).map((meta) => {
    shop.reserveId('meta', integerOf(meta['id']));
    return { id: integerOf(meta['id']), key: textOf(meta['key']), value: meta['value'] };
  });
}

function seedOrder(shop: Shop, body: Body): void {
  const id = integerOf(body['id']);
  const text = (field: string): string => textOf(body[field]);
  const lines = bodiesOf(body['line_items']).map((line) => lineOf(shop, line));
  const item = (line: Body): number => {
    shop.reserveId('item', integerOf(line['id']));
    return integerOf(line['id']);
  };
  const touched = ['processing', 'completed', 'on-hold', 'refunded'].includes(text('status'));
  const order: Order = {
    ...blankOrder(shop, id),
    status: text('status'),
    currency: text('currency'),
    date_created_gmt: text('date_created_gmt'),
    date_modified_gmt: text('date_modified_gmt'),
    date_paid_gmt: momentOf(body['date_paid_gmt']),
    date_completed_gmt: momentOf(body['date_completed_gmt']),
    customer_id: integerOf(body['customer_id']),
    order_key: text('order_key'),
    billing: mergedAddress(BLANK_ADDRESS, body['billing'], true),
    shipping: mergedAddress(BLANK_ADDRESS, body['shipping'], false),
    payment_method: text('payment_method'),
    payment_method_title: text('payment_method_title'),
    transaction_id: text('transaction_id'),
    created_via: text('created_via'),
    customer_note: text('customer_note'),
    cart_tax: text('cart_tax'),
    shipping_tax: text('shipping_tax'),
    meta_data: metaOf(shop, body['meta_data']),
    line_items: lines,
    shipping_lines: bodiesOf(body['shipping_lines']).map((line) => ({
      id: item(line),
      method_title: textOf(line['method_title']),
      method_id: textOf(line['method_id']),
      total: textOf(line['total']),
      total_tax: textOf(line['total_tax']),
    })),
    fee_lines: bodiesOf(body['fee_lines']).map((line) => ({
      id: item(line),
      name: textOf(line['name']),
      total: textOf(line['total']),
      total_tax: textOf(line['total_tax']),
    })),
    coupon_lines: bodiesOf(body['coupon_lines']).map((line) => ({
      id: item(line),
      code: textOf(line['code']),
      discount: textOf(line['discount']),
      discount_type: textOf(line['discount_type']),
      nominal_amount: integerOf(line['nominal_amount']),
      meta_data: metaOf(shop, line['meta_data']),
    })),
    stock_reduced: touched || lines.some(({ meta_data }) => meta_data.some(({ key }) => key === '_reduced_stock')),
    new_order_email_sent: touched || text('status') === 'cancelled',
  };
  shop.reserveId('post', id);
  insertRow(shop, 'order', order, BY);
}

function lineOf(shop: Shop, line: Body): LineItem {
  const id = integerOf(line['id']);
  shop.reserveId('item', id);
  const text = (field: string): string => textOf(line[field]);
  return {
    id,
    name: text('name'),
    product_id: integerOf(line['product_id']),
    variation_id: integerOf(line['variation_id']),
    quantity: Number(line['quantity']),
    tax_class: text('tax_class'),
    subtotal: text('subtotal'),
    subtotal_tax: text('subtotal_tax'),
    total: text('total'),
    total_tax: text('total_tax'),
    meta_data: metaOf(shop, line['meta_data']),
  };
}

function seedCustomer(shop: Shop, body: Body): void {
  const id = integerOf(body['id']);
  const text = (field: string): string => textOf(body[field]);
  const customer: Customer = {
    id,
    date_created_gmt: text('date_created_gmt'),
    date_modified_gmt: momentOf(body['date_modified_gmt']),
    email: text('email'),
    first_name: text('first_name'),
    last_name: text('last_name'),
    role: text('role'),
    username: text('username'),
    billing: customerAddress(mergedAddress(BLANK_ADDRESS, body['billing'], true)),
    shipping: customerAddress(mergedAddress(BLANK_ADDRESS, body['shipping'], false)),
    is_paying_customer: booleanOf(body['is_paying_customer']),
    meta_data: metaOf(shop, body['meta_data']),
  };
  shop.reserveId('user', id);
  insertRow(shop, 'customer', customer, BY);
}

function seedRefund(shop: Shop, body: Body): void {
  const id = integerOf(body['id']);
  shop.reserveId('post', id);
  const refund = {
    id,
    parent_id: integerOf(body['parent_id']),
    date_created_gmt: textOf(body['date_created_gmt']),
    amount: textOf(body['amount']),
    reason: textOf(body['reason']),
    refunded_payment: booleanOf(body['refunded_payment']),
    meta_data: metaOf(shop, body['meta_data']),
    line_items: bodiesOf(body['line_items']).map((line) => lineOf(shop, line)),
  };
  insertRow(shop, 'refund', refund, BY);
}

/** A note does not say whose it is but by its links. */
function seedNote(shop: Shop, body: Body): void {
  const id = integerOf(body['id']);
  const up = isBody(body['_links']) ? bodiesOf(body['_links']['up'])[0] : undefined;
  shop.reserveId('comment', id);
  const note = {
    id,
    order_id: integerOf(textOf(up?.['href']).split('/').at(-1)),
    author: textOf(body['author']),
    date_created_gmt: textOf(body['date_created_gmt']),
    note: textOf(body['note']),
    customer_note: booleanOf(body['customer_note']),
  };
  insertRow(shop, 'note', note, BY);
}
