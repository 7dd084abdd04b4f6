import type { Context, Rendered } from './render-product.ts';
import { apiUrl, bothTimes, itemLinks } from './render-product.ts';
import { parentOf } from './products-read.ts';
import type { Shop } from './shop.ts';
import { localOf } from './time.ts';
import type { Customer, LineItem, Meta, Note, Order, Refund } from './types.ts';
import { centsOf, moneyOf, plainTitle, sha256 } from './values.ts';

export type OrderTotals = {
  readonly discount: number;
  readonly shipping: number;
  readonly tax: number;
  readonly total: number;
};

function sum(amounts: readonly string[]): number {
  return amounts.reduce((total, amount) => total + centsOf(amount), 0);
}

/** In cents. */
export function totalsOf(order: Order): OrderTotals {
  if (order.uncalculated === true) return { discount: 0, shipping: 0, tax: 0, total: 0 };
  const items = sum(order.line_items.map(({ total }) => total));
  const discount = sum(order.line_items.map(({ subtotal }) => subtotal)) - items;
  const shipping = sum(order.shipping_lines.map(({ total }) => total));
  const fees = sum(order.fee_lines.map(({ total }) => total));
  const tax = centsOf(order.cart_tax) + centsOf(order.shipping_tax);
  return { discount, shipping, tax, total: items + shipping + fees + tax };
}

export function refundsOf(shop: Shop, orderId: number): readonly Refund[] {
  return [...shop.tables.refund.values()]
    .filter(({ parent_id }) => parent_id === orderId)
    .toSorted((a, b) => b.id - a.id);
}

export function renderOrder(shop: Shop, order: Order): Rendered {
  const { siteUrl } = shop.identity();
  const totals = totalsOf(order);
  const local = (gmt: string | null): string | null =>
    gmt === null ? null : localOf(gmt, shop.settings.offsetMinutes);
  return {
    id: order.id,
    parent_id: 0,
    status: order.status,
    currency: order.currency,
    version: '10.2.4',
    prices_include_tax: order.prices_include_tax,
    date_created: local(order.date_created_gmt),
    date_modified: local(order.date_modified_gmt),
    discount_total: moneyOf(totals.discount),
    discount_tax: '0.00',
    shipping_total: moneyOf(totals.shipping),
    shipping_tax: order.shipping_tax,
    cart_tax: order.cart_tax,
    total: moneyOf(totals.total),
    total_tax: moneyOf(totals.tax),
    customer_id: order.customer_id,
    order_key: order.order_key,
    billing: order.billing,
    shipping: order.shipping,
    payment_method: order.payment_method,
    payment_method_title: order.payment_method_title,
    transaction_id: order.transaction_id,
    customer_ip_address: '',
    customer_user_agent: '',
    created_via: order.created_via,
    customer_note: order.customer_note,
    date_completed: local(order.date_completed_gmt),
    date_paid: local(order.date_paid_gmt),
    cart_hash: '',
    number: String(order.id),
    meta_data: order.meta_data,
    ...renderLines(shop, order),
    refunds: refundsOf(shop, order.id).map(({ id, reason, amount }) => ({ id, reason, total: `-${amount}` })),
    payment_url: `${siteUrl}/checkout/order-pay/${order.id}/?pay_for_order=true&key=${order.order_key}`,
    is_editable: ['pending', 'on-hold', 'auto-draft'].includes(order.status),
    needs_payment: ['pending', 'failed', 'checkout-draft'].includes(order.status) && totals.total > 0,
    needs_processing: needsProcessing(shop, order),
    date_created_gmt: order.date_created_gmt,
    date_modified_gmt: order.date_modified_gmt,
    date_completed_gmt: order.date_completed_gmt,
    date_paid_gmt: order.date_paid_gmt,
    currency_symbol: '€',
    _links: {
      ...itemLinks(apiUrl(shop, `orders/${order.id}`), apiUrl(shop, 'orders')),
      email_templates: [{ embeddable: true, href: apiUrl(shop, `orders/${order.id}/actions/email_templates`) }],
      ...(order.customer_id === 0 ? {} : { customer: [{ href: apiUrl(shop, `customers/${order.customer_id}`) }] }),
    },
  };
}

function renderLines(shop: Shop, order: Order): Rendered {
  return {
    line_items: order.line_items.map((line) => renderLine(shop, line)),
    tax_lines: [],
    shipping_lines: order.shipping_lines.map((line) => ({
      id: line.id,
      method_title: line.method_title,
      method_id: line.method_id,
      instance_id: '',
      total: line.total,
      total_tax: line.total_tax,
      taxes: [],
      tax_status: 'taxable',
      meta_data: [],
    })),
    fee_lines: order.fee_lines.map((line) => ({
      ...line,
      tax_class: '',
      tax_status: 'taxable',
      amount: '',
      taxes: [],
      meta_data: [],
    })),
    coupon_lines: order.coupon_lines.map(({ id, code, discount, discount_type, nominal_amount, meta_data }) => ({
      id,
      code,
      discount,
      discount_tax: '0',
      meta_data: meta_data.map((meta) => shownMeta(meta)),
      discount_type,
      nominal_amount,
      free_shipping: false,
    })),
  };
}

/** Only lines whose product still exists, and is not a download, need anybody's work. */
function needsProcessing(shop: Shop, order: Order): boolean {
  return order.line_items.some((line) => {
    const product = shop.tables.product.get(line.variation_id === 0 ? line.product_id : line.variation_id);
    return product !== undefined && !(product.virtual && product.downloadable);
  });
}

function renderLine(shop: Shop, line: LineItem): Rendered {
  const product = shop.tables.product.get(line.variation_id === 0 ? line.product_id : line.variation_id);
  const parent = product === undefined ? undefined : parentOf(shop, product);
  const price = line.quantity === 0 ? 0 : Number(line.total) / line.quantity;
  const { meta_data, ...fields } = line;
  return {
    ...fields,
    taxes: [],
    meta_data: meta_data.map((meta) => shownMeta(meta, product?.options)),
    sku: product?.sku ?? null,
    global_unique_id: product?.global_unique_id ?? null,
    price: Object.is(price, -0) ? 0 : price,
    image: { id: product === undefined || parent !== undefined ? 0 : '', src: product?.images[0]?.src ?? '' },
    parent_name: parent === undefined ? null : plainTitle(parent.name),
  };
}

function shownMeta(
  meta: Meta,
  options: readonly { readonly slug: string; readonly name: string; readonly option: string }[] = [],
): Rendered {
  const option = options.find(({ slug }) => slug === meta.key);
  return { ...meta, display_key: option?.name ?? meta.key, display_value: option?.option ?? meta.value };
}

export function renderRefund(shop: Shop, refund: Refund, withParent = false): Rendered {
  const { siteUrl } = shop.identity();
  const order = `${siteUrl}/wp-json/wc/v3/orders/${refund.parent_id}`;
  return {
    id: refund.id,
    ...(withParent ? { parent_id: refund.parent_id } : {}),
    ...bothTimes(shop, 'date_created', refund.date_created_gmt),
    amount: refund.amount,
    reason: refund.reason,
    refunded_by: 1,
    refunded_payment: refund.refunded_payment,
    meta_data: refund.meta_data,
    line_items: refund.line_items.map((line) => renderLine(shop, line)),
    shipping_lines: [],
    tax_lines: [],
    fee_lines: [],
    _links: ownedLinks(`${order}/refunds/${refund.id}`, `${order}/refunds`, order),
  };
}

export function renderNote(shop: Shop, note: Note): Rendered {
  const order = apiUrl(shop, `orders/${note.order_id}`);
  return {
    id: note.id,
    author: note.author,
    ...bothTimes(shop, 'date_created', note.date_created_gmt),
    note: note.note,
    customer_note: note.customer_note,
    _links: ownedLinks(`${order}/notes/${note.id}`, `${order}/notes`, order),
  };
}

function ownedLinks(self: string, collection: string, up: string): Rendered {
  return {
    self: [{ href: self, targetHints: { allow: ['GET', 'DELETE'] } }],
    collection: [{ href: collection }],
    up: [{ href: up }],
  };
}

export function renderCustomer(shop: Shop, customer: Customer, _context: Context = 'view'): Rendered {
  const { id, email, first_name, last_name, role, username, is_paying_customer } = customer;
  return {
    id,
    ...bothTimes(shop, 'date_created', customer.date_created_gmt),
    ...bothTimes(shop, 'date_modified', customer.date_modified_gmt),
    email,
    first_name,
    last_name,
    role,
    username,
    billing: customer.billing,
    shipping: customer.shipping,
    is_paying_customer,
    avatar_url: `https://secure.gravatar.com/avatar/${sha256(email.trim().toLowerCase())}?s=96&d=mm&r=g`,
    meta_data: customer.meta_data.filter(({ key }) => !key.startsWith('_')),
    _links: itemLinks(apiUrl(shop, `customers/${id}`), apiUrl(shop, 'customers')),
  };
}
