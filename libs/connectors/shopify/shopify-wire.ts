import { z } from 'zod';

import { levelName } from './shopify-documents-products.ts';

/** What is read of Shopify's answers: no more than is used, and lenient about what is missing. */
const text = z.string().nullish();
const nodes = <T extends z.ZodType>(node: T) => z.object({ nodes: z.array(node) }).nullish();
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: text });
const page = <T extends z.ZodType>(node: T) => z.object({ nodes: z.array(node), pageInfo: pageInfo.nullish() });
const moneyBag = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) }).nullish();
const mark = z.object({ value: z.string() }).nullish();

/** The stock at one location; `isActive` false: the item is not stocked there any more, whatever number is left. */
const levelWire = z
  .object({
    isActive: z.boolean().nullish(),
    updatedAt: text,
    quantities: z.array(z.object({ name: z.string(), quantity: z.number() })),
  })
  .nullable();
export type LevelWire = z.infer<typeof levelWire>;

const itemWire = z
  .looseObject({
    id: z.string(),
    tracked: z.boolean(),
    updatedAt: text,
    requiresShipping: z.boolean().nullish(),
    measurement: z.object({ weight: z.object({ unit: z.string(), value: z.number() }).nullish() }).nullish(),
  })
  .transform((item, { issues, value }) => {
    const levels: LevelWire[] = [];
    // In the order of the locations that were asked for: null where the item was never stocked.
    for (let index = 0; levelName(index) in item; index++) {
      const level = levelWire.safeParse(item[levelName(index)]);
      if (level.success) levels.push(level.data);
      else issues.push({ code: 'custom', input: value, message: 'no stock of a location', path: [levelName(index)] });
    }
    const { id, tracked, updatedAt, requiresShipping, measurement } = item;
    return { id, tracked, updatedAt, requiresShipping, measurement, levels };
  });

export const variantWire = z.object({
  id: z.string(),
  title: text,
  sku: text,
  barcode: text,
  price: text,
  compareAtPrice: text,
  inventoryPolicy: text,
  updatedAt: text,
  selectedOptions: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  sourceId: mark,
  inventoryItem: itemWire,
});
export type VariantWire = z.infer<typeof variantWire>;

const mediaWire = z.object({
  id: z.string(),
  mediaContentType: text,
  alt: text,
  preview: z.object({ image: z.object({ url: z.string() }).nullish() }).nullish(),
});

export const productWire = z.object({
  id: z.string(),
  title: z.string(),
  handle: z.string(),
  status: z.string(),
  vendor: text,
  tags: z.array(z.string()).nullish(),
  createdAt: text,
  updatedAt: text,
  descriptionHtml: text,
  seo: z.object({ title: text, description: text }).nullish(),
  collections: nodes(z.object({ id: z.string(), title: z.string() })),
  media: nodes(mediaWire),
  imageMarks: mark,
  sourceId: mark,
});
export type ProductWire = z.infer<typeof productWire>;

const variants = page(variantWire);
export const productWithVariantsWire = productWire.extend({ variants });
export const variantOfProductWire = variantWire.extend({ product: productWire });

const addressWire = z
  .object({
    id: text,
    firstName: text,
    lastName: text,
    company: text,
    address1: text,
    address2: text,
    city: text,
    provinceCode: text,
    zip: text,
    countryCodeV2: text,
    phone: text,
  })
  .nullish();
export type AddressWire = z.infer<typeof addressWire>;

const taxLineWire = z.object({ title: z.string(), rate: z.number().nullish(), priceSet: moneyBag });
export type TaxLineWire = z.infer<typeof taxLineWire>;

export const lineWire = z.object({
  id: z.string(),
  title: z.string(),
  sku: text,
  quantity: z.number(),
  currentQuantity: z.number().nullish(),
  unfulfilledQuantity: z.number().nullish(),
  requiresShipping: z.boolean().nullish(),
  product: z.object({ id: z.string() }).nullish(),
  variant: z.object({ id: z.string() }).nullish(),
  originalUnitPriceSet: moneyBag,
  discountedTotalSet: moneyBag,
  taxLines: z.array(taxLineWire).nullish(),
});
export type LineWire = z.infer<typeof lineWire>;

const trackingWire = z.object({ company: text, number: text, url: text });
const holdWire = z.object({ id: z.string(), handle: text, reason: text });
const transactionWire = z.object({
  id: text,
  kind: z.string(),
  status: z.string(),
  gateway: text,
  createdAt: text,
  processedAt: text,
  amountSet: moneyBag,
});

export const fulfillmentOrderWire = z.object({
  id: z.string(),
  status: z.string(),
  fulfillmentHolds: z.array(holdWire).nullish(),
});

const shippingWire = z.object({
  title: z.string(),
  discountedPriceSet: moneyBag,
  taxLines: z.array(taxLineWire).nullish(),
});

export const orderWire = z.object({
  id: z.string(),
  name: z.string(),
  sourceIdentifier: text,
  createdAt: text,
  processedAt: text,
  updatedAt: text,
  cancelledAt: text,
  cancelReason: text,
  email: text,
  phone: text,
  note: text,
  currencyCode: z.string(),
  taxesIncluded: z.boolean().nullish(),
  displayFinancialStatus: text,
  displayFulfillmentStatus: text,
  paymentGatewayNames: z.array(z.string()).nullish(),
  discountCodes: z.array(z.string()).nullish(),
  customer: z.object({ id: z.string() }).nullish(),
  billingAddress: addressWire,
  shippingAddress: addressWire,
  subtotalPriceSet: moneyBag,
  totalTaxSet: moneyBag,
  totalDiscountsSet: moneyBag,
  totalPriceSet: moneyBag,
  sourceId: mark,
  history: z.object({ value: z.string() }).nullish(),
  lineItems: page(lineWire),
  shippingLines: nodes(shippingWire),
  transactions: z.array(transactionWire).nullish(),
  fulfillments: z
    .array(
      z.object({
        id: z.string(),
        name: text,
        status: z.string(),
        createdAt: text,
        updatedAt: text,
        deliveredAt: text,
        trackingInfo: z.array(trackingWire).nullish(),
      }),
    )
    .nullish(),
  refunds: z
    .array(z.object({ id: z.string(), createdAt: text, processedAt: text, note: text, totalRefundedSet: moneyBag }))
    .nullish(),
  fulfillmentOrders: nodes(fulfillmentOrderWire),
});
export type OrderWire = z.infer<typeof orderWire>;

/** An order's own row of an export: its lines and holds are rows of their own. */
export const orderRowWire = orderWire
  .omit({ lineItems: true, shippingLines: true, fulfillmentOrders: true })
  .extend({ shippingLine: shippingWire.nullish(), totalShippingPriceSet: moneyBag });

export const customerWire = z.object({
  id: z.string(),
  firstName: text,
  lastName: text,
  createdAt: text,
  updatedAt: text,
  defaultEmailAddress: z.object({ emailAddress: z.string(), marketingState: text }).nullish(),
  defaultPhoneNumber: z
    .object({ phoneNumber: z.string(), smsMarketingConsent: z.object({ state: z.string() }).nullish() })
    .nullish(),
  defaultAddress: z.object({ id: z.string() }).nullish(),
  addressesV2: nodes(addressWire),
  sourceId: mark,
});
export type CustomerWire = z.infer<typeof customerWire>;

// ── whole answers ────────────────────────────────────────────────────────────────────────────────────────────
export const nodesAnswer = z.object({ nodes: z.array(z.unknown()) });
export const variantsPageAnswer = z.object({ product: z.object({ variants }).nullish() });
export const orderLinesPageAnswer = z.object({ order: z.object({ lineItems: page(lineWire) }).nullish() });
export const productsPageAnswer = z.object({ products: page(productWithVariantsWire) });
export const ordersPageAnswer = z.object({ orders: page(orderWire) });
export const customersPageAnswer = z.object({ customers: page(customerWire) });
export const productsOfItemsAnswer = z.object({
  nodes: z.array(
    z
      .object({
        id: text,
        product: z.object({ id: z.string() }).nullish(),
        variants: nodes(z.object({ id: z.string(), product: z.object({ id: z.string() }) })),
      })
      .nullable(),
  ),
});
export const shopAnswer = z.object({
  shop: z.object({
    id: z.string(),
    name: z.string(),
    myshopifyDomain: z.string(),
    currencyCode: z.string(),
    taxesIncluded: z.boolean().nullish(),
  }),
});
export const probeAnswer = z.object({ shop: z.object({ id: z.string() }) });
export const locationsAnswer = z.object({
  locations: z.object({ nodes: z.array(z.object({ id: z.string(), name: z.string(), isActive: z.boolean() })) }),
});
export const bulkStatusAnswer = z.object({
  bulkOperation: z
    .object({ id: z.string(), status: z.string(), errorCode: text, objectCount: text, url: text })
    .nullish(),
});

export const userErrorWire = z.object({
  field: z.array(z.string()).nullish(),
  message: z.string(),
  code: text,
  elementIndex: z.number().nullish(),
});
export type UserErrorWire = z.infer<typeof userErrorWire>;

const moneyText = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) });
export const orderWorkAnswer = z.object({
  order: z
    .object({
      id: z.string(),
      cancelledAt: text,
      displayFinancialStatus: text,
      canMarkAsPaid: z.boolean().nullish(),
      history: z.object({ value: z.string(), compareDigest: text }).nullish(),
      transactions: z.array(
        z.object({
          id: z.string(),
          kind: z.string(),
          status: z.string(),
          gateway: text,
          amountSet: moneyText,
          parentTransaction: z.object({ id: z.string() }).nullish(),
        }),
      ),
      fulfillments: z.array(z.object({ id: z.string(), status: z.string(), trackingInfo: z.array(trackingWire) })),
      refunds: z.array(z.object({ id: z.string(), note: text, totalRefundedSet: moneyText })),
      fulfillmentOrders: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            assignedLocation: z.object({ location: z.object({ id: z.string() }).nullish() }).nullish(),
            fulfillmentHolds: z.array(z.object({ id: z.string(), handle: text })),
          }),
        ),
      }),
    })
    .nullish(),
});
export type OrderWork = NonNullable<z.infer<typeof orderWorkAnswer>['order']>;

export const orderLeftAnswer = z.object({
  order: z
    .object({
      lineItems: z.object({
        nodes: z.array(z.object({ id: z.string(), currentQuantity: z.number(), unfulfilledQuantity: z.number() })),
      }),
      fulfillmentOrders: z.object({
        nodes: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            assignedLocation: z.object({ location: z.object({ id: z.string() }).nullish() }).nullish(),
            lineItems: z.object({
              nodes: z.array(
                z.object({ id: z.string(), remainingQuantity: z.number(), lineItem: z.object({ id: z.string() }) }),
              ),
            }),
          }),
        ),
      }),
    })
    .nullish(),
});
export type OrderLeft = NonNullable<z.infer<typeof orderLeftAnswer>['order']>;
