import type { Order, WooCommerceSimulator } from '../woocommerce/index.ts';
import type { Migrated } from './migrate.ts';

/** Products and all else that people do not call by its number get new ids. */
const APART = 50_000;

/** Copies a whole WooCommerce shop into another one, row by row: orders keep their ids, which are their numbers. */
export function woocommerceToWooCommerce(
  source: Pick<WooCommerceSimulator, 'state'>,
  target: Pick<WooCommerceSimulator, 'seedProduct' | 'seedVariation' | 'seedOrder' | 'seedRefund' | 'seedCustomer'>,
): Migrated {
  const shop = source.state();
  const apart = APART + Math.max(0, ...[...shop.products, ...shop.variations, ...shop.orders].map(({ id }) => id));
  const moved = (id: number): number => (id === 0 ? 0 : id + apart);
  const customers = new Map(
    shop.customers.map((row) => {
      const { is_paying_customer: _paying, ...rest } = row;
      return [row.id, target.seedCustomer({ ...rest, id: moved(row.id) })] as const;
    }),
  );
  const products = new Map<string, string>();
  const variants = new Map<string, string>();
  for (const { type, category_ids: _categories, ...row } of shop.products) {
    if (type === 'variation') continue;
    const id = String(target.seedProduct({ ...row, id: moved(row.id), type }));
    products.set(String(row.id), id);
    if (type !== 'variable') variants.set(String(row.id), id);
  }
  for (const row of shop.variations)
    variants.set(
      String(row.id),
      String(
        target.seedVariation(moved(row.parent_id), { ...row, id: moved(row.id), parent_id: moved(row.parent_id) }),
      ),
    );
  const orders = new Map<string, string>();
  for (const order of shop.orders.filter(({ status }) => status !== 'trash' && !status.endsWith('-draft')))
    orders.set(String(order.id), String(target.seedOrder(toOrder(order, customers, moved))));
  for (const { id, parent_id: orderId, ...row } of shop.refunds)
    if (orders.has(String(orderId))) target.seedRefund(orderId, { ...row, id: moved(id) });
  return {
    products,
    variants,
    orders,
    customers: new Map([...customers].map(([from, to]) => [String(from), String(to)])),
  };
}

function toOrder(order: Order, customers: ReadonlyMap<number, number>, moved: (id: number) => number): Partial<Order> {
  return {
    ...order,
    created_via: 'migration',
    customer_id: customers.get(order.customer_id) ?? 0,
    line_items: order.line_items.map((line) => ({
      ...line,
      product_id: moved(line.product_id),
      variation_id: moved(line.variation_id),
    })),
  };
}
