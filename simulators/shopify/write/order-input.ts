import type { Maybe } from '../context.ts';
import type { MetafieldInput } from '../metafields.ts';
import type { Address, FinancialStatus } from '../records.ts';
import type { World } from '../world.ts';
import { blankToNull } from './inventory-item.ts';

export type MoneyBagInput = { readonly shopMoney: { readonly amount: string; readonly currencyCode: string } };
export type TaxLineInput = { readonly title: string; readonly rate: string; readonly priceSet?: Maybe<MoneyBagInput> };
export type AddressInput = {
  readonly firstName?: Maybe<string>;
  readonly lastName?: Maybe<string>;
  readonly company?: Maybe<string>;
  readonly address1?: Maybe<string>;
  readonly address2?: Maybe<string>;
  readonly city?: Maybe<string>;
  readonly province?: Maybe<string>;
  readonly provinceCode?: Maybe<string>;
  readonly zip?: Maybe<string>;
  readonly country?: Maybe<string>;
  readonly countryCode?: Maybe<string>;
  readonly phone?: Maybe<string>;
};

export type OrderLineInput = {
  readonly variantId?: Maybe<string>;
  readonly productId?: Maybe<string>;
  readonly title?: Maybe<string>;
  readonly variantTitle?: Maybe<string>;
  readonly sku?: Maybe<string>;
  readonly vendor?: Maybe<string>;
  readonly quantity: number;
  readonly priceSet?: Maybe<MoneyBagInput>;
  readonly requiresShipping?: Maybe<boolean>;
  readonly taxable?: Maybe<boolean>;
  readonly fulfillmentService?: Maybe<string>;
  readonly properties?: Maybe<readonly { readonly name: string; readonly value: string }[]>;
  readonly taxLines?: Maybe<readonly TaxLineInput[]>;
};

export type TransactionInput = {
  readonly amountSet: MoneyBagInput;
  readonly kind?: Maybe<string>;
  readonly status?: Maybe<string>;
  readonly gateway?: Maybe<string>;
  readonly processedAt?: Maybe<string>;
  readonly test?: Maybe<boolean>;
};

export type UpsertCustomerInput = {
  readonly id?: Maybe<string>;
  readonly email?: Maybe<string>;
  readonly phone?: Maybe<string>;
  readonly firstName?: Maybe<string>;
  readonly lastName?: Maybe<string>;
  readonly note?: Maybe<string>;
  readonly tags?: Maybe<readonly string[]>;
  readonly taxExempt?: Maybe<boolean>;
  readonly addresses?: Maybe<readonly AddressInput[]>;
};

export type OrderCreateInput = {
  readonly name?: Maybe<string>;
  readonly processedAt?: Maybe<string>;
  readonly closedAt?: Maybe<string>;
  readonly currency?: Maybe<string>;
  readonly presentmentCurrency?: Maybe<string>;
  readonly email?: Maybe<string>;
  readonly phone?: Maybe<string>;
  readonly note?: Maybe<string>;
  readonly poNumber?: Maybe<string>;
  readonly tags?: Maybe<readonly string[]>;
  readonly test?: Maybe<boolean>;
  readonly customAttributes?: Maybe<readonly { readonly key: string; readonly value: string }[]>;
  readonly metafields?: Maybe<readonly MetafieldInput[]>;
  readonly customerId?: Maybe<string>;
  readonly customer?: Maybe<{
    readonly toAssociate?: Maybe<{ readonly id?: Maybe<string>; readonly email?: Maybe<string> }>;
    readonly toUpsert?: Maybe<UpsertCustomerInput>;
  }>;
  readonly billingAddress?: Maybe<AddressInput>;
  readonly shippingAddress?: Maybe<AddressInput>;
  readonly lineItems?: Maybe<readonly OrderLineInput[]>;
  readonly shippingLines?: Maybe<
    readonly {
      readonly title: string;
      readonly code?: Maybe<string>;
      readonly source?: Maybe<string>;
      readonly priceSet: MoneyBagInput;
      readonly taxLines?: Maybe<readonly TaxLineInput[]>;
    }[]
  >;
  readonly taxLines?: Maybe<readonly TaxLineInput[]>;
  readonly taxesIncluded?: Maybe<boolean>;
  readonly discountCode?: Maybe<{
    readonly itemFixedDiscountCode?: Maybe<{ readonly code: string; readonly amountSet?: Maybe<MoneyBagInput> }>;
    readonly itemPercentageDiscountCode?: Maybe<{ readonly code: string; readonly percentage?: Maybe<number> }>;
    readonly freeShippingDiscountCode?: Maybe<{ readonly code: string }>;
  }>;
  readonly financialStatus?: Maybe<FinancialStatus>;
  readonly fulfillmentStatus?: Maybe<'FULFILLED' | 'PARTIAL' | 'RESTOCKED'>;
  readonly fulfillment?: Maybe<{
    readonly locationId: string;
    readonly trackingCompany?: Maybe<string>;
    readonly trackingNumber?: Maybe<string>;
    readonly trackingNumbers?: Maybe<readonly string[]>;
    readonly shipmentStatus?: Maybe<string>;
    readonly notifyCustomer?: Maybe<boolean>;
  }>;
  readonly transactions?: Maybe<readonly TransactionInput[]>;
  readonly sourceIdentifier?: Maybe<string>;
  readonly sourceName?: Maybe<string>;
  readonly sourceUrl?: Maybe<string>;
};

export type OrderCreateOptions = {
  readonly inventoryBehaviour?: Maybe<'BYPASS' | 'DECREMENT_IGNORING_POLICY' | 'DECREMENT_OBEYING_POLICY'>;
  readonly sendReceipt?: Maybe<boolean>;
  readonly sendFulfillmentReceipt?: Maybe<boolean>;
};

export function toAddress(world: World, input: Maybe<AddressInput>): Address | null {
  if (input === undefined || input === null) return null;
  return {
    id: world.gid('MailingAddress'),
    firstName: blankToNull(input.firstName),
    lastName: blankToNull(input.lastName),
    company: blankToNull(input.company),
    address1: blankToNull(input.address1),
    address2: blankToNull(input.address2),
    city: blankToNull(input.city),
    provinceCode: blankToNull(input.provinceCode ?? input.province),
    zip: blankToNull(input.zip),
    countryCodeV2: blankToNull(input.countryCode ?? input.country),
    phone: blankToNull(input.phone),
  };
}
