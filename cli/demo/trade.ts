import type { Clock } from '#libs/runtime/clock.ts';
import { draw, hasTracking, isPlainlyCounted } from '../../simulators/migration/after-migration.ts';
import type { DeliveryPolicy, Order, Product, WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';

type Trader = Pick<WooCommerceSimulator, 'people' | 'state'>;

/**
 * The old shop's clocks have a grain of one second. What changes again in the second in which it was read, and whose webhook is
 * lost then, moves no clock that anybody could see: it would rightly be called silent. So a root changes once a second at most.
 */
const REST_MS = 1_100;

/** Of so many webhooks in a hundred: lost for good, sent twice, held back so that later ones overtake them. */
const LOST = 2;
const DOUBLED = 5;
const HELD_BACK = 10;

export function rougherPost(random: () => number): DeliveryPolicy {
  return () => {
    const drawn = random() * 100;
    if (drawn < LOST) return 'lose';
    if (drawn < LOST + DOUBLED) return 'double';
    return drawn < LOST + DOUBLED + HELD_BACK ? { delayMs: 150 + Math.floor(random() * 900) } : 'deliver';
  };
}

export type TradeOptions = {
  readonly seconds: number;
  /** Changes a second. */
  readonly pace: number;
  /** Whether to go on when the seconds are over; absent: no. */
  readonly goesOn?: () => boolean;
  readonly random: () => number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each change with the part that is done, 0–1. */
  readonly onProgress: (done: number, changes: number) => void;
};

/** Shoppers and staff of the old shop at work; resolves to the number of changes they made. */
export async function trade(
  shop: Trader,
  { seconds, pace, goesOn = () => false, random, clock, signal, onProgress }: TradeOptions,
): Promise<number> {
  const total = Math.max(1, Math.round(seconds * pace));
  const plan = schedule(total, random);
  const begun = clock.monotonic();
  const touched = new Map<number, number>();
  const rested = (id: number): boolean => clock.monotonic() - (touched.get(id) ?? Number.NEGATIVE_INFINITY) > REST_MS;
  const touch = (...ids: readonly number[]): void => ids.forEach((id) => touched.set(id, clock.monotonic()));
  const floor: Floor = { ...shop, random, rested, touch, fresh: new Set(), serial: 0 };
  let changes = 0;
  for (let index = 0; index < total || goesOn(); index++) {
    const due = begun + (index * 1_000) / pace;
    if (clock.monotonic() < due) await clock.sleep(due - clock.monotonic(), signal);
    if (ACTS[plan[index % total] ?? 'stock'](floor)) changes += 1;
    onProgress(Math.min(1, (index + 1) / total), changes);
  }
  return changes;
}

type Act = 'stock' | 'price' | 'status' | 'tracking' | 'refund' | 'order' | 'customer' | 'product';

/** How many of a thousand changes are of which kind; the rest is stock. */
const SHARES: readonly (readonly [Exclude<Act, 'stock'>, number])[] = [
  ['price', 60],
  ['status', 45],
  ['tracking', 25],
  ['refund', 15],
  ['order', 12],
  ['customer', 5],
  ['product', 3],
];

function schedule(total: number, random: () => number): readonly Act[] {
  const rare = SHARES.flatMap(([act, share]) => Array<Act>(Math.max(1, Math.round((total * share) / 1000))).fill(act));
  const acts: Act[] = [...rare, ...Array<Act>(Math.max(0, total - rare.length)).fill('stock')];
  return draw(acts, acts.length, random);
}

type Floor = Trader & {
  readonly random: () => number;
  readonly rested: (id: number) => boolean;
  readonly touch: (...ids: readonly number[]) => void;
  /**
   * Products and customers that are new today. Nobody orders them yet: an order brings along what it needs, even where the webhook
   * of that was lost, and then the comparison would find less than was lost.
   */
  readonly fresh: Set<number>;
  serial: number;
};

const ACTS: Readonly<Record<Act, (floor: Floor) => boolean>> = {
  stock: (floor) => onSome(floor, countedOnes(floor), (product) => changeStock(floor, product)),
  price: (floor) =>
    onSome(floor, floor.state().products.filter(isPlainlyCounted), ({ id, regular_price }) =>
      floor.people.setPrice(id, { regular: (Number(regular_price) + 0.5 + Math.floor(floor.random() * 4)).toFixed(2) }),
    ),
  status: (floor) =>
    onSome(
      floor,
      floor.state().orders.filter((order) => order.status in NEXT && restocked(order).every(floor.rested)),
      (order) => move(floor, order),
    ),
  tracking: (floor) =>
    onSome(
      floor,
      floor.state().orders.filter((order) => order.status === 'completed' && !hasTracking(order)),
      ({ id }) =>
        floor.people.addTracking(id, 'dhl', `00340434${String(Math.floor(floor.random() * 1e12)).padStart(12, '0')}`),
    ),
  refund: (floor) => onSome(floor, floor.state().orders.filter(canGiveBack(floor)), (order) => giveBack(floor, order)),
  order: placeOrder,
  customer: (floor) => {
    floor.serial += 1;
    const { id } = floor.people.createCustomer(customerBody(floor.serial));
    welcome(floor, id);
    return true;
  },
  product: (floor) => {
    floor.serial += 1;
    welcome(floor, floor.serial % 3 === 0 ? newShirt(floor) : newBowl(floor));
    return true;
  },
};

function welcome({ touch, fresh }: Floor, id: number): void {
  touch(id);
  fresh.add(id);
}

/** Sold as they are: simple products, and variations that are counted by themselves. */
function countedOnes({ state }: Floor): readonly Product[] {
  const { products, variations } = state();
  return [...products, ...variations].filter(
    ({ type, status, manage_stock }) => manage_stock && status === 'publish' && type !== 'variable',
  );
}

function onSome<T extends { readonly id: number; readonly parent_id?: number }>(
  { rested, touch, random }: Floor,
  all: readonly T[],
  act: (one: T) => unknown,
): boolean {
  const rootOf = ({ id, parent_id = 0 }: T): number => (parent_id === 0 ? id : parent_id);
  const free = all.filter((one) => rested(rootOf(one)));
  const one = free[Math.floor(random() * free.length)];
  if (one === undefined) return false;
  touch(rootOf(one));
  act(one);
  return true;
}

function changeStock({ people, random }: Floor, { id, stock_quantity }: Product): void {
  const present = stock_quantity ?? 0;
  const drawn = random();
  // Mostly sold, sometimes sold out, sometimes delivered to the shop.
  if (drawn < 0.05) people.setStock(id, present === 0 ? 12 : 0);
  else if (present < 3 || drawn < 0.25) people.setStock(id, present + 10 + Math.floor(random() * 20));
  else people.setStock(id, present - 1 - Math.floor(random() * Math.min(2, present - 1)));
}

const NEXT: Readonly<Record<string, string>> = {
  pending: 'cancelled',
  'on-hold': 'processing',
  processing: 'completed',
};

function move({ people, touch }: Floor, order: Order): void {
  people.setOrderStatus(order.id, NEXT[order.status] ?? 'completed');
  touch(order.customer_id, ...restocked(order));
}

/** Products whose stock moves with the order's status: what was ordered goes back on the shelf. */
function restocked({ status, line_items }: Order): readonly number[] {
  return NEXT[status] === 'cancelled' ? line_items.map(({ product_id }) => product_id) : [];
}

/** Paid, and with a part of it left to give back: the status stays what it is. */
function canGiveBack({ state }: Floor): (order: Order) => boolean {
  const given = Map.groupBy(state().refunds, ({ parent_id }) => parent_id);
  return ({ id, status, line_items, fee_lines }) =>
    (status === 'processing' || status === 'completed') &&
    fee_lines.length === 0 &&
    Number(line_items[0]?.total ?? 0) >= 1 &&
    (given.get(id)?.length ?? 0) < 2;
}

/** Never more than two fifths of one line, so that two of them leave something. */
function giveBack({ people, random }: Floor, { id, line_items }: Order): void {
  const amount = Number(line_items[0]?.total ?? 0) * (0.1 + 0.3 * random());
  people.refundOrder(id, { amount: amount.toFixed(2), reason: 'Skadet under transport' });
}

function placeOrder(floor: Floor): boolean {
  const { people, state, random, touch } = floor;
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

function newBowl({ people, serial }: Floor): number {
  return people.createProduct({
    name: `Skål Nordlys ${String(serial)}`,
    sku: `NY-${String(serial)}`,
    regular_price: '24.50',
    manage_stock: true,
    stock_quantity: 30,
    description: '<p>Ny i butikken.</p>',
  }).id;
}

function newShirt({ people, serial }: Floor): number {
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
