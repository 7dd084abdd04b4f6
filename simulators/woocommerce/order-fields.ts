import { RestError } from './errors.ts';
import { mergedMeta } from './product-fields.ts';
import { activePrice, fullTitle } from './products-read.ts';
import type { Shop } from './shop.ts';
import { gmtOf, parseMoment } from './time.ts';
import type { Address, CouponLine, FeeLine, LineItem, Order, Product, ShippingLine } from './types.ts';
import type { Body } from './values.ts';
import { bodiesOf, booleanOf, centsOf, integerOf, isBody, moneyOf, plainTitle, slugOf, textOf } from './values.ts';

export const BLANK_ADDRESS: Address = {
  first_name: '',
  last_name: '',
  company: '',
  address_1: '',
  address_2: '',
  city: '',
  state: '',
  postcode: '',
  country: '',
  phone: '',
};

const ADDRESS_FIELDS = Object.keys(BLANK_ADDRESS) as (keyof Address)[];

/** Addresses are merged field by field. `phone` stands last, after the e-mail where there is one. */
export function mergedAddress(current: Address, sent: unknown, withEmail: boolean): Address {
  const body: Body = isBody(sent) ? sent : {};
  const field = (name: keyof Address): string =>
    body[name] === undefined ? (current[name] ?? '') : textOf(body[name]);
  const { phone, ...rest } = Object.fromEntries(
    ADDRESS_FIELDS.map((name) => [name, field(name)]),
  ) as unknown as Address;
  return withEmail ? { ...rest, email: field('email'), phone } : { ...rest, phone };
}

type Draft = { -readonly [K in keyof Order]?: Order[K] };

/** What a request's body makes of an order; the status is not among it, it changes afterwards. */
export function orderPatch(shop: Shop, current: Order, body: Body): Draft {
  const patch: Draft = {};
  for (const field of [
    'currency',
    'payment_method',
    'payment_method_title',
    'transaction_id',
    'customer_note',
  ] as const) {
    if (body[field] !== undefined) patch[field] = textOf(body[field]);
  }
  if (body['customer_id'] !== undefined) patch.customer_id = knownCustomer(shop, integerOf(body['customer_id']));
  if (body['billing'] !== undefined) patch.billing = mergedAddress(current.billing, body['billing'], true);
  if (body['shipping'] !== undefined) patch.shipping = mergedAddress(current.shipping, body['shipping'], false);
  if (body['line_items'] !== undefined) patch.line_items = mergedLines(shop, current.line_items, body['line_items']);
  if (body['shipping_lines'] !== undefined)
    patch.shipping_lines = merged(current.shipping_lines, body['shipping_lines'], shippingLine(shop));
  if (body['fee_lines'] !== undefined) patch.fee_lines = merged(current.fee_lines, body['fee_lines'], feeLine(shop));
  if (body['coupon_lines'] !== undefined)
    patch.coupon_lines = merged(current.coupon_lines, body['coupon_lines'], couponLine(shop));
  if (body['meta_data'] !== undefined) Object.assign(patch, metaPatch(shop, current, bodiesOf(body['meta_data'])));
  return patch;
}

function knownCustomer(shop: Shop, id: number): number {
  if (id !== 0 && !shop.tables.customer.has(id))
    throw new RestError('woocommerce_rest_invalid_customer_id', 'Customer ID is invalid.', 400);
  return id;
}

/** Meta with the names of internal fields calls their setters and is not kept as meta. */
function metaPatch(shop: Shop, current: Order, sent: readonly Body[]): Draft {
  const patch: Draft = {};
  const own: Body[] = [];
  for (const entry of sent) {
    const value = textOf(entry['value']);
    switch (textOf(entry['key'])) {
      case '_order_stock_reduced':
        patch.stock_reduced = booleanOf(value);
        break;
      case '_new_order_email_sent':
        patch.new_order_email_sent = booleanOf(value);
        break;
      case '_order_key':
        patch.order_key = value;
        break;
      case '_transaction_id':
        patch.transaction_id = value;
        break;
      case '_date_paid':
        patch.date_paid_gmt = momentOf(value);
        break;
      case '_date_completed':
        patch.date_completed_gmt = momentOf(value);
        break;
      case '_date_created':
      case '_recorded_sales':
      case '_prices_include_tax':
        break;
      default:
        own.push(entry);
    }
  }
  if (own.length > 0) patch.meta_data = mergedMeta(shop, current.meta_data, own);
  return patch;
}

function momentOf(value: string): string | null {
  if (/^\d+$/.test(value)) return gmtOf(Number(value) * 1000);
  const moment = parseMoment(value, 0);
  return moment === null ? null : gmtOf(moment);
}

function merged<L extends { readonly id: number }>(
  current: readonly L[],
  sent: unknown,
  make: (body: Body, known: L | undefined) => L,
): readonly L[] {
  let lines = [...current];
  for (const body of bodiesOf(sent)) {
    const known = lines.find(({ id }) => id === integerOf(body['id']));
    const line = make(body, known);
    lines = known === undefined ? [...lines, line] : lines.map((other) => (other.id === line.id ? line : other));
  }
  return lines;
}

function mergedLines(shop: Shop, current: readonly LineItem[], sent: unknown): readonly LineItem[] {
  const lines = merged(current, sent, (body, known) => lineItem(shop, body, known));
  return lines.filter(({ quantity }) => quantity !== 0);
}

function lineItem(shop: Shop, body: Body, known: LineItem | undefined): LineItem {
  if (known !== undefined) return changedLine(shop, body, known);
  const id = integerOf(body['variation_id']) || integerOf(body['product_id']);
  const sku = textOf(body['sku']);
  if (id === 0 && sku === '')
    throw new RestError('woocommerce_rest_required_product_reference', 'Product ID or SKU is required.', 400);
  // A reference to nothing is no error: the line stays without a product.
  const bySku = [...(shop.index.bySku.get(sku.toLowerCase()) ?? [])][0];
  const product = shop.tables.product.get(id === 0 ? (bySku ?? 0) : id);
  const quantity = body['quantity'] === undefined ? 1 : Number(body['quantity']);
  const price = product === undefined ? 0 : centsOf(activePrice(shop, product));
  const subtotal = body['subtotal'] === undefined ? price * quantity : centsOf(textOf(body['subtotal']));
  const total = body['total'] === undefined ? subtotal : centsOf(textOf(body['total']));
  return {
    id: shop.nextId('item'),
    name:
      body['name'] === undefined
        ? product === undefined
          ? ''
          : plainTitle(fullTitle(shop, product))
        : textOf(body['name']),
    product_id: product === undefined ? 0 : product.type === 'variation' ? product.parent_id : product.id,
    variation_id: product?.type === 'variation' ? product.id : 0,
    quantity,
    tax_class: '',
    subtotal: moneyOf(subtotal),
    subtotal_tax: '0.00',
    total: moneyOf(total),
    total_tax: '0.00',
    meta_data: [...optionMeta(shop, product), ...mergedMeta(shop, [], body['meta_data'])],
  };
}

function optionMeta(shop: Shop, product: Product | undefined): LineItem['meta_data'] {
  if (product?.type !== 'variation') return [];
  return product.options.map(({ id, slug, option }) => ({
    id: shop.nextId('meta'),
    key: slug,
    value: id === 0 ? option : slugOf(option),
  }));
}

/** With another quantity and no amounts the line keeps the price it was sold at. */
function changedLine(shop: Shop, body: Body, known: LineItem): LineItem {
  const quantity = body['quantity'] === undefined ? known.quantity : Number(body['quantity']);
  const scaled = (amount: string): string => moneyOf(Math.round((centsOf(amount) * quantity) / (known.quantity || 1)));
  const amount = (field: 'subtotal' | 'total'): string =>
    body[field] === undefined ? scaled(known[field]) : moneyOf(centsOf(textOf(body[field])));
  return {
    ...known,
    quantity,
    name: body['name'] === undefined ? known.name : textOf(body['name']),
    subtotal: amount('subtotal'),
    total: amount('total'),
    meta_data: body['meta_data'] === undefined ? known.meta_data : mergedMeta(shop, known.meta_data, body['meta_data']),
  };
}

function shippingLine(shop: Shop): (body: Body, known: ShippingLine | undefined) => ShippingLine {
  return (body, known) => ({
    id: known?.id ?? shop.nextId('item'),
    method_title: textOf(body['method_title'] ?? known?.method_title),
    method_id: textOf(body['method_id'] ?? known?.method_id),
    total: moneyOf(centsOf(textOf(body['total'] ?? known?.total))),
    total_tax: known?.total_tax ?? '0.00',
  });
}

function feeLine(shop: Shop): (body: Body, known: FeeLine | undefined) => FeeLine {
  return (body, known) => ({
    id: known?.id ?? shop.nextId('item'),
    name: textOf(body['name'] ?? known?.name),
    total: moneyOf(centsOf(textOf(body['total'] ?? known?.total))),
    total_tax: known?.total_tax ?? '0.00',
  });
}

function couponLine(shop: Shop): (body: Body, known: CouponLine | undefined) => CouponLine {
  return (body, known) => ({
    id: known?.id ?? shop.nextId('item'),
    code: textOf(body['code'] ?? known?.code).toLowerCase(),
    discount: textOf(body['discount'] ?? known?.discount ?? '0'),
    discount_type: known?.discount_type ?? 'fixed_cart',
    nominal_amount: known?.nominal_amount ?? 0,
    meta_data: known?.meta_data ?? [],
  });
}
