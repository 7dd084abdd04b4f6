import type { ShopifySimulator } from '../shopify/shopify-simulator.ts';
import type { OrderState, ShopState as ShopifyState, VariantState } from '../shopify/state.ts';
import type { Order, Product, WooCommerceSimulator } from '../woocommerce/index.ts';
import { isWooCommerceShop, type AnyShop } from './migrate.ts';

/** What people of the new shop do between the migration and the first day of the sync: texts of `count` products. */
export function editTexts(target: AnyShop, count: number, random: () => number): readonly string[] {
  return isWooCommerceShop(target)
    ? editWooCommerceTexts(target, count, random)
    : editShopifyTexts(target, count, random);
}

function editShopifyTexts(
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

function editWooCommerceTexts(
  target: Pick<WooCommerceSimulator, 'state' | 'people'>,
  count: number,
  random: () => number,
): readonly string[] {
  const chosen = draw(target.state().products, count, random);
  chosen.forEach(({ id, name }, index) => {
    if (index % 3 === 0) target.people.editTexts(id, { name: `${name} – new` });
    else if (index % 3 === 1)
      target.people.editTexts(id, { description: `<p>Rewritten for the new shop: ${name}.</p>` });
    else target.people.editTexts(id, { short_description: `Everything about ${name}` });
  });
  return chosen.map(({ id }) => String(id));
}

/** How far the old shop moves on before anybody listens. */
export type FallenBehind = {
  readonly quantities: number;
  readonly prices: number;
  readonly completed: number;
  readonly tracking: number;
};

/** The old shop goes on selling after the migration: its clocks move, and nobody is told. */
export function fallBehind(source: AnyShop, counts: FallenBehind, random: () => number): void {
  if (isWooCommerceShop(source)) wooCommerceFallsBehind(source, counts, random);
  else shopifyFallsBehind(source, counts, random);
}

function wooCommerceFallsBehind(
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
    source.people.addTracking(id, 'dhl', parcelNumber(random));
}

function shopifyFallsBehind(source: ShopifySimulator, counts: FallenBehind, random: () => number): void {
  const sold = draw(countedVariants(source.state()), counts.quantities + counts.prices, random);
  sold.slice(0, counts.quantities).forEach(({ id, inventoryQuantity }) => {
    source.setAvailable(id, Math.max(1, inventoryQuantity - 1 - Math.floor(random() * 3)));
  });
  sold.slice(counts.quantities).forEach(({ id, price }) => source.setPrice(id, (Number(price) + 1).toFixed(2)));
  const { orders } = source.state();
  for (const { id } of draw(orders.filter(isToBeShipped), counts.completed, random)) source.shipOrder(id);
  for (const { fulfillments } of draw(orders.filter(isWithoutNumber), counts.tracking, random))
    source.setTracking(fulfillments[0]?.id ?? '', [{ company: 'DHL', number: parcelNumber(random) }]);
}

export function parcelNumber(random: () => number): string {
  return `0034043416${String(Math.floor(random() * 1e10)).padStart(10, '0')}`;
}

/** Sold as it is, counted by itself, and with room to sell some. */
export function isPlainlyCounted(product: Product): boolean {
  const { type, status, manage_stock, stock_quantity, sale_price } = product;
  return type === 'simple' && status === 'publish' && manage_stock && (stock_quantity ?? 0) > 6 && sale_price === '';
}

/** The same of Shopify. */
export function countedVariants({ products }: Pick<ShopifyState, 'products'>): readonly VariantState[] {
  return products
    .filter(({ status }) => status === 'ACTIVE')
    .flatMap(({ variants }) => variants)
    .filter(({ item, inventoryQuantity, compareAtPrice }) => item.tracked && inventoryQuantity > 6 && !compareAtPrice);
}

export function hasTracking({ meta_data }: Order): boolean {
  return meta_data.some(({ key }) => key === '_wc_shipment_tracking_items');
}

/** Paid, and nothing of it has left. */
export function isToBeShipped(order: OrderState): boolean {
  const { displayFinancialStatus, displayFulfillmentStatus, cancelledAt } = order;
  return displayFinancialStatus === 'PAID' && displayFulfillmentStatus === 'UNFULFILLED' && cancelledAt === null;
}

/** Shipped whole, in a parcel of which nobody knows the number. */
export function isWithoutNumber({ displayFulfillmentStatus, fulfillments, cancelledAt }: OrderState): boolean {
  const isNumbered = fulfillments.some(({ trackingInfo }) => trackingInfo.some(({ number }) => number !== null));
  return displayFulfillmentStatus === 'FULFILLED' && fulfillments.length === 1 && !isNumbered && cancelledAt === null;
}

/** `count` different ones. */
export function draw<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  const left = [...from];
  const drawn: T[] = [];
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}
