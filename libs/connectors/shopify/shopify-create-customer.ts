import { z } from 'zod';

import type { CreateResult, RootDraft } from '../store-connector.ts';
import type { CreateParts } from './shopify-create.ts';
import { sourceIdField, toRefusal } from './shopify-create-product.ts';
import * as writes from './shopify-documents-write.ts';
import { expressAddresses, toE164 } from './shopify-express.ts';
import { fromGid } from './shopify-ids.ts';
import { userErrorWire } from './shopify-wire.ts';
import { toAddressInput, toConsent, toCustomerInput } from './shopify-write-customers.ts';
import type { WriteSession } from './shopify-write-session.ts';

export type CustomerDraft = Extract<RootDraft, { readonly root: 'customer' }>;

const createAnswer = z.object({
  customerCreate: z.object({ customer: z.object({ id: z.string() }).nullish(), userErrors: z.array(userErrorWire) }),
});
const setAnswer = z.object({ customerSet: z.object({ userErrors: z.array(userErrorWire) }) });

/** Makes a customer without a password and without a mail; an e-mail that is taken is a look-up result. */
export async function createCustomer(
  { sourceId, customer }: CustomerDraft,
  session: WriteSession,
  { reader }: CreateParts,
): Promise<CreateResult> {
  const phone = customer.phone === null ? null : (toE164(customer.phone) ?? null);
  const sent = await session.send(writes.CREATE_CUSTOMER, createAnswer, {
    input: {
      ...toCustomerInput({
        name: customer.name,
        ...(customer.email === null ? {} : { email: customer.email }),
        ...(phone === null ? {} : { phone }),
      }),
      ...(customer.marketingConsent === true && customer.email !== null
        ? { emailMarketingConsent: toConsent(true) }
        : {}),
      ...(customer.smsConsent === true && phone !== null ? { smsMarketingConsent: toConsent(true) } : {}),
      metafields: [sourceIdField(sourceId)],
    },
  });
  if (!sent.ok) return sent.failure;
  const { customer: made, userErrors } = sent.data.customerCreate;
  const taken = userErrors.find(({ field, message }) => (field ?? []).includes('email') && /taken/i.test(message));
  if (taken !== undefined) return { outcome: 'taken', message: taken.message };
  const refused = toRefusal(userErrors);
  if (refused !== null) return refused;
  if (made === null || made === undefined) return { outcome: 'unknown', message: 'creation named no customer' };

  const addresses = expressAddresses(customer.addresses);
  let complete = true;
  if (addresses.length > 0) {
    const set = await session.send(writes.SET_CUSTOMER_ADDRESSES, setAnswer, {
      id: made.id,
      input: { addresses: addresses.map(toAddressInput) },
    });
    complete = set.ok && set.data.customerSet.userErrors.length === 0;
  }
  const [stored] = await reader.roots('customer', [{ id: fromGid(made.id) }], { ...session.call, fields: new Set() });
  if (stored === null || stored === undefined)
    return { outcome: 'unknown', message: 'the customer was made, and cannot be read' };
  return { outcome: 'created', stored, complete };
}
