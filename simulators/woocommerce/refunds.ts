import { RestError } from './errors.ts';
import { mail } from './mails.ts';
import { addNote, emitOrder, leftToRefund, saveOrder } from './order-status.ts';
import { restockRefunded } from './order-stock.ts';
import { mergedMeta } from './product-fields.ts';
import type { Cause, Shop } from './shop.ts';
import { insertRow, nowGmt } from './shop.ts';
import type { LineItem, Order, Refund } from './types.ts';
import type { Body } from './values.ts';
import { bodiesOf, booleanOf, centsOf, integerOf, moneyOf, textOf } from './values.ts';

/** Gateways of this shop, and whether they can pay back by themselves. */
const GATEWAYS: Readonly<Record<string, boolean>> = {
  bacs: false,
  cheque: false,
  cod: false,
  stripe: true,
  paypal: true,
};

const UNDERSTOOD = 'woocommerce_rest_cannot_create_order_refund';

export function createRefund(shop: Shop, order: Order, body: Body, cause: Cause): Refund {
  // Both default to true: money is paid back and the goods are put back.
  const payBack = body['api_refund'] === undefined || booleanOf(body['api_refund']);
  const restock = body['api_restock'] === undefined || booleanOf(body['api_restock']);
  const wanted = bodiesOf(body['line_items']);
  const sum = wanted.reduce((total, line) => total + centsOf(textOf(line['refund_total'])), 0);
  const cents = body['amount'] === undefined ? sum : centsOf(textOf(body['amount']));
  if (cents < 0 || cents > leftToRefund(shop, order))
    throw new RestError(UNDERSTOOD, 'Invalid refund amount.', 500, {}, 500);
  if (payBack) callGateway(shop, order, cents, cause);

  const full = cents === leftToRefund(shop, order);
  const refund: Refund = {
    id: shop.nextId('post'),
    parent_id: order.id,
    date_created_gmt: nowGmt(shop),
    amount: moneyOf(cents),
    reason: textOf(body['reason']),
    refunded_payment: payBack,
    meta_data: [
      { id: shop.nextId('meta'), key: '_refund_type', value: full ? 'full' : 'partial' },
      ...mergedMeta(shop, [], body['meta_data']),
    ],
    line_items: wanted.flatMap((line) => refundedLine(shop, order, line)),
  };
  insertRow(shop, 'refund', refund, cause);
  const lines = restock ? restocked(shop, order, wanted, cause) : order.line_items;
  const status = full && (order.status === 'processing' || order.status === 'completed') ? 'refunded' : order.status;
  saveOrder(shop, order.id, { line_items: lines, status }, cause);
  if (status !== order.status) {
    const label = order.status === 'processing' ? 'Processing' : 'Completed';
    addNote(shop, order.id, `Order status changed from ${label} to Refunded.`, cause);
  }
  emitOrder(shop, 'updated', order.id);
  mail(shop, 'customer_refunded_order', 'order', order.id, cause);
  return refund;
}

function callGateway(shop: Shop, order: Order, cents: number, cause: Cause): void {
  const supports = GATEWAYS[order.payment_method];
  if (supports === undefined)
    throw new RestError(UNDERSTOOD, 'The payment gateway for this order does not exist.', 500, {}, 500);
  if (!supports) {
    throw new RestError(
      UNDERSTOOD,
      'The payment gateway for this order does not support automatic refunds.',
      500,
      {},
      500,
    );
  }
  shop.ledger.effect({
    at: shop.now(),
    actor: cause.actor,
    kind: 'gateway-call',
    entity: 'order',
    id: String(order.id),
    detail: `${order.payment_method} refund of ${moneyOf(cents)}`,
    ...(cause.callId === undefined ? {} : { callId: cause.callId }),
  });
}

/** A line that the order does not have is left out without an error. */
function refundedLine(shop: Shop, order: Order, wanted: Body): readonly LineItem[] {
  const line = order.line_items.find(({ id }) => id === integerOf(wanted['id']));
  if (line === undefined) return [];
  const total = moneyOf(-centsOf(textOf(wanted['refund_total'])));
  const owner = { id: shop.nextId('meta'), key: '_refunded_item_id', value: String(line.id) };
  const quantity = -integerOf(wanted['quantity']);
  return [
    {
      ...line,
      id: shop.nextId('item'),
      quantity: quantity === 0 ? 0 : quantity,
      subtotal: total,
      total,
      meta_data: [owner],
    },
  ];
}

function restocked(shop: Shop, order: Order, wanted: readonly Body[], cause: Cause): readonly LineItem[] {
  return order.line_items.map((line) => {
    const asked = wanted.find((body) => integerOf(body['id']) === line.id);
    if (asked === undefined) return line;
    const done = restockRefunded(shop, order, line, integerOf(asked['quantity']), cause);
    if (done.note !== undefined) addNote(shop, order.id, done.note, cause);
    return done.line;
  });
}

export function refundOf(shop: Shop, orderId: number, id: number): Refund {
  const refund = shop.tables.refund.get(id);
  if (refund === undefined || refund.parent_id !== orderId) {
    throw new RestError('woocommerce_rest_shop_order_refund_invalid_id', 'Invalid ID.', 404);
  }
  return refund;
}
