import { createMemoryStore, type MemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { News } from '#libs/event-log/news.ts';
import type { OrderState } from '#libs/model/order.ts';
import type { StoredOrder, StoredProduct } from '#libs/model/stored.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import type { Random } from '#libs/runtime/random.ts';
import {
  aProduct,
  aStoredCustomer,
  aStoredOrder,
  aStoredProduct,
  aStoredVariant,
  anOrder,
  aVariant,
  eur,
} from '#tests/builders/entities.ts';

export type World = {
  readonly source: MemoryStore;
  readonly target: MemoryStore;
  /** Titles that people gave to target products; nothing may overwrite them. */
  readonly titles: Map<string, string>;
};

const CREATED_BEFORE = '2026-10-01T00:00:00Z';

/** Two stores as a full migration left them: the same products and orders, without source ids. `onChange`: either of them changed. */
export function createWorld(onChange: () => void = () => {}): World {
  const source = watched(createMemoryStore('s'), onChange);
  const target = watched(createMemoryStore('t'), onChange);
  const titles = new Map<string, string>();
  for (let index = 0; index < 3; index++) {
    source.put(aProductOf(source.nextId(), source.nextId(), `SKU-${String(index)}`, CREATED_BEFORE));
    const copy = aProductOf(target.nextId(), target.nextId(), `SKU-${String(index)}`, CREATED_BEFORE);
    target.put(copy);
    titles.set(copy.id, copy.product.title);
  }
  const order = { number: '1001', lines: [] };
  source.put(aStoredOrder({ id: source.nextId(), createdAt: CREATED_BEFORE, order: anOrder(order) }));
  target.put(aStoredOrder({ id: target.nextId(), createdAt: CREATED_BEFORE, order: anOrder(order) }));
  return { source, target, titles };
}

function watched(store: MemoryStore, onChange: () => void): MemoryStore {
  return {
    ...store,
    put(stored) {
      store.put(stored);
      onChange();
    },
  };
}

function aProductOf(id: string, variantId: string, sku: string, createdAt: string): StoredProduct {
  return aStoredProduct({
    id,
    createdAt,
    product: aProduct({ title: `Product ${sku}` }),
    variants: [aStoredVariant({ id: variantId, createdAt, variant: aVariant({ sku, quantity: 10 }) })],
  });
}

/** One thing that happens at the source, and the news that a webhook of it would be. */
export function trade({ source }: World, clock: Clock, random: Random, hot = false): News {
  if (hot) return changeStock(source, clock, () => random() * 0.3);
  const roll = random();
  if (roll < 0.5) return changeStock(source, clock, random);
  if (roll < 0.7) return changeOrder(source, clock, random);
  return create(source, clock, random);
}

function stamp(clock: Clock, random: Random, before: string | null): string | null {
  // Some changes move no clock; the clock's grain is a second.
  return random() < 0.15 ? before : new Date(Math.floor(clock.now() / 1000) * 1000).toISOString();
}

function pick<T>(items: readonly T[], random: Random): T {
  return must(items[Math.floor(random() * items.length)], 'an item to pick');
}

function changeStock(source: MemoryStore, clock: Clock, random: Random): News {
  const product = pick(source.list('product') as readonly StoredProduct[], random);
  const changedAt = stamp(clock, random, product.changedAt);
  const variants = product.variants.map((one) => ({
    ...one,
    changedAt,
    variant:
      random() < 0.8
        ? { ...one.variant, quantity: Math.floor(random() * 50) }
        : { ...one.variant, price: eur(Math.floor(random() * 9000)) },
  }));
  source.put({
    ...product,
    changedAt,
    variants,
    product: { ...product.product, title: `Renamed at the source ${String(Math.floor(random() * 100))}` },
  });
  const narrowed = random() < 0.5 ? { children: variants.map(({ id }) => id) } : {};
  return { ...news('product', product.id, clock, changedAt), ...narrowed };
}

function changeOrder(source: MemoryStore, clock: Clock, random: Random): News {
  const order = pick(source.list('order') as readonly StoredOrder[], random);
  const changedAt = stamp(clock, random, order.changedAt);
  const state = must(order.order.status.state, 'the state of a simulated order');
  const at = new Date(clock.now()).toISOString();
  const entry = {
    id: `n${String(order.order.history?.length ?? 0)}`,
    at,
    text: 'Order status changed',
    forCustomer: false,
  };
  source.put({
    ...order,
    changedAt,
    order: { ...order.order, ...moveOn(order, state, random), history: [...(order.order.history ?? []), entry] },
  });
  return news('order', order.id, clock, changedAt);
}

function moveOn(order: StoredOrder, state: OrderState, random: Random): Partial<StoredOrder['order']> {
  if (state.payment === 'pending') return { status: { word: 'processing', state: { ...state, payment: 'paid' } } };
  if (state.fulfilment === 'open') {
    const number = `TRACK${String(Math.floor(random() * 1000))}`;
    return {
      status: { word: 'completed', state: { ...state, fulfilment: 'fulfilled' } },
      tracking: [{ number, carrier: 'DHL', url: null, shippedAt: null }],
    };
  }
  if (order.order.refunds.length > 0) return {};
  const refund = { id: 'r1', at: order.order.placedAt, amount: order.order.total, reason: null };
  return { status: { word: 'refunded', state: { ...state, payment: 'refunded' } }, refunds: [refund] };
}

function create(source: MemoryStore, clock: Clock, random: Random): News {
  const at = new Date(Math.floor(clock.now() / 1000) * 1000).toISOString();
  const id = source.nextId();
  const roll = random();
  if (roll < 0.35) {
    source.put({ ...aProductOf(id, source.nextId(), `NEW-${id}`, at), changedAt: at });
    return news('product', id, clock, at);
  }
  if (roll < 0.6) {
    source.put(
      aStoredCustomer({
        id,
        createdAt: at,
        changedAt: at,
        customer: { ...aStoredCustomer().customer, email: `${id}@example.com` },
      }),
    );
    return news('customer', id, clock, at);
  }
  source.put(newOrder(source, id, at, random));
  return news('order', id, clock, at);
}

function newOrder(source: MemoryStore, id: string, at: string, random: Random): StoredOrder {
  const product = pick(source.list('product') as readonly StoredProduct[], random);
  const variant = must(product.variants[0], 'a variant to order');
  const line = {
    id: `l${id}`,
    productId: product.id,
    variantId: variant.id,
    sku: variant.variant.sku,
    title: 'Line',
    quantity: 1,
    unitPrice: eur(4990),
    total: eur(4990),
    taxes: [],
    requiresShipping: true,
  };
  const customers = source.list('customer');
  const customerId = customers.length > 0 && random() < 0.5 ? pick(customers, random).id : null;
  const status = {
    word: 'pending',
    state: { payment: 'pending' as const, fulfilment: 'open' as const, cancelled: false, onHold: false },
  };
  return aStoredOrder({
    id,
    createdAt: at,
    changedAt: at,
    order: anOrder({ number: id, placedAt: at, lines: [line], customerId, status }),
  });
}

function news(root: News['root'], rootId: string, clock: Clock, changedAt: string | null): News {
  return {
    v: 1,
    pair: 'acme',
    root,
    rootId,
    kind: 'news',
    topic: 'simulated',
    receivedAt: clock.now(),
    via: 'webhook',
    tries: 0,
    ...(changedAt === null ? {} : { changedAt }),
  };
}

/** What is wrong at the end, in words; empty when both stores agree and nothing was doubled or touched. */
export function judge({ source, target, titles }: World): readonly string[] {
  const wrong: string[] = [];
  for (const product of source.list('product') as readonly StoredProduct[]) judgeProduct(product, target, wrong);
  for (const order of source.list('order') as readonly StoredOrder[]) judgeOrder(order, target, wrong);
  for (const customer of source.list('customer')) {
    const copies = target.list('customer').filter(({ sourceId }) => sourceId === customer.id).length;
    if (copies !== 1) wrong.push(`customer ${customer.id} is at the target ${String(copies)} times`);
  }
  for (const [id, title] of titles) {
    const now = target.get('product', id);
    if (now?.root === 'product' && now.product.title !== title) wrong.push(`the title of ${id} was overwritten`);
  }
  return wrong;
}

function judgeProduct(product: StoredProduct, target: MemoryStore, wrong: string[]): void {
  for (const { variant } of product.variants) {
    const copies = (target.list('product') as readonly StoredProduct[]).flatMap(({ variants }) =>
      variants.filter((one) => one.variant.sku === variant.sku),
    );
    if (copies.length !== 1) wrong.push(`${variant.sku ?? ''} is at the target ${String(copies.length)} times`);
    for (const copy of copies) {
      if (copy.variant.quantity !== variant.quantity)
        wrong.push(
          `${variant.sku ?? ''} has ${String(copy.variant.quantity)}, should have ${String(variant.quantity)}`,
        );
      if (copy.variant.price?.amountMinor !== variant.price?.amountMinor)
        wrong.push(`${variant.sku ?? ''} has another price`);
    }
  }
}

function judgeOrder({ order }: StoredOrder, target: MemoryStore, wrong: string[]): void {
  const copies = (target.list('order') as readonly StoredOrder[]).filter((one) => one.order.number === order.number);
  if (copies.length !== 1) wrong.push(`order ${order.number} is at the target ${String(copies.length)} times`);
  for (const { order: copy } of copies) {
    if (JSON.stringify(copy.status.state) !== JSON.stringify(order.status.state))
      wrong.push(`order ${order.number} has another state`);
    if (copy.history?.length !== order.history?.length)
      wrong.push(
        `order ${order.number} has ${String(copy.history?.length)} history entries, should have ${String(order.history?.length)}`,
      );
    if (copy.refunds.length !== order.refunds.length)
      wrong.push(`order ${order.number} has ${String(copy.refunds.length)} refunds`);
    if (copy.tracking.length !== order.tracking.length)
      wrong.push(`order ${order.number} has ${String(copy.tracking.length)} parcels`);
  }
}
