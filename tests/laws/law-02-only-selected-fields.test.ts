import { describe, expect, test } from 'vitest';

import type { FieldName } from '#libs/fields/field-names.ts';
import { aProduct, eur } from '#tests/builders/entities.ts';
import { newsOf, openTestPair, withQuantity } from './harness.ts';
import { newOrder, oldOrder, shelved } from './shelf.ts';

describe('law 2: only selected fields', () => {
  test('what people changed at the target stays, whatever else differs', async () => {
    const pair = await openTestPair();
    pair.source.put({
      ...withQuantity(shelved('1', 'A'), 3),
      product: aProduct({ title: 'Renamed at the source', description: 'other', tags: ['x'], brand: 'Other' }),
    });
    const before = {
      ...shelved('101', 'A', 9),
      product: aProduct({ title: 'People’s title', seo: { title: 'SEO', description: 'text' } }),
    };
    pair.target.put(before);
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    const after = pair.ofTarget('101');
    expect(after.variants[0]?.variant.quantity).toBe(3);
    expect(after).toEqual(withQuantity(before, 3));
  });

  test('a call names no field that the config does not', async () => {
    const pair = await openTestPair({ settings: { selection: new Set<FieldName>(['variant.price']) } });
    const variants = shelved('1', 'A', 3).variants.map((one) => ({
      ...one,
      variant: { ...one.variant, price: eur(2490), compareAtPrice: eur(2990), barcode: '40', weight: { grams: 1 } },
    }));
    pair.source.put(shelved('1', 'A', 3, { variants }));
    pair.target.put(shelved('101', 'A', 9));
    await pair.start();

    await pair.hear(newsOf('product', '1'));

    const named = pair.calls.flatMap((call) =>
      call.kind === 'write'
        ? call.patches.flatMap(({ entities }) => entities.flatMap(({ values }) => Object.keys(values)))
        : [],
    );
    expect(named).toEqual(['price']);
    expect(pair.ofTarget('101').variants[0]?.variant).toMatchObject({ price: eur(2490), quantity: 9, barcode: null });
  });

  test('of an order the status alone is written when the status alone is selected', async () => {
    const pair = await openTestPair({ settings: { selection: new Set<FieldName>(['order.status']) } });
    const shipped = { payment: 'paid', fulfilment: 'fulfilled', cancelled: false, onHold: false } as const;
    const history = [{ id: 'n1', at: '2026-11-23T08:00:00Z', text: 'Sent', forCustomer: true }];
    pair.source.put(
      oldOrder('7', '1001', { status: { word: 'completed', state: shipped }, history, note: 'Ring twice' }),
    );
    pair.target.put(oldOrder('107', '1001', { note: null, history: [] }));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    const stored = pair.target.get('order', '107');
    expect(stored).toMatchObject({ order: { status: { state: shipped }, note: null, history: [] } });
  });

  test('a status that differs writes no e-mail, address or line of the order', async () => {
    const pair = await openTestPair();
    const cancelled = { payment: 'paid', fulfilment: 'open', cancelled: true, onHold: false } as const;
    pair.source.put(
      oldOrder('7', '1001', {
        status: { word: 'cancelled', state: cancelled },
        phone: '+49',
        email: 'ADA@example.com',
      }),
    );
    pair.target.put(oldOrder('107', '1001'));
    await pair.start();

    await pair.hear(newsOf('order', '7'));

    const { order } = newOrder('107', '1001');
    expect(pair.target.get('order', '107')).toMatchObject({
      order: { email: order.email, phone: null, status: { state: { cancelled: true } } },
    });
  });
});
