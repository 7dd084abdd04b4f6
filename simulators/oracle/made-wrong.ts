import type { ShopState as TargetState } from '../shopify/state.ts';
import type { Product, ShopState as SourceState } from '../woocommerce/index.ts';
import { markOf, refundsOf } from './differences.ts';
import { expectedOrders, toCents } from './expectations.ts';

/** Entities that the sync made (they carry a source id) and that are not what they were made from. */
export function findMadeWrong(source: SourceState, target: TargetState, migratedAt: number): readonly string[] {
  return [
    ...wrongProducts(source, target),
    ...wrongOrders(source, target, migratedAt),
    ...wrongRefunds(source, target),
    ...wrongCustomers(source, target),
  ];
}

function wrongProducts({ products, variations }: SourceState, target: TargetState): readonly string[] {
  const known = byId(products);
  const children = Map.groupBy(variations, ({ parent_id }) => parent_id);
  return target.products.flatMap((made) => {
    const mark = markOf(made);
    if (mark === null) return [];
    const wanted = known.get(mark);
    if (wanted === undefined) return [`product ${made.title}: no product ${mark} at the old shop`];
    return [
      ...unlike(`product ${mark}`, 'title', plain(wanted), made.title),
      ...unlike(`product ${mark}`, 'variants', children.get(wanted.id)?.length ?? 1, made.variants.length),
      ...unlike(`product ${mark}`, 'status', wanted.status === 'publish' ? 'ACTIVE' : 'DRAFT', made.status),
    ];
  });
}

function wrongOrders(source: SourceState, target: TargetState, migratedAt: number): readonly string[] {
  const known = byId(source.orders);
  const expected = byId(expectedOrders(source, migratedAt));
  return target.orders.flatMap((made) => {
    const mark = markOf(made);
    const order = known.get(mark ?? '');
    const wanted = expected.get(mark ?? '');
    if (made.origin !== 'api' || order === undefined || wanted === undefined) return [];
    const what = `order ${wanted.name}`;
    return [
      ...unlike(what, 'name', wanted.name, made.name),
      ...unlike(what, 'total', wanted.total.toFixed(2), Number(made.total).toFixed(2)),
      ...unlike(what, 'e-mail', order.billing.email?.toLowerCase() ?? '', made.email?.toLowerCase() ?? ''),
      ...unlike(what, 'lines', unitsOf(order.line_items), unitsOf(made.lineItems.filter(({ sku }) => sku !== null))),
      ...unlike(what, 'customer', order.customer_id !== 0, made.customerId !== null),
    ];
  });
}

/** Every refund that the sync recorded is one of the source's, to the cent. */
function wrongRefunds({ refunds }: SourceState, target: TargetState): readonly string[] {
  const known = byId(refunds);
  return target.orders.flatMap((order) =>
    refundsOf(order).flatMap(({ id, cents }) => {
      const wanted = known.get(id);
      return unlike(
        `refund ${id} of ${order.name}`,
        'cents',
        wanted === undefined ? null : toCents(wanted.amount),
        cents,
      );
    }),
  );
}

function wrongCustomers({ customers }: SourceState, target: TargetState): readonly string[] {
  const known = byId(customers);
  return target.customers.flatMap((made) => {
    const mark = markOf(made);
    const wanted = known.get(mark ?? '');
    if (mark === null || wanted === undefined) return [];
    return [
      ...unlike(`customer ${mark}`, 'e-mail', wanted.email.toLowerCase(), made.email?.toLowerCase() ?? ''),
      ...unlike(`customer ${mark}`, 'last name', wanted.last_name, made.lastName ?? ''),
    ];
  });
}

function unlike(what: string, field: string, wanted: unknown, present: unknown): readonly string[] {
  return wanted === present ? [] : [`${what} ${field}: old ${JSON.stringify(wanted)}, new ${JSON.stringify(present)}`];
}

function unitsOf(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

function plain({ name }: Product): string {
  return name.replaceAll('&amp;', '&');
}

function byId<T extends { readonly id: number | string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [String(one.id), one]));
}
