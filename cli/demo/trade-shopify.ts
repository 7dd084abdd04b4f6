import {
  countedVariants,
  draw,
  isToBeShipped,
  isWithoutNumber,
  parcelNumber,
} from '../../simulators/migration/after-migration.ts';
import type { ShopifySimulator } from '../../simulators/shopify/shopify-simulator.ts';
import type { OrderState, VariantState } from '../../simulators/shopify/state.ts';
import { nextQuantity, onSome, welcome, type Acts, type Floor } from './trade-floor.ts';

/** Shoppers and staff of a Shopify shop. */
export function atShopify(shop: ShopifySimulator, floor: Floor): Acts {
  const { random } = floor;
  const onVariant = (all: readonly VariantState[], act: (one: VariantState) => unknown): boolean =>
    onSome(floor, all, { rootOf: ({ productId }) => productId, act });
  const onOrder = (isWanted: (one: OrderState) => boolean, act: (one: OrderState) => unknown): boolean =>
    onSome(floor, shop.state().orders.filter(isWanted), { rootOf: ({ id }) => id, act });
  return {
    stock: () =>
      onVariant(countedOnes(shop), ({ id, inventoryQuantity }) =>
        shop.setAvailable(id, nextQuantity(inventoryQuantity, random)),
      ),
    price: () =>
      onVariant(countedVariants(shop.state()), ({ id, price }) =>
        shop.setPrice(id, (Number(price) + 0.5 + Math.floor(random() * 4)).toFixed(2)),
      ),
    status: () => onOrder(isOpen, (order) => move(shop, order, random)),
    tracking: () =>
      onOrder(isWithoutNumber, ({ fulfillments }) =>
        shop.setTracking(fulfillments[0]?.id ?? '', [{ company: 'DHL', number: parcelNumber(random) }]),
      ),
    refund: () => onOrder(canGiveBack, (order) => giveBack(shop, order, random)),
    order: () => placeOrder(shop, floor),
    customer: () => {
      floor.serial += 1;
      return welcome(floor, shop.createCustomer(person(floor.serial)));
    },
    product: () => {
      floor.serial += 1;
      return welcome(floor, (floor.serial % 3 === 0 ? newShirt : newBowl)(shop, floor.serial));
    },
  };
}

/** What is sold and counted, down to the last one. */
function countedOnes(shop: ShopifySimulator): readonly VariantState[] {
  return shop
    .state()
    .products.filter(({ status }) => status === 'ACTIVE')
    .flatMap(({ variants }) => variants)
    .filter(({ item }) => item.tracked);
}

function isUnpaid({ displayFinancialStatus, cancelledAt, displayFulfillmentStatus }: OrderState): boolean {
  return displayFinancialStatus === 'PENDING' && displayFulfillmentStatus === 'UNFULFILLED' && cancelledAt === null;
}

function isOpen(order: OrderState): boolean {
  return isUnpaid(order) || isToBeShipped(order);
}

function move(shop: ShopifySimulator, order: OrderState, random: () => number): void {
  if (isToBeShipped(order)) shop.shipOrder(order.id, parcelsOf(random));
  else if (random() < 0.5) shop.payOrder(order.id);
  else shop.cancelOrder(order.id, { restock: false });
}

function parcelsOf(random: () => number) {
  return random() < 0.5 ? {} : { parcels: [{ company: 'DHL', number: parcelNumber(random) }] };
}

/** Paid, and with a part of it left to give back. */
function canGiveBack({ displayFinancialStatus, refunds, total, cancelledAt }: OrderState): boolean {
  const isPaid = displayFinancialStatus === 'PAID' || displayFinancialStatus === 'PARTIALLY_REFUNDED';
  return isPaid && refunds.length < 2 && Number(total) >= 5 && cancelledAt === null;
}

/** Never more than two fifths, so that two of them leave something. */
function giveBack(shop: ShopifySimulator, { id, total, received, refunded }: OrderState, random: () => number): void {
  const most = Math.min(Number(total), Number(received)) * 0.4;
  const amount = Math.min(most * (0.25 + 0.75 * random()), Number(received) - Number(refunded) - 0.01);
  if (amount >= 0.01) shop.refundOrder(id, { amount: amount.toFixed(2), note: 'Skadet under transport' });
}

function placeOrder(shop: ShopifySimulator, floor: Floor): boolean {
  const { random, touch } = floor;
  const free = (id: string): boolean => floor.rested(id) && !floor.fresh.has(id);
  const state = shop.state();
  const shelf = countedVariants(state).filter(({ productId }) => free(productId));
  const bought = draw(shelf, 1 + Math.floor(random() * 2), random);
  if (bought.length === 0) return false;
  const customers = state.customers.filter(({ id, email }) => email !== null && free(id));
  const customer = random() < 0.7 ? customers[Math.floor(random() * customers.length)] : undefined;
  floor.serial += 1;
  const guest = person(floor.serial);
  const [address] = guest.addresses;
  const id = shop.placeOrder({
    email: customer?.email ?? guest.email,
    customerId: customer?.id ?? null,
    lines: bought.map(({ id: variantId, sku, price }) => ({
      variantId,
      sku,
      quantity: 1 + Math.floor(random() * 2),
      price,
    })),
    shipping: { title: 'Pakkeshop', price: '4.90' },
    ...(address === undefined ? {} : { billingAddress: address, shippingAddress: address }),
  });
  touch(id, ...bought.map(({ productId }) => productId), ...(customer === undefined ? [] : [customer.id]));
  return true;
}

function person(serial: number) {
  const [firstName, lastName] = ['Ny', `Kunde ${String(serial)}`];
  return {
    email: `ny.kunde.${String(serial)}@mail.example`,
    firstName,
    lastName,
    addresses: [
      {
        firstName,
        lastName,
        address1: `Søndergade ${String(serial)}`,
        city: 'Aarhus',
        zip: '8000',
        countryCode: 'DK',
      },
    ],
  };
}

function newBowl(shop: ShopifySimulator, serial: number): string {
  return shop.createProduct({
    title: `Skål Nordlys ${String(serial)}`,
    descriptionHtml: '<p>Ny i butikken.</p>',
    status: 'ACTIVE',
    variants: [{ sku: `NY-${String(serial)}`, price: '24.50', quantity: 30 }],
  }).productId;
}

function newShirt(shop: ShopifySimulator, serial: number): string {
  return shop.createProduct({
    title: `Hørskjorte Klit ${String(serial)}`,
    status: 'ACTIVE',
    options: ['Størrelse'],
    variants: ['S', 'M', 'L'].map((size) => ({
      sku: `NYH-${String(serial)}-${size}`,
      price: '89.00',
      quantity: 8,
      optionValues: [size],
    })),
  }).productId;
}
