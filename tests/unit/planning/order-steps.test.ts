import { describe, expect, test } from 'vitest';

import type { FieldValues } from '#libs/fields/field-names.ts';
import type { Order, OrderLine, OrderState, Parcel } from '#libs/model/order.ts';
import { planOrderSteps, waitsForShipping } from '#libs/planning/order-steps.ts';
import { anOrder, anOrderLine, eur } from '#tests/builders/entities.ts';

const PAID: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const PENDING: OrderState = { ...PAID, payment: 'pending' };
const SHIPPED: OrderState = { ...PAID, fulfilment: 'fulfilled' };
const CANCELLED: OrderState = { ...PAID, cancelled: true };
const REFUNDED: OrderState = { ...SHIPPED, payment: 'refunded' };
const PARTLY: OrderState = { ...SHIPPED, payment: 'partiallyRefunded' };

const parcel = (number: string): Parcel => ({ number, carrier: 'DHL', url: null, shippedAt: null });
const refund = (id: string, amountMinor: number) => ({
  id,
  at: '2026-11-23T08:00:00Z',
  amount: eur(amountMinor),
  reason: null,
});
const entry = (id: string, at: string) => ({ id, at, text: `entry ${id}`, forCustomer: false });

type Case = {
  readonly from: OrderState;
  readonly to?: OrderState;
  readonly source?: Partial<Order>;
  readonly present?: Partial<Order>;
  readonly heldByUs?: boolean;
  readonly patch?: FieldValues;
};

function steps({ from, to, source = {}, present = {}, heldByUs = false, patch = {} }: Case) {
  const wanted = to === undefined ? {} : { status: { word: 'w', state: to } };
  const order = anOrder({ paidAt: '2026-11-23T07:00:00Z', ...source, status: { word: 'w', state: to ?? from } });
  return planOrderSteps({
    patch: { ...wanted, ...patch },
    sourceId: '77',
    source: order,
    present: anOrder({ ...present, status: { word: 'p', state: from } }),
    heldByUs,
    parcels: order.tracking,
  });
}

function kinds(given: Case): readonly string[] {
  const plan = steps(given);
  return plan.kind === 'steps' ? plan.steps.map(({ kind }) => kind) : [plan.kind];
}

describe('planOrderSteps() finds the shortest legal list', () => {
  test.each([
    ['pays what is paid', { from: PENDING, to: PAID }, ['pay']],
    ['pays before it ships', { from: PENDING, to: SHIPPED }, ['pay', 'fulfil']],
    ['pays, ships, then refunds', { from: PENDING, to: REFUNDED }, ['pay', 'fulfil', 'refund']],
    ['ships', { from: PAID, to: SHIPPED }, ['fulfil']],
    ['cancels', { from: PAID, to: CANCELLED }, ['cancel']],
    ['refunds before it cancels', { from: PAID, to: { ...CANCELLED, payment: 'refunded' } }, ['refund', 'cancel']],
    ['holds', { from: PAID, to: { ...PAID, onHold: true } }, ['hold']],
    ['lets go', { from: { ...PAID, onHold: true }, to: PAID }, ['releaseHold']],
    ['lets go before it ships', { from: { ...PAID, onHold: true }, to: SHIPPED }, ['releaseHold', 'fulfil']],
    ['lets go of its own hold before it ships', { from: PAID, to: SHIPPED, heldByUs: true }, ['releaseHold', 'fulfil']],
    ['keeps its own hold otherwise', { from: PENDING, to: PAID, heldByUs: true }, ['pay']],
    [
      'keeps its own hold where a person holds it too',
      { from: { ...PAID, onHold: true }, to: PAID, heldByUs: true },
      [],
    ],
    ['puts no second hold of its own', { from: PAID, to: { ...PAID, onHold: true }, heldByUs: true }, []],
    ['has nothing to do', { from: PAID, to: PAID }, []],
  ] satisfies readonly (readonly [string, Case, readonly string[]])[])('%s', (_name, given, expected) => {
    expect(kinds(given)).toEqual(expected);
  });

  test('pays when the source was paid', () => {
    expect(steps({ from: PENDING, to: PAID })).toMatchObject({ steps: [{ kind: 'pay', at: '2026-11-23T07:00:00Z' }] });
  });
});

describe('planOrderSteps() calls impossible', () => {
  test.each([
    ['un-cancelling', CANCELLED, PAID, 'cancelled'],
    ['un-paying', PAID, PENDING, 'cannot go back'],
    ['un-refunding', REFUNDED, SHIPPED, 'cannot go back'],
    ['un-shipping', SHIPPED, PAID, 'not taken back'],
    ['part of a payment', PENDING, { ...PAID, payment: 'partiallyPaid' }, 'part payment'],
    ['an authorisation', PENDING, { ...PAID, payment: 'authorised' }, 'authorisation'],
    ['a void of what is not cancelled', PENDING, { ...PAID, payment: 'voided' }, 'voided'],
    ['a part of a shipment', PAID, { ...PAID, fulfilment: 'partial' }, 'which lines'],
  ] satisfies readonly (readonly [string, OrderState, OrderState, string])[])('%s', (_name, from, to, why) => {
    expect(steps({ from, to })).toEqual({ kind: 'impossible', reason: expect.stringContaining(why) as string });
  });

  test('what begins at a status of the target that nobody knows', () => {
    const plan = planOrderSteps({
      patch: {},
      sourceId: '77',
      source: anOrder(),
      present: anOrder({ status: { word: 'odd', state: null } }),
      heldByUs: false,
      parcels: [],
    });

    expect(plan).toEqual({ kind: 'impossible', reason: expect.stringContaining('"odd"') as string });
  });
});

describe('planOrderSteps() and tracking', () => {
  const tracking = [parcel('A'), parcel('B')];

  test('a fulfilment carries the parcels, and no second step does', () => {
    const plan = steps({ from: PAID, to: SHIPPED, source: { tracking }, patch: { tracking } });

    expect(plan).toMatchObject({ steps: [{ kind: 'fulfil', parcels: tracking }] });
    expect(kinds({ from: PAID, to: SHIPPED, source: { tracking }, patch: { tracking } })).toEqual(['fulfil']);
  });

  test('a shipped order gets all its parcels in one step', () => {
    expect(steps({ from: SHIPPED, source: { tracking }, patch: { tracking } })).toMatchObject({
      steps: [{ kind: 'track', parcels: tracking }],
    });
  });

  test('a fulfilment repeats no parcel that is there', () => {
    const plan = steps({ from: PAID, to: SHIPPED, source: { tracking }, present: { tracking: [parcel('a ')] } });

    expect(plan).toMatchObject({ steps: [{ kind: 'fulfil', parcels: [parcel('B')] }] });
  });

  test('a number waits for the shipping of an open order', () => {
    const open = anOrder({ status: { word: 'p', state: PAID } });
    const shipped = anOrder({ status: { word: 'p', state: SHIPPED } });

    expect(waitsForShipping({ tracking }, open)).toBe(true);
    expect(waitsForShipping({ tracking, status: { word: 'w', state: PAID } }, open)).toBe(true);
    expect(waitsForShipping({ tracking, status: { word: 'w', state: SHIPPED } }, open)).toBe(false);
    expect(waitsForShipping({ tracking }, shipped)).toBe(false);
    expect(waitsForShipping({}, open)).toBe(false);
    expect(kinds({ from: PAID, source: { tracking }, patch: { tracking } })).toEqual([]);
  });
});

describe('planOrderSteps() and refunds', () => {
  test('repeats none that the target has', () => {
    const plan = steps({
      from: PARTLY,
      to: REFUNDED,
      source: { refunds: [refund('r1', 500), refund('r2', 4490)] },
      present: { refunds: [refund('r1', 500)] },
    });

    expect(plan).toMatchObject({ steps: [{ kind: 'refund', sourceId: 'r2', amount: eur(4490) }] });
  });

  test('records the whole sum once where the source keeps no record of it', () => {
    const plan = steps({ from: SHIPPED, to: REFUNDED });

    expect(plan).toMatchObject({ steps: [{ kind: 'refund', sourceId: '1047-whole', amount: eur(4990) }] });
    expect(kinds({ from: SHIPPED, to: REFUNDED, present: { refunds: [refund('1047-whole', 4990)] } })).toEqual([]);
  });

  test('records a second part beside the first, although both sides say "partly refunded"', () => {
    const given: Case = {
      from: { ...PARTLY, refunded: eur(500) },
      to: { ...PARTLY, refunded: eur(800) },
      source: { refunds: [refund('r1', 500), refund('r2', 300)] },
      present: { refunds: [refund('r1', 500)] },
    };

    expect(steps(given)).toMatchObject({ steps: [{ kind: 'refund', sourceId: 'r2', amount: eur(300) }] });
  });

  test('pays and ships before a part goes back', () => {
    const to = { ...PARTLY, refunded: eur(500) };

    expect(kinds({ from: PENDING, to, source: { refunds: [refund('r1', 500)] } })).toEqual(['pay', 'fulfil', 'refund']);
  });

  test('takes none back that was deleted at the source', () => {
    const from = { ...PARTLY, refunded: eur(800) };
    const present = { refunds: [refund('r1', 500), refund('r2', 300)] };

    const one = steps({
      from,
      to: { ...PARTLY, refunded: eur(500) },
      source: { refunds: [refund('r1', 500)] },
      present,
    });
    const none = steps({ from, to: SHIPPED, present });

    expect(one).toEqual({ kind: 'impossible', reason: expect.stringContaining('not taken back') as string });
    expect(none).toEqual({ kind: 'impossible', reason: expect.stringContaining('cannot go back') as string });
  });

  test('speaks of no money where another axis differs', () => {
    const to = { ...REFUNDED, cancelled: true };

    // Migrated as refunded, without a record of it.
    expect(kinds({ from: REFUNDED, to, source: { refunds: [refund('r1', 4990)] } })).toEqual(['cancel']);
  });

  test('guesses nothing where the target says that a part went back, and not which', () => {
    const plan = steps({ from: PARTLY, to: REFUNDED, source: { refunds: [refund('r1', 4990)] } });

    expect(plan).toEqual({ kind: 'impossible', reason: expect.stringContaining('how much') as string });
  });

  test('goes by what the map says, whatever the platform calls it', () => {
    const plan = planOrderSteps({
      patch: { status: { word: 'returned', state: REFUNDED } },
      sourceId: '77',
      source: anOrder({ status: { word: 'returned', state: null } }),
      present: anOrder({ status: { word: 'p', state: SHIPPED } }),
      heldByUs: false,
      parcels: [],
    });

    expect(plan).toMatchObject({ steps: [{ kind: 'refund', amount: eur(4990) }] });
  });
});

describe('planOrderSteps() and history', () => {
  const late = entry('2', '2026-11-23T10:00:00Z');
  const early = entry('9', '2026-11-23T09:00:00Z');

  test('appends in order of time, after every transition', () => {
    expect(steps({ from: PAID, to: SHIPPED, patch: { history: [late, early] } })).toMatchObject({
      steps: [{ kind: 'fulfil' }, { kind: 'history', entries: [early, late] }],
    });
  });

  test('appends each entry once', () => {
    expect(steps({ from: PAID, present: { history: [early] }, patch: { history: [early, late] } })).toMatchObject({
      steps: [{ kind: 'history', entries: [late] }],
    });
    expect(kinds({ from: PAID, present: { history: [late, early] }, patch: { history: [early, late] } })).toEqual([]);
  });

  test('writes a note last', () => {
    expect(kinds({ from: PAID, patch: { history: [late], note: 'Ring twice' } })).toEqual(['history', 'note']);
  });
});

const line = (id: string, quantity: number, shipped?: number, change: Partial<OrderLine> = {}): OrderLine =>
  anOrderLine({ id, sku: `SKU-${id}`, quantity, ...(shipped === undefined ? {} : { shipped }), ...change });
const part = (shipped: number): OrderState => ({ ...PAID, fulfilment: 'partial', shipped });

const cancel = (cancelsShipped: boolean) =>
  planOrderSteps({
    patch: { status: { word: 'w', state: { ...SHIPPED, cancelled: true } } },
    sourceId: '77',
    source: anOrder(),
    present: anOrder({ status: { word: 'p', state: SHIPPED } }),
    heldByUs: false,
    parcels: [],
    cancelsShipped,
  });

describe('planOrderSteps() and what leaves in parts', () => {
  test('ships the units that have left, with their parcel, and no more', () => {
    const plan = steps({
      from: PAID,
      to: part(3),
      source: { lines: [line('1', 2, 2), line('2', 3, 1)], tracking: [parcel('A')] },
      present: { lines: [line('t1', 2, 0, { sku: 'SKU-1' }), line('t2', 3, 0, { sku: 'SKU-2' })] },
    });

    expect(plan).toMatchObject({
      steps: [
        {
          kind: 'fulfil',
          parcels: [parcel('A')],
          lines: [
            { lineId: 't1', shipped: 2 },
            { lineId: 't2', shipped: 1 },
          ],
        },
      ],
    });
  });

  test('ships what left since, and at last all that is left', () => {
    const present = { lines: [line('t1', 3, 1, { sku: 'SKU-1' })] };

    expect(steps({ from: part(1), to: part(2), source: { lines: [line('1', 3, 2)] }, present })).toMatchObject({
      steps: [{ kind: 'fulfil', lines: [{ lineId: 't1', shipped: 2 }] }],
    });
    const whole = steps({ from: part(1), to: SHIPPED, source: { lines: [line('1', 3, 3)] }, present });
    expect(whole).toMatchObject({ steps: [{ kind: 'fulfil' }] });
    expect(JSON.stringify(whole)).not.toContain('lines');
    expect(kinds({ from: part(2), to: part(2), source: { lines: [line('1', 3, 2)] }, present })).toEqual([]);
  });

  test('lets go, ships and holds the rest again', () => {
    const given = { source: { lines: [line('1', 3, 1)] }, present: { lines: [line('1', 3, 0)] } };

    expect(kinds({ from: PAID, to: part(1), heldByUs: true, ...given })).toEqual(['releaseHold', 'fulfil', 'hold']);
    expect(kinds({ from: { ...PAID, onHold: true }, to: part(1), ...given })).toEqual(['releaseHold', 'fulfil']);
    expect(kinds({ from: PAID, to: { ...part(1), onHold: true }, ...given })).toEqual(['fulfil', 'hold']);
  });

  test('knows a line by its variant before its SKU', () => {
    const plan = planOrderSteps({
      patch: { status: { word: 'w', state: part(1) } },
      sourceId: '77',
      source: anOrder({ lines: [line('1', 2, 1, { variantId: '14', sku: 'A' })] }),
      present: anOrder({
        status: { word: 'p', state: PAID },
        lines: [line('t1', 2, 0, { variantId: '91', sku: 'A' }), line('t2', 2, 0, { variantId: '92', sku: 'B' })],
      }),
      heldByUs: false,
      parcels: [],
      variantOf: (id) => (id === '14' ? '92' : undefined),
    });

    expect(plan).toMatchObject({ steps: [{ kind: 'fulfil', lines: [{ lineId: 't2', shipped: 1 }] }] });
  });

  test.each([
    ['a line that the target has not', part(1), [line('1', 3, 1)], [line('9', 3, 0)], 'no counterpart'],
    ['units that left at the target alone', part(1), [line('1', 3, 1)], [line('1', 3, 2)], 'not taken back'],
  ])('calls %s impossible', (_name, to, lines, there, why) => {
    const from = there[0]?.shipped === 0 ? PAID : part(2);
    expect(steps({ from, to, source: { lines }, present: { lines: there } })).toEqual({
      kind: 'impossible',
      reason: expect.stringContaining(why) as string,
    });
  });

  test('takes no part back, and cancels nothing that was shipped where the target cannot', () => {
    expect(steps({ from: part(1), to: PAID })).toEqual({
      kind: 'impossible',
      reason: expect.stringContaining('not taken back') as string,
    });
    expect(cancel(false)).toEqual({
      kind: 'impossible',
      reason: expect.stringContaining('cannot be cancelled') as string,
    });
    expect(cancel(true)).toMatchObject({ steps: [{ kind: 'cancel' }] });
  });
});
