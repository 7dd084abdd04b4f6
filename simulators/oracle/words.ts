/** What the books of every kind of shop are written in. */

export function toCents(decimal: string | number): number {
  return Math.round(Number(decimal === '' ? 0 : decimal) * 100);
}

export function partly(cents: number): `partially_refunded ${string}` {
  return `partially_refunded ${(cents / 100).toFixed(2)}`;
}

/** Two decimals, so that `9.5` and `9.50` are one price; null for none. */
export function priceOf(decimal: string | null): string | null {
  return decimal === null || decimal === '' ? null : Number(decimal).toFixed(2);
}

/** The last part of a `gid://shopify/Order/7`; any other id as it is. */
export function plainId(id: string): string {
  return (id.split('?')[0] ?? id).split('/').at(-1) ?? id;
}

export function byKey<T>(list: readonly T[], keyOf: (one: T) => string | null): ReadonlyMap<string, T> {
  return new Map(
    list.flatMap((one) => {
      const key = keyOf(one);
      return key === null ? [] : [[key, one] as const];
    }),
  );
}

export function byId<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return byKey(list, ({ id }) => id);
}
