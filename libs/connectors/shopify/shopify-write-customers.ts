import { z } from 'zod';

import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Address } from '#libs/model/address.ts';
import type { Customer } from '#libs/model/customer.ts';
import type { RootPatch, WriteResult } from '../store-connector.ts';
import type { Document } from './shopify-documents.ts';
import * as writes from './shopify-documents-write.ts';
import { toGid } from './shopify-ids.ts';
import { userErrorWire } from './shopify-wire.ts';
import { refusal, type WriteSession } from './shopify-write-session.ts';

type Failure = Exclude<WriteResult, { readonly outcome: 'stored' }>;

/** Writes a customer's named fields; null when all went well. What is then stored is read back by the caller. */
export async function writeCustomer(patch: RootPatch, session: WriteSession): Promise<Failure | null> {
  const id = toGid('Customer', patch.targetId);
  for (const { values } of patch.entities) {
    const { addresses, marketingConsent, smsConsent } = values as Partial<Customer>;
    const input = toCustomerInput(values);
    if (Object.keys(input).length > 0) {
      const failure = await send(writes.UPDATE_CUSTOMER, 'customerUpdate', { input: { id, ...input } }, session);
      if (failure !== null) return failure;
    }
    if (addresses !== undefined) {
      // The only mutation that replaces the list as a whole; fields that are not sent stay.
      const failure = await send(
        writes.SET_CUSTOMER_ADDRESSES,
        'customerSet',
        { id, input: { addresses: addresses.map(toAddressInput) } },
        session,
      );
      if (failure !== null) return failure;
    }
    if (typeof marketingConsent === 'boolean') {
      const consent = { customerId: id, emailMarketingConsent: toConsent(marketingConsent) };
      const failure = await send(
        writes.SET_EMAIL_CONSENT,
        'customerEmailMarketingConsentUpdate',
        { input: consent },
        session,
      );
      if (failure !== null) return failure;
    }
    if (typeof smsConsent === 'boolean') {
      const consent = { customerId: id, smsMarketingConsent: toConsent(smsConsent) };
      const failure = await send(
        writes.SET_SMS_CONSENT,
        'customerSmsMarketingConsentUpdate',
        { input: consent },
        session,
      );
      if (failure !== null) return failure;
    }
  }
  return null;
}

async function send(
  document: Document,
  field: string,
  variables: Readonly<Record<string, unknown>>,
  session: WriteSession,
): Promise<Failure | null> {
  const answer = z.record(z.string(), z.object({ userErrors: z.array(userErrorWire) }));
  const sent = await session.send(document, answer, variables);
  return sent.ok ? refusal(sent.data[field]?.userErrors ?? []) : sent.failure;
}

/** E-mail, name and phone; what is not named stays as it is. */
export function toCustomerInput(values: FieldValues): Readonly<Record<string, unknown>> {
  const { email, name, phone } = values as Partial<Customer>;
  return {
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { firstName: name.first, lastName: name.last }),
    ...(phone === undefined ? {} : { phone }),
  };
}

/** Single opt-in: the old store has asked already, and nobody gets a mail. */
export function toConsent(marketingConsent: boolean): Readonly<Record<string, unknown>> {
  return marketingConsent
    ? { marketingState: 'SUBSCRIBED', marketingOptInLevel: 'SINGLE_OPT_IN' }
    : { marketingState: 'UNSUBSCRIBED' };
}

export function toAddressInput(address: Address): Readonly<Record<string, unknown>> {
  return {
    firstName: address.firstName,
    lastName: address.lastName,
    company: address.company,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    zip: address.postcode,
    phone: address.phone,
    ...(address.country === '' ? {} : { countryCode: address.country }),
    ...(address.region === '' ? {} : { provinceCode: address.region }),
  };
}
