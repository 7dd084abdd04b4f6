import type { ShopState as TargetState } from '../shopify/state.ts';
import type { ShopState as SourceState } from '../woocommerce/index.ts';
import { historyOf, markOf, refundsOf, trackingOf } from './differences.ts';

/** Whatever the target holds twice that the source has once. */
export function findDoubles(source: SourceState, target: TargetState): readonly string[] {
  const variants = target.products.flatMap((product) => product.variants);
  const orders = target.orders.filter(({ origin }) => origin !== 'checkout');
  const sourceSkus = tally([...source.products, ...source.variations].map(({ sku }) => sku));
  return [
    ...twice('product with source id', target.products.map(markOf)),
    ...twice('variant with source id', variants.map(markOf)),
    ...twice('order with source id', orders.map(markOf)),
    ...twice('customer with source id', target.customers.map(markOf)),
    ...[...tally(variants.map(({ sku }) => sku ?? ''))]
      .filter(([sku, count]) => sku !== '' && count > Math.max(1, sourceSkus.get(sku) ?? 0))
      .map(([sku, count]) => `variant with SKU ${sku}: ${String(count)} times`),
    ...twice(
      'order',
      orders.map(({ name }) => name),
    ),
    ...twice(
      'customer',
      target.customers.map(({ email }) => email?.toLowerCase() ?? null),
    ),
    ...orders.flatMap((order) => [
      ...twice(`history entry of ${order.name}`, historyOf(order)),
      ...twice(`parcel of ${order.name}`, trackingOf(order)),
      ...twice(
        `refund of ${order.name}`,
        refundsOf(order).map(({ id }) => id),
      ),
    ]),
    ...notAtSource(source, orders),
  ];
}

/** An order that no source order stands behind was made twice under another name. */
function notAtSource(source: SourceState, orders: TargetState['orders']): readonly string[] {
  const known = new Set(source.orders.map(({ id }) => String(id)));
  return orders
    .filter((order) => !known.has(markOf(order) ?? order.name.replace(/^#/, '')))
    .map(({ name }) => `order ${name}: no order of the old shop stands behind it`);
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
