import type { Address } from '#libs/model/address.ts';
import { parseMoney } from '#libs/model/money.ts';
import type { Money } from '#libs/model/money.ts';
import type { Product, StockStatus, Variant } from '#libs/model/product.ts';
import type { StoredCustomer, StoredProduct, StoredVariant } from '#libs/model/stored.ts';
import { decodeEntities } from './html-entities.ts';
import { CUSTOMER_SOURCE_META, SOURCE_META, sourceIdOfSlug, VARIANT_META } from './woocommerce-marks.ts';
import type { AddressWire, CustomerWire, MetaWire, ProductWire, VariationWire } from './woocommerce-wire.ts';

/** What a shop says about itself once, and its entities leave out. */
export type ShopUnits = {
  readonly currency: string;
  /** `kg`, `g`, `lbs`, `oz`; null where the key may not read it. */
  readonly weightUnit: string | null;
};

/** What a later write of a variant needs: which endpoint it lies behind, and who counts. */
export type VariantNative = {
  readonly parentId: string | null;
  readonly countedBy: 'itself' | 'parent' | 'nobody';
};

/** The plugin that keeps titles and descriptions for search engines. */
export type SeoPlugin = 'yoast' | 'rankMath';

/** What a later write of a product needs. */
export type ProductNative = { readonly type: string; readonly slug: string; readonly seo: SeoPlugin };

/** What Lockstep remembers of the images that it brought: which of the shop's shows what of the source's. */
export const IMAGES_META = '_lockstep_images';

const CARRIED_TYPES = new Set(['simple', 'variable']);
// `variable-subscription` and the like have variations too.
const WITH_VARIATIONS = /^variable/;

export function hasVariations(wire: Pick<ProductWire, 'type'>): boolean {
  return WITH_VARIATIONS.test(wire.type);
}

/**
 * A product with its variants. One without variations is its own only variant, under its own id.
 * `variations` are those that were read; `partial` says that others exist.
 */
export function toStoredProduct(
  wire: ProductWire,
  variations: readonly VariationWire[],
  units: ShopUnits,
  partial = false,
): StoredProduct {
  const { sourceId, ...own } = stamps(wire, SOURCE_META);
  const native: ProductNative = { type: wire.type, slug: wire.slug, seo: seoPlugin(wire.meta_data) };
  return {
    root: 'product',
    ...own,
    // Its meta is written last: what was left half made is known by the slug that it has until it is whole.
    sourceId: sourceId ?? sourceIdOfSlug(wire.slug),
    product: toProduct(wire),
    variants: toVariants(wire, variations, units),
    partial,
    native,
    ...(CARRIED_TYPES.has(wire.type) ? {} : { unsupported: wire.type }),
  };
}

function toVariants(wire: ProductWire, variations: readonly VariationWire[], units: ShopUnits): StoredVariant[] {
  if (hasVariations(wire)) return variations.map((variation) => toStoredVariation(variation, wire, units));
  // A grouped product is only a list of others: nothing of it is sold.
  return wire.type === 'grouped' ? [] : [toOwnVariant(wire, units)];
}

function toOwnVariant(wire: ProductWire, units: ShopUnits): StoredVariant {
  const counted = isOn(wire.manage_stock);
  const native: VariantNative = { parentId: null, countedBy: counted ? 'itself' : 'nobody' };
  return {
    ...stamps(wire, VARIANT_META),
    native,
    variant: {
      ...toSellable(wire, units),
      title: decodeEntities(wire.name),
      options: [],
      quantity: counted ? toUnits(wire.stock_quantity) : null,
      tracked: counted,
    },
  };
}

function toStoredVariation(wire: VariationWire, parent: ProductWire, units: ShopUnits): StoredVariant {
  const byParent = wire.manage_stock === 'parent';
  const counted = byParent || isOn(wire.manage_stock);
  const options = wire.attributes
    .filter(({ option }) => option !== '')
    .map(({ name, option }) => ({ name: decodeEntities(name), value: decodeEntities(option) }));
  // Stock managed on the parent moves only the parent (its variations stay as they were), so its number counts.
  const number = byParent ? (parent.stock_quantity ?? wire.stock_quantity) : wire.stock_quantity;
  const native: VariantNative = {
    parentId: parent.id,
    countedBy: byParent ? 'parent' : counted ? 'itself' : 'nobody',
  };
  return {
    ...stamps(wire, SOURCE_META),
    native,
    variant: {
      ...toSellable(wire, units),
      // One without a SKU of its own shows its parent's; none can have the same, since SKUs are unique.
      sku: wire.sku === parent.sku ? null : orNull(wire.sku),
      title: options.length > 0 ? options.map(({ value }) => value).join(' / ') : decodeEntities(wire.name),
      options,
      quantity: counted ? toUnits(number) : null,
      tracked: counted,
    },
  };
}

function toSellable(
  wire: VariationWire | ProductWire,
  units: ShopUnits,
): Omit<Variant, 'title' | 'options' | 'quantity' | 'tracked'> {
  return {
    sku: orNull(wire.sku),
    ...toStock(wire.stock_status),
    backorders: wire.backorders === 'yes' || wire.backorders === 'notify',
    ...toPrices(wire, units.currency),
    barcode: orNull(wire.global_unique_id),
    weight: toGrams(wire.weight, units.weightUnit),
    ...(wire.virtual ? { requiresShipping: false } : {}),
  };
}

/**
 * `price` is what the checkout charges. It follows a sale's dates only when a cron job has run, so a sale that has begun by the
 * calendar may still be charged at the regular price; then nothing is struck either.
 */
function toPrices(
  wire: Pick<ProductWire, 'price' | 'regular_price' | 'sale_price' | 'on_sale'>,
  currency: string,
): { readonly price: Money | null; readonly compareAtPrice: Money | null } {
  const regular = parseMoney(wire.regular_price, currency);
  const sale = parseMoney(wire.sale_price, currency);
  // Where it says something that is no amount, none of the others is put in its place.
  const price = wire.price.trim() === '' ? ((wire.on_sale ? sale : null) ?? regular) : parseMoney(wire.price, currency);
  const struck = wire.on_sale && price !== null && regular !== null && regular.amountMinor > price.amountMinor;
  return { price, compareAtPrice: struck ? regular : null };
}

const STOCK_STATUS: Readonly<Record<string, StockStatus>> = {
  instock: 'inStock',
  outofstock: 'outOfStock',
  onbackorder: 'onBackorder',
};

/** A plugin's own word is handed on: what it means is for the config to say. */
function toStock(word: string): Pick<Variant, 'stockStatus' | 'stockWord'> {
  const known = Object.hasOwn(STOCK_STATUS, word) ? STOCK_STATUS[word] : undefined;
  return known === undefined ? { stockStatus: 'outOfStock', stockWord: word } : { stockStatus: known };
}

/** Plugins for fractions give 2.5; whole units are what can be sold for certain. */
function toUnits(quantity: number | null): number {
  return quantity === null ? 0 : Math.floor(quantity);
}

function isOn(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'yes' || value === 'true';
}

const GRAMS: Readonly<Record<string, number>> = { g: 1, kg: 1000, oz: 28.349523125, lbs: 453.59237 };

function toGrams(weight: string, unit: string | null): Variant['weight'] {
  const factor = unit !== null && Object.hasOwn(GRAMS, unit) ? GRAMS[unit] : undefined;
  const amount = /^\s*\d{0,9}(\.\d*)?\s*$/.test(weight) && weight.trim() !== '' ? Number(weight) : Number.NaN;
  if (factor === undefined || !Number.isFinite(amount) || amount < 0) return null;
  return { grams: Math.round(amount * factor * 1000) / 1000 };
}

/** The category that a shop puts a product into which has none. */
const NO_CATEGORY = 'uncategorized';

function toProduct(wire: ProductWire): Product {
  return {
    title: decodeEntities(wire.name),
    description: wire.description,
    handle: decodeSlug(wire.slug),
    // Private and scheduled ones are seen by staff alone.
    status: wire.status === 'publish' ? 'active' : 'draft',
    categories: wire.categories.filter(({ slug }) => slug !== NO_CATEGORY).map(({ name }) => decodeEntities(name)),
    brand: orNull(decodeEntities(wire.brands[0]?.name ?? '')),
    tags: wire.tags.map(({ name }) => decodeEntities(name)),
    seo: {
      title: readText(wire.meta_data, '_yoast_wpseo_title', 'rank_math_title'),
      description: readText(wire.meta_data, '_yoast_wpseo_metadesc', 'rank_math_description'),
    },
    images: toImages(wire),
  };
}

function seoPlugin(meta: readonly MetaWire[]): SeoPlugin {
  return meta.some(({ key }) => key?.startsWith('rank_math_') === true) ? 'rankMath' : 'yoast';
}

function toImages(wire: Pick<ProductWire, 'images' | 'meta_data'>): Product['images'] {
  const brought = readBrought(wire.meta_data);
  return wire.images
    .filter(({ src }) => src !== '')
    .map(({ id, src, alt }) => {
      const hash = brought.get(id);
      return { url: src, alt: orNull(alt), ...(hash === undefined ? {} : { hash }) };
    });
}

/** Hashes of the images that Lockstep brought, by the shop's own id of each. */
export function readBrought(meta: readonly MetaWire[]): ReadonlyMap<string, string> {
  const value = meta.find(({ key }) => key === IMAGES_META)?.value;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(entries.flatMap(([id, hash]): [string, string][] => (typeof hash === 'string' ? [[id, hash]] : [])));
}

/** WordPress keeps slugs percent-encoded: `garten-%f0%9f%8c%bf`. */
function decodeSlug(slug: string): string {
  try {
    return decodeURIComponent(slug);
  } catch {
    return slug;
  }
}

export function toStoredCustomer(wire: CustomerWire): StoredCustomer {
  const billing = toAddress(wire.billing);
  const shipping = toAddress(wire.shipping);
  return {
    root: 'customer',
    // Meta that begins with `_` is dropped and hidden for customers.
    ...stamps(wire, CUSTOMER_SOURCE_META),
    native: { role: wire.role },
    customer: {
      email: orNull(wire.email),
      name: { first: decodeEntities(wire.first_name), last: decodeEntities(wire.last_name) },
      phone: orNull(wire.billing?.phone ?? ''),
      addresses: [billing, shipping].filter((address) => address !== null),
      marketingConsent: null,
    },
  };
}

/** Null where nothing but a country default was filled in. */
export function toAddress(wire: AddressWire | null): Address | null {
  if (wire === null) return null;
  const address: Address = {
    firstName: decodeEntities(wire.first_name),
    lastName: decodeEntities(wire.last_name),
    company: decodeEntities(wire.company),
    address1: decodeEntities(wire.address_1),
    address2: decodeEntities(wire.address_2),
    city: decodeEntities(wire.city),
    region: wire.state,
    postcode: wire.postcode,
    country: wire.country,
    phone: wire.phone,
  };
  const { firstName, lastName, company, address1, address2, city, postcode, phone } = address;
  const filled = [firstName, lastName, company, address1, address2, city, postcode, phone].some((part) => part !== '');
  return filled ? address : null;
}

type Dated = {
  readonly id: string;
  readonly date_created_gmt?: string | null | undefined;
  readonly date_modified_gmt?: string | null | undefined;
  readonly meta_data: readonly MetaWire[];
};

export function stamps(
  wire: Dated,
  metaKey: string,
): { id: string; sourceId: string | null; createdAt: string | null; changedAt: string | null } {
  return {
    id: wire.id,
    sourceId: readText(wire.meta_data, metaKey),
    createdAt: toUtc(wire.date_created_gmt),
    changedAt: toUtc(wire.date_modified_gmt),
  };
}

/** The first of these meta keys that holds text. */
export function readText(meta: readonly MetaWire[], ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = meta.find((entry) => entry.key === key)?.value;
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return null;
}

/** `2026-11-23T02:27:46`, which the `_gmt` fields give without a zone, as ISO 8601 UTC; null for what is no time. */
export function toUtc(gmt: string | null | undefined): string | null {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/.exec(gmt ?? '');
  // An unset date comes as year 0.
  if (match === null || (match[1] ?? '').startsWith('0000')) return null;
  const said = `${match[1]}T${match[2]}`;
  const at = Date.parse(`${said}${match[3] ?? 'Z'}`);
  if (Number.isNaN(at)) return null;
  const utc = `${new Date(at).toISOString().slice(0, 19)}Z`;
  // The 31st of February is read as another day.
  return (match[3] ?? 'Z') === 'Z' && utc !== `${said}Z` ? null : utc;
}

export function orNull(value: string): string | null {
  return value === '' ? null : value;
}
