import { describe, expect, test } from 'vitest';

import { mapStatus } from '#libs/fields/map-fields.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { recordedBody } from '../unit/woocommerce/recordings.ts';
import { call, openShop, reading, seedProducts } from './woocommerce-connector-harness.ts';
import type { OpenShop } from './woocommerce-connector-harness.ts';

function placeOrder({ shop, ...open }: OpenShop, status = 'completed', meta: readonly unknown[] = []): string {
  const [productId = ''] = seedProducts({ shop, ...open }, 1);
  const line = { product_id: Number(productId), quantity: 1 };
  const order = shop.people.placeOrder({ status, line_items: [line], meta_data: meta });
  return String(order.id);
}

async function readOrder(open: OpenShop, id: string, config = {}, fields = reading('order.tracking')) {
  const [root] = await open.connect(config).readRoots('order', [{ id }], fields);
  return (root as StoredOrder).order;
}

/** The shop with this feature switched on, and what its route answers. */
function withFulfilments(open: OpenShop, answer: (asked: string) => unknown): void {
  open.answer((asked) => {
    if (asked.includes('/system_status'))
      return {
        environment: { store_id: 'x', home_url: 'https://source.example.com', version: '10.5.0' },
        settings: { currency: 'EUR', enabled_features: ['analytics', 'fulfillments'] },
      };
    return answer(asked);
  });
}

describe('parcels that an order’s own answer does not name', () => {
  test('fulfilments of WooCommerce’s own are read where the shop has them', async () => {
    const open = await openShop();
    const id = placeOrder(open);
    withFulfilments(open, (asked) =>
      asked.endsWith(`/orders/${id}/fulfillments`) ? [recordedBody('target/fulfillment-create')] : null,
    );

    const { tracking } = await readOrder(open, id);

    expect(tracking).toEqual([{ number: '1Z999', carrier: 'ups', url: 'https://x.example/1Z999', shippedAt: null }]);
  });

  test('a shop without fulfilments is not asked for any, nor one whose orders were never sent, nor for other fields', async () => {
    const open = await openShop();
    const id = placeOrder(open);
    const asked = () => open.asked.filter((path) => path.includes('/fulfillments'));

    await readOrder(open, id);
    expect(asked()).toEqual([]);

    withFulfilments(open, () => null);
    await readOrder(open, placeOrder(open, 'pending'));
    await readOrder(open, id, {}, reading('order.note'));
    await readOrder(open, id, { tracking: { homes: ['shipmentTracking'] } });
    expect(asked()).toEqual([]);
  });

  test('a shop that names the feature and has no route for it has none', async () => {
    const open = await openShop();
    const id = placeOrder(open);
    withFulfilments(open, () => null);

    expect((await readOrder(open, id)).tracking).toEqual([]);
    expect(open.asked.filter((path) => path.includes('/fulfillments'))).toHaveLength(1);
  });

  test('Germanized’s own list is asked where its route is there and the order does not hold them', async () => {
    const open = await openShop();
    const id = placeOrder(open);
    open.answer((asked) => {
      if (!asked.includes('/wc/v3/shipments')) return null;
      if (!asked.includes(`order_id=${id}`)) return [{ id: 1 }];
      return [{ id: 1, order_id: Number(id), tracking_id: 'G1', shipping_provider: 'dhl', date_sent_gmt: null }];
    });

    const { tracking } = await readOrder(open, id);

    expect(tracking).toEqual([{ number: 'G1', carrier: 'dhl', url: null, shippedAt: null }]);
  });

  test('a shop without Germanized is asked once whether it has it, and goes on', async () => {
    const open = await openShop();
    const ids = [placeOrder(open), placeOrder(open)];
    const connector = open.connect();

    await connector.readRoots('order', [{ id: ids[0] ?? '' }], reading('order.tracking'));
    const roots = await connector.readRoots('order', [{ id: ids[1] ?? '' }], reading('order.tracking'));

    expect(roots).toMatchObject([{ order: { tracking: [] } }]);
    expect(open.asked.filter((path) => path.includes('/shipments'))).toHaveLength(1);
  });

  test('order notes are read for a pattern of the config, and stay out of a history that nobody asked for', async () => {
    const open = await openShop();
    const id = placeOrder(open);
    open.shop.people.addOrderNote(Number(id), 'Sent with DHL: JD014600');
    const notes = String.raw`(?<carrier>DHL): (?<number>\w+)`;

    const { tracking, history } = await readOrder(open, id, { tracking: { notes } });

    expect(tracking).toMatchObject([{ number: 'JD014600', carrier: 'DHL' }]);
    expect(history).toBeNull();
  });
});

describe('an order of which a part has left', () => {
  const maps = { orderStatus: {}, transforms: {}, carriers: {} };
  const stateOf = (order: StoredOrder['order']) => mapStatus(order.status, maps.orderStatus, order);

  async function placeTwo(open: OpenShop): Promise<{ readonly id: string; readonly lineIds: readonly number[] }> {
    const ids = seedProducts(open, 2);
    const lines = ids.map((id) => ({ product_id: Number(id), quantity: 2 }));
    const order = open.shop.people.placeOrder({ status: 'processing', line_items: lines });
    return { id: String(order.id), lineIds: order.line_items.map(({ id }) => id) };
  }

  test('by WooCommerce’s own fulfilments', async () => {
    const open = await openShop();
    const { id, lineIds } = await placeTwo(open);
    const recorded = Object(recordedBody('target/fulfillment-create')) as { readonly meta_data: readonly object[] };
    const items = { key: '_items', value: [{ item_id: lineIds[0], qty: 9 }] };
    withFulfilments(open, (asked) =>
      asked.includes(`/orders/${id}/fulfillments`)
        ? [{ ...recorded, meta_data: [items, ...recorded.meta_data.slice(1)] }]
        : null,
    );

    const order = await readOrder(open, id, {}, reading('order.status'));

    expect(order.lines.map(({ shipped }) => shipped)).toEqual([2, 0]);
    expect(stateOf(order)).toMatchObject({ state: { payment: 'paid', fulfilment: 'partial', shipped: 2 } });
  });

  test('by Germanized, once it has left', async () => {
    const open = await openShop();
    const { id, lineIds } = await placeTwo(open);
    const shipment = (status: string) => ({
      id: 1,
      status,
      tracking_id: 'G1',
      items: [{ order_item_id: lineIds[1], quantity: 1 }],
    });
    const withShipments = (status: string) =>
      open.rewrite((json) =>
        Array.isArray(json) ? (json as object[]).map((row) => ({ ...row, shipments: [shipment(status)] })) : json,
      );

    withShipments('processing');
    expect((await readOrder(open, id)).lines.every(({ shipped }) => shipped === undefined)).toBe(true);
    withShipments('shipped');
    const order = await readOrder(open, id);

    expect(order.lines.map(({ shipped }) => shipped)).toEqual([0, 1]);
    expect(stateOf(order)).toMatchObject({ state: { fulfilment: 'partial', shipped: 1 } });
    expect(order.tracking).toMatchObject([{ number: 'G1' }]);
  });
});

describe('check() tells in which homes the numbers are, and how many orders have one', () => {
  const selection = new Set(['order.tracking'] as const);

  async function findingOf(open: OpenShop, config = {}) {
    const findings = await open.connect(config).check('source', selection, call);
    return findings.find(({ topic }) => topic === 'tracking');
  }

  test('most have one', async () => {
    const open = await openShop();
    const ids = Array.from({ length: 4 }, () => placeOrder(open));
    placeOrder(open, 'processing');
    for (const id of ids.slice(0, 3)) open.shop.people.addTracking(Number(id), 'dhl', `JD${id}`);

    expect(await findingOf(open)).toEqual({
      level: 'ok',
      topic: 'tracking',
      message: 'order.tracking: 3 of 4 completed orders have a number (Shipment Tracking 3)',
    });
  });

  test('none has one: the keys in which one may lie are named', async () => {
    const open = await openShop();
    for (let at = 0; at < 2; at++) placeOrder(open, 'completed', [{ key: '_acme_tracking_no', value: `0034043${at}` }]);

    expect(await findingOf(open)).toMatchObject({
      level: 'warning',
      message: 'order.tracking: 0 of 2 completed orders have a number',
      remedy: expect.stringContaining('"_acme_tracking_no" (2)'),
    });
    expect(await findingOf(open, { tracking: { meta: [{ number: '_acme_tracking_no' }] } })).toMatchObject({
      level: 'ok',
      message: 'order.tracking: 2 of 2 completed orders have a number (your meta keys 2)',
    });
  });

  test('fulfilments of WooCommerce’s own count as well', async () => {
    const open = await openShop();
    const id = placeOrder(open);
    withFulfilments(open, (asked) =>
      asked.includes(`/orders/${id}/fulfillments`) ? [recordedBody('target/fulfillment-create')] : null,
    );

    expect(await findingOf(open)).toMatchObject({ level: 'ok', message: expect.stringContaining('fulfilments 1') });
  });

  test('no order was completed yet', async () => {
    expect(await findingOf(await openShop())).toMatchObject({ level: 'ok', message: expect.stringContaining('yet') });
  });
});
