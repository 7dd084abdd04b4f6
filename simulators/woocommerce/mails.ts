import type { Cause, Shop } from './shop.ts';

/** Mails that the shop would have sent; each kind is a settings group `email_<kind>` that can be switched off. */
export type MailKind =
  | 'new_order'
  | 'cancelled_order'
  | 'failed_order'
  | 'customer_failed_order'
  | 'customer_on_hold_order'
  | 'customer_processing_order'
  | 'customer_completed_order'
  | 'customer_refunded_order'
  | 'customer_cancelled_order'
  | 'customer_note'
  | 'customer_new_account';

export const MAIL_KINDS: readonly MailKind[] = [
  'new_order',
  'cancelled_order',
  'failed_order',
  'customer_failed_order',
  'customer_on_hold_order',
  'customer_processing_order',
  'customer_completed_order',
  'customer_refunded_order',
  'customer_cancelled_order',
  'customer_note',
  'customer_new_account',
];

export function mailEnabled(shop: Shop, kind: MailKind): boolean {
  const standard = kind === 'customer_cancelled_order' ? 'no' : 'yes';
  return (shop.options.get(`email_${kind}/enabled`) ?? standard) === 'yes';
}

/** Answers whether the mail went out. */
export function mail(shop: Shop, kind: MailKind, entity: string, id: number, cause: Cause): boolean {
  if (!mailEnabled(shop, kind)) return false;
  sent(shop, kind, entity, id, cause);
  return true;
}

/** WordPress' own mails: no WooCommerce setting stops them. */
export function wordpressMail(shop: Shop, detail: string, id: number, cause: Cause): void {
  sent(shop, detail, 'customer', id, cause);
}

/** Stock mails go to the admin, from orders only. */
export function stockMails(
  shop: Shop,
  productId: number,
  quantity: number,
  lowAmount: number | null,
  cause: Cause,
): void {
  if (shop.options.get('products/woocommerce_stock_email_recipient') === '') return;
  const on = (option: string): boolean => (shop.options.get(`products/${option}`) ?? 'yes') === 'yes';
  if (quantity < 0) sent(shop, 'backorder', 'product', productId, cause);
  if (quantity <= shop.settings.noStock) {
    if (on('woocommerce_notify_no_stock')) sent(shop, 'no_stock', 'product', productId, cause);
    return;
  }
  const low = quantity <= (lowAmount ?? shop.settings.lowStock);
  if (low && on('woocommerce_notify_low_stock')) sent(shop, 'low_stock', 'product', productId, cause);
}

function sent(shop: Shop, detail: string, entity: string, id: number, cause: Cause): void {
  const call = cause.callId === undefined ? {} : { callId: cause.callId };
  shop.ledger.effect({ at: shop.now(), actor: cause.actor, kind: 'mail', entity, id: String(id), detail, ...call });
}
