import type { BatchVerbs } from './batch.ts';
import { runBatch } from './batch.ts';
import { RestError, invalidId } from './errors.ts';
import type { ListRules } from './list.ts';
import { checkListParams, filtered, ordered, pageOf } from './list.ts';
import { createNote, createOrder, destroyOrder, orderOf, trashOrder, updateOrder } from './orders.ts';
import { createRefund, refundOf } from './refunds.ts';
import { refundsOf, renderNote, renderOrder, renderRefund } from './render-order.ts';
import type { Rendered } from './render-product.ts';
import { apiUrl } from './render-product.ts';
import type { Call, Reply, Route } from './route.ts';
import { WRITES, created, idOf, ok, withoutHints } from './route.ts';
import { deleteRow } from './shop.ts';
import type { Note, Order } from './types.ts';
import { ORDER_RULES, ORDER_STATUS_LIST, checkBody } from './validate.ts';
import { booleanOf, integerOf, listOf, textOf } from './values.ts';

const ORDER_LIST: ListRules = {
  orderby: ['date', 'id', 'include', 'title', 'slug', 'modified'],
  statuses: ['any', 'trash', 'auto-draft', ...ORDER_STATUS_LIST],
  manyStatuses: true,
};

function listOrders(call: Call): Reply {
  checkListParams(call, ORDER_LIST);
  const found = filtered(call, call.shop.tables.order.values()).filter(
    (order) => hasStatus(call, order) && matches(call, order),
  );
  return pageOf(call, ordered(call, found), (order) => renderOrder(call.shop, order));
}

/** Where `any` is among them it is `any`; a status that no plugin registers any more is in no list. */
function hasStatus(call: Call, { status }: Order): boolean {
  const asked = listOf(call.query['status']);
  if (asked.length > 0 && !asked.includes('any')) return asked.includes(status);
  return ORDER_STATUS_LIST.includes(status) || call.shop.settings.pluginStatuses.includes(status);
}

function matches(call: Call, order: Order): boolean {
  const { query } = call;
  const via = listOf(query['created_via']).map((value) => value.toLowerCase());
  const customer = textOf(query['customer']);
  const product = textOf(query['product']);
  const search = textOf(query['search']).toLowerCase();
  const { billing } = order;
  const searched = [String(order.id), billing.email ?? '', billing.first_name, billing.last_name, order.transaction_id];
  return (
    (via.length === 0 || via.includes(order.created_via.toLowerCase())) &&
    (customer === '' || order.customer_id === integerOf(customer)) &&
    (product === '' || order.line_items.some(({ product_id }) => product_id === integerOf(product))) &&
    (search === '' || searched.some((text) => text.toLowerCase().includes(search)))
  );
}

function forUpdate(call: Call, id: number): Order {
  const order = call.shop.tables.order.get(id);
  if (order === undefined) throw invalidId('shop_order', 400);
  return order;
}

function removeOrder(call: Call, order: Order, force: boolean): Rendered {
  const before = renderOrder(call.shop, order);
  if (force) destroyOrder(call.shop, order, call.cause);
  else trashOrder(call.shop, order, call.cause);
  return force ? withoutHints(before) : before;
}

function orderBatch(call: Call): BatchVerbs {
  const { shop, cause } = call;
  const fresh = ({ id }: Order): Rendered => renderOrder(shop, orderOf(shop, id));
  return {
    create: (body) => fresh(createOrder(shop, body, cause)),
    update: (id, body) => fresh(updateOrder(shop, forUpdate(call, id), body, cause)),
    delete: (id) => removeOrder(call, orderOf(shop, id), true),
  };
}

function postOrder(call: Call): Reply {
  const { shop, body } = call;
  if (body['id'] !== undefined)
    throw new RestError('woocommerce_rest_shop_order_exists', 'Cannot create existing shop_order.', 400);
  checkBody(body, ORDER_RULES);
  const { id } = createOrder(shop, body, call.cause);
  return created(renderOrder(shop, orderOf(shop, id)), apiUrl(shop, `orders/${id}`));
}

function putOrder(call: Call): Reply {
  checkBody(call.body, ORDER_RULES);
  const { id } = updateOrder(call.shop, forUpdate(call, idOf(call)), call.body, call.cause);
  return ok(renderOrder(call.shop, orderOf(call.shop, id)));
}

function orderOfPath(call: Call): Order {
  const order = call.shop.tables.order.get(idOf(call, 'order'));
  if (order === undefined) throw new RestError('woocommerce_rest_order_invalid_id', 'Invalid order ID.', 404);
  return order;
}

/** All of them: this list has no pages. */
function listNotes(call: Call): Reply {
  const order = orderOfPath(call);
  const type = textOf(call.query['type']);
  const wanted = (note: Note): boolean =>
    note.order_id === order.id && (type === '' || type === 'any' || (type === 'customer') === note.customer_note);
  const notes = [...call.shop.tables.note.values()].filter(wanted).toSorted((a, b) => b.id - a.id);
  return ok(notes.map((note) => renderNote(call.shop, note)));
}

/** Author, date and meta in the body are ignored. */
function postNote(call: Call): Reply {
  const order = orderOfPath(call);
  const author = booleanOf(call.body['added_by_user']) ? 'admin' : 'WooCommerce';
  const text = textOf(call.body['note']);
  if (text === '')
    throw new RestError('rest_missing_callback_param', 'Missing parameter(s): note', 400, { params: ['note'] });
  const note = createNote(call.shop, order, text, booleanOf(call.body['customer_note']), call.cause, author);
  return created(renderNote(call.shop, note), apiUrl(call.shop, `orders/${order.id}/notes/${note.id}`));
}

function noteOf(call: Call): Note {
  const order = orderOfPath(call);
  const note = call.shop.tables.note.get(idOf(call));
  if (note === undefined || note.order_id !== order.id)
    throw new RestError('woocommerce_rest_invalid_id', 'Invalid resource ID.', 404);
  return note;
}

function deleteNote(call: Call): Reply {
  const note = noteOf(call);
  if (!forced(call))
    throw new RestError('woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.', 501);
  deleteRow(call.shop, 'note', note.id, call.cause, true);
  return ok(renderNote(call.shop, note));
}

function postRefund(call: Call): Reply {
  const order = orderOfPath(call);
  const refund = createRefund(call.shop, order, call.body, call.cause);
  return created(renderRefund(call.shop, refund), apiUrl(call.shop, `orders/${order.id}/refunds/${refund.id}`));
}

/** Without news of the order, and its clock stands still. */
function deleteRefund(call: Call): Reply {
  const refund = refundOf(call.shop, orderOfPath(call).id, idOf(call));
  if (!forced(call))
    throw new RestError('woocommerce_rest_trash_not_supported', 'Refunds do not support trashing.', 501);
  deleteRow(call.shop, 'refund', refund.id, call.cause, true);
  return ok(renderRefund(call.shop, refund));
}

function listAllRefunds(call: Call): Reply {
  const { shop } = call;
  const rows = [...shop.tables.refund.values()].map((refund) => ({
    ...refund,
    date_modified_gmt: refund.date_created_gmt,
  }));
  checkListParams(call, ORDER_LIST);
  return pageOf(call, ordered(call, filtered(call, rows)), ({ date_modified_gmt: _same, ...refund }) =>
    renderRefund(shop, refund, true),
  );
}

const forced = (call: Call): boolean => booleanOf(call.query['force'] ?? call.body['force']);

export const ORDER_ROUTES: readonly Route[] = [
  { verbs: ['GET'], path: 'orders', access: 'list', handle: listOrders },
  { verbs: ['POST'], path: 'orders', access: 'create', handle: postOrder },
  { verbs: WRITES, path: 'orders/batch', access: 'batch', handle: (call) => runBatch(call, orderBatch(call)) },
  {
    verbs: ['GET'],
    path: 'orders/{id}',
    access: 'view',
    handle: (call) => ok(renderOrder(call.shop, orderOf(call.shop, idOf(call)))),
  },
  { verbs: WRITES, path: 'orders/{id}', access: 'edit', handle: putOrder },
  {
    verbs: ['DELETE'],
    path: 'orders/{id}',
    access: 'delete',
    handle: (call) => ok(removeOrder(call, orderOf(call.shop, idOf(call)), forced(call))),
  },
  { verbs: ['GET'], path: 'orders/{order}/notes', access: 'list', handle: listNotes },
  { verbs: ['POST'], path: 'orders/{order}/notes', access: 'create', handle: postNote },
  {
    verbs: ['GET'],
    path: 'orders/{order}/notes/{id}',
    access: 'view',
    handle: (call) => ok(renderNote(call.shop, noteOf(call))),
  },
  { verbs: ['DELETE'], path: 'orders/{order}/notes/{id}', access: 'delete', handle: deleteNote },
  {
    verbs: ['GET'],
    path: 'orders/{order}/refunds',
    access: 'list',
    handle: (call) =>
      pageOf(call, refundsOf(call.shop, orderOfPath(call).id), (refund) => renderRefund(call.shop, refund)),
  },
  { verbs: ['POST'], path: 'orders/{order}/refunds', access: 'create', handle: postRefund },
  {
    verbs: ['GET'],
    path: 'orders/{order}/refunds/{id}',
    access: 'view',
    handle: (call) => ok(renderRefund(call.shop, refundOf(call.shop, orderOfPath(call).id, idOf(call)))),
  },
  { verbs: ['DELETE'], path: 'orders/{order}/refunds/{id}', access: 'delete', handle: deleteRefund },
  { verbs: ['GET'], path: 'refunds', access: 'list', handle: listAllRefunds },
];
