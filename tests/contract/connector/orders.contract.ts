import { expect } from 'vitest';

import type { OrderStep } from '#libs/connectors/store-connector.ts';
import { anOrderLine, eur } from '#tests/builders/entities.ts';
import type { Cases } from './cases.ts';
import { orderDraft } from './drafts.ts';
import { stepsOn } from './subject.ts';

const PENDING = { payment: 'pending', fulfilment: 'open', cancelled: false, onHold: false } as const;

/** What is appended to orders, and how they move on. */
export function testOrders({ bench, when, capabilities }: Cases): void {
  const { writable } = capabilities;

  async function anOrderWith(...steps: readonly OrderStep[]) {
    const made = await bench().readBack(await bench().make(orderDraft(bench())));
    const [result] = await bench().write(stepsOn(made, ...steps));
    return { made, result, now: await bench().readBack(made) };
  }

  when(
    writable.has('order.history'),
    'entries of the history are appended once each and in order, however often they are written',
    async () => {
      const entries = ['1', '2'].map((id) => ({
        id: `${bench().next()}${id}`,
        at: `2026-11-0${id}T10:00:00Z`,
        text: `Besked & svar nr. ${id} 📦`,
        forCustomer: id === '2',
      }));
      const { made, now } = await anOrderWith({ kind: 'history', entries: entries.slice(0, 1) });

      await bench().write(stepsOn(now, { kind: 'history', entries }));
      await bench().write(stepsOn(await bench().readBack(made), { kind: 'history', entries }));

      const { order } = await bench().readBack(made);
      expect(order.history?.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
      expect(order.history?.map(({ text, at, forCustomer }) => [text, at, forCustomer])).toEqual(
        entries.map(({ text, at, forCustomer }) => [text, at, forCustomer]),
      );
    },
  );

  when(writable.has('order.status'), 'a part of the money goes back once, however often it is written', async () => {
    const step = {
      kind: 'refund',
      sourceId: bench().next(),
      amount: eur(1250),
      at: '2026-11-05T10:00:00Z',
      reason: 'Ridse & bule',
    } as const;
    const { made, now } = await anOrderWith(step);

    await bench().write(stepsOn(now, step));

    const { order } = await bench().readBack(made);
    expect(order.refunds.map(({ id, amount }) => [id, amount])).toEqual([[step.sourceId, eur(1250)]]);
    expect(order.status.state).toMatchObject({ payment: 'partiallyRefunded', refunded: eur(1250) });
  });

  when(writable.has('order.tracking'), 'parcels stand on an order once, and are replaced as a whole', async () => {
    const parcel = { number: '00340434161094042557', carrier: 'DHL', url: null, shippedAt: '2026-11-05T10:00:00Z' };
    const { made, now } = await anOrderWith({ kind: 'fulfil', parcels: [parcel] });

    await bench().write(stepsOn(now, { kind: 'fulfil', parcels: [parcel] }));
    const shipped = await bench().readBack(made);
    await bench().write(stepsOn(shipped, { kind: 'track', parcels: [{ ...parcel, number: 'JJD0001' }] }));

    const { order } = await bench().readBack(made);
    expect(shipped.order.tracking.map(({ number }) => number)).toEqual([parcel.number]);
    expect(shipped.order.status.state).toMatchObject({ fulfilment: 'fulfilled' });
    expect(order.tracking.map(({ number }) => number)).toEqual(['JJD0001']);
  });

  when(
    writable.has('order.status'),
    'a part of an order leaves as far as is named, never further, and the rest at last',
    async () => {
      const { hands } = bench().subject;
      const state = { payment: 'paid', fulfilment: 'partial', cancelled: false, onHold: false, shipped: 1 } as const;
      const wanted = { status: { word: 'partial', state } };
      const { withheld } = hands.express({ entity: 'order', wanted, present: null, selected: ['status'] });
      // A store that cannot keep it says so.
      expect(withheld['status'] ?? 'kept').toMatch(/^kept$|in part/);
      if (withheld['status'] !== undefined) return;
      const pair = anOrderLine({ title: 'Linen shirt', quantity: 2, unitPrice: eur(2495), total: eur(4990) });
      const made = await bench().readBack(await bench().make(orderDraft(bench(), { lines: [pair] })));
      const lines = made.order.lines.slice(0, 1).map(({ id }) => ({ lineId: id, shipped: 1 }));
      const part = { kind: 'fulfil', parcels: [], lines } as const;

      await bench().write(stepsOn(made, part));
      const first = await bench().readBack(made);
      await bench().write(stepsOn(first, part));
      const again = await bench().readBack(made);
      await bench().write(stepsOn(again, { kind: 'fulfil', parcels: [] }));

      for (const { order } of [first, again]) {
        expect(order.status.state).toMatchObject({ fulfilment: 'partial', shipped: 1 });
        expect(order.lines[0]?.shipped).toBe(1);
      }
      expect((await bench().readBack(made)).order.status.state).toMatchObject({ fulfilment: 'fulfilled' });
    },
  );

  when(writable.has('order.status'), 'an order that nobody has paid is paid once, and cancelled for good', async () => {
    const draft = orderDraft(bench(), {}, { state: PENDING });
    const made = await bench().readBack(await bench().make(draft));
    await bench().write(stepsOn(made, { kind: 'pay', at: null }));
    const paid = await bench().readBack(made);

    const again = await bench().write(stepsOn(made, { kind: 'pay', at: null }));
    const other = await bench().readBack(await bench().make(orderDraft(bench(), {}, { state: PENDING })));
    const [cancelled] = await bench().write(stepsOn(other, { kind: 'cancel' }));

    expect(made.order.status.state).toMatchObject({ payment: 'pending' });
    expect(paid.order.status.state).toMatchObject({ payment: 'paid' });
    expect(again[0]?.outcome).toBe('stored');
    expect((await bench().readBack(made)).order.status.state).toMatchObject({ payment: 'paid' });
    expect(cancelled?.outcome).toBe('stored');
    expect((await bench().readBack(other)).order.status.state).toMatchObject({ cancelled: true });
  });

  when(capabilities.holdsOrders, 'our own hold comes and goes, and is no state of the order', async () => {
    const { made, now } = await anOrderWith({ kind: 'hold', sourceId: bench().next() });
    await bench().write(stepsOn(now, { kind: 'hold', sourceId: made.sourceId ?? '' }));
    const held = await bench().readBack(made);

    await bench().write(stepsOn(held, { kind: 'releaseHold' }));
    const free = await bench().readBack(made);

    expect([made.heldByUs, now.heldByUs, held.heldByUs, free.heldByUs]).toEqual([false, true, true, false]);
    expect([now, held, free].map(({ order }) => order.status.state?.onHold)).toEqual([false, false, false]);
  });

  when(writable.has('order.note'), 'the buyer’s remark is replaced, and taken away', async () => {
    const { made, now } = await anOrderWith({ kind: 'note', text: 'Ring på & vent\n2. sal 🔔' });

    await bench().write(stepsOn(now, { kind: 'note', text: null }));

    expect(now.order.note).toBe('Ring på & vent\n2. sal 🔔');
    expect((await bench().readBack(made)).order.note).toBeNull();
  });
}
