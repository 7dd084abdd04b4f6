import { connect, type PageArgs } from '../connection.ts';
import type { ResolverMap } from '../context.ts';
import { toDecimal } from '../decimals.ts';
import { receivedTotal, refundedTotal } from '../order-money.ts';
import type { CustomerRecord } from '../records.ts';
import type { World } from '../world.ts';
import { legacyResourceId, ownerFields } from './metafield-fields.ts';
import { money } from './money.ts';

function ordersOf(world: World, customerId: string): readonly { readonly id: string }[] {
  return world.orders.byKey(customerId);
}

export const customerResolvers: ResolverMap = {
  Customer: {
    ...ownerFields,
    legacyResourceId,
    tags: (customer: CustomerRecord) => customer.tags.toSorted(),
    amountSpent: (customer: CustomerRecord, _: unknown, { world }) => {
      const spent = ordersOf(world, customer.id).reduce(
        (total, { id }) => total + receivedTotal(world, id) - refundedTotal(world, id),
        0,
      );
      return money(toDecimal(spent), world.settings.currency);
    },
    numberOfOrders: (customer: CustomerRecord, _: unknown, { world }) => String(ordersOf(world, customer.id).length),
    defaultAddress: (customer: CustomerRecord) =>
      customer.addresses.find(({ id }) => id === customer.defaultAddressId) ?? null,
    addressesV2: (customer: CustomerRecord, args: PageArgs, { unpaged }) =>
      connect(customer.addresses, args, { unpaged }),
    defaultEmailAddress: ({ email, emailConsent }: CustomerRecord) =>
      email === null
        ? null
        : {
            emailAddress: email,
            marketingState: emailConsent.marketingState,
            marketingOptInLevel: emailConsent.marketingOptInLevel,
            marketingUpdatedAt: emailConsent.updatedAt,
          },
    defaultPhoneNumber: ({ phone, smsConsent }: CustomerRecord) =>
      phone === null
        ? null
        : {
            phoneNumber: phone,
            smsMarketingConsent: {
              state: smsConsent.marketingState === 'NOT_SUBSCRIBED' ? 'NEVER_SUBSCRIBED' : smsConsent.marketingState,
              updatedAt: smsConsent.updatedAt,
            },
          },
  },
};
