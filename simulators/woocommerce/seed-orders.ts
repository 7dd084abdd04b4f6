import { CARRIERS, FIRST_NAMES, LAST_NAMES, PLACES } from './catalogue-words.ts';
import { customerAddress } from './customers.ts';
import { ORDER_STATUSES } from './order-status.ts';
import { blankOrder } from './orders.ts';
import { trackingItem } from './people.ts';
import { activePrice, fullTitle } from './products-read.ts';
import { pick } from './pick.ts';
import type { Shop } from './shop.ts';
import { insertRow } from './shop.ts';
import { gmtOf } from './time.ts';
import type { Address, Customer, LineItem, Meta, Order, Product } from './types.ts';
import { centsOf, moneyOf, plainTitle, randomText, slugOf } from './values.ts';

/** Customers and ninety days of orders: history, so no stock moves and nobody is mailed. */

const BY = { actor: 'store' } as const;
const DAY = 86_400_000;
const HOUR = 3_600_000;

function address(random: () => number, first: string, last: string, email: string): Address {
  const place = pick(random, PLACES);
  return {
    first_name: first,
    last_name: last,
    company: random() < 0.1 ? `${last} & Co` : '',
    address_1: `${place.street} ${1 + Math.floor(random() * 120)}`,
    address_2: random() < 0.1 ? '2. th' : '',
    city: place.city,
    state: '',
    postcode: place.postcode,
    country: place.country,
    email,
    phone: `+45 ${String(10_000_000 + Math.floor(random() * 89_999_999))}`,
  };
}

function withoutEmail({ email: _email, ...rest }: Address): Address {
  return rest;
}

export function seedCustomers(shop: Shop, count: number): void {
  const { random } = shop;
  for (let serial = 1; serial <= count; serial += 1) {
    const first = pick(random, FIRST_NAMES);
    const last = pick(random, LAST_NAMES);
    const username = `${slugOf(first)}.${slugOf(last)}.${serial}`;
    const email = `${username}@${pick(random, ['mail', 'post', 'brev'])}.example`;
    const createdAt = gmtOf(shop.now() - Math.floor((95 + random() * 900) * DAY));
    const billing = address(random, first, last, email);
    const customer: Customer = {
      id: shop.nextId('user'),
      date_created_gmt: createdAt,
      date_modified_gmt: createdAt,
      email,
      first_name: first,
      last_name: last,
      role: 'customer',
      username,
      billing: customerAddress(billing),
      shipping: customerAddress(withoutEmail(billing)),
      is_paying_customer: random() < 0.8,
      meta_data: random() < 0.3 ? [{ id: shop.nextId('meta'), key: 'erp_id', value: `K-${1000 + serial}` }] : [],
    };
    insertRow(shop, 'customer', customer, BY);
  }
}

export function seedOrders(shop: Shop, count: number): void {
  const { random } = shop;
  const sold = [...shop.tables.product.values()].filter(
    (product) => product.status === 'publish' && product.type !== 'variable' && activePrice(shop, product) !== '',
  );
  const customers = [...shop.tables.customer.values()].filter(({ role }) => role === 'customer');
  const times = Array.from({ length: count }, () => shop.now() - Math.floor(HOUR + random() * 90 * DAY)).toSorted(
    (a, b) => a - b,
  );
  for (const placedAt of times) seedOrder(shop, placedAt, sold, random() < 0.8 ? customers : []);
}

/** Ways that orders go, with how many of a hundred go them; each step some hours after the one before. */
const WAYS: readonly { readonly share: number; readonly steps: readonly string[] }[] = [
  { share: 58, steps: ['pending', 'processing', 'completed'] },
  { share: 6, steps: ['pending', 'on-hold', 'processing', 'completed'] },
  { share: 13, steps: ['pending', 'processing'] },
  { share: 6, steps: ['pending', 'on-hold'] },
  { share: 4, steps: ['pending'] },
  { share: 5, steps: ['pending', 'cancelled'] },
  { share: 5, steps: ['pending', 'processing', 'completed', 'refunded'] },
  { share: 3, steps: ['pending', 'failed'] },
];

function wayOf(random: () => number): readonly string[] {
  let drawn = random() * 100;
  for (const { share, steps } of WAYS) {
    drawn -= share;
    if (drawn < 0) return steps;
  }
  return ['pending'];
}

function seedOrder(shop: Shop, placedAt: number, sold: readonly Product[], customers: readonly Customer[]): void {
  const { random } = shop;
  const id = shop.nextId('post');
  const planned = wayOf(random);
  const reached = stepTimes(shop, placedAt, planned);
  const steps = planned.slice(0, reached.length);
  const status = steps.at(-1) ?? 'pending';
  const lastAt = reached.at(-1) ?? placedAt;
  const at = (step: string): string | null => {
    const index = steps.indexOf(step);
    return index < 0 ? null : gmtOf(reached[index] ?? placedAt);
  };
  const taken = steps.some((step) => step === 'processing' || step === 'on-hold' || step === 'completed');
  const customer = customers.length === 0 ? undefined : pick(random, customers);
  const method = pick(random, [
    { payment_method: 'stripe', payment_method_title: 'Kort' },
    { payment_method: 'paypal', payment_method_title: 'PayPal' },
    { payment_method: 'bacs', payment_method_title: 'Bankoverførsel' },
  ]);
  const order: Order = {
    ...blankOrder(shop, id),
    ...buyer(shop, customer, id),
    ...method,
    status,
    date_created_gmt: gmtOf(placedAt),
    date_modified_gmt: gmtOf(lastAt),
    date_paid_gmt: at('processing') ?? at('completed'),
    date_completed_gmt: at('completed'),
    order_key: `wc_order_${randomText(random, 13)}`,
    transaction_id: method.payment_method === 'bacs' ? '' : `txn_${randomText(random, 12)}`,
    created_via: 'checkout',
    customer_note: random() < 0.1 ? 'Ring venligst på 🔔 – tak' : '',
    line_items: Array.from({ length: 1 + Math.floor(random() ** 2 * 4) }, () => line(shop, pick(random, sold), taken)),
    shipping_lines: [
      { id: shop.nextId('item'), method_title: 'Pakkeshop', method_id: 'flat_rate', total: '4.90', total_tax: '0.00' },
    ],
    meta_data: tracking(shop, steps, reached),
    stock_reduced: taken,
    new_order_email_sent: taken,
  };
  insertRow(shop, 'order', order, BY);
  seedHistory(shop, order, steps, reached);
}

/** Only steps that lie in the past were taken. */
function stepTimes(shop: Shop, placedAt: number, steps: readonly string[]): readonly number[] {
  let time = placedAt;
  const times = steps.map((_step, index) => {
    if (index > 0) time += Math.floor(60_000 + shop.random() * (index === 1 ? HOUR : 3 * DAY));
    return time;
  });
  return times.filter((reached, index) => index === 0 || reached < shop.now() - 60_000);
}

function buyer(
  shop: Shop,
  customer: Customer | undefined,
  id: number,
): Pick<Order, 'customer_id' | 'billing' | 'shipping'> {
  const { random } = shop;
  if (customer === undefined) {
    const first = pick(random, FIRST_NAMES);
    const last = pick(random, LAST_NAMES);
    const billing = address(random, first, last, `gaest.${id}@mail.example`);
    return { customer_id: 0, billing: ordersAddress(billing), shipping: ordersAddress(withoutEmail(billing)) };
  }
  return {
    customer_id: customer.id,
    billing: ordersAddress(customer.billing),
    shipping: ordersAddress(customer.shipping),
  };
}

function ordersAddress({
  first_name,
  last_name,
  company,
  address_1,
  address_2,
  city,
  state,
  postcode,
  country,
  email,
  phone,
}: Address): Address {
  const common = { first_name, last_name, company, address_1, address_2, city, state, postcode, country };
  return email === undefined ? { ...common, phone } : { ...common, email, phone };
}

function line(shop: Shop, product: Product, taken: boolean): LineItem {
  const quantity = 1 + Math.floor(shop.random() ** 3 * 5);
  const total = moneyOf(centsOf(activePrice(shop, product)) * quantity);
  const options = product.options.map(({ slug, option }) => ({ id: shop.nextId('meta'), key: slug, value: option }));
  const counted =
    taken && product.manage_stock ? [{ id: shop.nextId('meta'), key: '_reduced_stock', value: String(quantity) }] : [];
  return {
    id: shop.nextId('item'),
    name: plainTitle(fullTitle(shop, product)),
    product_id: product.type === 'variation' ? product.parent_id : product.id,
    variation_id: product.type === 'variation' ? product.id : 0,
    quantity,
    tax_class: '',
    subtotal: total,
    subtotal_tax: '0.00',
    total,
    total_tax: '0.00',
    meta_data: [...options, ...counted],
  };
}

function tracking(shop: Shop, steps: readonly string[], times: readonly number[]): readonly Meta[] {
  const completed = steps.indexOf('completed');
  if (completed < 0 || shop.random() > 0.87) return [];
  const carrier = pick(shop.random, CARRIERS);
  const number = `${carrier.prefix}${String(Math.floor(shop.random() * 1e8)).padStart(8, '0')}`;
  const value = [trackingItem(shop, carrier.provider, number, times[completed])];
  return [{ id: shop.nextId('meta'), key: '_wc_shipment_tracking_items', value }];
}

function seedHistory(shop: Shop, order: Order, steps: readonly string[], times: readonly number[]): void {
  const add = (note: string, at: number, customer_note = false): void => {
    const id = shop.nextId('comment');
    insertRow(
      shop,
      'note',
      { id, order_id: order.id, author: 'WooCommerce', date_created_gmt: gmtOf(at), note, customer_note },
      BY,
    );
  };
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    const at = times[index] ?? 0;
    if (before !== undefined)
      add(`Order status changed from ${ORDER_STATUSES[before] ?? before} to ${ORDER_STATUSES[step] ?? step}.`, at);
    if (step === 'completed' && shop.random() < 0.2) add('Din pakke er på vej 📦', at + 30_000, true);
  });
  if (order.status !== 'refunded') return;
  const refund = {
    id: shop.nextId('post'),
    parent_id: order.id,
    date_created_gmt: order.date_modified_gmt,
    amount: moneyOf([...order.line_items, ...order.shipping_lines].reduce((sum, { total }) => sum + centsOf(total), 0)),
    reason: 'Order fully refunded.',
    refunded_payment: false,
    meta_data: [{ id: shop.nextId('meta'), key: '_refund_type', value: 'full' }],
    line_items: [],
  };
  insertRow(shop, 'refund', refund, BY);
}
