import { stockMails } from './mails.ts';
import { plainFullTitle, stockHolder } from './products-read.ts';
import { setStock } from './products.ts';
import type { Cause, Shop } from './shop.ts';
import { updateRow } from './shop.ts';
import type { LineItem, Order, Product } from './types.ts';
import { integerOf } from './values.ts';

/** Stock that moves because an order does. */

export type StockMove = { readonly lines: readonly LineItem[]; readonly notes: readonly string[] };

export function productOfLine(shop: Shop, line: LineItem): Product | undefined {
  return shop.tables.product.get(line.variation_id === 0 ? line.product_id : line.variation_id);
}

/** A line that already says `_reduced_stock` is left alone, as is one whose product keeps no number. */
export function reduceStock(shop: Shop, order: Order, cause: Cause): StockMove {
  const changes: string[] = [];
  const lines = order.line_items.map((line) => {
    const product = productOfLine(shop, line);
    if (product === undefined || reducedBy(line) !== undefined) return line;
    updateRow(shop, 'product', product.id, { total_sales: product.total_sales + line.quantity }, cause, true);
    const moved = move(
      shop,
      shop.tables.product.get(product.id) ?? product,
      -line.quantity,
      `order ${order.id} placed`,
      cause,
    );
    if (moved === undefined) return line;
    changes.push(`${nameOf(shop, product)} ${moved.from}&rarr;${moved.to}`);
    stockMails(shop, moved.holder.id, moved.to, moved.holder.low_stock_amount, cause);
    return withReduced(shop, line, line.quantity);
  });
  return { lines, notes: changes.length === 0 ? [] : [`Stock levels reduced: ${changes.join(', ')}`] };
}

export function restoreStock(shop: Shop, order: Order, cause: Cause): StockMove {
  const changes: string[] = [];
  const lines = order.line_items.map((line) => {
    const product = productOfLine(shop, line);
    const reduced = reducedBy(line);
    if (product === undefined || reduced === undefined) return line;
    const moved = move(shop, product, reduced, `order ${order.id} restored`, cause);
    if (moved !== undefined) changes.push(`${nameOf(shop, product)} ${moved.from}&rarr;${moved.to}`);
    return { ...line, meta_data: line.meta_data.filter(({ key }) => key !== '_reduced_stock') };
  });
  return { lines, notes: changes.length === 0 ? [] : [`Stock levels increased: ${changes.join(', ')}`] };
}

/** A line of an order whose stock was taken got another quantity. */
export function adjustLine(
  shop: Shop,
  order: Order,
  line: LineItem,
  cause: Cause,
): { readonly line: LineItem; readonly note?: string } {
  const product = productOfLine(shop, line);
  const reduced = reducedBy(line);
  if (product === undefined || reduced === undefined || reduced === line.quantity) return { line };
  const moved = move(shop, product, reduced - line.quantity, `order ${order.id} line changed`, cause);
  if (moved === undefined) return { line };
  const note = `Adjusted stock: ${plainFullTitle(shop, product)} (${moved.from}&rarr;${moved.to})`;
  return { line: withReduced(shop, line, line.quantity), note };
}

export function restockRefunded(
  shop: Shop,
  order: Order,
  line: LineItem,
  quantity: number,
  cause: Cause,
): { readonly line: LineItem; readonly note?: string } {
  const product = productOfLine(shop, line);
  if (product === undefined || quantity <= 0) return { line };
  const moved = move(shop, product, quantity, `order ${order.id} refunded`, cause);
  if (moved === undefined) return { line };
  const reduced = reducedBy(line);
  const counted = reduced === undefined ? line : withReduced(shop, line, Math.max(0, reduced - quantity));
  const restocked = { id: shop.nextId('meta'), key: '_restock_refunded_items', value: String(quantity) };
  const note = `Item #${product.id} stock increased from ${moved.from} to ${moved.to}.`;
  return { line: { ...counted, meta_data: [...counted.meta_data, restocked] }, note };
}

function reducedBy(line: LineItem): number | undefined {
  const meta = line.meta_data.find(({ key }) => key === '_reduced_stock');
  return meta === undefined ? undefined : integerOf(meta.value);
}

function withReduced(shop: Shop, line: LineItem, quantity: number): LineItem {
  const known = line.meta_data.find(({ key }) => key === '_reduced_stock');
  const others = line.meta_data.filter(({ key }) => key !== '_reduced_stock');
  const meta = { id: known?.id ?? shop.nextId('meta'), key: '_reduced_stock', value: String(quantity) };
  return { ...line, meta_data: [meta, ...others] };
}

type Moved = { readonly holder: Product; readonly from: number; readonly to: number };

function move(shop: Shop, product: Product, by: number, detail: string, cause: Cause): Moved | undefined {
  const holder = stockHolder(shop, product);
  if (!holder.manage_stock || by === 0) return undefined;
  const from = holder.stock_quantity ?? 0;
  setStock(shop, holder, from + by, cause);
  shop.ledger.effect({
    at: shop.now(),
    actor: cause.actor,
    kind: 'stock-movement',
    entity: holder.type === 'variation' ? 'variation' : 'product',
    id: String(holder.id),
    detail: `${detail}: ${from} to ${from + by}`,
    ...(cause.callId === undefined ? {} : { callId: cause.callId }),
  });
  return { holder, from, to: from + by };
}

function nameOf(shop: Shop, product: Product): string {
  return `${plainFullTitle(shop, product)} (${product.sku === '' ? `#${product.id}` : product.sku})`;
}
