import { describe, expect, test } from 'vitest';

import { openShopWithReceiver, seedTee } from './shopify-receiver.ts';

describe('people of the simulated Shopify shop', () => {
  test('ship in parts, with several parcels, and take a shipment back', async () => {
    await using shop = await openShopWithReceiver();
    const { sim } = shop;
    const orderId = sim.placeOrder({
      lines: [
        { title: 'Tee', sku: 'A', quantity: 2, price: '10' },
        { title: 'Cap', sku: 'B', quantity: 1, price: '5' },
      ],
    });
    const first = sim.shipOrder(orderId, { units: { A: 1 }, parcels: [{ company: 'DHL', number: '1' }] });
    expect(sim.state().orders[0]?.displayFulfillmentStatus).toBe('PARTIALLY_FULFILLED');
    sim.shipOrder(orderId, { parcels: [{ company: 'UPS', number: '2' }, { number: '3' }] });
    expect(sim.state().orders[0]?.displayFulfillmentStatus).toBe('FULFILLED');
    sim.cancelShipment(first);

    const [order] = sim.state().orders;
    expect(order?.displayFulfillmentStatus).toBe('PARTIALLY_FULFILLED');
    expect(
      order?.fulfillments.map(({ status, trackingInfo }) => [status, trackingInfo.map(({ number }) => number)]),
    ).toEqual([
      ['CANCELLED', ['1']],
      ['SUCCESS', ['2', '3']],
    ]);
    expect(sim.ledger.entries.every(({ actor }) => actor !== 'api')).toBe(true);
  });

  test('take money, give a part of it back, and cancel a little later', async () => {
    await using shop = await openShopWithReceiver();
    const { sim, clock } = shop;
    const orderId = sim.seedOrder({
      financialStatus: 'PENDING',
      lines: [{ title: 'Tee', sku: 'A', quantity: 2, price: '10' }],
    });
    const status = () => sim.state().orders[0]?.displayFinancialStatus;
    expect(status()).toBe('PENDING');
    sim.payOrder(orderId);
    expect(status()).toBe('PAID');
    sim.refundOrder(orderId, { amount: '5', note: 'scratched' });
    expect(status()).toBe('PARTIALLY_REFUNDED');
    expect(() => sim.refundOrder(orderId, { amount: '16' })).toThrow(/15/);
    sim.cancelOrder(orderId);
    expect(sim.state().orders[0]?.cancelledAt).toBeNull();
    clock.ms += 1_000;

    expect(sim.state().orders[0]?.cancelledAt).not.toBeNull();
    expect(sim.state().orders[0]?.refunds).toMatchObject([{ note: 'scratched', totalRefunded: '5.0' }]);
  });

  test('see in the ledger what answers showed, where it is kept', async () => {
    await using shop = await openShopWithReceiver({ recordsReads: true });
    const { sim, send } = shop;
    const { productId, variantIds, inventoryItemIds } = seedTee(shop);
    const levelId = sim.state().products[0]?.variants[0]?.levels[0]?.id;

    await send('ProductForSync', { id: productId });
    const before = sim.ledger.reads.length;
    await send('InventoryLevelAt', { inventoryItemId: inventoryItemIds[0], locationId: sim.locationIds[0] });
    await send('ProductsPage', {});

    const coversSeq = sim.ledger.entries.length - 1;
    const shown = sim.ledger.reads.map(({ entity, id, parentId, coversSeq: covers }) => [entity, id, parentId, covers]);
    expect(shown.slice(before)).toContainEqual(['inventoryLevel', levelId, inventoryItemIds[0], coversSeq]);
    expect(shown.slice(before)).toContainEqual(['product', productId, undefined, coversSeq]);
    expect(shown.slice(0, before)).toContainEqual(['variant', variantIds[0], productId, coversSeq]);
  });

  test('move stock between locations, and stop stocking one', async () => {
    await using shop = await openShopWithReceiver();
    const { sim } = shop;
    const { variantIds } = seedTee(shop);
    const [variantId = ''] = variantIds;
    const [main = '', branch = ''] = sim.locationIds;

    sim.moveUnits(variantId, 2, main, branch);
    expect(sim.state().products[0]?.variants[0]).toMatchObject({ inventoryQuantity: 5 });
    sim.stopStocking(variantId, branch);

    expect(sim.state().products[0]?.variants[0]).toMatchObject({ inventoryQuantity: 3 });
  });
});
