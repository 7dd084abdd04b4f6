import { isDeepStrictEqual } from 'node:util';

import {
  booksOf,
  type Books,
  type CustomerEntry,
  type OrderEntry,
  type OrderStatus,
  type ShopState,
  type VariantEntry,
} from './books.ts';
import { byKey } from './words.ts';

/** One selected field that differs, or a source entity that the target lacks (`field` null). */
export type Difference = {
  /** `variant:12`, `order:1047`, ids of the source. */
  readonly entity: string;
  readonly root: string;
  /** `variant.quantity`; null: the entity is missing. */
  readonly field: string | null;
  readonly source: unknown;
  readonly target: unknown;
};

export type Stores = {
  readonly source: ShopState;
  readonly target: ShopState;
  readonly selected: ReadonlySet<string>;
  readonly migratedAt: number;
};

/** Compares two stores as they stand, by the oracle's own reading of both. */
export function findDifferences({ source, target, selected, migratedAt }: Stores): readonly Difference[] {
  const [old, fresh] = [booksOf(source), booksOf(target)];
  const found = [
    ...variantDifferences(old, fresh),
    ...orderDifferences(old, fresh, migratedAt),
    ...customerDifferences(old, fresh),
  ];
  return found.filter(({ field }) => field === null || selected.has(field));
}

function variantDifferences(source: Books, target: Books): readonly Difference[] {
  const byMark = byKey(target.variants, ({ mark }) => mark);
  // One simple product is both: its mark stands on whatever the platform keeps of it.
  const byProductMark = byKey(target.products, ({ mark, variants }) => (variants === 1 ? mark : null));
  const byRoot = byKey(target.variants, ({ rootId }) => rootId);
  const bySku = byKey(target.variants, ({ sku }) => sku);
  const missing = new Map<string, Difference>();
  const found = source.variants.flatMap((wanted): readonly Difference[] => {
    const present =
      byMark.get(wanted.id) ??
      (wanted.sku === null ? byRoot.get(byProductMark.get(wanted.rootId)?.id ?? '') : bySku.get(wanted.sku));
    if (present !== undefined) return compareVariant(wanted, present);
    const root = `product:${wanted.rootId}`;
    missing.set(root, { entity: root, root, field: null, source: wanted.sku, target: null });
    return [];
  });
  return [...missing.values(), ...found];
}

function compareVariant(wanted: VariantEntry, present: VariantEntry): readonly Difference[] {
  // What the old shop does not count and does not sell either can be said by a counted zero alone.
  const isNone = wanted.quantity === null && wanted.stockStatus !== 'inStock' && present.quantity === 0;
  const at = { entity: `variant:${wanted.id}`, root: `product:${wanted.rootId}` };
  return differing(at, [
    ['variant.quantity', wanted.quantity, isNone ? null : present.quantity],
    ['variant.stockStatus', wanted.stockStatus, present.stockStatus],
    ['variant.price', wanted.price ?? present.price, present.price],
    ['variant.compareAtPrice', wanted.compareAtPrice, present.compareAtPrice],
  ]);
}

/** How an order of the target is found that carries no mark of ours: by what people call it. */
export function byNumber(orders: readonly OrderEntry[]): ReadonlyMap<string, OrderEntry> {
  return byKey(orders, ({ origin, mark, number }) => (origin === 'checkout' || mark !== null ? null : number));
}

function orderDifferences(source: Books, target: Books, migratedAt: number): readonly Difference[] {
  const byMark = byKey(target.orders, ({ mark }) => mark);
  const numbered = byNumber(target.orders);
  return source.orders.flatMap((wanted): readonly Difference[] => {
    const entity = `order:${wanted.id}`;
    const present = byMark.get(wanted.id) ?? numbered.get(wanted.number);
    if (present !== undefined) return compareOrder(wanted, present, migratedAt);
    // A status that says nothing to the target makes no order there.
    if (wanted.status === null) return [];
    return [{ entity, root: entity, field: null, source: `#${wanted.number}`, target: null }];
  });
}

function compareOrder(wanted: OrderEntry, present: OrderEntry, migratedAt: number): readonly Difference[] {
  const entity = `order:${wanted.id}`;
  const { carriedHistory: known } = present;
  return differing({ entity, root: entity }, [
    ['order.status', filled(wanted.status, present.status), filled(present.status, wanted.status, wanted.status)],
    // A parcel of an order that the old shop does not call shipped has nothing to hang on yet.
    ...(wanted.status?.fulfilled === true
      ? ([['order.tracking', wanted.tracking.toSorted(), present.tracking.toSorted()]] as const)
      : []),
    [
      'order.history',
      historySince(wanted, migratedAt).filter((id) => known.filter((one) => one === id).length !== 1),
      [],
    ],
  ]);
}

/** Of an order that was migrated only what happened since is carried. */
export function historySince({ createdAt, history }: OrderEntry, migratedAt: number): readonly string[] {
  const since = createdAt >= migratedAt ? Number.NEGATIVE_INFINITY : migratedAt;
  return history.filter(({ at }) => at >= since).map(({ id }) => id);
}

/** What one side's word leaves open is as the other has it; null where `unless` is: a word that says nothing to the target. */
function filled(
  status: OrderStatus | null,
  other: OrderStatus | null,
  unless: OrderStatus | null = status,
): OrderStatus | null {
  if (status === null || unless === null) return null;
  return {
    payment: status.payment ?? other?.payment ?? null,
    fulfilled: status.fulfilled ?? other?.fulfilled ?? null,
    cancelled: status.cancelled,
  };
}

function customerDifferences(source: Books, target: Books): readonly Difference[] {
  const known = new Set(target.customers.map(({ email }) => email));
  const marks = new Set(target.customers.map(({ mark }) => mark));
  const isThere = ({ id, email }: CustomerEntry): boolean => (email === '' ? marks.has(id) : known.has(email));
  return source.customers
    .filter((customer) => !isThere(customer))
    .map(({ id }) => {
      const entity = `customer:${id}`;
      return { entity, root: entity, field: null, source: entity, target: null };
    });
}

/** The fields whose two values are not the same. */
export function differing(
  at: Pick<Difference, 'entity' | 'root'>,
  values: readonly (readonly [field: string, source: unknown, target: unknown])[],
): readonly Difference[] {
  return values
    .filter(([, source, target]) => !isDeepStrictEqual(source, target))
    .map(([field, source, target]) => ({ ...at, field, source, target }));
}
