import type { OrderState } from '#libs/model/order.ts';
import type { StockStatus } from '#libs/model/product.ts';
import type { FieldName } from './field-names.ts';

/** A status word's place: a state, or `ignore` (nothing is done for it, and it is no drift). */
export type StatusTarget = Partial<Pick<OrderState, 'payment' | 'fulfilment' | 'cancelled' | 'onHold'>> | 'ignore';

/** Steps applied to a number, in this order of keys as written in the config. */
export type Transform = Readonly<
  Partial<Record<'add' | 'subtract' | 'multiply' | 'round' | 'min' | 'default', number>>
>;

/** How source values become target values. A field without a map travels as it is. */
export type FieldMaps = {
  /** `order.status`: the source's own words; words that are missing fall back to the platform's default, then are `unmapped-value`. */
  readonly orderStatus: Readonly<Record<string, StatusTarget>>;
  readonly transforms: Readonly<Partial<Record<FieldName, Transform>>>;
  /** Stock words that a plugin of the source made up: what each means. A word that is missing is `unmapped-value`. Absent: none. */
  readonly stockStatus?: Readonly<Record<string, StockStatus>>;
  /** Carrier names: source's word → target's word. */
  readonly carriers: Readonly<Record<string, string>>;
};
