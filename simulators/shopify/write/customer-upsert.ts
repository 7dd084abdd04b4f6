import type { Address, CustomerRecord } from '../records.ts';
import type { World } from '../world.ts';
import { blankToNull } from './inventory-item.ts';
import { toAddress, type UpsertCustomerInput } from './order-input.ts';

export function insertCustomer(world: World, values: Partial<Omit<CustomerRecord, 'id'>>): CustomerRecord {
  const stamp = world.stamp();
  return world.customers.insert({
    id: world.gid('Customer'),
    firstName: null,
    lastName: null,
    email: null,
    phone: null,
    note: null,
    locale: 'en',
    tags: [],
    taxExempt: false,
    verifiedEmail: true,
    state: 'DISABLED',
    emailConsent: { marketingState: 'NOT_SUBSCRIBED', marketingOptInLevel: 'SINGLE_OPT_IN', updatedAt: null },
    smsConsent: { marketingState: 'NOT_SUBSCRIBED', updatedAt: null },
    addresses: [],
    defaultAddressId: null,
    createdAt: stamp,
    updatedAt: stamp,
    ...values,
  });
}

/** orderCreate with `toUpsert` changes the customer it finds: names, tags and the default address. */
export function upsertCustomer(world: World, input: UpsertCustomerInput): string {
  const email = blankToNull(input.email);
  const known =
    world.customers.get(input.id) ?? (email === null ? undefined : world.customers.byKey(email.toLowerCase())[0]);
  const addresses = (input.addresses ?? [])
    .map((address) => toAddress(world, address))
    .filter((address): address is Address => address !== null);
  const named = {
    ...(input.firstName === undefined ? {} : { firstName: blankToNull(input.firstName) }),
    ...(input.lastName === undefined ? {} : { lastName: blankToNull(input.lastName) }),
    ...(input.phone === undefined ? {} : { phone: blankToNull(input.phone) }),
    ...(input.note === undefined ? {} : { note: input.note }),
    ...(input.tags === undefined || input.tags === null ? {} : { tags: input.tags.toSorted() }),
    ...(addresses[0] === undefined
      ? {}
      : { addresses: [...addresses, ...(known?.addresses ?? [])], defaultAddressId: addresses[0].id }),
  };
  if (known === undefined) return insertCustomer(world, { email, ...named }).id;
  world.customers.update(known.id, { ...named, updatedAt: world.stamp() });
  return known.id;
}
