import type { Address } from '../records.ts';
import type { World } from '../world.ts';
import { withOffset, type Json } from './wire-json.ts';

export function local(world: World, time: string | null): string | null {
  return withOffset(time, world.settings.offsetMinutes);
}

export function addressBody(address: Address): Json {
  const name = [address.firstName, address.lastName].filter((part) => part !== null).join(' ');
  return {
    first_name: address.firstName,
    last_name: address.lastName,
    company: address.company,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    province: null,
    province_code: address.provinceCode,
    zip: address.zip,
    country: address.countryCodeV2,
    country_code: address.countryCodeV2,
    phone: address.phone,
    name,
  };
}
