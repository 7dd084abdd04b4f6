import { randomId } from '#libs/runtime/random.ts';
import type { CreateResult, RootDraft } from '../store-connector.ts';
import type { CreateParts } from './woocommerce-create.ts';
import { CUSTOMER_SOURCE_META } from './woocommerce-marks.ts';
import { express } from './woocommerce-express.ts';
import { toAddressBody, toCustomerBody } from './woocommerce-write-customers.ts';
import type { WriteSession } from './woocommerce-write-session.ts';
import { idOnlySchema } from './woocommerce-wire.ts';

type CustomerDraft = Extract<RootDraft, { readonly root: 'customer' }>;

// All three say that the address is in use, by whomever: a look-up result.
const TAKEN = /^(?:registration-error-email-exists|existing_user_(?:login|email)|registration-error-username-exists)\b/;

export async function createCustomer(
  draft: CustomerDraft,
  session: WriteSession,
  { readRoots, random }: CreateParts,
): Promise<CreateResult> {
  const { customer, sourceId } = draft;
  const { email } = customer;
  if (email === null || !isEmail(email))
    return { outcome: 'refused', message: 'a customer in WooCommerce needs an e-mail address' };
  const selected = ['name', 'phone', 'addresses'] as const;
  const { name, phone, addresses } = customer;
  const { wanted } = express({ entity: 'customer', wanted: { name, phone, addresses }, present: null, selected });
  const { billing, ...body } = toCustomerBody(wanted) as { readonly billing?: Readonly<Record<string, string>> };
  const sent = await session.send(idOnlySchema, {
    method: 'POST',
    path: '/customers',
    body: {
      email,
      // Shops that do not make passwords themselves refuse to be without one. Nobody ever knows it: customers reset theirs.
      password: `${randomId(random)}${randomId(random)}`,
      ...body,
      billing: { ...toAddressBody(null), ...billing, email },
      meta_data: [{ key: CUSTOMER_SOURCE_META, value: sourceId }],
    },
    action: 'create a customer',
  });
  if (!sent.ok) {
    const { failure } = sent;
    return failure.outcome === 'refused' && TAKEN.test(failure.message)
      ? { outcome: 'taken', message: failure.message }
      : failure;
  }
  const [stored] = await readRoots('customer', [{ id: sent.data.id }], { ...session.call, fields: new Set() });
  if (stored === null || stored === undefined)
    return { outcome: 'unknown', message: 'the customer was made, and cannot be read' };
  return { outcome: 'created', stored, complete: stored.sourceId === sourceId };
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}
