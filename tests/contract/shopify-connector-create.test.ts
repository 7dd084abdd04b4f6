import { describe, expect, test } from 'vitest';

import type { RootDraft, RootPatch } from '#libs/connectors/store-connector.ts';
import type { Customer } from '#libs/model/customer.ts';
import { EUR, ADDRESS, PRODUCT, aVariant, create, openPrepared } from './shopify-builders.ts';
import { CALL, openShopify, WRITE } from './shopify-harness.ts';

describe('the Shopify connector prepares', () => {
  test('the definitions once, however often it is asked', async () => {
    await using harness = await openPrepared();
    const before = harness.simulator.state().definitions.length;

    await harness.connector.prepare(CALL.fields, WRITE);

    expect(before).toBe(5);
    expect(harness.simulator.state().definitions).toHaveLength(5);
  });

  test('a look-up before the definitions are there finds nothing, and does not fail', async () => {
    await using harness = await openShopify();

    expect(await harness.connector.findBySourceId('order', ['1', '2'], CALL)).toEqual([null, null]);
    expect(await harness.connector.findBySourceId('product', ['1'], CALL)).toEqual([null]);
  });
});

describe('the Shopify connector creates products', () => {
  const draft: RootDraft = {
    root: 'product',
    sourceId: 'woo-1',
    product: PRODUCT,
    variants: [
      { sourceId: 'woo-11', variant: aVariant({ sku: 'A-S', options: [{ name: 'Size', value: 'S' }] }) },
      {
        sourceId: 'woo-12',
        variant: aVariant({
          sku: 'A-M',
          options: [{ name: 'Size', value: 'M' }],
          tracked: false,
          quantity: null,
          stockStatus: 'outOfStock',
        }),
      },
    ],
  };

  test('whole, shown to shoppers when it is, and found again by the source’s ids', async () => {
    await using harness = await openPrepared();

    const result = await create(harness, draft);

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: {
        sourceId: 'woo-1',
        product: { ...PRODUCT },
        variants: [
          { sourceId: 'woo-11', variant: { sku: 'A-S', quantity: 7, price: EUR(1990), weight: { grams: 250 } } },
          { sourceId: 'woo-12', variant: { sku: 'A-M', tracked: true, quantity: 0, stockStatus: 'outOfStock' } },
        ],
      },
    });
    const found = await harness.connector.findBySourceId('product', ['woo-1', 'woo-12', 'woo-404'], CALL);
    const id = result?.outcome === 'created' ? result.stored.id : '';
    expect(found.map((root) => root?.id ?? null)).toEqual([id, id, null]);
    expect(await harness.connector.findByKey('sku', ['A-M', 'A'], CALL)).toMatchObject([[{ id }], []]);
  });

  test('what is never sent in a parcel as such', async () => {
    await using harness = await openPrepared();
    const [sent, download] = draft.root === 'product' ? draft.variants : [];
    if (sent === undefined || download === undefined) throw new Error('Broken invariant: the draft has two variants');
    const never = { ...download, variant: { ...download.variant, requiresShipping: false } };

    const result = await create(harness, { ...draft, variants: [sent, never] } as RootDraft);

    const stored = result?.outcome === 'created' && result.stored.root === 'product' ? result.stored.variants : [];
    expect(stored.map(({ variant }) => variant.requiresShipping)).toEqual([undefined, false]);
  });

  test('in the online store, where shoppers look', async () => {
    await using harness = await openPrepared();

    await create(harness, draft);

    expect(harness.simulator.state().products[0]?.publicationIds).toEqual(harness.simulator.publicationIds);
  });

  test('of which the answer was lost, to be found by the source’s id', async () => {
    await using harness = await openPrepared();
    harness.simulator.faults.plant({
      kind: 'write',
      match: /productSet/,
      effect: { type: 'lost-answer', landsAfterMs: 0 },
      times: 1,
    });

    const result = await create(harness, draft);

    expect(result?.outcome).toBe('unknown');
    expect(await harness.connector.findBySourceId('product', ['woo-1'], CALL)).toMatchObject([{ sourceId: 'woo-1' }]);
  });

  test('a second one with the same source id is a look-up result', async () => {
    await using harness = await openPrepared();
    await create(harness, draft);

    const again = await create(harness, draft);

    expect(again?.outcome).toBe('taken');
    expect(harness.simulator.state().products).toHaveLength(1);
  });
});

describe('the Shopify connector creates customers', () => {
  const customer: Customer = {
    email: 'ada@example.com',
    name: { first: 'Ada', last: 'L' },
    phone: '+49 170 1234567',
    addresses: [ADDRESS, ADDRESS],
    marketingConsent: true,
    smsConsent: true,
  };

  test('with address and consent, found again, and patched by field', async () => {
    await using harness = await openPrepared();

    const result = await create(harness, { root: 'customer', sourceId: 'woo-9', customer });

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: { sourceId: 'woo-9', customer: { ...customer, phone: '+491701234567', addresses: [ADDRESS] } },
    });
    const [found] = await harness.connector.findBySourceId('customer', ['woo-9'], CALL);
    const [byEmail] = await harness.connector.findByKey('email', ['ada@example.com'], CALL);
    expect(byEmail?.map(({ id }) => id)).toEqual([found?.id]);
    if (found?.root !== 'customer') throw new Error('Not found');
    const values = { name: { first: 'Ada', last: 'Lovelace' }, marketingConsent: false, smsConsent: false };
    const patch: RootPatch = {
      root: 'customer',
      sourceId: 'woo-9',
      targetId: found.id,
      present: found,
      entities: [{ entity: 'customer', targetId: found.id, values }],
      steps: [],
    };
    expect(await harness.connector.write([patch], WRITE)).toEqual([
      { outcome: 'stored', stored: { [found.id]: values } },
    ]);
    const [after] = await harness.connector.readRoots('customer', [{ id: found.id }], CALL);
    expect(after).toMatchObject({ customer: { ...found.customer, ...values } });
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test('an e-mail that is taken is a look-up result', async () => {
    await using harness = await openPrepared();
    harness.simulator.seedCustomer({ email: 'ada@example.com' });

    const result = await create(harness, { root: 'customer', sourceId: 'woo-9', customer });

    expect(result?.outcome).toBe('taken');
  });
});
