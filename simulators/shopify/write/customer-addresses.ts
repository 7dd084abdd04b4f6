import type { Maybe, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import { toAddress, type AddressInput } from './order-input.ts';

type CreateArgs = {
  readonly customerId: string;
  readonly address: AddressInput;
  readonly setAsDefault?: Maybe<boolean>;
};
type UpdateArgs = CreateArgs & { readonly addressId: string };

export const customerAddressMutations: ResolverMap[string] = {
  customerAddressCreate: (_: unknown, { customerId, address, setAsDefault }: CreateArgs, { world }) => {
    const customer = world.customers.get(customerId);
    const added = toAddress(world, address);
    if (customer === undefined || added === null)
      return { address: null, userErrors: [userError(['customerId'], 'Customer does not exist')] };
    world.customers.update(customerId, {
      addresses: [...customer.addresses, added],
      defaultAddressId:
        setAsDefault === true || customer.defaultAddressId === null ? added.id : customer.defaultAddressId,
      updatedAt: world.stamp(),
    });
    return { address: added, userErrors: [] };
  },
  customerAddressUpdate: (_: unknown, { customerId, addressId, address, setAsDefault }: UpdateArgs, { world }) => {
    const customer = world.customers.get(customerId);
    const known = customer?.addresses.find(({ id }) => id === addressId);
    const given = toAddress(world, address);
    if (customer === undefined || known === undefined || given === null)
      return { address: null, userErrors: [userError(['addressId'], 'Address does not exist')] };
    const sent = new Set(
      Object.keys(address).map(
        (name) => ({ countryCode: 'countryCodeV2', country: 'countryCodeV2', province: 'provinceCode' })[name] ?? name,
      ),
    );
    const changed = {
      ...known,
      ...Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'id' && sent.has(name))),
    };
    world.customers.update(customerId, {
      addresses: customer.addresses.map((other) => (other.id === addressId ? changed : other)),
      defaultAddressId: setAsDefault === true ? addressId : customer.defaultAddressId,
      updatedAt: world.stamp(),
    });
    return { address: changed, userErrors: [] };
  },
  customerAddressDelete: (
    _: unknown,
    { customerId, addressId }: { customerId: string; addressId: string },
    { world },
  ) => {
    const customer = world.customers.get(customerId);
    if (customer?.addresses.some(({ id }) => id === addressId) !== true)
      return { deletedAddressId: null, userErrors: [userError(['addressId'], 'Address does not exist')] };
    const addresses = customer.addresses.filter(({ id }) => id !== addressId);
    const defaultAddressId =
      customer.defaultAddressId === addressId ? (addresses[0]?.id ?? null) : customer.defaultAddressId;
    world.customers.update(customerId, { addresses, defaultAddressId, updatedAt: world.stamp() });
    return { deletedAddressId: addressId, userErrors: [] };
  },
};
