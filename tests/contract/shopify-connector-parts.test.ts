import { describe, expect, test } from 'vitest';

import type { OrderStep } from '#libs/connectors/store-connector.ts';
import type { StoredOrder } from '#libs/model/stored.ts';
import { anOrder, createOrder, EUR, openPrepared, orderDraft, step } from './shopify-builders.ts';
import { bare, CALL, openShopify, WRITE, type Harness } from './shopify-harness.ts';

const parcel = (number: string, carrier: string | null = 'DHL') => ({ number, carrier, url: null, shippedAt: null });

async function read({ connector }: Harness, { id }: StoredOrder): Promise<StoredOrder> {
  const [root] = await connector.readRoots('order', [{ id }], CALL);
  if (root?.root !== 'order') throw new Error('Not there');
  return root;
}

/** An order of three and two units, and a fee that never leaves. */
function twoLines() {
  const [line] = anOrder().lines;
  if (line === undefined) throw new Error('No line');
  const lines = [
    { ...line, quantity: 3, unitPrice: EUR(1000), total: EUR(3000), taxes: [] },
    { ...line, id: '2', sku: 'B', title: 'Cap', quantity: 2, unitPrice: EUR(500), total: EUR(1000), taxes: [] },
  ];
  return { lines, shipping: [], discount: EUR(0), discountCodes: [], tax: EUR(0), total: EUR(4200) };
}

describe('the Shopify connector ships orders in parts', () => {
  test('the named units leave with their parcel, the rest stays and can be held', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ order: twoLines(), hold: true }));
    const [tees, caps] = present.order.lines;

    const result = await step(
      harness,
      present,
      { kind: 'releaseHold' },
      {
        kind: 'fulfil',
        parcels: [parcel('0034')],
        lines: [
          { lineId: tees?.id ?? '', shipped: 2 },
          { lineId: caps?.id ?? '', shipped: 1 },
        ],
      },
      { kind: 'hold', sourceId: 'woo-77' },
    );

    expect(result).toMatchObject({
      outcome: 'stored',
      stored: {
        [present.id]: { status: { state: { fulfilment: 'partial', shipped: 3 } }, tracking: [{ number: '0034' }] },
      },
    });
    const after = await read(harness, present);
    expect(after).toMatchObject({ heldByUs: true, order: { status: { state: { onHold: false } } } });
    expect(after.order.lines.map(({ shipped }) => shipped)).toEqual([2, 1, 0]);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('what has left already leaves no second time, and the rest goes at last', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ order: twoLines() }));
    const lineId = present.order.lines[0]?.id ?? '';
    const part: OrderStep = { kind: 'fulfil', parcels: [parcel('1')], lines: [{ lineId, shipped: 2 }] };

    await step(harness, present, part);
    const again = await step(harness, present, part);
    const more = await step(harness, present, {
      kind: 'fulfil',
      parcels: [parcel('2', 'UPS')],
      lines: [{ lineId, shipped: 3 }],
    });
    const rest = await step(harness, present, { kind: 'fulfil', parcels: [parcel('3')] });

    expect([again?.outcome, more?.outcome, rest?.outcome]).toEqual(['stored', 'stored', 'stored']);
    const shipped = harness.simulator.state().orders[0]?.fulfillments ?? [];
    expect(shipped).toHaveLength(3);
    expect((await read(harness, present)).order).toMatchObject({
      status: { state: { fulfilment: 'fulfilled' } },
      tracking: [
        { number: '1', carrier: 'DHL' },
        { number: '2', carrier: 'UPS' },
        { number: '3', carrier: 'DHL' },
      ],
    });
  });

  test('a part whose answer was lost is not shipped twice', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ order: twoLines() }));
    const part: OrderStep = {
      kind: 'fulfil',
      parcels: [parcel('1')],
      lines: [{ lineId: present.order.lines[0]?.id ?? '', shipped: 1 }],
    };
    const effect = { type: 'lost-answer', landsAfterMs: 0 } as const;
    harness.simulator.faults.plant({ kind: 'write', match: /fulfillmentCreate/, effect, times: 1 });

    const lost = await step(harness, present, part);
    const again = await step(harness, present, part);

    expect([lost?.outcome, again?.outcome]).toEqual(['unknown', 'stored']);
    expect(harness.simulator.state().orders[0]?.fulfillments).toHaveLength(1);
  });

  test('nothing of what is held, or of a line that is not there', async () => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ order: twoLines(), hold: true }));
    const lineId = present.order.lines[0]?.id ?? '';

    const held = await step(harness, present, { kind: 'fulfil', parcels: [], lines: [{ lineId, shipped: 1 }] });
    const gone = await step(harness, present, { kind: 'fulfil', parcels: [], lines: [{ lineId: '1', shipped: 1 }] });

    expect([held, gone]).toMatchObject([
      { outcome: 'refused', message: expect.stringContaining('on hold') as string },
      { outcome: 'refused', message: expect.stringContaining('not on the order') as string },
    ]);
    expect(harness.simulator.state().orders[0]?.fulfillments).toEqual([]);
  });

  test('an order that is made when a part of it has left is whole: shipped so far, the rest on hold, and marked', async () => {
    await using harness = await openPrepared();
    const { lines, ...sums } = twoLines();
    const order = {
      ...sums,
      lines: lines.map((line, index) => ({ ...line, shipped: index })),
      tracking: [parcel('9')],
    };
    const draft = orderDraft({ order, state: { fulfilment: 'partial' }, hold: true });

    const [result] = await harness.connector.create([draft], { ...CALL, maySend: () => true });

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: {
        heldByUs: true,
        order: { status: { state: { fulfilment: 'partial', shipped: 1 } }, tracking: [{ number: '9' }] },
      },
    });
    expect(harness.simulator.state().orders[0]?.tags).toEqual(['lockstep']);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});

describe('an order that was let go of to be shipped', () => {
  test.each([
    ['is refused', 'refused', null],
    ['fails', 'failed', { type: 'status', status: 500 }],
    ['gets lost', 'unknown', { type: 'lost-answer', landsAfterMs: 60_000 }],
  ] as const)('is held again where the call that ships it %s', async (_what, outcome, effect) => {
    await using harness = await openPrepared();
    const present = await createOrder(harness, orderDraft({ order: twoLines(), hold: true }));
    if (effect !== null)
      harness.simulator.faults.plant({ kind: 'write', match: /fulfillmentCreate/, effect, times: 1 });
    const lines = [{ lineId: '1', shipped: 1 }];

    const result = await step(
      harness,
      present,
      { kind: 'releaseHold' },
      { kind: 'fulfil', parcels: [], ...(effect === null ? { lines } : {}) },
    );

    expect(result?.outcome).toBe(outcome);
    expect(await read(harness, present)).toMatchObject({ heldByUs: true });
    expect(harness.simulator.state().orders[0]?.fulfillmentOrders[0]?.holds[0]?.externalId).toBe('woo-77');
  });
});

describe('the Shopify connector names the carrier of each parcel', () => {
  test('of one shipment with several', async () => {
    await using harness = await openPrepared();
    const tracking = [parcel('1'), parcel('2', 'UPS'), parcel('3', null)];

    const stored = await createOrder(harness, orderDraft({ order: { tracking }, state: { fulfilment: 'fulfilled' } }));
    const before = harness.simulator.ledger.entries.length;
    const again = await step(harness, stored, { kind: 'track', parcels: tracking });

    expect(stored.order.tracking).toMatchObject(tracking.map(({ number, carrier }) => ({ number, carrier })));
    expect(again?.outcome).toBe('stored');
    expect(harness.simulator.ledger.entries).toHaveLength(before);
  });
});

const TWO = { locations: ['Main warehouse', 'Bonn'] };

/** Of which one line lies at the second location, and the other at the first. */
async function makeOfTwo(harness: Harness): Promise<StoredOrder> {
  const { connector, simulator } = harness;
  await connector.prepare(CALL.fields, WRITE);
  const { variantIds } = simulator.seedProduct({ title: 'Tee', variants: [{ sku: 'A', price: '10', quantity: 0 }] });
  simulator.setAvailable(variantIds[0] ?? '', 9, simulator.locationIds[1]);
  const lineVariantIds = [bare(variantIds[0] ?? ''), null];
  return await createOrder(harness, { ...orderDraft({ order: twoLines(), hold: true }), lineVariantIds });
}

function places({ simulator }: Harness): readonly number[] {
  const shipped = simulator.state().orders[0]?.fulfillments ?? [];
  return shipped.map(({ locationId }) => simulator.locationIds.indexOf(locationId ?? ''));
}

describe('the Shopify connector and an order that ships from two locations', () => {
  test('both parts are held, and each leaves from its own', async () => {
    await using harness = await openShopify(TWO);
    const present = await makeOfTwo(harness);
    const states = () => harness.simulator.state().orders[0]?.fulfillmentOrders.map(({ status }) => status);
    expect(states()).toEqual(['ON_HOLD', 'ON_HOLD']);

    const result = await step(harness, present, { kind: 'releaseHold' }, { kind: 'fulfil', parcels: [parcel('1')] });

    expect(result).toMatchObject({ stored: { [present.id]: { status: { state: { fulfilment: 'fulfilled' } } } } });
    expect(places(harness)).toEqual([1, 0]);
    expect(states()).toEqual(['CLOSED', 'CLOSED']);
  });

  test('a part takes from both what is named', async () => {
    await using harness = await openShopify(TWO);
    const present = await makeOfTwo(harness);
    const lines = present.order.lines.slice(0, 2).map(({ id }) => ({ lineId: id, shipped: 1 }));

    const result = await step(
      harness,
      present,
      { kind: 'releaseHold' },
      { kind: 'fulfil', parcels: [parcel('1')], lines },
      { kind: 'hold', sourceId: 'woo-77' },
    );

    expect(result).toMatchObject({
      stored: { [present.id]: { status: { state: { fulfilment: 'partial', shipped: 2 } } } },
    });
    expect(places(harness)).toEqual([1, 0]);
    expect(await read(harness, present)).toMatchObject({ heldByUs: true });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});
