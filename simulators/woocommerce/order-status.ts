import { mail } from './mails.ts';
import { reduceStock, restoreStock } from './order-stock.ts';
import { dieAt } from './php-faults.ts';
import { refundsOf, totalsOf } from './render-order.ts';
import type { Cause, Shop } from './shop.ts';
import { insertRow, nowGmt, updateRow } from './shop.ts';
import type { Order } from './types.ts';
import { centsOf, moneyOf } from './values.ts';

export const ORDER_STATUSES: Readonly<Record<string, string>> = {
  pending: 'Pending payment',
  processing: 'Processing',
  'on-hold': 'On hold',
  completed: 'Completed',
  cancelled: 'Cancelled',
  refunded: 'Refunded',
  failed: 'Failed',
  'checkout-draft': 'Draft',
};

const TAKES_STOCK = new Set(['processing', 'completed', 'on-hold']);
const GIVES_STOCK_BACK = new Set(['cancelled', 'pending']);

/** The order's clock moves at every save. */
export function saveOrder(shop: Shop, id: number, patch: Partial<Order>, cause: Cause): Order {
  return updateRow(shop, 'order', id, { ...patch, date_modified_gmt: nowGmt(shop) }, cause);
}

export function emitOrder(shop: Shop, topic: string, id: number): void {
  shop.emit({ topic: `order.${topic}`, entity: 'order', id });
}

export function addNote(shop: Shop, orderId: number, text: string, cause: Cause, author = 'WooCommerce'): void {
  const id = shop.nextId('comment');
  const note = { id, order_id: orderId, author, date_created_gmt: nowGmt(shop), note: text, customer_note: false };
  insertRow(shop, 'note', note, cause);
}

/** One change of status with all that follows from it: dates, news, stock, notes, mails, the refund of what is left. */
export function changeStatus(shop: Shop, order: Order, to: string, cause: Cause, patch: Partial<Order> = {}): Order {
  const from = order.status;
  const now = nowGmt(shop);
  const paid = (to === 'processing' || to === 'completed') && (patch.date_paid_gmt ?? order.date_paid_gmt) === null;
  let saved = saveOrder(
    shop,
    order.id,
    {
      ...patch,
      status: to,
      ...(paid ? { date_paid_gmt: now } : {}),
      ...(to === 'completed' ? { date_completed_gmt: patch.date_completed_gmt ?? now } : {}),
    },
    cause,
  );
  dieAt('status', cause);
  emitOrder(shop, from === 'checkout-draft' ? 'created' : 'updated', order.id);
  if (to === 'completed') becomesPayingCustomer(shop, saved.customer_id, cause);
  saved = moveStock(shop, saved, to, cause);
  addNote(shop, order.id, `Order status changed from ${labelOf(from)} to ${labelOf(to)}.`, cause);
  if (to === 'refunded') refundRest(shop, saved, cause);
  return statusMails(shop, saved, from, to, cause);
}

function moveStock(shop: Shop, order: Order, to: string, cause: Cause): Order {
  const takes = TAKES_STOCK.has(to) && !order.stock_reduced;
  const gives = GIVES_STOCK_BACK.has(to) && order.stock_reduced;
  if (!takes && !gives) return order;
  const moved = takes ? reduceStock(shop, order, cause) : restoreStock(shop, order, cause);
  for (const note of moved.notes) addNote(shop, order.id, note, cause);
  return updateRow(shop, 'order', order.id, { line_items: moved.lines, stock_reduced: takes }, cause);
}

/** Set on the first completed or paid order; a save of the customer, so its clock moves and it is news. */
export function becomesPayingCustomer(shop: Shop, customerId: number, cause: Cause): void {
  const customer = shop.tables.customer.get(customerId);
  if (customer === undefined || customer.is_paying_customer) return;
  updateRow(shop, 'customer', customerId, { is_paying_customer: true, date_modified_gmt: nowGmt(shop) }, cause);
  shop.emit({ topic: 'customer.updated', entity: 'customer', id: customerId });
}

/** In cents. */
export function leftToRefund(shop: Shop, order: Order): number {
  const refunded = refundsOf(shop, order.id).reduce((sum, { amount }) => sum + centsOf(amount), 0);
  return totalsOf(order).total - refunded;
}

function refundRest(shop: Shop, order: Order, cause: Cause): void {
  const left = leftToRefund(shop, order);
  if (left <= 0) return;
  const refund = {
    id: shop.nextId('post'),
    parent_id: order.id,
    date_created_gmt: nowGmt(shop),
    amount: moneyOf(left),
    reason: 'Order fully refunded.',
    refunded_payment: false,
    meta_data: [{ id: shop.nextId('meta'), key: '_refund_type', value: 'full' }],
    line_items: [],
  };
  insertRow(shop, 'refund', refund, cause);
}

const FIRST_TIME = new Set(['pending', 'failed', 'cancelled']);
/** Core's triggers know only these; a status of a plugin mails nothing. */
const BEFORE_PROCESSING = new Set(['pending', 'failed', 'cancelled', 'on-hold', 'checkout-draft']);

function statusMails(shop: Shop, order: Order, from: string, to: string, cause: Cause): Order {
  const send = (kind: Parameters<typeof mail>[1]): boolean => mail(shop, kind, 'order', order.id, cause);
  const fresh = FIRST_TIME.has(from) || from === 'checkout-draft';
  if (to === 'processing' && BEFORE_PROCESSING.has(from)) send('customer_processing_order');
  if (to === 'on-hold' && fresh) send('customer_on_hold_order');
  if (to === 'completed') send('customer_completed_order');
  if (to === 'refunded') send('customer_refunded_order');
  if (to === 'failed') send('customer_failed_order');
  if (to === 'failed' && (from === 'pending' || from === 'on-hold')) send('failed_order');
  if (to === 'cancelled' && (from === 'processing' || from === 'on-hold')) {
    send('cancelled_order');
    send('customer_cancelled_order');
  }
  if (!TAKES_STOCK.has(to) || !fresh || order.new_order_email_sent) return order;
  if (!send('new_order')) return order;
  return updateRow(shop, 'order', order.id, { new_order_email_sent: true }, cause);
}

function labelOf(status: string): string {
  return ORDER_STATUSES[status] ?? status;
}
