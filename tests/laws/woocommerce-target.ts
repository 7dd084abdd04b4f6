import type { ReadContext } from '#libs/connectors/store-connector.ts';
import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import type { Order } from '#libs/model/order.ts';
import type { StoredCustomer, StoredOrder, StoredProduct } from '#libs/model/stored.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import {
  anOrder,
  anOrderLine,
  aProduct,
  aStoredCustomer,
  aStoredVariant,
  aVariant,
  eur,
} from '#tests/builders/entities.ts';
import { openTarget, type Target } from '../contract/woocommerce-target-harness.ts';
import { openShopPair, type ShopPair } from './shops.ts';

export const LANDING_MS = 400;
export const READ: ReadContext = {
  signal: new AbortController().signal,
  priority: 'change',
  fields: new Set(FIELD_NAMES),
};

export type Shops = AsyncDisposable & { readonly target: Target; readonly pair: ShopPair };

/** An old shop in memory, a WooCommerce shop to write to, and the applier between them; whatever is made there is new. */
export async function openShops(
  options: Parameters<typeof openTarget>[0] = {},
  settings: Partial<PairSettings> = {},
): Promise<Shops> {
  const target = await openTarget(options);
  const timing = { ...DEFAULT_TIMING, landingMs: LANDING_MS, retriesMs: [50, 100, 200] as const, coalesceMs: 1 };
  const pair = await openShopPair({ target: target.connector, settings: { timing, openOrders: 'hold', ...settings } });
  return { target, pair, [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose]() };
}

const NEW = { sourceId: null, createdAt: '2026-11-20T08:00:00Z', changedAt: '2026-11-20T08:00:00Z' };

export function newShirt(id = '14', sku: string | null = 'SIM-014'): StoredProduct {
  const variants = [aStoredVariant({ ...NEW, id: `v${id}`, variant: aVariant({ sku, quantity: 7 }) })];
  return { ...NEW, root: 'product', id, product: aProduct({ handle: `shirt-${id}` }), variants, partial: false };
}

export function newCustomer(): StoredCustomer {
  return { ...aStoredCustomer(), ...NEW };
}

export function newOrder(change: Partial<Order> = {}): StoredOrder {
  const line = anOrderLine({ productId: '14', variantId: 'v14' });
  const order = anOrder({ placedAt: NEW.createdAt, lines: [line], total: eur(4990), ...change });
  return { ...NEW, root: 'order', id: '1047', order, heldByUs: false };
}

/** What Lockstep's own calls would have caused: mails, money, stock that moved by itself. */
export function effects({ target }: Shops) {
  return target.shop.ledger.effects.filter(({ actor }) => actor === 'api');
}
