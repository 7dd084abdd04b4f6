import { z } from 'zod';

import { addressSchema } from './address.ts';

export const customerSchema = z.strictObject({
  email: z.string().nullable().describe('What the customer signs in with; null where there is none'),
  name: z.strictObject({ first: z.string(), last: z.string() }).describe('First and last name'),
  phone: z.string().nullable().describe('With its country code; null where there is none'),
  addresses: z.array(addressSchema).describe('Billing first, then shipping'),
  marketingConsent: z.boolean().nullable().describe('To be mailed; null where the store does not say'),
  smsConsent: z
    .boolean()
    .nullable()
    .optional()
    .describe('To be sent text messages; null or absent where the store does not say'),
});
export type Customer = z.infer<typeof customerSchema>;
