import { isDeepStrictEqual } from 'node:util';

import type { OrderState, ShopState as TargetState, VariantState } from '../shopify/state.ts';
import type { ShopState as SourceState } from '../woocommerce/index.ts';
import {
  expectedOrders,
  expectedVariants,
  partly,
  toCents,
  type ExpectedOrder,
  type ExpectedVariant,
} from './expectations.ts';

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
  readonly source: SourceState;
  readonly target: TargetState;
  readonly selected: ReadonlySet<string>;
  readonly migratedAt: number;
};

/** Compares two stores as they stand, by the oracle's own reading of both. */
export function findDifferences({ source, target, selected, migratedAt }: Stores): readonly Difference[] {
  const found = [
    ...variantDifferences(source, target),
    ...orderDifferences(source, target, migratedAt),
    ...customerDifferences(source, target),
  ];
  return found.filter(({ field }) => field === null || selected.has(field));
}

function variantDifferences(source: SourceState, target: TargetState): readonly Difference[] {
  const variants = target.products.flatMap((product) => product.variants);
  const byMark = byKey(variants, markOf);
  const bySku = byKey(variants, ({ sku }) => sku);
  const missing = new Map<string, Difference>();
  const found = expectedVariants(source).flatMap((wanted): readonly Difference[] => {
    const present = byMark.get(wanted.id) ?? (wanted.sku === null ? undefined : bySku.get(wanted.sku));
    if (present !== undefined) return compareVariant(wanted, present);
    const root = `product:${wanted.rootId}`;
    missing.set(root, { entity: root, root, field: null, source: wanted.sku, target: null });
    return [];
  });
  return [...missing.values(), ...found];
}

function compareVariant(wanted: ExpectedVariant, present: VariantState): readonly Difference[] {
  const { tracked } = present.item;
  const available = present.inventoryQuantity;
  const backorders = present.inventoryPolicy === 'CONTINUE';
  const stockStatus = !tracked || available > 0 ? 'inStock' : backorders ? 'onBackorder' : 'outOfStock';
  // What the old shop does not count and does not sell either can be said by a counted zero alone.
  const quantity =
    wanted.quantity === null && wanted.stockStatus !== 'inStock' && tracked && available === 0
      ? null
      : tracked
        ? available
        : null;
  const price = present.price === '' ? null : Number(present.price).toFixed(2);
  const struck = present.compareAtPrice === null ? null : Number(present.compareAtPrice).toFixed(2);
  const at = { entity: `variant:${wanted.id}`, root: `product:${wanted.rootId}` };
  return differing(at, [
    ['variant.quantity', wanted.quantity, quantity],
    ['variant.stockStatus', wanted.stockStatus, stockStatus],
    ['variant.price', wanted.price ?? price, price],
    ['variant.compareAtPrice', wanted.compareAtPrice, struck],
  ]);
}

function orderDifferences(source: SourceState, target: TargetState, migratedAt: number): readonly Difference[] {
  const byMark = byKey(target.orders, markOf);
  const byName = byKey(
    target.orders.filter(({ origin }) => origin !== 'checkout'),
    ({ name }) => name,
  );
  return expectedOrders(source, migratedAt).flatMap((wanted): readonly Difference[] => {
    const entity = `order:${wanted.id}`;
    const present = byMark.get(wanted.id) ?? byName.get(wanted.name);
    if (present !== undefined) return compareOrder(wanted, present);
    // A status that says nothing to the target makes no order there.
    if (wanted.status === null) return [];
    return [{ entity, root: entity, field: null, source: wanted.name, target: null }];
  });
}

function compareOrder(wanted: ExpectedOrder, present: OrderState): readonly Difference[] {
  const entity = `order:${wanted.id}`;
  const status = statusOf(present);
  const known = historyOf(present);
  return differing({ entity, root: entity }, [
    [
      'order.status',
      wanted.status === null ? null : filled(wanted.status, status),
      wanted.status === null ? null : status,
    ],
    // A parcel of an order that the old shop does not call shipped has nothing to hang on yet.
    ...(wanted.status?.fulfilled === true
      ? ([['order.tracking', wanted.tracking.toSorted(), trackingOf(present).toSorted()]] as const)
      : []),
    ['order.history', wanted.history.filter((id) => known.filter((one) => one === id).length !== 1), []],
  ]);
}

type Status = { readonly payment: string; readonly fulfilled: boolean; readonly cancelled: boolean };

/** What the source's word leaves open is as the target has it. */
function filled(wanted: NonNullable<ExpectedOrder['status']>, present: Status): Status {
  return {
    payment: wanted.payment ?? present.payment,
    fulfilled: wanted.fulfilled ?? present.fulfilled,
    cancelled: wanted.cancelled,
  };
}

function statusOf(order: OrderState): Status {
  const shipped = order.lineItems.filter(({ requiresShipping, variantId }) => requiresShipping || variantId !== null);
  const left = shipped.some((line) => line.fulfilledQuantity < line.quantity - line.refundedQuantity);
  const payment = (order.displayFinancialStatus ?? 'PENDING').toLowerCase();
  return {
    payment: payment === 'partially_refunded' ? partly(toCents(order.refunded)) : payment,
    fulfilled: order.fulfillments.some(({ status }) => status === 'SUCCESS') && !left,
    cancelled: order.cancelledAt !== null,
  };
}

export function trackingOf(order: OrderState): readonly string[] {
  return order.fulfillments
    .filter(({ status }) => status === 'SUCCESS')
    .flatMap(({ trackingInfo }) => trackingInfo.flatMap(({ number }) => (number === null ? [] : [number])));
}

/** The source's id of each refund that the sync recorded, and its amount in cents. */
export function refundsOf(
  order: Pick<OrderState, 'refunds'>,
): readonly { readonly id: string; readonly cents: number }[] {
  return order.refunds.flatMap(({ note, totalRefunded }) => {
    const id = /\[lockstep:([^\]]+)\]$/.exec(note ?? '')?.[1];
    return id === undefined ? [] : [{ id, cents: toCents(totalRefunded) }];
  });
}

/** Ids of the source's entries, as often as they stand there. */
export function historyOf({ metafields }: Pick<OrderState, 'metafields'>): readonly string[] {
  const value = metafields.find(({ namespace, key }) => namespace === 'lockstep' && key === 'history')?.value;
  const entries: unknown = JSON.parse(value ?? '[]');
  return Array.isArray(entries) ? (entries as { id?: unknown }[]).map(({ id }) => String(id)) : [];
}

function customerDifferences(source: SourceState, target: TargetState): readonly Difference[] {
  const known = new Set(target.customers.map(({ email }) => (email ?? '').toLowerCase()));
  return source.customers
    .filter(({ email }) => !known.has(email.toLowerCase()))
    .map(({ id }) => {
      const entity = `customer:${String(id)}`;
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

type Marked = {
  readonly metafields: readonly { readonly namespace: string; readonly key: string; readonly value: string }[];
};

/** The source id that something made or stamped by the sync carries. */
export function markOf({ metafields }: Marked): string | null {
  return metafields.find(({ namespace, key }) => namespace === 'lockstep' && key === 'source_id')?.value ?? null;
}

function byKey<T>(list: readonly T[], keyOf: (one: T) => string | null): ReadonlyMap<string, T> {
  return new Map(
    list.flatMap((one) => {
      const key = keyOf(one);
      return key === null ? [] : [[key, one] as const];
    }),
  );
}
