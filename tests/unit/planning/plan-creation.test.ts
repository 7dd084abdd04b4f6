import { describe, expect, test } from 'vitest';

import { linksTo } from '#libs/planning/match-root.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import type { RootLinks } from '#libs/planning/plan-types.ts';
import type { Order } from '#libs/model/order.ts';
import { aStoredCustomer, aStoredOrder, anOrder, eur } from '#tests/builders/entities.ts';
import { NEW, planOf, product, variant, type Over } from './inputs.ts';

const line: Order['lines'][number] = {
  id: 'l1',
  productId: '1',
  variantId: '11',
  sku: 'A',
  title: 'Shirt',
  quantity: 1,
  unitPrice: eur(4990),
  total: eur(4990),
  taxes: [],
  requiresShipping: true,
};
const link = (targetId: string) => ({ targetId, by: 'sku', at: 0 }) as const;
const ALL: RootLinks = new Map([
  ['variant:11', link('111')],
  ['customer:5', link('105')],
]);

function order(change: Partial<Order> = {}, over: Over = {}) {
  const source = aStoredOrder({
    id: '7',
    createdAt: NEW,
    order: anOrder({ lines: [line], customerId: '5', ...change }),
  });
  return planRoot(planOf(source, { references: ALL, ...over })).decision;
}

describe('planRoot() creates', () => {
  test('a product whole, with selected fields as the maps and the target say', () => {
    const source = product('1', [variant('11', 'A', 5), variant('12', 'B', 1)], { createdAt: NEW });
    const maps = { orderStatus: {}, transforms: { 'variant.quantity': { subtract: 2, min: 0 } }, carriers: {} };

    const { decision, entities } = planRoot(planOf(source, { pair: { maps } }));

    expect(decision).toMatchObject({
      kind: 'create',
      draft: {
        root: 'product',
        sourceId: '1',
        product: source.product,
        variants: [
          { sourceId: '11', variant: { sku: 'A', quantity: 3 } },
          { sourceId: '12', variant: { sku: 'B', quantity: 0 } },
        ],
      },
    });
    expect(entities.every(({ created }) => created === true)).toBe(true);
  });

  test('whatever is missing where everything is to be created, and only there', () => {
    const source = product('1', [variant('11', 'A', 5)]);
    const create = { product: 'all', order: 'new', customer: 'none' } as const;

    expect(planRoot(planOf(source)).decision).toMatchObject({ kind: 'park', reason: 'unlinked' });
    expect(planRoot(planOf(source, { pair: { create, migratedAt: null } })).decision.kind).toBe('create');
  });

  test('nothing of what a person has set aside', () => {
    const source = product('1', [variant('11', 'A', 5)], { createdAt: NEW });

    expect(planRoot(planOf(source, { ignored: true })).decision).toEqual({ kind: 'skip', reason: 'out-of-scope' });
  });

  test('and knows for its own what was found half made, where everything is created', () => {
    const source = product('1', [variant('11', 'A', 5)]);
    const target = product('101', [variant('111', 'A', 5)], { sourceId: '1' });
    const links = linksTo(source, target, 'source-id');
    const match = { kind: 'one', target, by: 'source-id', links } as const;
    const create = { product: 'all', order: 'all', customer: 'all' } as const;
    const by = (over: Over) =>
      planRoot(planOf(source, { match, ...over })).newLinks.map(({ link: { by: how } }) => how);

    expect(by({ pair: { create }, unfinished: true })).toEqual(['created', 'created']);
    expect([by({ pair: { create } }), by({ unfinished: true })]).toEqual([
      ['source-id', 'source-id'],
      ['source-id', 'source-id'],
    ]);
  });

  describe('a product with a stock word that a plugin made up', () => {
    const odd = variant('11', 'A', 5);
    const source = product('1', [{ ...odd, variant: { ...odd.variant, stockWord: 'preorder' } }], { createdAt: NEW });

    test('not at all while nothing says what it means', () => {
      expect(planRoot(planOf(source)).decision).toEqual({
        kind: 'park',
        reason: 'unmapped-value',
        message: 'stock status "preorder" has no mapping, so the product is not made',
      });
    });

    test('as the config says', () => {
      const stockStatus = { preorder: 'onBackorder' } as const;
      const maps = { orderStatus: {}, transforms: {}, carriers: {}, stockStatus };

      const { decision } = planRoot(planOf(source, { pair: { maps } }));

      const variants = decision.kind === 'create' && decision.draft.root === 'product' ? decision.draft.variants : [];
      expect(variants).toMatchObject([{ variant: { stockStatus: 'onBackorder' } }]);
      expect(variants[0]?.variant).not.toHaveProperty('stockWord');
    });
  });

  test('a customer', () => {
    const source = aStoredCustomer({ id: '5', createdAt: NEW });

    expect(planRoot(planOf(source)).decision).toEqual({
      kind: 'create',
      draft: { root: 'customer', sourceId: '5', customer: source.customer },
    });
  });

  test('an order with the target’s own ids, in line order', () => {
    const free = { ...line, id: 'l2', variantId: null, productId: null };

    expect(order({ lines: [free, line] })).toMatchObject({
      kind: 'create',
      draft: { sourceId: '7', lineVariantIds: [null, '111'], customerId: '105', hold: false },
    });
  });

  test('an order of a guest', () => {
    expect(order({ customerId: null })).toMatchObject({ kind: 'create', draft: { customerId: null } });
  });

  test('an order in the state that the map says', () => {
    const maps = {
      orderStatus: { packed: { payment: 'paid', fulfilment: 'open' } as const },
      transforms: {},
      carriers: {},
    };

    expect(order({ status: { word: 'packed', state: null } }, { pair: { maps } })).toMatchObject({
      draft: { state: { payment: 'paid', fulfilment: 'open', cancelled: false, onHold: false } },
    });
  });
});

describe('planRoot() of a new order', () => {
  const shipped = {
    word: 'completed',
    state: { payment: 'paid', fulfilment: 'fulfilled', cancelled: false, onHold: false },
  } as const;
  const capabilities = {
    creatable: new Set(['order'] as const),
    writable: new Set<never>(),
    stampable: new Set<never>(),
    holdsOrders: false,
  };

  test('holds an open one where the config says so and the target can, and no shipped one', () => {
    const pair = { openOrders: 'hold' } as const;

    expect(order({}, { pair })).toMatchObject({ draft: { hold: true } });
    expect(order({ status: shipped }, { pair })).toMatchObject({ draft: { hold: false } });
    expect(order({}, { pair, capabilities })).toMatchObject({ draft: { hold: false } });
  });

  test('leaves open ones out where the config says so', () => {
    const pair = { openOrders: 'skip' } as const;

    expect(order({}, { pair })).toEqual({ kind: 'skip', reason: 'not-created' });
    expect(order({ status: shipped }, { pair })).toMatchObject({ kind: 'create' });
  });

  test('waits for the products and the customer that are not there yet, each named once', () => {
    const lines = [
      line,
      { ...line, id: 'l2', variantId: '12' },
      { ...line, id: 'l3', productId: '2', variantId: '21' },
    ];

    expect(order({ lines }, { references: new Map() })).toEqual({
      kind: 'wait',
      reason: 'parent-missing',
      needs: [
        { root: 'product', rootId: '1' },
        { root: 'product', rootId: '2' },
        { root: 'customer', rootId: '5' },
      ],
    });
  });

  test('bears what has no counterpart as text, where the config says so and it has waited', () => {
    const pair = { unlinkedLines: 'text' as const };
    const lines = [line, { ...line, id: 'l2', productId: '2', variantId: '21', sku: 'B' }];

    expect(order({ lines }, { pair })).toMatchObject({ kind: 'wait', needs: [{ root: 'product', rootId: '2' }] });
    expect(order({ lines }, { waited: true })).toMatchObject({ kind: 'wait' });
    expect(order({ lines }, { pair, waited: true })).toMatchObject({
      kind: 'create',
      draft: { lineVariantIds: ['111', null], order: { lines: [{ sku: 'A' }, { sku: 'B', title: 'Shirt' }] } },
    });
    // Whom an order belongs to is nothing that text could say.
    expect(order({ lines, customerId: '6' }, { pair, waited: true })).toMatchObject({
      kind: 'wait',
      needs: [{ root: 'customer', rootId: '6' }],
    });
  });

  test('is not made for a status without a mapping, nor for one that is ignored', () => {
    const maps = { orderStatus: { failed: 'ignore' as const }, transforms: {}, carriers: {} };

    expect(order({ status: { word: 'odd', state: null } })).toMatchObject({
      kind: 'park',
      reason: 'unmapped-value',
      message: expect.stringContaining('"odd"') as string,
    });
    expect(order({ status: { word: 'failed', state: null } }, { pair: { maps } })).toEqual({
      kind: 'skip',
      reason: 'not-created',
    });
  });
});
