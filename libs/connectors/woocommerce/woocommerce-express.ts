import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Address } from '#libs/model/address.ts';
import type { Parcel } from '#libs/model/order.ts';
import type { Product } from '#libs/model/product.ts';
import type { Expressed, ExpressInput } from '../store-connector.ts';
import { withhold, type ExpressDraft } from './woocommerce-express-draft.ts';
import { decodeEntities } from './html-entities.ts';
import { expressStatus } from './woocommerce-express-order.ts';
import { expressVariant } from './woocommerce-express-variant.ts';

/** Turns wanted values into what WooCommerce can hold. Pure, and idempotent: what it returned, once written, is wanted no differently. */
export function express(input: ExpressInput): Expressed {
  const draft: ExpressDraft = { wanted: { ...input.wanted }, withheld: {} };
  switch (input.entity) {
    case 'product':
      expressProduct(draft);
      break;
    case 'variant':
      expressVariant(input, draft);
      break;
    case 'order':
      expressOrder(input, draft);
      break;
    case 'customer':
      expressCustomer(input, draft);
      break;
  }
  return draft;
}

function withoutEntities(text: string): string {
  const decoded = decodeEntities(text);
  return decoded === text ? text : withoutEntities(decoded);
}

// ── products ─────────────────────────────────────────────────────────────────────────────────────────────────

// The database's column.
const TITLE_MAX = 10_000;
const SLUG_MAX = 200;

function expressProduct(draft: ExpressDraft): void {
  const { wanted } = draft;
  const title = wanted['title'];
  if (typeof title === 'string' && title.trim() === '')
    withhold(draft, 'title', 'WooCommerce would call a product without a title "Product"');
  else if (typeof title === 'string' && title.length > TITLE_MAX)
    withhold(draft, 'title', `longer than ${String(TITLE_MAX)} characters`);
  // It keeps `&` as an entity, so a title that has one in its text comes back without.
  else if (typeof title === 'string') wanted['title'] = withoutEntities(title);
  const description = wanted['description'];
  if (typeof description === 'string') wanted['description'] = toKeptHtml(description);
  const handle = wanted['handle'];
  if (handle === '') withhold(draft, 'handle', 'a product in WooCommerce always has an address of its own');
  else if (typeof handle === 'string' && encodeURIComponent(handle).length > SLUG_MAX)
    withhold(draft, 'handle', `longer than ${String(SLUG_MAX)} characters`);
  // It has no archive: what shoppers do not see is a draft.
  if (wanted['status'] === 'archived') wanted['status'] = 'draft';
  if (wanted['brand'] === '') wanted['brand'] = null;
  for (const field of ['categories', 'tags'] as const) {
    const names = wanted[field];
    if (Array.isArray(names)) wanted[field] = expressNames(names as readonly string[]);
  }
  const seo = wanted['seo'] as Product['seo'] | undefined;
  if (seo !== undefined) wanted['seo'] = { title: emptyToNull(seo.title), description: emptyToNull(seo.description) };
  const images = wanted['images'] as Product['images'] | undefined;
  if (images?.some(({ url }) => url === '') === true)
    withhold(draft, 'images', 'the old shop is still working on one of its images');
  else if (images?.some(({ url }) => !hasImageEnding(url)) === true)
    withhold(draft, 'images', 'WooCommerce takes images only from addresses that end like a file (.jpg, .png …)');
}

/**
 * HTML as WordPress keeps it: dangerous elements lose their tags and keep their text, scripts in attributes go, and what is no tag
 * is escaped.
 */
export function toKeptHtml(html: string): string {
  return html
    .replaceAll('\\', '')
    .replaceAll(/&(?!(?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#[xX][0-9a-fA-F]+);)/g, '&amp;')
    .replaceAll(/<(?![a-zA-Z/!])/g, '&lt;')
    .replaceAll(/<\/?(?:script|style|iframe|form|input|object|embed|link|meta)\b[^>]*>/gi, '')
    .replaceAll(/<[a-zA-Z][^>]*>/g, toKeptTag)
    .replaceAll(/<[^>]*>|>/g, (part) => (part === '>' ? '&gt;' : part));
}

function toKeptTag(tag: string): string {
  return tag
    .replaceAll(/\s+on[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .replaceAll(/(=\s*["']?)\s*javascript:/gi, '$1');
}

/** Terms are found by their name whatever its case. */
function expressNames(names: readonly string[]): readonly string[] {
  const kept = new Map<string, string>();
  for (const name of names.map((value) => value.trim().replaceAll(/\s+/g, ' ')))
    if (name !== '' && !kept.has(name.toLowerCase())) kept.set(name.toLowerCase(), name);
  return [...kept.values()];
}

export function hasImageEnding(url: string): boolean {
  const { protocol, pathname } = URL.parse(url) ?? { protocol: '', pathname: '' };
  return /^https?:$/.test(protocol) && /\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|ico|heic)$/i.test(pathname);
}

function emptyToNull(value: string | null): string | null {
  return value === '' ? null : value;
}

// ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────

function expressOrder(input: ExpressInput, draft: ExpressDraft): void {
  const { wanted } = draft;
  expressStatus(input, draft);
  if (wanted['note'] === '') wanted['note'] = null;
  if (Array.isArray(wanted['tracking']))
    wanted['tracking'] = (wanted['tracking'] as readonly Parcel[]).filter(({ number }) => number.trim() !== '');
}

// ── customers ────────────────────────────────────────────────────────────────────────────────────────────────

/** Billing and shipping are all that there is. */
const ADDRESSES_MAX = 2;

function expressCustomer({ present }: ExpressInput, draft: ExpressDraft): void {
  const { wanted } = draft;
  expressEmail(present, draft);
  for (const field of ['marketingConsent', 'smsConsent'] as const)
    // Null says that the old store does not know.
    if (wanted[field] === null) delete wanted[field];
    else if (field in wanted) withhold(draft, field, 'WooCommerce itself keeps no consent; it lies with plugins');
  const name = wanted['name'] as { readonly first: string; readonly last: string } | undefined;
  if (name !== undefined) wanted['name'] = { first: tidy(name.first), last: tidy(name.last) };
  if (typeof wanted['phone'] === 'string') wanted['phone'] = emptyToNull(tidy(wanted['phone']));
  if (Array.isArray(wanted['addresses']))
    wanted['addresses'] = expressAddresses(wanted['addresses'] as readonly Address[]);
  joinPhones(wanted);
}

/** WordPress tells the old address of a change, and no setting keeps it from doing so. */
function expressEmail(present: FieldValues | null, draft: ExpressDraft): void {
  const { wanted } = draft;
  if (!('email' in wanted)) return;
  if (wanted['email'] === null || wanted['email'] === '')
    return withhold(draft, 'email', 'a customer in WooCommerce always has an e-mail address');
  const there = present?.['email'];
  if (typeof there !== 'string' || typeof wanted['email'] !== 'string') return;
  // The case of an address is nobody's concern.
  if (there.toLowerCase() === wanted['email'].toLowerCase()) wanted['email'] = there;
  else withhold(draft, 'email', 'WordPress would mail the customer about the change: it is made by hand');
}

function expressAddresses(addresses: readonly Address[]): readonly Address[] {
  return addresses
    .map((address) => Object.fromEntries(Object.entries(address).map(([part, text]) => [part, tidy(text)])) as Address)
    .filter(({ region: _region, country: _country, ...parts }) => Object.values(parts).some((part) => part !== ''))
    .slice(0, ADDRESSES_MAX);
}

/** The customer's phone and that of the billing address are one field. */
function joinPhones(wanted: Record<string, unknown>): void {
  const [billing, ...others] = (wanted['addresses'] ?? []) as readonly Address[];
  if (billing === undefined || !('phone' in wanted)) return;
  const phone = (wanted['phone'] as string | null) ?? '';
  const joined = phone === '' ? billing.phone : phone;
  wanted['phone'] = emptyToNull(joined);
  wanted['addresses'] = [{ ...billing, phone: joined }, ...others];
}

/** As WordPress keeps a line of text. */
function tidy(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/[\r\n\t ]+/g, ' ')
    .trim();
}
