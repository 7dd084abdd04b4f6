import { z } from 'zod';

import type { Address } from '#libs/model/address.ts';
import type { Customer } from '#libs/model/customer.ts';
import { parseMoney } from '#libs/model/money.ts';
import type { Product, StockStatus, Variant } from '#libs/model/product.ts';
import type { StoredCustomer, StoredProduct, StoredVariant } from '#libs/model/stored.ts';
import { fromGid, latest, toUtc } from './shopify-ids.ts';
import { parseJson } from './shopify-token.ts';
import type { AddressWire, CustomerWire, LevelWire, ProductWire, VariantWire } from './shopify-wire.ts';

/**
 * What a later write of a variant needs: where its stock is counted, and which numbers a compare-and-swap must expect. `others` are the
 * numbers at the other locations that count, in their order; null where the item is not stocked.
 */
export type VariantNative = {
  readonly inventoryItemId: string;
  readonly available: number;
  readonly others: readonly (number | null)[];
};

export type StockParts = { readonly tracked: boolean; readonly quantity: number | null; readonly backorders: boolean };

/** Shopify has no stock status: it follows from tracking, the number and the policy. */
export function readStockStatus({ tracked, quantity, backorders }: StockParts): StockStatus {
  if (!tracked || (quantity ?? 0) > 0) return 'inStock';
  return backorders ? 'onBackorder' : 'outOfStock';
}

export function toStoredVariant(wire: VariantWire, currency: string): StoredVariant {
  const { inventoryItem } = wire;
  const [first = null, ...others] = inventoryItem.levels;
  const native: VariantNative = {
    inventoryItemId: inventoryItem.id,
    available: numberAt(first),
    others: others.map((level) => (level === null || level.isActive === false ? null : numberAt(level))),
  };
  const elsewhere = native.others.reduce<number>((sum, available) => sum + (available ?? 0), 0);
  return {
    id: fromGid(wire.id),
    sourceId: wire.sourceId?.value ?? null,
    createdAt: null,
    // Stock has clocks of its own, which move neither the variant's nor the product's.
    changedAt: latest([
      wire.updatedAt,
      inventoryItem.updatedAt,
      ...inventoryItem.levels.map((level) => level?.updatedAt),
    ]),
    native,
    variant: toVariant(wire, sellable(first) + elsewhere, currency),
  };
}

function numberAt(level: LevelWire): number {
  return level?.quantities.find(({ name }) => name === 'available')?.quantity ?? 0;
}

/** Nothing is sold from where the item is not stocked any more, whatever number was left there. */
function sellable(level: LevelWire): number {
  return level?.isActive === false ? 0 : numberAt(level);
}

function toVariant(wire: VariantWire, available: number, currency: string): Variant {
  const tracked = wire.inventoryItem.tracked;
  const quantity = tracked ? available : null;
  const backorders = wire.inventoryPolicy === 'CONTINUE';
  const options = wire.selectedOptions ?? [];
  const standalone = options.length === 1 && options[0]?.name === 'Title' && options[0].value === 'Default Title';
  return {
    sku: orNull(wire.sku),
    title: wire.title ?? '',
    options: standalone ? [] : options,
    quantity,
    stockStatus: readStockStatus({ tracked, quantity, backorders }),
    tracked,
    backorders,
    price: parseMoney(wire.price, currency),
    compareAtPrice: parseMoney(wire.compareAtPrice, currency),
    barcode: orNull(wire.barcode),
    weight: toGrams(wire.inventoryItem.measurement?.weight),
    ...(wire.inventoryItem.requiresShipping === false ? { requiresShipping: false } : {}),
  };
}

const GRAMS: Readonly<Record<string, number>> = { GRAMS: 1, KILOGRAMS: 1000, OUNCES: 28.349523125, POUNDS: 453.59237 };

/** Zero is what Shopify keeps where nobody gave a weight. */
export function toGrams(
  weight: { readonly unit: string; readonly value: number } | null | undefined,
): Variant['weight'] {
  const factor = GRAMS[weight?.unit ?? ''];
  if (weight === null || weight === undefined || factor === undefined || weight.value <= 0) return null;
  return { grams: Math.round(weight.value * factor * 1000) / 1000 };
}

export function toStoredProduct(
  wire: ProductWire,
  variants: readonly StoredVariant[],
  partial: boolean,
): StoredProduct {
  return {
    root: 'product',
    id: fromGid(wire.id),
    sourceId: wire.sourceId?.value ?? null,
    createdAt: toUtc(wire.createdAt),
    changedAt: latest([wire.updatedAt, ...variants.map(({ changedAt }) => changedAt)]),
    product: toProduct(wire),
    native: toProductNative(wire),
    variants,
    partial,
  };
}

/** What a later write of a product needs: the collections it is in, and its media with what ours are called at the source. */
export type ProductNative = {
  readonly collections: readonly { readonly id: string; readonly title: string }[];
  readonly media: readonly MediaNative[];
};
export type MediaNative = {
  readonly id: string;
  readonly isImage: boolean;
  /** Empty while the shop is still working on it. */
  readonly url: string;
  readonly alt: string | null;
  /** Of the source's picture that it was made of; absent where nobody wrote that down. */
  readonly hash?: string;
};

const imageMarksSchema = z.record(z.string(), z.string());

function toProductNative({ collections, media, imageMarks }: ProductWire): ProductNative {
  const marks = imageMarksSchema.safeParse(parseJson(imageMarks?.value ?? '{}')).data ?? {};
  return {
    collections: collections?.nodes ?? [],
    media: (media?.nodes ?? []).map(({ id, mediaContentType, alt, preview }): MediaNative => {
      const hash = marks[id];
      return {
        id,
        isImage: (mediaContentType ?? 'IMAGE') === 'IMAGE',
        url: preview?.image?.url ?? '',
        alt: orNull(alt),
        ...(hash === undefined ? {} : { hash }),
      };
    }),
  };
}

export function toProduct(wire: ProductWire): Product {
  return {
    title: wire.title,
    description: wire.descriptionHtml ?? '',
    handle: wire.handle,
    status: toProductStatus(wire.status),
    categories: (wire.collections?.nodes ?? []).map(({ title }) => title).toSorted(),
    brand: orNull(wire.vendor),
    tags: (wire.tags ?? []).toSorted(),
    seo: { title: orNull(wire.seo?.title), description: orNull(wire.seo?.description) },
    images: toProductNative(wire).media.flatMap(({ isImage, url, alt, hash }) =>
      isImage ? [{ url, alt, ...(hash === undefined ? {} : { hash }) }] : [],
    ),
  };
}

/** UNLISTED products are bought by whoever has the link: to the old store that is active. */
export function toProductStatus(status: string): Product['status'] {
  if (status === 'DRAFT') return 'draft';
  return status === 'ARCHIVED' ? 'archived' : 'active';
}

export function toStoredCustomer(wire: CustomerWire): StoredCustomer {
  return {
    root: 'customer',
    id: fromGid(wire.id),
    sourceId: wire.sourceId?.value ?? null,
    createdAt: toUtc(wire.createdAt),
    changedAt: toUtc(wire.updatedAt),
    customer: toCustomer(wire),
  };
}

function toCustomer(wire: CustomerWire): Customer {
  return {
    email: orNull(wire.defaultEmailAddress?.emailAddress),
    name: { first: wire.firstName ?? '', last: wire.lastName ?? '' },
    phone: orNull(wire.defaultPhoneNumber?.phoneNumber),
    addresses: defaultFirst(wire).flatMap((address) => toAddress(address) ?? []),
    marketingConsent:
      wire.defaultEmailAddress === null || wire.defaultEmailAddress === undefined
        ? null
        : wire.defaultEmailAddress.marketingState === 'SUBSCRIBED',
    smsConsent:
      wire.defaultPhoneNumber?.smsMarketingConsent === null ||
      wire.defaultPhoneNumber?.smsMarketingConsent === undefined
        ? null
        : wire.defaultPhoneNumber.smsMarketingConsent.state === 'SUBSCRIBED',
  };
}

/** What an order is billed to comes first, as far as an account says. */
function defaultFirst({ addressesV2, defaultAddress }: CustomerWire): readonly AddressWire[] {
  const all = addressesV2?.nodes ?? [];
  const isDefault = (address: AddressWire): boolean =>
    fromGid(address?.id ?? '') !== '' && fromGid(address?.id ?? '') === fromGid(defaultAddress?.id ?? '');
  return [...all.filter(isDefault), ...all.filter((address) => !isDefault(address))];
}

export function toAddress(wire: AddressWire): Address | null {
  if (wire === null || wire === undefined) return null;
  return {
    firstName: wire.firstName ?? '',
    lastName: wire.lastName ?? '',
    company: wire.company ?? '',
    address1: wire.address1 ?? '',
    address2: wire.address2 ?? '',
    city: wire.city ?? '',
    region: wire.provinceCode ?? '',
    postcode: wire.zip ?? '',
    country: wire.countryCodeV2 ?? '',
    phone: wire.phone ?? '',
  };
}

export function orNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === '' ? null : text;
}
