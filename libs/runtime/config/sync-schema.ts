import { z } from 'zod';

import { SELECTABLE } from '#libs/fields/field-names.ts';
import { fulfilmentStateSchema, paymentStateSchema } from '#libs/model/order.ts';
import { stockStatusSchema } from '#libs/model/product.ts';

const statusTargetSchema = z
  .union([
    z.literal('ignore'),
    z.strictObject({
      payment: paymentStateSchema.optional().describe('State of the payment'),
      fulfilment: fulfilmentStateSchema.optional().describe('State of the shipping'),
      cancelled: z.boolean().optional().describe('Whether the order is cancelled'),
      onHold: z.boolean().optional().describe('Whether the merchant holds the order'),
    }),
  ])
  .describe('What a status means: `{ payment: paid, fulfilment: open }`, or `ignore`');

const transformSchema = z
  .partialRecord(z.enum(['add', 'subtract', 'multiply', 'round', 'min', 'default']), z.number())
  .describe('Steps applied to the number in the order written: `{ subtract: 2, min: 0 }`');

const number = transformSchema.optional();

/** What is carried. `fields` are the only fields that are ever written on an entity that exists. */
export const syncSchema = z
  .strictObject({
    product: z
      .strictObject({ fields: fieldList('product') })
      .optional()
      .describe('Selected fields of products'),
    variant: z
      .strictObject({
        fields: fieldList('variant'),
        map: z
          .strictObject({
            quantity: number.describe('Safety stock and the like'),
            price: number.describe('Surcharges, rounding'),
            compareAtPrice: number.describe('As price'),
            weight: number.describe('Other units'),
            stockStatus: z
              .record(z.string(), stockStatusSchema)
              .optional()
              .describe(
                'Stock words that a plugin of the old shop made up, and what each means: `{ preorder: onBackorder }`',
              ),
          })
          .optional()
          .describe('How numbers and stock words change on their way'),
      })
      .optional()
      .describe('Selected fields of variants, stock among them'),
    order: z
      .strictObject({
        fields: fieldList('order'),
        map: z
          .strictObject({
            status: z
              .record(z.string(), statusTargetSchema)
              .optional()
              .describe('The old shop’s own status words, and what each means at the new one'),
            tracking: z
              .record(z.string(), z.string())
              .optional()
              .describe('Carrier names: the old shop’s → the new one’s'),
          })
          .optional()
          .describe('How an order’s values change on their way'),
        open: z
          .enum(['hold', 'asIs', 'skip'])
          .default('hold')
          .describe(
            'Orders that are not shipped yet: carried on hold so that nobody ships twice, as they are, or not at all',
          ),
        unlinkedLines: z
          .enum(['wait', 'text'])
          .default('wait')
          .describe(
            'Lines whose product is not at the new shop when an order is made: the order waits, and is parked at last; or, when it has waited, it bears them as text with title, SKU and price',
          ),
      })
      .optional()
      .describe('Selected fields of orders'),
    customer: z
      .strictObject({ fields: fieldList('customer') })
      .optional()
      .describe('Selected fields of customers'),
  })
  .refine((sync) => Object.values(sync).some((entity) => entity !== undefined), {
    error: 'selects nothing: name at least one field, such as variant: { fields: [quantity] }',
  });

function fieldList<E extends keyof typeof SELECTABLE>(entity: E) {
  const fields: readonly (typeof SELECTABLE)[E][number][] = SELECTABLE[entity];
  return z
    .array(z.enum(fields as readonly [string, ...string[]]))
    .min(1, { error: 'names no field' })
    .describe(`Which of: ${fields.join(', ')}`);
}
