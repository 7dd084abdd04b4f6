import type { Ledger } from '../core/ledger.ts';
import {
  booksOf,
  isWooCommerce,
  type Books,
  type OrderEntry,
  type OrderStatus,
  type ShopState,
  type VariantEntry,
} from './books.ts';
import { carriedUpTo, placesInShopify, type Trading } from './carried.ts';
import { differing, historySince, type Difference } from './differences.ts';
import { replay, replayShopify } from './replay.ts';
import { woocommerceBooks } from './woocommerce-books.ts';
import { byId } from './words.ts';

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
export function findUncarried(input: UncarriedInput): readonly Difference[] {
  const { state, selected, migratedAt } = input;
  const [known, present] = [knownOf(input), booksOf(state)];
  const found = [
    ...uncarriedVariants(known, present),
    ...uncarriedOrders(known, present, migratedAt),
    ...uncarriedCustomers(known, present),
  ];
  return found.filter(({ field }) => field === null || selected.has(field));
}

/** The old shop as webhooks could have brought it over. */
function knownOf({ ledger, state, trading }: UncarriedInput): Books {
  const { entries } = ledger;
  if (isWooCommerce(state)) return woocommerceBooks(replay(entries, carriedUpTo(ledger, trading)));
  return replayShopify(entries, carriedUpTo(ledger, trading, placesInShopify(entries)));
}

function uncarriedVariants(known: Books, present: Books): readonly Difference[] {
  const before = byId(known.variants);
  const missing = new Map<string, Difference>();
  const moved = present.variants.flatMap((now): readonly Difference[] => {
    const then = before.get(now.id);
    if (then !== undefined) return movedIn(then, now);
    const root = `product:${now.rootId}`;
    missing.set(root, { entity: root, root, field: null, source: now.sku, target: null });
    return [];
  });
  return [...missing.values(), ...moved];
}

function movedIn(then: VariantEntry, now: VariantEntry): readonly Difference[] {
  return differing({ entity: `variant:${now.id}`, root: `product:${now.rootId}` }, [
    ['variant.quantity', now.quantity, then.quantity],
    ['variant.stockStatus', now.stockStatus, then.stockStatus],
    ['variant.price', now.price ?? then.price, then.price],
    ['variant.compareAtPrice', now.compareAtPrice, then.compareAtPrice],
  ]);
}

function uncarriedOrders(known: Books, present: Books, migratedAt: number): readonly Difference[] {
  const before = byId(known.orders);
  return present.orders.flatMap((now): readonly Difference[] => {
    const then = before.get(now.id);
    if (then !== undefined) return movedOrder(then, now, migratedAt);
    const entity = `order:${now.id}`;
    // A status that says nothing to the target makes no order there.
    return now.status === null ? [] : [{ entity, root: entity, field: null, source: `#${now.number}`, target: null }];
  });
}

function movedOrder(then: OrderEntry, now: OrderEntry, migratedAt: number): readonly Difference[] {
  const entity = `order:${now.id}`;
  const wanted = after(now.status, then.status);
  const heard = historySince(then, migratedAt);
  return differing({ entity, root: entity }, [
    ...(wanted === null ? [] : ([['order.status', wanted, then.status]] as const)),
    ...(wanted?.fulfilled === true ? ([['order.tracking', now.tracking.toSorted(), parcelsOf(then)]] as const) : []),
    ['order.history', historySince(now, migratedAt).filter((id) => !heard.includes(id)), []],
  ]);
}

/** What the new word leaves open stays as the word before it said. */
function after(now: OrderStatus | null, then: OrderStatus | null): OrderStatus | null {
  return (
    now && {
      payment: now.payment ?? then?.payment ?? null,
      fulfilled: now.fulfilled ?? then?.fulfilled ?? null,
      cancelled: now.cancelled,
    }
  );
}

/** Parcels hang on what was shipped. */
function parcelsOf({ status, tracking }: OrderEntry): readonly string[] {
  return status?.fulfilled === true ? tracking.toSorted() : [];
}

function uncarriedCustomers(known: Books, present: Books): readonly Difference[] {
  const before = byId(known.customers);
  return present.customers
    .filter(({ id }) => !before.has(id))
    .map(({ id }) => {
      const entity = `customer:${id}`;
      return { entity, root: entity, field: null, source: entity, target: null };
    });
}
