import { RestError, invalidId } from './errors.ts';
import { mail } from './mails.ts';
import { BLANK_ADDRESS, mergedAddress, orderPatch } from './order-fields.ts';
import { addNote, becomesPayingCustomer, changeStatus, emitOrder, saveOrder } from './order-status.ts';
import { adjustLine, productOfLine } from './order-stock.ts';
import { dieAt } from './php-faults.ts';
import type { Cause, Shop } from './shop.ts';
import { deleteRow, insertRow, nowGmt, updateRow } from './shop.ts';
import { gmtOf, parseMoment } from './time.ts';
import type { Note, Order } from './types.ts';
import type { Body } from './values.ts';
import { booleanOf, randomText, textOf } from './values.ts';

export function orderOf(shop: Shop, id: number): Order {
  const order = shop.tables.order.get(id);
  if (order === undefined) throw invalidId('shop_order');
  return order;
}

export function blankOrder(shop: Shop, id: number): Order {
  return {
    id,
    status: 'pending',
    currency: shop.settings.currency,
    prices_include_tax: shop.settings.pricesIncludeTax,
    date_created_gmt: nowGmt(shop),
    date_modified_gmt: nowGmt(shop),
    date_paid_gmt: null,
    date_completed_gmt: null,
    customer_id: 0,
    order_key: '',
    billing: mergedAddress(BLANK_ADDRESS, {}, true),
    shipping: BLANK_ADDRESS,
    payment_method: '',
    payment_method_title: '',
    transaction_id: '',
    created_via: 'rest-api',
    customer_note: '',
    cart_tax: '0.00',
    shipping_tax: '0.00',
    meta_data: [],
    line_items: [],
    shipping_lines: [],
    fee_lines: [],
    coupon_lines: [],
    stock_reduced: false,
    new_order_email_sent: false,
    trashed_from: null,
  };
}

function insertOrder(shop: Shop, body: Body, status: string, cause: Cause): Order {
  const blank = blankOrder(shop, 0);
  const filled: Order = { ...blank, ...orderPatch(shop, blank, body) };
  const order: Order = {
    ...filled,
    id: shop.nextId('post'),
    status,
    created_via: textOf(body['created_via'] ?? 'rest-api').slice(0, 100),
    order_key: filled.order_key === '' ? `wc_order_${randomText(shop.random, 13)}` : filled.order_key,
  };
  const bare = { ...blank, id: order.id, status, created_via: '', order_key: order.order_key, uncalculated: true };
  if (cause.diesAfter === undefined) {
    insertRow(shop, 'order', order, cause);
    return order;
  }
  insertRow(shop, 'order', bare, cause);
  dieAt('row', cause);
  const {
    line_items: _items,
    shipping_lines: _shipping,
    fee_lines: _fees,
    coupon_lines: _coupons,
    ...described
  } = order;
  updateRow(shop, 'order', order.id, { ...described, uncalculated: true }, cause);
  dieAt('meta', cause);
  updateRow(shop, 'order', order.id, { ...order, uncalculated: true }, cause);
  dieAt('items', cause);
  updateRow(shop, 'order', order.id, { uncalculated: false }, cause);
  dieAt('totals', cause);
  return order;
}

/** As REST does it: made as pending, then its status changes with everything that this brings. */
export function createOrder(shop: Shop, body: Body, cause: Cause): Order {
  const wanted = statusOf(body['status']);
  const draft = wanted === 'auto-draft' || wanted === 'checkout-draft';
  const order = insertOrder(shop, body, draft ? wanted : 'pending', cause);
  emitOrder(shop, 'created', order.id);
  emitOrder(shop, 'updated', order.id);
  if (booleanOf(body['set_paid'])) return paymentComplete(shop, order, textOf(body['transaction_id']), cause);
  return wanted === order.status ? order : changeStatus(shop, order, wanted, cause);
}

/** A real checkout: drafted first, then placed, and "updated" is queued before "created". */
export function checkOut(shop: Shop, body: Body, cause: Cause): Order {
  const order = insertOrder(shop, { created_via: 'checkout', ...body }, 'checkout-draft', cause);
  emitOrder(shop, 'updated', order.id);
  const wanted = textOf(body['status']);
  return changeStatus(shop, order, wanted === '' ? 'processing' : wanted, cause);
}

function paymentComplete(shop: Shop, order: Order, transactionId: string, cause: Cause): Order {
  const needsWork = order.line_items.some((line) => {
    const product = productOfLine(shop, line);
    return product !== undefined && !(product.virtual && product.downloadable);
  });
  const patch = transactionId === '' ? {} : { transaction_id: transactionId };
  const paid = changeStatus(shop, order, needsWork ? 'processing' : 'completed', cause, patch);
  becomesPayingCustomer(shop, paid.customer_id, cause);
  return paid;
}

function statusOf(value: unknown): string {
  const status = textOf(value).replace(/^wc-/, '');
  return status === '' ? 'pending' : status;
}

const KNOWN = new Set([
  'auto-draft',
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'checkout-draft',
]);

export function updateOrder(shop: Shop, order: Order, body: Body, cause: Cause): Order {
  const trashed = order.status === 'trash';
  const patch = { ...orderPatch(shop, order, body), ...completedAt(body), ...addedUp(order, body) };
  if (patch.line_items !== undefined && order.stock_reduced) {
    patch.line_items = patch.line_items.map((line) => {
      const adjusted = adjustLine(shop, order, line, cause);
      if (adjusted.note !== undefined) addNote(shop, order.id, adjusted.note, cause, 'admin');
      return adjusted.line;
    });
  }
  // Seen in a batch, which does not validate: an unknown status is answered as if it were fine, and the order is pending.
  const asked = body['status'] === undefined ? order.status : statusOf(body['status']);
  const wanted = KNOWN.has(asked) || shop.settings.pluginStatuses.includes(asked) ? asked : 'pending';
  if (wanted !== order.status && !trashed) return changeStatus(shop, order, wanted, cause, patch);
  if (booleanOf(body['set_paid']) && (order.status === 'pending' || order.status === 'failed')) {
    const saved = saveOrder(shop, order.id, patch, cause);
    return paymentComplete(shop, saved, textOf(body['transaction_id']), cause);
  }
  const untrashed =
    trashed && wanted !== 'trash' && body['status'] !== undefined ? { status: wanted, trashed_from: null } : {};
  const saved = saveOrder(shop, order.id, { ...patch, ...untrashed }, cause);
  if (!trashed) emitOrder(shop, 'updated', order.id);
  return saved;
}

const ADDS_UP = ['billing', 'shipping', 'line_items', 'shipping_lines', 'fee_lines', 'coupon_lines'];

/** A write that touches lines or addresses adds the order up. */
function addedUp(order: Order, body: Body): Partial<Order> {
  return order.uncalculated === true && ADDS_UP.some((field) => body[field] !== undefined)
    ? { uncalculated: false }
    : {};
}

/** `date_completed` is taken by a later write only. */
function completedAt(body: Body): Partial<Order> {
  const moment = body['date_completed_gmt'] === undefined ? null : parseMoment(textOf(body['date_completed_gmt']), 0);
  return moment === null ? {} : { date_completed_gmt: gmtOf(moment) };
}

export function trashOrder(shop: Shop, order: Order, cause: Cause): void {
  if (order.status === 'trash')
    throw new RestError('woocommerce_rest_already_trashed', 'The order has already been deleted.', 410);
  saveOrder(shop, order.id, { status: 'trash', trashed_from: order.status }, cause);
  emitOrder(shop, 'deleted', order.id);
}

/** wp-admin's "Restore": announced as restored only, and the customer gets the mail of that status again. */
export function restoreOrder(shop: Shop, order: Order, cause: Cause): void {
  const status = order.trashed_from ?? 'pending';
  saveOrder(shop, order.id, { status, trashed_from: null }, cause);
  emitOrder(shop, 'restored', order.id);
  if (status === 'completed') mail(shop, 'customer_completed_order', 'order', order.id, cause);
  if (status === 'processing') mail(shop, 'customer_processing_order', 'order', order.id, cause);
}

/** For good, without any news. */
export function destroyOrder(shop: Shop, order: Order, cause: Cause): void {
  for (const { id, order_id } of shop.tables.note.values())
    if (order_id === order.id) deleteRow(shop, 'note', id, cause, true);
  for (const { id, parent_id } of shop.tables.refund.values())
    if (parent_id === order.id) deleteRow(shop, 'refund', id, cause, true);
  deleteRow(shop, 'order', order.id, cause, true);
}

/** A note moves no clock and is no news; one for the customer is mailed. */
export function createNote(
  shop: Shop,
  order: Order,
  text: string,
  forCustomer: boolean,
  cause: Cause,
  author = 'WooCommerce',
): Note {
  const id = shop.nextId('comment');
  const note = {
    id,
    order_id: order.id,
    author,
    date_created_gmt: nowGmt(shop),
    note: text,
    customer_note: forCustomer,
  };
  insertRow(shop, 'note', note, cause, true);
  if (forCustomer) mail(shop, 'customer_note', 'order', order.id, cause);
  return note;
}

/** Customer gone: their orders become guests' orders, without news of the orders. */
export function detachOrders(shop: Shop, customerId: number, cause: Cause): void {
  for (const { id, customer_id } of shop.tables.order.values()) {
    if (customer_id === customerId) updateRow(shop, 'order', id, { customer_id: 0 }, cause, true);
  }
}
