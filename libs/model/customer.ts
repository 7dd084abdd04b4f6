import { z } from 'zod';

import { addressSchema } from './address.ts';

export const customerSchema = z.strictObject({
  email: z.string().nullable(),
  name: z.strictObject({ first: z.string(), last: z.string() }),
  phone: z.string().nullable(),
  addresses: z.array(addressSchema).describe('Billing first, then shipping'),
  marketingConsent: z.boolean().nullable().describe('Null where the store does not say'),
});
export type Customer = z.infer<typeof customerSchema>;
