import { expect, onTestFinished, test } from 'vitest';

import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { newsOf } from '../laws/harness.ts';
import { openShopPair } from '../laws/shops.ts';
import { bare, openShopify, type Harness } from './shopify-harness.ts';

const HOUR_MS = 3_600_000;

/** Two shops, everything selected, open orders carried on hold. */
async function openShops() {
  const [old, fresh] = [await openShopify({ role: 'source' }), await openShopify()];
  const timing = { ...DEFAULT_TIMING, retriesMs: [50, 100, 200], coalesceMs: 1, landingMs: 200 } as const;
  const settings = {
    timing,
    selection: new Set(FIELD_NAMES),
    migratedAt: Date.now() - HOUR_MS,
    openOrders: 'hold',
  } as const;
  const pair = await openShopPair({ source: old.connector, target: fresh.connector, settings });
  onTestFinished(async () => {
    for (const one of [pair, old, fresh]) await one[Symbol.asyncDispose]();
  });
  /** How news of a root ended, and how the same news ends once more. */
  const hear = async (root: RootKind, gid: string): Promise<readonly (string | undefined)[]> => {
    const ends: (string | undefined)[] = [];
    for (let time = 0; time < 2; time++) {
      await pair.hear(newsOf(root, bare(gid)));
      const ended = (await pair.outcomes()).filter((outcome) => outcome.root === `${root}:${bare(gid)}`).at(-1);
      ends.push(ended?.outcome === 'parked' ? `parked ${ended.reason ?? ''}: ${ended.message ?? ''}` : ended?.outcome);
    }
    return ends;
  };
  return { old: old.simulator, fresh: fresh.simulator, hear };
}

const CARRIED = ['applied', 'unchanged'];
const orderOf = ({ state }: Harness['simulator']) => state().orders[0];

test('a product, a customer and an order go from one Shopify shop into another, and every change of them', async () => {
  const { old, fresh, hear } = await openShops();
  const { productId, variantIds } = old.seedProduct({
    title: 'Linen shirt & more',
    descriptionHtml: '<p>Soft</p>',
    vendor: 'Acme',
    tags: ['linen', 'summer'],
    collections: ['Shirts'],
    images: [{ src: 'https://cdn.example.com/front.jpg', alt: 'Front' }, { src: 'https://cdn.example.com/back.jpg' }],
    options: ['Size'],
    variants: [
      { sku: 'LS-M', price: '50.00', quantity: 7, optionValues: ['M'], barcode: '4006' },
      { sku: 'LS-L', price: '50.00', quantity: 0, optionValues: ['L'], compareAtPrice: '60.00' },
    ],
  });
  const customerId = old.seedCustomer({
    email: 'ada@example.com',
    firstName: 'Ada',
    phone: '+491701234567',
    emailMarketing: true,
  });
  const lines = [
    { variantId: variantIds[0] ?? '', quantity: 3, price: '50.00' },
    { title: 'Engraving', quantity: 1, price: '5.00', requiresShipping: false },
  ];
  const orderId = old.seedOrder({ customerId, lines, financialStatus: 'PENDING', note: 'Ring twice' });

  expect(await hear('product', productId)).toEqual(CARRIED);
  expect(await hear('customer', customerId)).toEqual(CARRIED);
  expect(await hear('order', orderId)).toEqual(CARRIED);
  expect(fresh.state().products[0]).toMatchObject({ status: 'ACTIVE', media: [{ alt: 'Front' }, { alt: null }] });
  expect(fresh.state().collections.map(({ title }) => title)).toEqual(['Shirts']);
  expect(orderOf(fresh)).toMatchObject({ total: '155.0', displayFulfillmentStatus: 'ON_HOLD', tags: ['lockstep'] });

  old.payOrder(orderId);
  expect(await hear('order', orderId)).toEqual(CARRIED);
  old.shipOrder(orderId, { units: { 'LS-M': 1 }, parcels: [{ company: 'DHL', number: '1' }] });
  expect(await hear('order', orderId)).toEqual(CARRIED);
  expect(orderOf(fresh)).toMatchObject({
    displayFulfillmentStatus: 'ON_HOLD',
    lineItems: [{ fulfilledQuantity: 1 }, {}],
  });
  old.shipOrder(orderId, {
    parcels: [
      { company: 'DHL', number: '2' },
      { company: 'UPS', number: '3' },
    ],
  });
  expect(await hear('order', orderId)).toEqual(CARRIED);
  old.refundOrder(orderId, { amount: '20.00', note: 'Torn' });
  expect(await hear('order', orderId)).toEqual(CARRIED);

  expect(orderOf(fresh)).toMatchObject({
    displayFulfillmentStatus: orderOf(old)?.displayFulfillmentStatus,
    lineItems: [{ fulfilledQuantity: 3 }, { fulfilledQuantity: 0 }],
    displayFinancialStatus: 'PARTIALLY_REFUNDED',
    refunded: '20.0',
  });
  expect(orderOf(fresh)?.fulfillments.flatMap(({ trackingInfo }) => trackingInfo.map(({ number }) => number))).toEqual([
    '1',
    '2',
    '3',
  ]);
  expect(fresh.ledger.effects).toEqual([]);
});

test('an order that is cancelled there is cancelled here, on hold as it was', async () => {
  const { old, fresh, hear } = await openShops();
  const orderId = old.seedOrder({ lines: [{ title: 'Tee', quantity: 2, price: '10.00' }], financialStatus: 'PENDING' });
  expect(await hear('order', orderId)).toEqual(CARRIED);

  old.cancelOrder(orderId);
  await expect.poll(() => orderOf(old)?.cancelledAt).not.toBeNull();

  expect(await hear('order', orderId)).toEqual(CARRIED);
  expect(orderOf(fresh)).toMatchObject({ displayFinancialStatus: 'VOIDED' });
  expect(fresh.ledger.effects).toEqual([]);
});
