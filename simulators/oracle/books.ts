import type { ShopState as ShopifyState } from '../shopify/state.ts';
import type { ShopState as WooState } from '../woocommerce/index.ts';
import { shopifyBooks } from './shopify-books.ts';
import { rowsOfState } from './shopify-rows.ts';
import { woocommerceBooks } from './woocommerce-books.ts';

/** The present state of a simulated shop of either kind. */
export type ShopState = WooState | ShopifyState;

/**
 * What one shop holds, in words that are the same for every kind of shop: the oracle's own reading, which shares no code with the
 * product. Ids are the shop's own, without any `gid://…/`.
 */
export type Books = {
  readonly products: readonly ProductEntry[];
  readonly variants: readonly VariantEntry[];
  readonly orders: readonly OrderEntry[];
  readonly customers: readonly CustomerEntry[];
};

type Entry = {
  readonly id: string;
  /** The source id that something made or stamped by the sync carries; null where it carries none. */
  readonly mark: string | null;
};

export type ProductEntry = Entry & {
  readonly title: string;
  /** Whether shoppers see it. */
  readonly isLive: boolean;
  readonly variants: number;
};

export type VariantEntry = Entry & {
  readonly rootId: string;
  readonly sku: string | null;
  /** Null: not counted. */
  readonly quantity: number | null;
  readonly stockStatus: 'inStock' | 'outOfStock' | 'onBackorder';
  readonly price: string | null;
  readonly compareAtPrice: string | null;
};

export type OrderEntry = Entry & {
  /** What people call it, without a `#`. */
  readonly number: string;
  /** `checkout`: somebody bought at this shop; `api`: made by a program; `migration`: copied when the shop was filled. */
  readonly origin: 'checkout' | 'api' | 'migration';
  readonly createdAt: number;
  readonly cents: number;
  readonly email: string;
  readonly hasCustomer: boolean;
  /** Units of products that were bought. */
  readonly units: number;
  readonly status: OrderStatus | null;
  readonly tracking: readonly string[];
  /** What happened to it, by this shop's own ids. */
  readonly history: readonly { readonly id: string; readonly at: number }[];
  /** Entries of the other shop that were carried here, by its ids, as often as they stand here. */
  readonly carriedHistory: readonly string[];
  readonly refunds: readonly RefundEntry[];
  /** Refunds of the other shop that were recorded here, by its ids. */
  readonly carriedRefunds: readonly RefundEntry[];
};

/** Null where the shop's own word says nothing of it; a whole status is null where the word says nothing at all. */
export type OrderStatus = {
  /** Of a part that was paid back, how much: `partially_refunded 12.30`. */
  readonly payment: string | null;
  readonly fulfilled: boolean | null;
  readonly cancelled: boolean;
};

export type RefundEntry = { readonly id: string; readonly cents: number };

export type CustomerEntry = Entry & { readonly email: string; readonly lastName: string };

export function booksOf(state: ShopState): Books {
  return isWooCommerce(state) ? woocommerceBooks(state) : shopifyBooks(rowsOfState(state));
}

export function isWooCommerce(state: ShopState): state is WooState {
  return 'variations' in state;
}
