import { saveProduct } from './products.ts';
import type { Shop } from './shop.ts';
import { gmtOf } from './time.ts';

/** The cron job that ends and begins sales: each product concerned is saved, which moves its clock and is news. */
export function createScheduledSales(shop: Shop): () => number {
  let last = gmtOf(shop.now());
  return () => {
    const now = gmtOf(shop.now());
    const passed = (moment: string | null): boolean => moment !== null && moment > last && moment <= now;
    const due = [...shop.tables.product.values()].filter(
      ({ date_on_sale_from_gmt: from, date_on_sale_to_gmt: to }) => passed(from) || passed(to),
    );
    for (const product of due) saveProduct(shop, product, {}, { actor: 'store' });
    last = now;
    return due.length;
  };
}
