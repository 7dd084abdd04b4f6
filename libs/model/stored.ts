import type { Customer } from './customer.ts';
import type { Order } from './order.ts';
import type { Product, Variant } from './product.ts';

/** What a key names: the unit of ordering, reading, parking. */
export type RootKind = 'product' | 'order' | 'customer';
export const ROOT_KINDS: readonly RootKind[] = ['product', 'order', 'customer'];

/** What can be linked and patched; a variant lies in its product's root. */
export type EntityKind = 'product' | 'variant' | 'order' | 'customer';
export const ENTITY_KINDS: readonly EntityKind[] = ['product', 'variant', 'order', 'customer'];

/** Names one root of a store; `children` lets a read be narrowed to these variants (absent: the whole root). */
export type RootRef = { readonly id: string; readonly children?: readonly string[] };

type Stored = {
  readonly id: string;
  /** The source id that the target carries for it (metafield, meta); null where there is none. */
  readonly sourceId: string | null;
  /** UTC, ISO 8601; null where the platform does not say. */
  readonly createdAt: string | null;
  /** The platform's own clock of its last change (one-second grain, some changes move none): for the sweep's cursor and the report, never for a decision. */
  readonly changedAt: string | null;
  /** What the connector needs to write to it later; opaque to everybody else, never logged. */
  readonly native?: unknown;
};

export type StoredVariant = Stored & { readonly variant: Variant };

export type StoredProduct = Stored & {
  readonly root: 'product';
  readonly product: Product;
  /** All variants, or only those that were asked for when `partial`. */
  readonly variants: readonly StoredVariant[];
  readonly partial: boolean;
  /** A kind that Lockstep does not carry whole (bundle, subscription, grouped, external), by the platform's word. */
  readonly unsupported?: string;
};
export type StoredOrder = Stored & {
  readonly root: 'order';
  readonly order: Order;
  /** Whether Lockstep's own hold keeps it from being shipped (targets only). */
  readonly heldByUs: boolean;
};
export type StoredCustomer = Stored & { readonly root: 'customer'; readonly customer: Customer };

/** One root as a store holds it, with its native ids (strings, without any `gid://…/`). */
export type StoredRoot = StoredProduct | StoredOrder | StoredCustomer;
