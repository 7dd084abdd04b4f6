import { booksOf, type OrderEntry, type ShopState } from './books.ts';

/** Whatever the target holds twice that the source has once. */
export function findDoubles(sourceState: ShopState, targetState: ShopState): readonly string[] {
  const [source, target] = [booksOf(sourceState), booksOf(targetState)];
  const orders = target.orders.filter(({ origin }) => origin !== 'checkout');
  const sourceSkus = tally(source.variants.map(({ sku }) => sku ?? ''));
  return [
    ...twice('product with source id', target.products.map(markOf)),
    ...twice('variant with source id', target.variants.map(markOf)),
    ...twice('order with source id', orders.map(markOf)),
    ...twice('customer with source id', target.customers.map(markOf)),
    ...[...tally(target.variants.map(({ sku }) => sku ?? ''))]
      .filter(([sku, count]) => sku !== '' && count > Math.max(1, sourceSkus.get(sku) ?? 0))
      .map(([sku, count]) => `variant with SKU ${sku}: ${String(count)} times`),
    ...twice(
      'order',
      orders.map(({ number }) => `#${number}`),
    ),
    ...twice(
      'customer',
      target.customers.map(({ email }) => email),
    ),
    ...orders.flatMap((order) => [
      ...twice(`history entry of #${order.number}`, order.carriedHistory),
      ...twice(`parcel of #${order.number}`, order.tracking),
      ...twice(
        `refund of #${order.number}`,
        order.carriedRefunds.map(({ id }) => id),
      ),
    ]),
    ...notAtSource(source.orders, orders),
  ];
}

function markOf({ mark }: { readonly mark: string | null }): string | null {
  return mark;
}

/** An order that no source order stands behind was made twice under another name. */
function notAtSource(source: readonly OrderEntry[], orders: readonly OrderEntry[]): readonly string[] {
  const ids = new Set(source.map(({ id }) => id));
  const numbers = new Set(source.map(({ number }) => number));
  return orders
    .filter(({ mark, number }) => (mark === null ? !numbers.has(number) : !ids.has(mark)))
    .map(({ number }) => `order #${number}: no order of the old shop stands behind it`);
}

function twice(what: string, keys: readonly (string | null)[]): readonly string[] {
  return [...tally(keys.map((key) => key ?? ''))]
    .filter(([key, count]) => key !== '' && count > 1)
    .map(([key, count]) => `${what} ${key}: ${String(count)} times`);
}

function tally(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
