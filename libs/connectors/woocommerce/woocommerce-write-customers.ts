import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Address } from '#libs/model/address.ts';
import type { RootPatch, WriteResult } from '../store-connector.ts';
import { CUSTOMER_SOURCE_META } from './woocommerce-marks.ts';
import type { Body } from './woocommerce-write-values.ts';
import type { WriteSession } from './woocommerce-write-session.ts';
import { idOnlySchema } from './woocommerce-wire.ts';

/** Writes one customer; null: the shop took it. A password is never sent, since WordPress would mail the customer about it. */
export async function writeCustomer(patch: RootPatch, session: WriteSession): Promise<WriteResult | null> {
  const values = Object.assign({}, ...patch.entities.map((entity) => entity.values)) as FieldValues;
  const meta = (patch.stamps ?? []).map(({ sourceId }) => ({ key: CUSTOMER_SOURCE_META, value: sourceId }));
  const body = { ...toCustomerBody(values), ...(meta.length === 0 ? {} : { meta_data: meta }) };
  if (Object.keys(body).length === 0) return null;
  const path = `/customers/${patch.targetId}`;
  const sent = await session.send(idOnlySchema, { method: 'PUT', path, body, action: 'write a customer' });
  return sent.ok ? null : sent.failure;
}

/** Addresses are merged part by part by the shop, so every part is sent. Pure. */
export function toCustomerBody(values: FieldValues): Body {
  const name = values['name'] as { readonly first: string; readonly last: string } | undefined;
  const addresses = values['addresses'] as readonly Address[] | undefined;
  const phone = values['phone'] as string | null | undefined;
  const billing = {
    ...(addresses === undefined ? {} : toAddressBody(addresses[0])),
    ...(phone === undefined ? {} : { phone: phone ?? '' }),
  };
  return {
    ...(name === undefined ? {} : { first_name: name.first, last_name: name.last }),
    ...(Object.keys(billing).length === 0 ? {} : { billing }),
    ...(addresses === undefined ? {} : { shipping: toAddressBody(addresses[1]) }),
  };
}

export function toAddressBody(address: Address | null | undefined): Readonly<Record<string, string>> {
  return {
    first_name: address?.firstName ?? '',
    last_name: address?.lastName ?? '',
    company: address?.company ?? '',
    address_1: address?.address1 ?? '',
    address_2: address?.address2 ?? '',
    city: address?.city ?? '',
    state: address?.region ?? '',
    postcode: address?.postcode ?? '',
    country: address?.country ?? '',
    phone: address?.phone ?? '',
  };
}
