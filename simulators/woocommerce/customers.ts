import { RestError } from './errors.ts';
import { mail, wordpressMail } from './mails.ts';
import { BLANK_ADDRESS, mergedAddress } from './order-fields.ts';
import { detachOrders } from './orders.ts';
import { dieAt } from './php-faults.ts';
import { mergedMeta } from './product-fields.ts';
import type { Cause, Shop } from './shop.ts';
import { deleteRow, insertRow, nowGmt, updateRow } from './shop.ts';
import type { Customer } from './types.ts';
import type { Body } from './values.ts';
import { bodiesOf, slugOf, textOf } from './values.ts';

export function customerOf(shop: Shop, id: number): Customer {
  const customer = shop.tables.customer.get(id);
  if (customer === undefined) throw new RestError('woocommerce_rest_invalid_id', 'Invalid resource ID.', 404);
  return customer;
}

export function createCustomer(shop: Shop, body: Body, cause: Cause): Customer {
  checkNewCustomer(shop, body);
  return insertCustomer(shop, body, cause);
}

/** Whether the address is free is looked at first, and nothing holds it until the user is stored. */
export function checkNewCustomer(shop: Shop, body: Body): void {
  const email = textOf(body['email']);
  if (!isEmail(email))
    throw new RestError('registration-error-invalid-email', 'Please provide a valid email address.', 400);
  if (holderOf(shop, email) !== undefined) {
    const why = `An account is already registered with ${email}. Please log in or use a different email address.`;
    throw new RestError('registration-error-email-exists', why, 400);
  }
}

export function insertCustomer(shop: Shop, body: Body, cause: Cause): Customer {
  const email = textOf(body['email']);
  const customer: Customer = {
    id: 0,
    date_created_gmt: nowGmt(shop),
    date_modified_gmt: nowGmt(shop),
    email,
    first_name: textOf(body['first_name']),
    last_name: textOf(body['last_name']),
    role: 'customer',
    username: freeUsername(shop, textOf(body['username']), email),
    billing: customerAddress(mergedAddress(BLANK_ADDRESS, body['billing'], true)),
    shipping: customerAddress(mergedAddress(BLANK_ADDRESS, body['shipping'], false)),
    is_paying_customer: false,
    meta_data: mergedMeta(shop, [], publicMeta(body['meta_data'])),
  };
  const kept = { ...customer, id: shop.nextId('user') };
  if (cause.diesAfter !== undefined) {
    const blank = { billing: customerAddress(mergedAddress(BLANK_ADDRESS, {}, true)), shipping: BLANK_ADDRESS };
    insertRow(shop, 'customer', { ...kept, ...blank, first_name: '', last_name: '', meta_data: [] }, cause);
    dieAt('row', cause);
    updateRow(shop, 'customer', kept.id, { ...kept, meta_data: [] }, cause);
    dieAt('data', cause);
  }
  insertRow(shop, 'customer', kept, cause);
  shop.emit({ topic: 'customer.created', entity: 'customer', id: kept.id });
  shop.emit({ topic: 'customer.updated', entity: 'customer', id: kept.id });
  mail(shop, 'customer_new_account', 'customer', kept.id, cause);
  return kept;
}

export function updateCustomer(shop: Shop, customer: Customer, body: Body, cause: Cause): Customer {
  const email = body['email'] === undefined ? customer.email : textOf(body['email']);
  const holder = holderOf(shop, email);
  if (!isEmail(email) || (holder !== undefined && holder.id !== customer.id)) {
    throw new RestError('woocommerce_rest_customer_invalid_email', 'Email address is invalid.', 400);
  }
  if (body['username'] !== undefined && textOf(body['username']) !== customer.username) {
    throw new RestError('woocommerce_rest_customer_invalid_argument', "Username isn't editable.", 400);
  }
  const saved = updateRow(
    shop,
    'customer',
    customer.id,
    {
      email,
      first_name: body['first_name'] === undefined ? customer.first_name : textOf(body['first_name']),
      last_name: body['last_name'] === undefined ? customer.last_name : textOf(body['last_name']),
      billing: customerAddress(mergedAddress(customer.billing, body['billing'], true)),
      shipping: customerAddress(mergedAddress(customer.shipping, body['shipping'], false)),
      meta_data: mergedMeta(shop, customer.meta_data, publicMeta(body['meta_data'])),
      date_modified_gmt: nowGmt(shop),
    },
    cause,
  );
  shop.emit({ topic: 'customer.updated', entity: 'customer', id: customer.id });
  if (email !== customer.email) wordpressMail(shop, 'Email Changed', customer.id, cause);
  if (body['password'] !== undefined) wordpressMail(shop, 'Password Changed', customer.id, cause);
  return saved;
}

export function deleteCustomer(shop: Shop, customer: Customer, cause: Cause): void {
  deleteRow(shop, 'customer', customer.id, cause);
  detachOrders(shop, customer.id, cause);
  shop.emit({ topic: 'customer.deleted', entity: 'customer', id: customer.id });
}

/** Meta of customers that begins with an underscore is dropped without a word. */
function publicMeta(sent: unknown): readonly Body[] {
  return bodiesOf(sent).filter(({ key }) => !textOf(key).startsWith('_'));
}

export function holderOf(shop: Shop, email: string): Customer | undefined {
  const wanted = email.toLowerCase();
  for (const customer of shop.tables.customer.values()) if (customer.email.toLowerCase() === wanted) return customer;
  return undefined;
}

function freeUsername(shop: Shop, wanted: string, email: string): string {
  const taken = new Set([...shop.tables.customer.values()].map(({ username }) => username));
  if (wanted !== '') {
    if (!taken.has(wanted)) return wanted;
    const why = 'An account is already registered with that username. Please choose another.';
    throw new RestError('registration-error-username-exists', why, 400);
  }
  const base = slugOf(email.split('@')[0] ?? 'customer').replaceAll('-', '.');
  let name = base;
  for (let suffix = 2; taken.has(name); suffix += 1) name = `${base}${suffix}`;
  return name;
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

/** A customer's addresses have their fields in another order than an order's. */
export function customerAddress(address: Customer['billing']): Customer['billing'] {
  const { first_name, last_name, company, address_1, address_2, city, postcode, country, state, phone, email } =
    address;
  const common = { first_name, last_name, company, address_1, address_2, city, postcode, country, state };
  return email === undefined ? { ...common, phone } : { ...common, email, phone };
}
