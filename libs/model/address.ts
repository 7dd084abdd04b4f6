import { z } from 'zod';

export const addressSchema = z.strictObject({
  firstName: z.string(),
  lastName: z.string(),
  company: z.string(),
  address1: z.string(),
  address2: z.string(),
  city: z.string(),
  region: z.string().describe('State or province, as the platform’s code'),
  postcode: z.string(),
  country: z.string().describe('ISO 3166-1 alpha-2, or empty'),
  phone: z.string(),
});
export type Address = z.infer<typeof addressSchema>;
