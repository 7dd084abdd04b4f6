import { z } from 'zod';

import { addressSchema } from './address.ts';
import { moneySchema } from './money.ts';

export const paymentStateSchema = z.enum([
  'pending',
  'authorised',
  'partiallyPaid',
  'paid',
  'partiallyRefunded',
  'refunded',
  'voided',
]);
export type PaymentState = z.infer<typeof paymentStateSchema>;

export const fulfilmentStateSchema = z.enum(['open', 'partial', 'fulfilled']);
export type FulfilmentState = z.infer<typeof fulfilmentStateSchema>;

/** What an order's status says, on axes that every platform can be read into. */
export const orderStateSchema = z.strictObject({
  payment: paymentStateSchema,
  fulfilment: fulfilmentStateSchema,
  cancelled: z.boolean(),
  onHold: z.boolean().describe('Held by the merchant; a hold that Lockstep itself set is not one'),
  refunded: moneySchema
    .optional()
    .describe(
      'How much was paid back of a partly refunded order; absent of any other, and where the store does not say',
    ),
  shipped: z
    .int()
    .optional()
    .describe(
      'How many units of a partly shipped order have left; absent of any other, and where the store does not say',
    ),
});
export type OrderState = z.infer<typeof orderStateSchema>;

export const orderStatusSchema = z.strictObject({
  word: z.string().describe('The platform’s own word, as the status map of the config names it'),
  state: orderStateSchema
    .nullable()
    .describe('Null where nothing maps the word: the field is then withheld, never guessed'),
});
export type OrderStatus = z.infer<typeof orderStatusSchema>;

export const parcelSchema = z.strictObject({
  number: z.string().describe('Tracking number'),
  carrier: z.string().nullable(),
  url: z.string().nullable(),
  shippedAt: z.string().nullable().describe('UTC, ISO 8601'),
});
export type Parcel = z.infer<typeof parcelSchema>;

export const historyEntrySchema = z.strictObject({
  id: z.string().describe('The source’s id of the entry: it is carried once, whatever happens'),
  at: z.string().describe('UTC, ISO 8601'),
  text: z.string(),
  forCustomer: z.boolean().describe('Whether the customer was meant to read it'),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const taxLineSchema = z.strictObject({
  title: z.string(),
  rate: z.number().nullable().describe('0.19 is 19 %'),
  amount: moneySchema,
});
export type TaxLine = z.infer<typeof taxLineSchema>;

export const orderLineSchema = z.strictObject({
  id: z.string(),
  productId: z.string().nullable().describe('The same store’s product, where the line still has one'),
  variantId: z.string().nullable().describe('The same store’s variant, where the line still has one'),
  sku: z.string().nullable(),
  title: z.string(),
  quantity: z.int(),
  unitPrice: moneySchema.describe('Charged for one, before order-level discounts, tax as the order says'),
  total: moneySchema.describe('Charged for the line after its discounts, tax as the order says'),
  taxes: z.array(taxLineSchema),
  requiresShipping: z.boolean(),
  shipped: z.int().optional().describe('How many units of it have left; absent where the store does not say'),
});
export type OrderLine = z.infer<typeof orderLineSchema>;

export const chargeSchema = z.strictObject({
  title: z.string(),
  amount: moneySchema,
  taxes: z.array(taxLineSchema),
});
export type Charge = z.infer<typeof chargeSchema>;

export const refundSchema = z.strictObject({
  id: z.string(),
  at: z.string(),
  amount: moneySchema,
  reason: z.string().nullable(),
});
export type Refund = z.infer<typeof refundSchema>;

export const orderSchema = z.strictObject({
  number: z.string().describe('What customers quote, without a leading #'),
  placedAt: z.string().describe('UTC, ISO 8601'),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  currency: z.string(),
  taxesIncluded: z.boolean().describe('Whether line and shipping amounts contain their tax'),
  customerId: z.string().nullable().describe('The same store’s customer; null for a guest'),
  lines: z.array(orderLineSchema),
  shipping: z.array(chargeSchema),
  fees: z.array(chargeSchema),
  discount: moneySchema.describe('Sum of all discounts, positive'),
  discountCodes: z.array(z.string()),
  tax: moneySchema,
  total: moneySchema,
  billing: addressSchema.nullable(),
  shippingAddress: addressSchema.nullable(),
  paymentMethod: z.string().nullable().describe('As shown to people; never a live method at the target'),
  paidAt: z.string().nullable(),
  refunds: z.array(refundSchema),
  status: orderStatusSchema.describe('State of payment and fulfilment, cancelled, on hold'),
  tracking: z.array(parcelSchema).describe('Parcels with their numbers'),
  history: z
    .array(historyEntrySchema)
    .nullable()
    .describe('What happened to the order, oldest first; null where it was not read'),
  note: z.string().nullable().describe('The buyer’s remark'),
});
export type Order = z.infer<typeof orderSchema>;
