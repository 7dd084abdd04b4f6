/** What the store keeps. Ids are gids, times ISO 8601 with second resolution, amounts decimal strings. */
export type SelectedOption = { readonly name: string; readonly value: string };
export type ProductOption = {
  readonly id: string;
  readonly name: string;
  readonly position: number;
  readonly values: readonly { readonly id: string; readonly name: string }[];
};
export type MediaRecord = {
  readonly id: string;
  readonly alt: string | null;
  readonly url: string;
  readonly mediaContentType: string;
  /** Until then it is still being worked on, and has no picture to show. */
  readonly readyAt: number;
};

export type ProductRecord = {
  readonly id: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly handle: string;
  readonly vendor: string;
  readonly productType: string;
  readonly tags: readonly string[];
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED';
  readonly seo: { readonly title: string | null; readonly description: string | null };
  readonly options: readonly ProductOption[];
  readonly media: readonly MediaRecord[];
  readonly collectionIds: readonly string[];
  readonly publicationIds: readonly string[];
  readonly publishedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type VariantRecord = {
  readonly id: string;
  readonly productId: string;
  readonly inventoryItemId: string;
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly price: string;
  readonly compareAtPrice: string | null;
  readonly position: number;
  readonly taxable: boolean;
  readonly inventoryPolicy: 'CONTINUE' | 'DENY';
  readonly selectedOptions: readonly SelectedOption[];
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type Weight = { readonly unit: string; readonly value: number };

export type InventoryItemRecord = {
  readonly id: string;
  readonly variantId: string;
  readonly tracked: boolean;
  readonly requiresShipping: boolean;
  readonly unitCost: string | null;
  readonly weight: Weight | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type InventoryLevelRecord = {
  readonly id: string;
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly isActive: boolean;
  readonly available: number;
  readonly committed: number;
  readonly incoming: number;
  readonly updatedAt: string;
};

export type LocationRecord = { readonly id: string; readonly name: string; readonly isActive: boolean };
export type PublicationRecord = { readonly id: string; readonly title: string };
export type CollectionRecord = {
  readonly id: string;
  readonly title: string;
  readonly handle: string;
  /** It fills itself with the products that have this tag; null or absent: people choose. */
  readonly tag?: string | null;
};

export type Address = {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  readonly provinceCode: string | null;
  readonly zip: string | null;
  readonly countryCodeV2: string | null;
  readonly phone: string | null;
};

export type CustomerRecord = {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly note: string | null;
  readonly locale: string;
  readonly tags: readonly string[];
  readonly taxExempt: boolean;
  readonly verifiedEmail: boolean;
  readonly state: 'DECLINED' | 'DISABLED' | 'ENABLED' | 'INVITED';
  readonly emailConsent: {
    readonly marketingState: string;
    readonly marketingOptInLevel: string | null;
    readonly updatedAt: string | null;
  };
  readonly smsConsent: { readonly marketingState: string; readonly updatedAt: string | null };
  readonly addresses: readonly Address[];
  readonly defaultAddressId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type TaxLine = { readonly title: string; readonly rate: number; readonly amount: string };
export type Attribute = { readonly key: string; readonly value: string | null };

export type LineItemRecord = {
  readonly id: string;
  readonly title: string;
  readonly variantTitle: string | null;
  readonly sku: string | null;
  readonly vendor: string | null;
  readonly quantity: number;
  readonly productId: string | null;
  readonly variantId: string | null;
  readonly unitPrice: string;
  /** The line's total after discounts of the whole quantity. */
  readonly discountedTotal: string;
  readonly requiresShipping: boolean;
  readonly taxable: boolean;
  readonly customAttributes: readonly Attribute[];
  readonly taxLines: readonly TaxLine[];
  /** Units that order creation took from `available` into `committed` and that are not shipped or given back. */
  readonly claimed: number;
  readonly claimedAt: string | null;
  readonly fulfilledQuantity: number;
  readonly refundedQuantity: number;
};

export type ShippingLineRecord = {
  readonly id: string;
  readonly title: string;
  readonly code: string | null;
  readonly source: string | null;
  readonly price: string;
  readonly discountedPrice: string;
  readonly taxLines: readonly TaxLine[];
};

export type FinancialStatus =
  | 'AUTHORIZED'
  | 'EXPIRED'
  | 'PAID'
  | 'PARTIALLY_PAID'
  | 'PARTIALLY_REFUNDED'
  | 'PENDING'
  | 'REFUNDED'
  | 'VOIDED';

export type OrderRecord = {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  /** Where it was made; not part of the API. */
  readonly origin: 'api' | 'checkout' | 'migration';
  readonly sourceName: string | null;
  readonly sourceIdentifier: string | null;
  readonly sourceUrl: string | null;
  readonly createdAt: string;
  readonly processedAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly cancelledAt: string | null;
  readonly cancelReason: string | null;
  readonly test: boolean;
  readonly email: string | null;
  readonly phone: string | null;
  readonly note: string | null;
  readonly poNumber: string | null;
  readonly tags: readonly string[];
  readonly currencyCode: string;
  readonly presentmentCurrencyCode: string;
  readonly taxesIncluded: boolean;
  readonly displayFinancialStatus: FinancialStatus | null;
  readonly displayFulfillmentStatus: string;
  readonly customAttributes: readonly Attribute[];
  readonly customerId: string | null;
  readonly billingAddress: Address | null;
  readonly shippingAddress: Address | null;
  readonly discountCodes: readonly string[];
  readonly lineItems: readonly LineItemRecord[];
  readonly shippingLines: readonly ShippingLineRecord[];
  readonly taxLines: readonly TaxLine[];
  readonly subtotal: string;
  readonly totalDiscounts: string;
  readonly totalShipping: string;
  readonly totalTax: string;
  readonly total: string;
  /** What lines and shipping that were refunded took off the total. */
  readonly removed: string;
};

export type TransactionRecord = {
  readonly id: string;
  readonly orderId: string;
  readonly refundId: string | null;
  readonly kind: string;
  readonly status: string;
  readonly gateway: string | null;
  /** Written down by hand: a refund of it asks no gateway. Not part of the API. */
  readonly manual: boolean;
  readonly test: boolean;
  readonly amount: string;
  readonly parentId: string | null;
  readonly createdAt: string;
  readonly processedAt: string;
};

export type TrackingInfo = {
  readonly company: string | null;
  readonly number: string | null;
  readonly url: string | null;
};

export type FulfillmentRecord = {
  readonly id: string;
  readonly orderId: string;
  readonly name: string;
  readonly status: 'CANCELLED' | 'ERROR' | 'FAILURE' | 'SUCCESS';
  readonly displayStatus: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deliveredAt: string | null;
  readonly locationId: string | null;
  readonly trackingInfo: readonly TrackingInfo[];
  readonly lines: readonly { readonly id: string; readonly lineItemId: string; readonly quantity: number }[];
  readonly events: readonly { readonly id: string; readonly status: string; readonly happenedAt: string }[];
};

export type HoldRecord = {
  readonly id: string;
  readonly reason: string;
  readonly reasonNotes: string | null;
  readonly externalId: string | null;
  readonly handle: string;
};

export type FulfillmentOrderRecord = {
  readonly id: string;
  readonly orderId: string;
  readonly status: 'CANCELLED' | 'CLOSED' | 'INCOMPLETE' | 'IN_PROGRESS' | 'ON_HOLD' | 'OPEN' | 'SCHEDULED';
  readonly requestStatus: string;
  readonly locationId: string;
  readonly holds: readonly HoldRecord[];
  readonly lines: readonly {
    readonly id: string;
    readonly lineItemId: string;
    readonly totalQuantity: number;
    readonly remainingQuantity: number;
  }[];
  readonly updatedAt: string;
};

export type RefundRecord = {
  readonly id: string;
  readonly orderId: string;
  readonly note: string | null;
  readonly createdAt: string;
  readonly processedAt: string;
  readonly updatedAt: string;
  readonly totalRefunded: string;
  readonly shipping: string;
  readonly lines: readonly {
    readonly id: string;
    readonly lineItemId: string;
    readonly quantity: number;
    readonly restockType: string;
    readonly restocked: boolean;
    readonly locationId: string | null;
    readonly subtotal: string;
  }[];
};

export type UserErrorRecord = {
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly code?: string;
};
