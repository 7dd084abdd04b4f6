import { z } from 'zod';

import { moneySchema } from './money.ts';

export const stockStatusSchema = z.enum(['inStock', 'outOfStock', 'onBackorder']);
export type StockStatus = z.infer<typeof stockStatusSchema>;

export const productStatusSchema = z.enum(['active', 'draft', 'archived']);

/** The thing shoppers look at; what is sold are its variants. */
export const productSchema = z.strictObject({
  title: z.string().describe('Shopper-facing title'),
  description: z.string().describe('Description as HTML'),
  handle: z.string().describe('Last part of the product’s address'),
  status: productStatusSchema.describe('Whether shoppers see it'),
  categories: z.array(z.string()).describe('Category names, as paths where the store has a tree'),
  brand: z.string().nullable().describe('Brand or vendor'),
  tags: z.array(z.string()).describe('Tags, in no order'),
  seo: z
    .strictObject({ title: z.string().nullable(), description: z.string().nullable() })
    .describe('Title and description for search engines'),
  images: z
    .array(
      z.strictObject({
        url: z.string().describe('Empty while the store is still working on it'),
        alt: z.string().nullable(),
        hash: z
          .string()
          .optional()
          .describe(
            'Tells one picture from another: of its bytes as the source has them or, where these are not read, of its address there; a target remembers it of what was written to it, and has none of others',
          ),
      }),
    )
    .describe('Images in order'),
});
export type Product = z.infer<typeof productSchema>;

/** One sellable unit. */
export const variantSchema = z.strictObject({
  sku: z.string().nullable().describe('Stock keeping unit: the merchant’s own key; null where there is none'),
  title: z.string().describe('Shopper-facing title of the variant'),
  options: z.array(z.strictObject({ name: z.string(), value: z.string() })).describe('What tells it from its siblings'),
  quantity: z
    .int()
    .nullable()
    .describe('Available to sell over the chosen locations; negative when oversold; null when untracked'),
  stockStatus: stockStatusSchema.describe(
    'What shoppers are told; where `stockWord` is there, only the cautious reading of it',
  ),
  stockWord: z
    .string()
    .optional()
    .describe(
      'The store’s own word for the stock status where it is none of these: no meaning is guessed, the config gives it one',
    ),
  tracked: z.boolean().describe('Whether the store counts its stock'),
  backorders: z.boolean().describe('Whether it may be sold below zero'),
  price: moneySchema.nullable().describe('What a shopper is charged now; null where the store has no price'),
  compareAtPrice: moneySchema.nullable().describe('The struck price; null when nothing is struck'),
  barcode: z.string().nullable().describe('GTIN, EAN or UPC; null where there is none'),
  weight: z.strictObject({ grams: z.number().nonnegative() }).nullable().describe('Shipping weight'),
  requiresShipping: z
    .boolean()
    .optional()
    .describe(
      'False for what is never sent (a download, a service), which only matters when it is made; absent: it is sent',
    ),
});
export type Variant = z.infer<typeof variantSchema>;
