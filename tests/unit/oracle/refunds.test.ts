import { expect, test } from 'vitest';

import { judge } from '../../../simulators/oracle/judge.ts';
import type { ShopState } from '../../../simulators/shopify/state.ts';
import type { Order, WooCommerceSimulator } from '../../../simulators/woocommerce/index.ts';
import { inputOf, twoShops, type TwoShops } from './shops.ts';

type Recorded = { readonly source: string; readonly amount: string };

function aPaidOrder(source: WooCommerceSimulator): Order {
  const order = source.state().orders.find(({ status }) => status === 'completed');
  if (order === undefined) throw new Error('no order of the old shop is paid');
  return order;
}

/** The new shop with these refunds of one order, as the sync would have recorded them. */
function withRefunds({ target }: TwoShops, { id }: Order, recorded: readonly Recorded[]): ShopState {
  const state = target.state();
  const orders = state.orders.map((order) =>
    order.name === `#${String(id)}`
      ? {
          ...order,
          displayFinancialStatus: 'PARTIALLY_REFUNDED' as const,
          refunded: String(recorded.reduce((sum, { amount }) => sum + Number(amount), 0)),
          refunds: recorded.map(({ source, amount }, n) => ({
            id: `gid://shopify/Refund/${String(n)}`,
            orderId: order.id,
            note: `dented [lockstep:${source}]`,
            createdAt: order.createdAt,
            processedAt: order.createdAt,
            updatedAt: order.createdAt,
            totalRefunded: amount,
            shipping: '0.0',
            lines: [],
          })),
        }
      : order,
  );
  return { ...state, orders };
}

function findings(shops: TwoShops, recorded: (refundId: string) => readonly Recorded[]): readonly string[] {
  const order = aPaidOrder(shops.source);
  const refund = shops.source.people.refundOrder(order.id, { amount: '1.50' });
  const state = withRefunds(shops, order, recorded(String(refund.id)));
  return judge(inputOf(shops, { target: { ledger: shops.target.ledger, state } })).map(({ rule }) => rule);
}

test('a part that was paid back before the migration agrees', () => {
  const shops = twoShops(3, (source) => void source.people.refundOrder(aPaidOrder(source).id, { amount: '1.50' }));

  expect(judge(inputOf(shops))).toEqual([]);
  expect(shops.target.state().orders.filter(({ refunded }) => refunded === '1.5')).toHaveLength(1);
});

test('a part that was paid back since, and is not recorded at the target, differs', () => {
  const shops = twoShops();
  const { id } = aPaidOrder(shops.source);
  shops.source.people.refundOrder(id, { amount: '1.50' });

  expect(judge(inputOf(shops))).toEqual([
    {
      rule: 'selected-field-differs',
      detail: expect.stringMatching(new RegExp(`^order:${id} order.status: .*partially_refunded 1.50.*paid`)) as string,
    },
  ]);
});

test('a part that is recorded once, to the cent, agrees', () => {
  expect(findings(twoShops(), (source) => [{ source, amount: '1.5' }])).toEqual([]);
});

test('a part that is recorded twice is doubled', () => {
  const twice = findings(twoShops(), (source) => [
    { source, amount: '1.5' },
    { source, amount: '1.5' },
  ]);

  expect(twice).toEqual(['selected-field-differs', 'doubled-entity']);
});

test('a cent less is wrong', () => {
  expect(findings(twoShops(), (source) => [{ source, amount: '1.49' }])).toEqual([
    'selected-field-differs',
    'made-wrong',
  ]);
});

test('a refund that the old shop never made is wrong', () => {
  expect(findings(twoShops(), () => [{ source: '4711', amount: '1.5' }])).toEqual(['made-wrong']);
});
