import { z } from 'zod';

import { addressSchema } from './address.ts';

export const customerSchema = z.strictObject({
  email: z.string().nullable(),
  name: z.strictObject({ first: z.string(), last: z.string() }),
  phone: z.string().nullable(),
  addresses: z.array(addressSchema).describe('Billing first, then shipping'),
  marketingConsent: z.boolean().nullable().describe('To be mailed; null where the store does not say'),
  smsConsent: z
    .boolean()
    .nullable()
    .optional()
    .describe('To be sent text messages; null or absent where the store does not say'),
});
export type Customer = z.infer<typeof customerSchema>;
