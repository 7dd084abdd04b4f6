import { describe, expect, test } from 'vitest';

import type { Link } from '#libs/facts/fact-kinds.ts';
import { FIELD_NAMES } from '#libs/fields/field-names.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { OrderState } from '#libs/model/order.ts';
import type { StoredOrder, StoredRoot } from '#libs/model/stored.ts';
import { planRoot } from '#libs/planning/plan-root.ts';
import type { Decision } from '#libs/planning/plan-types.ts';
import { aProduct, aStoredCustomer, aStoredOrder, aStoredProduct, aStoredVariant } from '#tests/builders/entities.ts';
import { linkedPlan, planOf } from '../unit/planning/inputs.ts';
import { ADDRESS, anOrder, aVariant, EUR, OPEN, openPrepared } from './shopify-builders.ts';
import { bare, CALL, WRITE, type Harness } from './shopify-harness.ts';

const PLACED = '2026-11-20T10:00:00Z';
const parcel = (number: string, carrier = 'DHL') => ({ number, carrier, url: null, shippedAt: null });

/** What the applier does for one root until nothing is left to do: the decisions, and the root as it then is. */
async function settle(harness: Harness, source: StoredRoot, targetId: string | null, pair: Partial<PairSettings> = {}) {
  const { connector } = harness;
  const kinds: string[] = [];
  let id = targetId;
  for (let round = 0; round < 4; round++) {
    const target = id === null ? null : ((await connector.readRoots(source.root, [{ id }], CALL))[0] ?? null);
    const { express, capabilities } = connector;
    const over = {
      express,
      capabilities,
      pair: { selection: new Set(FIELD_NAMES), openOrders: 'hold' as const, ...pair },
    };
    const input = target === null ? planOf(source, over) : linkedPlan(source, target, over);
    const links = new Map<string, Link>(input.links);
    if (target !== null) links.set(`${source.root}:${source.id}`, { targetId: target.id, by: 'created', at: 0 });
    const { decision, withheld } = planRoot({ ...input, links });
    kinds.push(labelOf(decision));
    if (decision.kind === 'create') {
      const [made] = await connector.create([decision.draft], WRITE);
      if (made?.outcome !== 'created') throw new Error(JSON.stringify(made));
      id = made.stored.id;
    } else if (decision.kind === 'patch') {
      const [written] = await connector.write([decision.patch], WRITE);
      if (written?.outcome !== 'stored') throw new Error(JSON.stringify(written));
    } else return { kinds, withheld, target, id: id ?? '' };
  }
  throw new Error(`Comes to no rest: ${kinds.join(', ')}`);
}

function labelOf(decision: Decision): string {
  if (decision.kind === 'skip' || decision.kind === 'park') return `${decision.kind} ${decision.reason}`;
  if (decision.kind !== 'patch') return decision.kind;
  return [decision.kind, ...decision.patch.steps.map(({ kind }) => kind)].join(' ');
}

function orderOf(
  state: Partial<OrderState>,
  shipped: readonly number[],
  change: Partial<StoredOrder['order']> = {},
): StoredOrder {
  const order = anOrder({ taxesIncluded: true, tax: EUR(0), history: [], ...change });
  const [line] = order.lines;
  if (line === undefined) throw new Error('No line');
  const lines = shipped.map((units, index) => ({
    ...line,
    id: String(index),
    sku: `S-${String(index)}`,
    quantity: 3,
    unitPrice: EUR(1000),
    total: EUR(3000),
    taxes: [],
    shipped: units,
  }));
  const sums = { lines, shipping: [], fees: [], discount: EUR(0), discountCodes: [], total: EUR(3000 * lines.length) };
  return aStoredOrder({
    id: 'woo-77',
    createdAt: PLACED,
    order: { ...order, ...sums, status: { word: 'w', state: { ...OPEN, ...state } } },
  });
}

describe('an order carried to Shopify comes to rest', () => {
  test('from its placing over parts that leave to the last parcel and a refund, on hold while anything is left', async () => {
    await using harness = await openPrepared();
    const made = await settle(harness, orderOf({ payment: 'pending' }, [0, 0]), null);
    const paid = await settle(harness, orderOf({}, [0, 0]), made.id);
    const one = await settle(harness, orderOf({}, [1, 0], { tracking: [parcel('1')] }), made.id);
    const more = await settle(harness, orderOf({}, [3, 1], { tracking: [parcel('1'), parcel('2', 'UPS')] }), made.id);
    const tracking = [parcel('1'), parcel('2', 'UPS'), parcel('3')];
    const whole = await settle(harness, orderOf({ fulfilment: 'fulfilled' }, [3, 3], { tracking }), made.id);
    const refunds = [{ id: 'r1', at: PLACED, amount: EUR(500), reason: 'Torn' }];
    const back = await settle(harness, orderOf({ fulfilment: 'fulfilled' }, [3, 3], { tracking, refunds }), made.id);

    expect([made, paid, one, more, whole, back].map(({ kinds }) => kinds)).toEqual([
      ['create', 'skip unchanged'],
      ['patch pay', 'skip unchanged'],
      ['patch releaseHold fulfil hold', 'skip unchanged'],
      ['patch releaseHold fulfil hold', 'skip unchanged'],
      ['patch releaseHold fulfil', 'skip unchanged'],
      ['patch refund', 'skip unchanged'],
    ]);
    expect([made, paid, one, more, whole].map(({ target }) => target?.root === 'order' && target.heldByUs)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(back.target).toMatchObject({
      order: { tracking: tracking.map(({ number, carrier }) => ({ number, carrier })) },
    });
    expect(harness.simulator.state().orders[0]?.fulfillments).toHaveLength(3);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('when a part of it had left before it was made', async () => {
    await using harness = await openPrepared();

    const made = await settle(harness, orderOf({}, [2, 0], { tracking: [parcel('1')] }), null);

    expect(made.kinds).toEqual(['create', 'skip unchanged']);
    expect(made.target).toMatchObject({ heldByUs: true, order: { status: { state: { shipped: 2 } } } });
  });

  test('cancelled with what was paid, and parked where it is cancelled after a part has left', async () => {
    await using harness = await openPrepared();
    const made = await settle(harness, orderOf({}, [0]), null);
    const gone = await settle(harness, orderOf({ cancelled: true }, [0]), made.id);
    const other = await settle(harness, { ...orderOf({}, [1]), id: 'woo-78' }, null);
    const late = await settle(harness, { ...orderOf({ cancelled: true }, [1]), id: 'woo-78' }, other.id);

    expect(gone.kinds).toEqual(['patch cancel', 'skip unchanged']);
    expect(late.kinds).toEqual(['park impossible-transition']);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});

describe('an order of which nothing is shipped', () => {
  test('is made without waiting for a hold, and agrees although Shopify calls it done', async () => {
    await using harness = await openPrepared();
    const open = orderOf({}, [0]);
    const lines = open.order.lines.map((line) => ({ ...line, requiresShipping: false }));
    const virtual = { ...open, order: { ...open.order, lines } };

    const made = await settle(harness, virtual, null);
    const done = await settle(
      harness,
      { ...virtual, order: { ...virtual.order, status: { word: 'c', state: { ...OPEN, fulfilment: 'fulfilled' } } } },
      made.id,
    );

    expect(made.kinds).toEqual(['create', 'skip unchanged']);
    expect(done.kinds).toEqual(['skip unchanged']);
    expect(harness.writes().filter((name) => name.includes('fulfillmentOrderHold'))).toEqual([]);
  });
});

describe('products and customers carried to Shopify come to rest', () => {
  test('a product with everything that can be selected, over locations that are not written to', async () => {
    await using harness = await openPrepared();
    harness.simulator.seedCollection({ title: 'Sale', tag: 'sale' });
    const { productId } = harness.simulator.seedProduct({
      title: 'Old',
      tags: ['sale'],
      collections: ['Gone'],
      images: [{ src: 'https://cdn.example.com/x.jpg', alt: 'X' }],
      variants: [{ sku: 'A', price: '1', quantity: 9 }],
    });
    const wanted = aStoredProduct({
      id: '1',
      product: aProduct({
        title: 'Tee & more',
        description: '<p>Soft &amp; <b>warm</b></p>',
        handle: 'tee-more',
        status: 'draft',
        categories: ['Shirts', 'Sale'],
        brand: 'Acme',
        tags: ['new', 'sale', 'Sale'],
        seo: { title: 'Tee', description: '' },
        images: [
          { url: 'https://old.example.com/a.jpg', alt: 'Front 👕' },
          { url: 'https://old.example.com/b.jpg', alt: null },
        ],
      }),
      variants: [
        aStoredVariant({
          id: '1v',
          variant: aVariant({
            sku: 'A',
            quantity: -2,
            stockStatus: 'onBackorder',
            backorders: true,
            barcode: '4006',
            weight: { grams: 1250.5 },
            compareAtPrice: EUR(2990),
          }),
        }),
      ],
    });

    const first = await settle(harness, wanted, bare(productId));
    const images = wanted.product.images.toReversed();
    const second = await settle(harness, { ...wanted, product: { ...wanted.product, images } }, bare(productId));

    expect(first.kinds).toEqual(['patch', 'skip unchanged']);
    expect(first.withheld).toEqual({});
    expect(second.kinds).toEqual(['patch', 'skip unchanged']);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('a customer with addresses and consent', async () => {
    await using harness = await openPrepared();
    const base = aStoredCustomer({ id: '7', createdAt: PLACED });
    const customer = {
      ...base.customer,
      phone: '+49 170 1234567',
      addresses: [ADDRESS, ADDRESS, { ...ADDRESS, address1: 'Weg 2', country: 'US', region: 'CA' }],
      marketingConsent: true,
      smsConsent: true,
    };

    const made = await settle(harness, { ...base, customer }, null);
    const changed = { ...customer, phone: null, marketingConsent: false, smsConsent: false, addresses: [] };
    const after = await settle(harness, { ...base, customer: changed }, made.id);

    expect(made.kinds).toEqual(['create', 'skip unchanged']);
    expect(after.kinds).toEqual(['patch', 'skip unchanged']);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });
});
