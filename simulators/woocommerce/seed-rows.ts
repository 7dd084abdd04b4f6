import { blankOrder } from './orders.ts';
import { blankProduct } from './products.ts';
import { stockStatusFor } from './products-read.ts';
import type { Sequence, Shop } from './shop.ts';
import { insertRow } from './shop.ts';
import type { Customer, Order, Product, ProductType, Refund } from './types.ts';
import { BLANK_ADDRESS, mergedAddress } from './order-fields.ts';
import { customerAddress } from './customers.ts';
import { slugOf } from './values.ts';

/** A row as a migration tool leaves it; what is not said is as in a fresh row. An id that is said is kept, as such tools can. */
export type SeedRow<R> = Partial<R>;

/**
 * What a migration tool left behind: rows written past everything that a shop does by itself, so that nobody is told, mailed or
 * charged, and no stock moves. Each answers the row's id.
 */
export type Seeds = {
  readonly seedProduct: (row: SeedRow<Product> & { readonly type: Exclude<ProductType, 'variation'> }) => number;
  readonly seedVariation: (parentId: number, row: SeedRow<Product>) => number;
  readonly seedOrder: (row: SeedRow<Order>) => number;
  readonly seedRefund: (orderId: number, row: SeedRow<Refund>) => number;
  readonly seedCustomer: (row: SeedRow<Customer>) => number;
};

const BY = { actor: 'migration' } as const;

export function createSeeds(shop: Shop): Seeds {
  const idFor = (sequence: Sequence, asked: number | undefined): number => {
    if (asked === undefined) return shop.nextId(sequence);
    shop.reserveId(sequence, asked);
    return asked;
  };
  const insertProduct = (blank: Product, row: SeedRow<Product>): number => {
    const product = { ...blank, ...row, id: blank.id };
    const { manage_stock, stock_quantity, backorders } = product;
    const derived = manage_stock ? stockStatusFor(stock_quantity ?? 0, backorders, shop.settings.noStock) : undefined;
    insertRow(shop, 'product', { ...product, ...(derived === undefined ? {} : { stock_status: derived }) }, BY);
    return blank.id;
  };
  return {
    seedProduct: ({ type, ...row }) => {
      const blank = blankProduct(shop, idFor('post', row.id), type);
      return insertProduct(blank, { slug: slugOf(row.name ?? `product ${String(blank.id)}`), ...row });
    },
    seedVariation: (parentId, row) =>
      insertProduct(blankProduct(shop, idFor('post', row.id), 'variation', parentId), row),
    seedOrder(row) {
      const id = idFor('post', row.id);
      // The past has its stock behind it.
      const past = { created_via: 'migration', stock_reduced: true, new_order_email_sent: true };
      insertRow(shop, 'order', { ...blankOrder(shop, id), ...past, ...row, id }, BY);
      return id;
    },
    seedRefund(orderId, row) {
      const id = idFor('post', row.id);
      const order = shop.tables.order.get(orderId);
      const blank: Refund = {
        id,
        parent_id: orderId,
        date_created_gmt: order?.date_modified_gmt ?? blankOrder(shop, id).date_created_gmt,
        amount: '0.00',
        reason: '',
        refunded_payment: false,
        meta_data: [],
        line_items: [],
      };
      insertRow(shop, 'refund', { ...blank, ...row, id, parent_id: orderId }, BY);
      return id;
    },
    seedCustomer(row) {
      const id = idFor('user', row.id);
      const { date_created_gmt } = blankOrder(shop, id);
      const blank: Customer = {
        id,
        date_created_gmt,
        date_modified_gmt: date_created_gmt,
        email: '',
        first_name: '',
        last_name: '',
        role: 'customer',
        username: (row.email ?? `customer-${String(id)}`).split('@')[0] ?? '',
        billing: customerAddress(mergedAddress(BLANK_ADDRESS, {}, true)),
        shipping: customerAddress(BLANK_ADDRESS),
        is_paying_customer: true,
        meta_data: [],
      };
      insertRow(shop, 'customer', { ...blank, ...row, id }, BY);
      return id;
    },
  };
}
