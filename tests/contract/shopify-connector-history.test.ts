import { describe, expect, test } from 'vitest';

import type { StoredOrder } from '#libs/model/stored.ts';
import { bare, CALL, openShopify, type Harness } from './shopify-harness.ts';

async function readOrder({ connector }: Harness, gid: string): Promise<StoredOrder['order']> {
  const [root] = await connector.readRoots('order', [{ id: bare(gid) }], CALL);
  return (root as StoredOrder).order;
}

describe('the history of an order at a Shopify source', () => {
  test('is what happened to it, each once, oldest first', async () => {
    const clock = { at: Date.parse('2026-11-20T10:00:00Z') };
    await using harness = await openShopify({ role: 'source', now: () => clock.at });
    const { simulator } = harness;
    const act = <T>(work: () => T): T => {
      clock.at += 60_000;
      return work();
    };
    const orderId = simulator.seedOrder({
      name: '#1042',
      financialStatus: 'PENDING',
      lines: [{ title: 'Tee', sku: 'A', quantity: 2, price: '10' }],
    });
    act(() => simulator.payOrder(orderId));
    const first = act(() =>
      simulator.shipOrder(orderId, { units: { A: 1 }, parcels: [{ company: 'DHL', number: '34' }] }),
    );
    act(() => simulator.cancelShipment(first));
    act(() => simulator.refundOrder(orderId, { amount: '2.5', note: 'late' }));
    act(() => simulator.cancelOrder(orderId));
    clock.at += 60_000;

    const { history } = await readOrder(harness, orderId);

    expect(history?.map(({ at, text }) => [at, text])).toEqual([
      ['2026-11-20T10:01:00Z', 'Paid 20.00 EUR (manual)'],
      ['2026-11-20T10:02:00Z', 'Shipped #1042.1: DHL 34'],
      ['2026-11-20T10:03:00Z', 'Shipment #1042.1 cancelled'],
      ['2026-11-20T10:04:00Z', 'Refunded 2.50 EUR: late'],
      ['2026-11-20T10:05:00Z', 'Cancelled (customer)'],
    ]);
    expect(new Set(history?.map(({ id }) => id)).size).toBe(5);
    expect((await readOrder(harness, orderId)).history).toEqual(history);
  });

  test('at a target is what was carried to it, and nothing else', async () => {
    await using harness = await openShopify({ role: 'target' });
    const entry = { id: 'n1', at: '2026-11-20T11:00:00Z', text: 'Packed', forCustomer: false };
    const orderId = harness.simulator.seedOrder({
      lines: [{ title: 'Tee', quantity: 1, price: '10' }],
      metafields: [{ namespace: 'lockstep', key: 'history', type: 'json', value: JSON.stringify([entry]) }],
    });

    expect((await readOrder(harness, orderId)).history).toEqual([entry]);
  });
});

describe('the amounts of an order at a Shopify source', () => {
  test('add up to its total, with a discount of the whole order', async () => {
    await using harness = await openShopify({ role: 'source' });
    const orderId = harness.simulator.seedOrder({
      lines: [
        { title: 'Tee', quantity: 3, price: '9.99' },
        { title: 'Cap', quantity: 1, price: '5' },
      ],
      discount: '10',
      shipping: { title: 'DHL', price: '4.90' },
      tax: { title: 'VAT', rate: 0.19, amount: '4.77' },
      taxesIncluded: false,
    });

    const { lines, shipping, tax, total, discount } = await readOrder(harness, orderId);

    const sum = [...lines.map((line) => line.total), ...shipping.map(({ amount }) => amount), tax].reduce(
      (all, { amountMinor }) => all + amountMinor,
      0,
    );
    expect([sum, discount.amountMinor]).toEqual([total.amountMinor, 1000]);
  });
});
