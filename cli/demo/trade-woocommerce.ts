import { draw, hasTracking, isPlainlyCounted, parcelNumber } from '../../simulators/migration/after-migration.ts';
import type { Order, Product, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { nextQuantity, onSome, welcome, type Acts, type Floor } from './trade-floor.ts';

type Shop = Pick<WooCommerceSimulator, 'people' | 'state'>;

/** Shoppers and staff of a WooCommerce shop. */
export function atWooCommerce(shop: Shop, floor: Floor): Acts {
  const { people, state } = shop;
  const { random, rested } = floor;
  const some = <T extends { readonly id: number; readonly parent_id?: number }>(
    all: readonly T[],
    act: (one: T) => unknown,
  ): boolean => onSome(floor, all, { rootOf: ({ id, parent_id = 0 }) => (parent_id === 0 ? id : parent_id), act });
  return {
    stock: () => some(countedOnes(shop), (product) => changeStock(shop, floor, product)),
    price: () =>
      some(state().products.filter(isPlainlyCounted), ({ id, regular_price }) =>
        people.setPrice(id, { regular: (Number(regular_price) + 0.5 + Math.floor(random() * 4)).toFixed(2) }),
      ),
    status: () =>
      some(
        state().orders.filter((order) => order.status in NEXT && restocked(order).every(rested)),
        (order) => move(shop, floor, order),
      ),
    tracking: () =>
      some(
        state().orders.filter((order) => order.status === 'completed' && !hasTracking(order)),
        ({ id }) => people.addTracking(id, 'dhl', parcelNumber(random)),
      ),
    refund: () => some(state().orders.filter(canGiveBack(shop)), (order) => giveBack(shop, floor, order)),
    order: () => placeOrder(shop, floor),
    customer: () => {
      floor.serial += 1;
      return welcome(floor, people.createCustomer(customerBody(floor.serial)).id);
    },
    product: () => {
      floor.serial += 1;
      return welcome(floor, floor.serial % 3 === 0 ? newShirt(shop, floor) : newBowl(shop, floor));
    },
  };
}

/** Sold as they are: simple products, and variations that are counted by themselves. */
function countedOnes({ state }: Shop): readonly Product[] {
  const { products, variations } = state();
  return [...products, ...variations].filter(
    ({ type, status, manage_stock }) => manage_stock && status === 'publish' && type !== 'variable',
  );
}

function changeStock({ people }: Shop, { random }: Floor, { id, stock_quantity }: Product): void {
  people.setStock(id, nextQuantity(stock_quantity ?? 0, random));
}

const NEXT: Readonly<Record<string, string>> = {
  pending: 'cancelled',
  'on-hold': 'processing',
  processing: 'completed',
};

function move({ people }: Shop, { touch }: Floor, order: Order): void {
  people.setOrderStatus(order.id, NEXT[order.status] ?? 'completed');
  touch(order.customer_id, ...restocked(order));
}

/** Products whose stock moves with the order's status: what was ordered goes back on the shelf. */
function restocked({ status, line_items }: Order): readonly number[] {
  return NEXT[status] === 'cancelled' ? line_items.map(({ product_id }) => product_id) : [];
}

/** Paid, and with a part of it left to give back: the status stays what it is. */
function canGiveBack({ state }: Shop): (order: Order) => boolean {
  const given = Map.groupBy(state().refunds, ({ parent_id }) => parent_id);
  return ({ id, status, line_items, fee_lines }) =>
    (status === 'processing' || status === 'completed') &&
    fee_lines.length === 0 &&
    Number(line_items[0]?.total ?? 0) >= 1 &&
    (given.get(id)?.length ?? 0) < 2;
}

/** Never more than two fifths of one line, so that two of them leave something. */
function giveBack({ people }: Shop, { random }: Floor, { id, line_items }: Order): void {
  const amount = Number(line_items[0]?.total ?? 0) * (0.1 + 0.3 * random());
  people.refundOrder(id, { amount: amount.toFixed(2), reason: 'Skadet under transport' });
}

function placeOrder({ people, state }: Shop, floor: Floor): boolean {
  const { random, touch } = floor;
  const free = (id: number): boolean => floor.rested(id) && !floor.fresh.has(id);
  const shelf = state().products.filter((product) => isPlainlyCounted(product) && free(product.id));
  const bought = draw(shelf, 1 + Math.floor(random() * 2), random);
  if (bought.length === 0) return false;
  const customers = state().customers.filter(({ role, id }) => role === 'customer' && free(id));
  const customer = random() < 0.7 ? customers[Math.floor(random() * customers.length)] : undefined;
  floor.serial += 1;
  const order = people.placeOrder({
    customer_id: customer?.id ?? 0,
    billing: customer?.billing ?? customerBody(floor.serial).billing,
    shipping: customer?.shipping ?? customerBody(floor.serial).billing,
    payment_method: 'stripe',
    payment_method_title: 'Kort',
    line_items: bought.map(({ id }) => ({ product_id: id, quantity: 1 + Math.floor(random() * 2) })),
    shipping_lines: [{ method_title: 'Pakkeshop', method_id: 'flat_rate', total: '4.90' }],
  });
  touch(order.id, ...bought.map(({ id }) => id), ...(customer === undefined ? [] : [customer.id]));
  return true;
}

function customerBody(serial: number) {
  const email = `ny.kunde.${String(serial)}@mail.example`;
  const billing = {
    first_name: 'Ny',
    last_name: `Kunde ${String(serial)}`,
    address_1: `Søndergade ${String(serial)}`,
    city: 'Aarhus',
    postcode: '8000',
    country: 'DK',
    email,
    phone: '',
  };
  return { email, first_name: billing.first_name, last_name: billing.last_name, billing };
}

function newBowl({ people }: Shop, { serial }: Floor): number {
  return people.createProduct({
    name: `Skål Nordlys ${String(serial)}`,
    sku: `NY-${String(serial)}`,
    regular_price: '24.50',
    manage_stock: true,
    stock_quantity: 30,
    description: '<p>Ny i butikken.</p>',
  }).id;
}

function newShirt({ people }: Shop, { serial }: Floor): number {
  const sizes = ['S', 'M', 'L'];
  const { product } = people.createVariableProduct(
    {
      name: `Hørskjorte Klit ${String(serial)}`,
      sku: `NYH-${String(serial)}`,
      attributes: [{ name: 'Størrelse', options: sizes, variation: true, visible: true }],
    },
    sizes.map((size) => ({
      options: { Størrelse: size },
      sku: `NYH-${String(serial)}-${size}`,
      regular_price: '89.00',
      manage_stock: true,
      stock_quantity: 8,
    })),
  );
  return product.id;
}
