import type { Ledger } from '../core/ledger.ts';
import type { ShopState } from '../woocommerce/index.ts';
import { carriedUpTo, type Trading } from './carried.ts';
import { differing, type Difference } from './differences.ts';
import { expectedOrders, expectedVariants, type ExpectedOrder, type ExpectedVariant } from './expectations.ts';
import { replay } from './replay.ts';

export type UncarriedInput = {
  readonly ledger: Pick<Ledger, 'entries' | 'deliveries' | 'reads'>;
  /** The old shop as it is, nothing having changed since the comparison began. */
  readonly state: ShopState;
  readonly trading: Trading;
  readonly selected: ReadonlySet<string>;
  readonly migratedAt: number;
};

/**
 * The selected fields whose last change no delivered webhook of their root could have carried, and the entities of which none
 * ever told: by the old shop's ledger alone. `target` is what webhooks could have brought. A field that went there and back
 * again unheard has not changed.
 */
export function findUncarried({ ledger, state, trading, selected, migratedAt }: UncarriedInput): readonly Difference[] {
  const known = replay(ledger.entries, carriedUpTo(ledger, trading));
  const found = [
    ...uncarriedVariants(known, state),
    ...uncarriedOrders(known, state, migratedAt),
    ...uncarriedCustomers(known, state),
  ];
  return found.filter(({ field }) => field === null || selected.has(field));
}

function uncarriedVariants(known: ShopState, state: ShopState): readonly Difference[] {
  const before = byId(expectedVariants(known));
  const missing = new Map<string, Difference>();
  const moved = expectedVariants(state).flatMap((now): readonly Difference[] => {
    const then = before.get(now.id);
    if (then !== undefined) return movedIn(then, now);
    const root = `product:${now.rootId}`;
    missing.set(root, { entity: root, root, field: null, source: now.sku, target: null });
    return [];
  });
  return [...missing.values(), ...moved];
}

function movedIn(then: ExpectedVariant, now: ExpectedVariant): readonly Difference[] {
  return differing({ entity: `variant:${now.id}`, root: `product:${now.rootId}` }, [
    ['variant.quantity', now.quantity, then.quantity],
    ['variant.stockStatus', now.stockStatus, then.stockStatus],
    ['variant.price', now.price ?? then.price, then.price],
    ['variant.compareAtPrice', now.compareAtPrice, then.compareAtPrice],
  ]);
}

function uncarriedOrders(known: ShopState, state: ShopState, migratedAt: number): readonly Difference[] {
  const before = byId(expectedOrders(known, migratedAt));
  return expectedOrders(state, migratedAt).flatMap((now): readonly Difference[] => {
    const then = before.get(now.id);
    if (then !== undefined) return movedOrder(then, now);
    const entity = `order:${now.id}`;
    // A status that says nothing to the target makes no order there.
    return now.status === null ? [] : [{ entity, root: entity, field: null, source: now.name, target: null }];
  });
}

function movedOrder(then: ExpectedOrder, now: ExpectedOrder): readonly Difference[] {
  const entity = `order:${now.id}`;
  const { status } = then;
  // What the new word leaves open stays as the word before it said.
  const wanted = now.status && {
    payment: now.status.payment ?? status?.payment ?? null,
    fulfilled: now.status.fulfilled ?? status?.fulfilled ?? null,
    cancelled: now.status.cancelled,
  };
  return differing({ entity, root: entity }, [
    ...(wanted === null ? [] : ([['order.status', wanted, status]] as const)),
    ...(wanted?.fulfilled === true ? ([['order.tracking', now.tracking.toSorted(), parcelsOf(then)]] as const) : []),
    ['order.history', now.history.filter((id) => !then.history.includes(id)), []],
  ]);
}

/** Parcels hang on what was shipped. */
function parcelsOf({ status, tracking }: ExpectedOrder): readonly string[] {
  return status?.fulfilled === true ? tracking.toSorted() : [];
}

function uncarriedCustomers(known: ShopState, state: ShopState): readonly Difference[] {
  const before = byId(known.customers);
  return state.customers
    .filter(({ id }) => !before.has(String(id)))
    .map(({ id }) => {
      const entity = `customer:${String(id)}`;
      return { entity, root: entity, field: null, source: entity, target: null };
    });
}

function byId<T extends { readonly id: number | string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [String(one.id), one]));
}
