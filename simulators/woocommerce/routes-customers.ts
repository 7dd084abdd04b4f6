import type { BatchVerbs } from './batch.ts';
import { runBatch } from './batch.ts';
import {
  checkNewCustomer,
  createCustomer,
  customerOf,
  deleteCustomer,
  insertCustomer,
  isEmail,
  updateCustomer,
} from './customers.ts';
import { RestError, invalidParams } from './errors.ts';
import { checkListParams, filtered, ordered, pageOf } from './list.ts';
import { renderCustomer } from './render-order.ts';
import { apiUrl } from './render-product.ts';
import type { Call, Reply, Route } from './route.ts';
import { WRITES, created, idOf, ok, withoutHints } from './route.ts';
import type { Customer } from './types.ts';
import { CUSTOMER_RULES, checkBody } from './validate.ts';
import { booleanOf, textOf } from './values.ts';

/** Customers cannot be listed by change: dates in the query are ignored, and all come back. */
function listCustomers(call: Call): Reply {
  checkListParams(call, { orderby: ['id', 'include', 'name', 'registered_date'] });
  const email = textOf(call.query['email']).toLowerCase();
  if (call.query['email'] !== undefined && !isEmail(email)) {
    throw invalidParams([{ param: 'email', code: 'rest_invalid_email', message: 'Invalid email address.' }]);
  }
  const role = textOf(call.query['role']) || 'customer';
  const search = textOf(call.query['search']).toLowerCase();
  const { after: _after, before: _before, modified_after: _from, modified_before: _to, ...query } = call.query;
  const rows = filtered({ ...call, query }, call.shop.tables.customer.values()).filter(
    (customer) =>
      (role === 'all' || customer.role === role) &&
      (email === '' || customer.email.toLowerCase() === email) &&
      (search === '' || customer.email.toLowerCase().includes(search) || customer.username.includes(search)),
  );
  return pageOf(call, sorted(call, rows), (customer) => renderCustomer(call.shop, customer));
}

function sorted(call: Call, rows: Customer[]): Customer[] {
  const orderby = textOf(call.query['orderby']) || 'name';
  const direction = call.query['order'] === 'desc' ? -1 : 1;
  if (orderby === 'name') return rows.toSorted((a, b) => direction * (a.username < b.username ? -1 : 1));
  const order = textOf(call.query['order']) || 'asc';
  const by = orderby === 'registered_date' ? 'date' : orderby;
  return ordered({ ...call, query: { ...call.query, order, orderby: by } }, rows);
}

function forUpdate(call: Call, id: number): Customer {
  const customer = call.shop.tables.customer.get(id);
  if (customer === undefined) throw new RestError('woocommerce_rest_invalid_id', 'Invalid resource ID.', 400);
  return customer;
}

function customerBatch(call: Call): BatchVerbs {
  const { shop, cause } = call;
  return {
    create: (body) => renderCustomer(shop, createCustomer(shop, body, cause)),
    update: (id, body) => renderCustomer(shop, updateCustomer(shop, forUpdate(call, id), body, cause)),
    delete: (id) => {
      const customer = customerOf(shop, id);
      deleteCustomer(shop, customer, cause);
      return withoutHints(renderCustomer(shop, customer));
    },
  };
}

async function postCustomer(call: Call): Promise<Reply> {
  const { shop, body } = call;
  checkBody(body, CUSTOMER_RULES);
  if (body['email'] === undefined) {
    throw new RestError('rest_missing_callback_param', 'Missing parameter(s): email', 400, { params: ['email'] });
  }
  checkNewCustomer(shop, body);
  await shop.meanwhile();
  const customer = insertCustomer(shop, body, call.cause);
  return created(renderCustomer(shop, customer), apiUrl(shop, `customers/${customer.id}`));
}

function putCustomer(call: Call): Reply {
  checkBody(call.body, CUSTOMER_RULES);
  return ok(renderCustomer(call.shop, updateCustomer(call.shop, forUpdate(call, idOf(call)), call.body, call.cause)));
}

function removeCustomer(call: Call): Reply {
  const customer = customerOf(call.shop, idOf(call));
  if (!booleanOf(call.query['force'] ?? call.body['force'])) {
    throw new RestError('woocommerce_rest_trash_not_supported', 'Customers do not support trashing.', 501);
  }
  deleteCustomer(call.shop, customer, call.cause);
  return ok(withoutHints(renderCustomer(call.shop, customer)));
}

export const CUSTOMER_ROUTES: readonly Route[] = [
  { verbs: ['GET'], path: 'customers', access: 'list', handle: listCustomers },
  { verbs: ['POST'], path: 'customers', access: 'create', handle: postCustomer },
  { verbs: WRITES, path: 'customers/batch', access: 'batch', handle: (call) => runBatch(call, customerBatch(call)) },
  {
    verbs: ['GET'],
    path: 'customers/{id}',
    access: 'view',
    handle: (call) => ok(renderCustomer(call.shop, customerOf(call.shop, idOf(call)))),
  },
  { verbs: WRITES, path: 'customers/{id}', access: 'edit', handle: putCustomer },
  { verbs: ['DELETE'], path: 'customers/{id}', access: 'delete', handle: removeCustomer },
];
