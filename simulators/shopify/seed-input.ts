import type { FinancialStatus, ProductRecord } from './records.ts';
import type { AddressInput } from './write/order-input.ts';

/** What a migration tool, or a shopper at the checkout, puts into the store; in Shopify's own words. */
export type SeedMetafield = {
  readonly namespace: string;
  readonly key: string;
  readonly type?: string;
  readonly value: string;
};
export type SeedVariant = {
  readonly sku?: string | null;
  readonly barcode?: string | null;
  readonly price: string;
  readonly compareAtPrice?: string | null;
  /** Available at the first location. */
  readonly quantity?: number;
  readonly tracked?: boolean;
  readonly policy?: 'CONTINUE' | 'DENY';
  readonly taxable?: boolean;
  readonly requiresShipping?: boolean;
  readonly weight?: { readonly unit: string; readonly value: number };
  /** Values in the order of the product's options. */
  readonly optionValues?: readonly string[];
  readonly metafields?: readonly SeedMetafield[];
};
export type SeedProduct = {
  readonly title: string;
  readonly handle?: string;
  readonly descriptionHtml?: string;
  readonly vendor?: string;
  readonly productType?: string;
  readonly tags?: readonly string[];
  readonly status?: ProductRecord['status'];
  readonly seo?: { readonly title?: string | null; readonly description?: string | null };
  readonly images?: readonly { readonly src: string; readonly alt?: string }[];
  /** Titles; one that is not there is made. */
  readonly collections?: readonly string[];
  readonly options?: readonly string[];
  readonly variants: readonly SeedVariant[];
  readonly metafields?: readonly SeedMetafield[];
  readonly createdAt?: number;
};
export type SeedCollection = {
  readonly title: string;
  /** Fills it with the products that have this tag. */
  readonly tag?: string;
};
export type SeededProduct = {
  readonly productId: string;
  readonly variantIds: readonly string[];
  readonly inventoryItemIds: readonly string[];
};

export type SeedOrder = {
  readonly name?: string;
  readonly createdAt?: number;
  readonly processedAt?: number;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly customerId?: string | null;
  readonly lines: readonly {
    readonly sku?: string | null;
    readonly variantId?: string | null;
    readonly title?: string;
    readonly quantity: number;
    readonly price: string;
    readonly requiresShipping?: boolean;
  }[];
  readonly shipping?: { readonly title: string; readonly price: string };
  readonly tax?: { readonly title: string; readonly rate: number; readonly amount: string };
  readonly taxesIncluded?: boolean;
  readonly discount?: string;
  readonly financialStatus?: FinancialStatus;
  readonly gateway?: string;
  /** Paid back of what was paid, as decimals. */
  readonly refunds?: readonly { readonly amount: string; readonly note?: string }[];
  readonly fulfillments?: readonly {
    readonly tracking?: { readonly company?: string; readonly number?: string; readonly url?: string };
    readonly lines?: readonly { readonly sku: string; readonly quantity: number }[];
  }[];
  readonly cancelledAt?: number | null;
  readonly closedAt?: number | null;
  readonly note?: string | null;
  readonly tags?: readonly string[];
  readonly billingAddress?: AddressInput;
  readonly shippingAddress?: AddressInput;
  readonly sourceName?: string;
  readonly metafields?: readonly SeedMetafield[];
};

export type SeedCustomer = {
  readonly email?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly phone?: string | null;
  readonly note?: string | null;
  readonly tags?: readonly string[];
  readonly emailMarketing?: boolean;
  readonly addresses?: readonly AddressInput[];
  readonly createdAt?: number;
  readonly metafields?: readonly SeedMetafield[];
};
