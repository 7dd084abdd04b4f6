import { describe, expect, test } from 'vitest';

import type { Order, OrderState, Refund } from '#libs/model/order.ts';
import { lackingRefunds } from '#libs/planning/order-refunds.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import { aStoredOrder, anOrder, eur } from '#tests/builders/entities.ts';
import { NEW, planOf } from './inputs.ts';

const PAID: OrderState = { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false };
const partly = (amountMinor: number): OrderState => ({
  ...PAID,
  payment: 'partiallyRefunded',
  refunded: eur(amountMinor),
});
const ALL: OrderState = { ...PAID, payment: 'refunded' };

/** `r2` was made on the second day, and so on. */
const refund = (id: string, amountMinor: number): Refund => ({
  id,
  at: `2026-11-0${id.at(-1) ?? '1'}T08:00:00Z`,
  amount: eur(amountMinor),
  reason: null,
});
const own = (amountMinor: number): Refund => ({ ...refund('990001', amountMinor), at: '2026-11-05T08:00:00Z' });

function lacking(wanted: OrderState, source: readonly Refund[], present: readonly Refund[]) {
  const plan = lackingRefunds(wanted, anOrder({ refunds: [...source] }), anOrder({ refunds: [...present] }));
  return plan.kind === 'refunds' ? plan.refunds.map(({ id, amount }) => [id, amount.amountMinor]) : plan.kind;
}

describe('lackingRefunds()', () => {
  const [r1, r2, r3] = [refund('r1', 500), refund('r2', 300), refund('r3', 4190)];

  test.each([
    ['the first of them', partly(500), [r1], [], [['r1', 500]]],
    ['a second beside the first, which is not repeated', partly(800), [r1, r2], [r1], [['r2', 300]]],
    [
      'two at once, oldest first',
      partly(800),
      [r2, r1],
      [],
      [
        ['r1', 500],
        ['r2', 300],
      ],
    ],
    ['a part, then the rest', ALL, [r1, r2, r3], [r1, r2], [['r3', 4190]]],
    ['nothing of what the target has', partly(800), [r1, r2], [r1, r2], []],
    ['nothing that the migration recorded under a number of its own', partly(500), [r1], [own(500)], []],
    ['only what came after the migration', partly(800), [r1, r2], [own(500)], [['r2', 300]]],
    ['only what came after several that the migration made one of', ALL, [r1, r2, r3], [own(800)], [['r3', 4190]]],
    [
      'one whose id is by chance a number of the target',
      partly(800),
      [r1, refund('990001', 300)],
      [own(500)],
      [['990001', 300]],
    ],
    ['nothing for a refund that moved no money', partly(500), [r1, refund('r2', 0)], [r1], []],
    ['nothing for one that was deleted and made anew', partly(500), [refund('r2', 500)], [r1], []],
    [
      'the rest where the records do not come to the whole',
      ALL,
      [r1],
      [],
      [
        ['r1', 500],
        ['1047-whole', 4490],
      ],
    ],
    ['the rest alone where the target has the records', ALL, [r1], [r1], [['1047-whole', 4490]]],
    [
      'the rest once, although a record of it has come since',
      ALL,
      [r1, refund('r2', 4490)],
      [r1, refund('1047-whole', 4490)],
      [],
    ],
  ] satisfies readonly (readonly [string, OrderState, readonly Refund[], readonly Refund[], unknown])[])(
    'records %s',
    (_what, wanted, source, present, expected) => {
      expect(lacking(wanted, source, present)).toEqual(expected);
    },
  );

  test.each([
    ['one was deleted at the source', partly(300), [r2], [r1, r2]],
    ['the target paid back more by itself', partly(500), [r1], [r1, own(700)]],
    ['one was deleted and another sum made', partly(700), [refund('r2', 700)], [r1]],
    ['somebody else’s refund at the target fits none of the source', partly(800), [r1, r2], [own(400)]],
    ['they are the whole at the source, and somebody else’s at the target fits none', ALL, [r1, r2, r3], [own(400)]],
  ] satisfies readonly (readonly [string, OrderState, readonly Refund[], readonly Refund[]])[])(
    'guesses nothing where %s',
    (_what, wanted, source, present) => {
      expect(lacking(wanted, source, present)).toBe('impossible');
    },
  );
});

const newOrder = (order: Partial<Order>, word: string, state: OrderState) =>
  aStoredOrder({ id: '7', createdAt: NEW, order: anOrder({ ...order, status: { word, state } }) });

describe('planRoot() and refunds', () => {
  const FIELDS = { selection: new Set(['order.status'] as const) };

  test('makes a new order with its refunds, each under its id', () => {
    const source = newOrder({ refunds: [refund('r1', 500), refund('r2', 0)] }, 'processing', PAID);

    const { decision } = planRoot(planOf(source, { pair: FIELDS }));

    expect(decision).toMatchObject({
      kind: 'create',
      draft: { order: { refunds: [refund('r1', 500)] }, state: partly(500) },
    });
  });

  test('makes a new order whose word says that all went back with what the records lack', () => {
    const source = newOrder({ refunds: [refund('r1', 500)] }, 'refunded', ALL);

    const { decision } = planRoot(planOf(source, { pair: FIELDS }));

    expect(decision).toMatchObject({
      draft: { order: { refunds: [{ id: 'r1' }, { id: '1047-whole', amount: eur(4490) }] } },
    });
  });
});
