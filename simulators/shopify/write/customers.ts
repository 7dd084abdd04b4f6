import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import { checkMetafields, ownerByCustomId, writeMetafield, type MetafieldInput } from '../metafields.ts';
import type { Address, CustomerRecord, UserErrorRecord } from '../records.ts';
import type { World } from '../world.ts';
import { insertCustomer } from './customer-upsert.ts';
import { blankToNull } from './inventory-item.ts';
import { toAddress, type AddressInput } from './order-input.ts';

type EmailConsentInput = {
  readonly marketingState: string;
  readonly marketingOptInLevel?: Maybe<string>;
  readonly consentUpdatedAt?: Maybe<string>;
};
type SmsConsentInput = { readonly marketingState: string; readonly consentUpdatedAt?: Maybe<string> };
export type CustomerFields = {
  readonly email?: Maybe<string>;
  readonly phone?: Maybe<string>;
  readonly firstName?: Maybe<string>;
  readonly lastName?: Maybe<string>;
  readonly note?: Maybe<string>;
  readonly locale?: Maybe<string>;
  readonly tags?: Maybe<readonly string[]>;
  readonly taxExempt?: Maybe<boolean>;
  readonly addresses?: Maybe<readonly AddressInput[]>;
};
type CustomerInput = CustomerFields & {
  readonly id?: Maybe<string>;
  readonly metafields?: Maybe<readonly MetafieldInput[]>;
  readonly emailMarketingConsent?: Maybe<EmailConsentInput>;
  readonly smsMarketingConsent?: Maybe<SmsConsentInput>;
};
type Identifier = {
  readonly id?: Maybe<string>;
  readonly email?: Maybe<string>;
  readonly phone?: Maybe<string>;
  readonly customId?: Maybe<{ readonly namespace?: Maybe<string>; readonly key: string; readonly value: string }>;
};
type Payload = {
  readonly customer: CustomerRecord | null | undefined;
  readonly userErrors: readonly UserErrorRecord[];
};

export const customerMutations: ResolverMap[string] = {
  customerCreate: (_: unknown, { input }: { input: CustomerInput }, { world }) => {
    const errors = [
      ...fieldErrors(world, undefined, input, []),
      ...checkMetafields(world, 'gid://shopify/Customer/new', input.metafields ?? [], []),
    ];
    if ([input.email, input.phone, input.firstName, input.lastName].every((value) => blankToNull(value) === null)) {
      errors.push(userError(null, 'A name, phone number, or email address must be present'));
    }
    if (errors.length > 0) return { customer: null, userErrors: errors };
    const { id } = insertCustomer(world, toValues(world, input));
    return finish(world, id, input);
  },
  customerUpdate: (_: unknown, { input }: { input: CustomerInput }, { world }) => {
    const known = world.customers.get(input.id);
    if (known === undefined) return { customer: null, userErrors: [userError(['id'], 'Customer does not exist')] };
    const errors = [
      ...fieldErrors(world, known.id, input, []),
      ...checkMetafields(world, known.id, input.metafields ?? [], []),
    ];
    if (errors.length > 0) return { customer: null, userErrors: errors };
    world.customers.update(known.id, { ...toValues(world, input), updatedAt: world.stamp() });
    return finish(world, known.id, input);
  },
  customerSet: (
    _: unknown,
    args: { identifier?: Maybe<Identifier>; input: CustomerFields & { id?: Maybe<string> } },
    { world },
  ) => setCustomer(world, args),
  customerDelete: (_: unknown, { input }: { input: { id: string } }, { world }) => {
    const known = world.customers.get(input.id);
    if (known === undefined)
      return { deletedCustomerId: null, userErrors: [userError(['id'], "Customer can't be found")] };
    if (world.orders.byKey(known.id).length > 0)
      return {
        deletedCustomerId: null,
        userErrors: [userError(['id'], 'Customer can’t be deleted because they have associated orders')],
      };
    for (const field of world.metafields.of(known.id)) world.metafields.remove(field.id);
    world.customers.remove(known.id);
    return { deletedCustomerId: known.id, userErrors: [] };
  },
  customerEmailMarketingConsentUpdate: (
    _: unknown,
    { input }: { input: { customerId: string; emailMarketingConsent: EmailConsentInput } },
    { world },
  ) =>
    consent(world, input.customerId, (customer) =>
      customer.email === null
        ? 'Customer must have an email address to update consent'
        : { emailConsent: emailConsent(world, input.emailMarketingConsent) },
    ),
  customerSmsMarketingConsentUpdate: (
    _: unknown,
    { input }: { input: { customerId: string; smsMarketingConsent: SmsConsentInput } },
    { world },
  ) =>
    consent(world, input.customerId, (customer) =>
      customer.phone === null
        ? 'A phone number is required to set the SMS consent state.'
        : { smsConsent: smsConsent(world, input.smsMarketingConsent) },
    ),
};

function consent(
  world: World,
  id: string,
  patch: (customer: CustomerRecord) => Partial<CustomerRecord> | string,
): Payload {
  const customer = world.customers.get(id);
  if (customer === undefined)
    return { customer: null, userErrors: [userError(['input', 'customerId'], 'Customer does not exist', 'INVALID')] };
  const wanted = patch(customer);
  if (typeof wanted === 'string') return { customer, userErrors: [userError(['input'], wanted, 'INVALID')] };
  return { customer: world.customers.update(id, { ...wanted, updatedAt: world.stamp() }), userErrors: [] };
}

function emailConsent(world: World, input: EmailConsentInput): CustomerRecord['emailConsent'] {
  return {
    marketingState: input.marketingState,
    marketingOptInLevel: input.marketingOptInLevel ?? 'SINGLE_OPT_IN',
    updatedAt: input.consentUpdatedAt ?? world.stamp(),
  };
}

function smsConsent(world: World, input: SmsConsentInput): CustomerRecord['smsConsent'] {
  return { marketingState: input.marketingState, updatedAt: input.consentUpdatedAt ?? world.stamp() };
}

function finish(world: World, id: string, input: CustomerInput): Payload {
  for (const field of input.metafields ?? []) writeMetafield(world, id, field);
  return { customer: world.customers.get(id), userErrors: [] };
}

/** E-mail and phone are each held by one customer of the shop. */
function fieldErrors(
  world: World,
  id: string | undefined,
  input: CustomerFields,
  path: readonly string[],
  codes?: { taken: string; invalid: string },
): UserErrorRecord[] {
  const errors: UserErrorRecord[] = [];
  const { email, phone } = input;
  if (typeof email === 'string' && email !== '') {
    if (!/^\S+@\S+\.\S+$/.test(email)) errors.push(userError([...path, 'email'], 'Email is invalid', codes?.invalid));
    else if (world.customers.byKey(email.toLowerCase()).some((other) => other.id !== id))
      errors.push(userError([...path, 'email'], 'Email has already been taken', codes?.taken));
  }
  if (typeof phone === 'string' && phone !== '') {
    if (!/^\+[1-9]\d{6,14}$/.test(phone))
      errors.push(userError([...path, 'phone'], 'Phone is invalid', codes?.invalid));
    else if (world.customers.all().some((other) => other.phone === phone && other.id !== id))
      errors.push(userError([...path, 'phone'], 'Phone has already been taken', codes?.taken));
  }
  return errors;
}

function toValues(world: World, input: CustomerInput): Partial<Omit<CustomerRecord, 'id'>> {
  const addresses = input.addresses
    ?.map((address) => toAddress(world, address))
    .filter((address): address is Address => address !== null);
  return {
    ...(input.email === undefined ? {} : { email: blankToNull(input.email) }),
    ...(input.phone === undefined ? {} : { phone: blankToNull(input.phone) }),
    ...(input.firstName === undefined ? {} : { firstName: blankToNull(input.firstName) }),
    ...(input.lastName === undefined ? {} : { lastName: blankToNull(input.lastName) }),
    ...(input.note === undefined ? {} : { note: input.note }),
    ...(typeof input.locale === 'string' ? { locale: input.locale } : {}),
    ...(input.tags === undefined || input.tags === null ? {} : { tags: input.tags.toSorted() }),
    ...(typeof input.taxExempt === 'boolean' ? { taxExempt: input.taxExempt } : {}),
    ...(addresses === undefined ? {} : { addresses, defaultAddressId: addresses[0]?.id ?? null }),
    ...(input.emailMarketingConsent === undefined || input.emailMarketingConsent === null
      ? {}
      : { emailConsent: emailConsent(world, input.emailMarketingConsent) }),
    ...(input.smsMarketingConsent === undefined || input.smsMarketingConsent === null
      ? {}
      : { smsConsent: smsConsent(world, input.smsMarketingConsent) }),
  };
}

function setCustomer(
  world: World,
  { identifier, input }: { identifier?: Maybe<Identifier>; input: CustomerFields & { id?: Maybe<string> } },
): Payload {
  for (const name of ['email', 'phone'] as const) {
    const wanted = identifier?.[name];
    if (typeof wanted !== 'string') continue;
    if (typeof input[name] !== 'string')
      return refuse(
        ['input', name],
        'The input field corresponding to the identifier is required.',
        'MISSING_FIELD_REQUIRED',
      );
    if (input[name] !== wanted)
      return refuse(
        ['input', name],
        'The identifier value does not match the value of the corresponding field in the input.',
        'INPUT_MISMATCH',
      );
  }
  const known = findCustomer(world, identifier, input.id);
  const id = identifier?.id ?? input.id;
  if (typeof id === 'string' && known === undefined)
    return refuse(['input'], 'Resource matching the identifier was not found.', 'NOT_FOUND');
  const errors = fieldErrors(world, known?.id, input, ['input'], { taken: 'TAKEN', invalid: 'INVALID' });
  if (errors.length > 0) return { customer: null, userErrors: errors };
  if (known !== undefined)
    return {
      customer: world.customers.update(known.id, { ...toValues(world, input), updatedAt: world.stamp() }),
      userErrors: [],
    };
  const fresh = insertCustomer(world, toValues(world, input));
  // Recorded: no match by custom id creates the customer with the metafield.
  if (identifier?.customId !== undefined && identifier.customId !== null)
    writeMetafield(world, fresh.id, { ...identifier.customId, type: 'id' });
  return { customer: world.customers.get(fresh.id), userErrors: [] };
}

function findCustomer(world: World, identifier: Maybe<Identifier>, inputId: Maybe<string>): CustomerRecord | undefined {
  if (typeof identifier?.email === 'string') return world.customers.byKey(identifier.email.toLowerCase())[0];
  if (typeof identifier?.phone === 'string')
    return world.customers.all().find(({ phone }) => phone === identifier.phone);
  if (identifier?.customId !== undefined && identifier.customId !== null)
    return world.customers.get(ownerByCustomId(world, 'CUSTOMER', identifier.customId));
  return world.customers.get(identifier?.id ?? inputId);
}

function refuse(field: readonly string[], message: string, code: string): Payload {
  return { customer: null, userErrors: [userError(field, message, code)] };
}
