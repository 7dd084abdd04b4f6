import { formatMoney, type Money } from '#libs/model/money.ts';
import type { OrderStatus, Parcel } from '#libs/model/order.ts';

const WORDS: Readonly<Record<string, string>> = {
  'variant.quantity': 'Stock',
  'variant.stockStatus': 'Availability',
  'variant.tracked': 'Stock keeping',
  'variant.backorders': 'Backorders',
  'variant.price': 'Price',
  'variant.compareAtPrice': 'Struck price',
  'variant.barcode': 'Barcode',
  'variant.weight': 'Weight',
  'product.seo': 'Search engine texts',
  'product.handle': 'Web address',
  'order.note': 'Buyer’s remark',
  'customer.email': 'E-mail address',
  'customer.phone': 'Phone number',
  'customer.marketingConsent': 'Marketing consent',
};
const STOCK: Readonly<Record<string, string>> = {
  inStock: 'in stock',
  outOfStock: 'out of stock',
  onBackorder: 'on backorder',
};

/** The field as a shop owner calls it. */
export function fieldWord(field: string): string {
  const short = field.slice(field.indexOf('.') + 1);
  return WORDS[field] ?? short.charAt(0).toUpperCase() + short.slice(1);
}

/** A value in words. Plain data only: escaping belongs to whoever prints it. */
export function showValue(field: string, value: unknown): string {
  if (value === null || value === undefined) return field === 'variant.quantity' ? 'not counted' : 'nothing';
  if (field === 'order.status') return showStatus(value as OrderStatus);
  if (field === 'order.tracking') return list((value as readonly Parcel[]).map(({ number }) => number));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string' && field === 'variant.stockStatus') return STOCK[value] ?? value;
  if (typeof value === 'string') return value === '' ? 'empty' : shorten(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return list(value.map((one) => showPart(one)));
  if (isMoney(value)) return `${formatMoney(value)} ${value.currency}`;
  return showPart(value);
}

function showStatus({ word, state }: OrderStatus): string {
  if (state === null) return word;
  return [
    state.cancelled ? 'cancelled' : state.payment,
    ...(state.refunded === undefined ? [] : [`${formatMoney(state.refunded)} ${state.refunded.currency} refunded`]),
    ...(state.fulfilment === 'open' ? [] : [state.fulfilment]),
    ...(state.onHold ? ['on hold'] : []),
  ].join(', ');
}

function showPart(value: unknown): string {
  if (typeof value === 'string') return shorten(value);
  if (value !== null && typeof value === 'object' && 'url' in value) return shorten(String(value.url));
  return shorten(JSON.stringify(value) ?? 'nothing');
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'amountMinor' in value && 'currency' in value;
}

function list(parts: readonly string[]): string {
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
