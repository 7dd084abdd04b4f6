import type { ShopifySimulator } from '../shopify/shopify-simulator.ts';
import type { Order, Product, WooCommerceSimulator } from '../woocommerce/index.ts';

/** What people of the new shop do between the migration and the first day of the sync: texts of `count` products. */
export function editTexts(
  target: Pick<ShopifySimulator, 'state' | 'editTexts'>,
  count: number,
  random: () => number,
): readonly string[] {
  const chosen = draw(target.state().products, count, random);
  chosen.forEach(({ id, title }, index) => {
    if (index % 3 === 0) target.editTexts(id, { title: `${title} – new` });
    else if (index % 3 === 1) target.editTexts(id, { descriptionHtml: `<p>Rewritten for the new shop: ${title}.</p>` });
    else target.editTexts(id, { seo: { title: `${title} | Källa & Sons`, description: `Everything about ${title}` } });
  });
  return chosen.map(({ id }) => id);
}

/** How far the old shop moves on before anybody listens. */
export type FallenBehind = {
  readonly quantities: number;
  readonly prices: number;
  readonly completed: number;
  readonly tracking: number;
};

/** The old shop goes on selling after the migration: its clocks move, and nobody is told. */
export function fallBehind(
  source: Pick<WooCommerceSimulator, 'state' | 'people'>,
  counts: FallenBehind,
  random: () => number,
): void {
  const { products, orders } = source.state();
  const counted = products.filter(isPlainlyCounted);
  const sold = draw(counted, counts.quantities + counts.prices, random);
  sold.slice(0, counts.quantities).forEach(({ id, stock_quantity }) => {
    source.people.setStock(id, Math.max(1, (stock_quantity ?? 0) - 1 - Math.floor(random() * 3)));
  });
  sold.slice(counts.quantities).forEach(({ id, regular_price }) => {
    source.people.setPrice(id, { regular: (Number(regular_price) + 1).toFixed(2), sale: '' });
  });
  const open = orders.filter(({ status }) => status === 'processing');
  for (const { id } of draw(open, counts.completed, random)) source.people.setOrderStatus(id, 'completed');
  const unnumbered = orders.filter((order) => order.status === 'completed' && !hasTracking(order));
  for (const { id } of draw(unnumbered, counts.tracking, random))
    source.people.addTracking(id, 'dhl', `0034043416${String(Math.floor(random() * 1e10)).padStart(10, '0')}`);
}

/** Sold as it is, counted by itself, and with room to sell some. */
export function isPlainlyCounted(product: Product): boolean {
  const { type, status, manage_stock, stock_quantity, sale_price } = product;
  return type === 'simple' && status === 'publish' && manage_stock && (stock_quantity ?? 0) > 6 && sale_price === '';
}

export function hasTracking({ meta_data }: Order): boolean {
  return meta_data.some(({ key }) => key === '_wc_shipment_tracking_items');
}

/** `count` different ones. */
export function draw<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  const left = [...from];
  const drawn: T[] = [];
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}
