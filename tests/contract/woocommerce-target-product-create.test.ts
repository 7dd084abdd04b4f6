import { describe, expect, test } from 'vitest';

import type { StoredProduct } from '#libs/model/stored.ts';
import { aProduct, aVariant, eur } from '#tests/builders/entities.ts';
import { create, made, openTarget, productDraft, READ, WRITE } from './woocommerce-target-harness.ts';

describe('the WooCommerce connector creates products', () => {
  test('simple, as a draft that is shown when it is whole', async () => {
    const target = await openTarget();

    const result = await create(
      target,
      productDraft({
        product: aProduct({
          categories: ['Hemden'],
          brand: 'Acme',
          images: [{ url: 'https://old.example.com/a.jpg', alt: null }],
        }),
      }),
    );

    expect(result).toMatchObject({
      outcome: 'created',
      complete: true,
      stored: {
        sourceId: '14',
        product: {
          title: 'Linen shirt',
          handle: 'linen-shirt',
          status: 'active',
          categories: ['Hemden'],
          brand: 'Acme',
        },
        variants: [{ sourceId: 'v-14', variant: { sku: 'SIM-014', quantity: 5, price: eur(1990) } }],
      },
    });
    const [first] = target.shop.ledger.entries.filter(
      ({ entity, action }) => entity === 'product' && action === 'create',
    );
    expect(first?.changes['status']?.to).toBe('draft');
  });

  test('what is never sent in a parcel as such, simple or a variation', async () => {
    const target = await openTarget();
    const never = (options: readonly { readonly name: string; readonly value: string }[], sku: string) => ({
      sourceId: `v-${sku}`,
      variant: { ...aVariant({ sku, options: [...options] }), requiresShipping: false },
    });
    const size = (value: string) => [{ name: 'Size', value }];

    const simple = await create(target, productDraft({ variants: [never([], 'D-1')] }));
    const variable = await create(
      target,
      productDraft({
        sourceId: '15',
        variants: [never(size('S'), 'D-2'), { sourceId: 'v-3', variant: aVariant({ sku: 'D-3', options: size('M') }) }],
      }),
    );

    const shippingOf = (result: typeof simple) =>
      result?.outcome === 'created' && result.stored.root === 'product'
        ? result.stored.variants.map(({ variant }) => variant.requiresShipping)
        : null;
    expect(shippingOf(simple)).toEqual([false]);
    expect(shippingOf(variable)).toEqual([false, undefined]);
  });

  test('with more variations than a batch takes, each with its mark', async () => {
    const target = await openTarget();
    const variants = Array.from({ length: 120 }, (_, number) => ({
      sourceId: `v-${number}`,
      variant: aVariant({ sku: `S-${number}`, options: [{ name: 'Nr', value: String(number) }], quantity: number }),
    }));

    const result = await create(target, productDraft({ variants }));

    expect(result).toMatchObject({ outcome: 'created', complete: true });
    expect(target.shop.state().variations).toHaveLength(120);
    const [found] = await target.connector.findBySourceId('product', ['14'], READ);
    expect(new Set((found as StoredProduct).variants.map(({ sourceId }) => sourceId)).size).toBe(120);
  });

  test('one that has nothing to sell is refused', async () => {
    const target = await openTarget();

    expect(await create(target, productDraft({ variants: [] }))).toMatchObject({ outcome: 'refused' });
    expect(target.writes()).toEqual([]);
  });

  test('a SKU that is taken is a look-up result', async () => {
    const target = await openTarget();
    target.shop.people.createProduct({ name: 'Tee', sku: 'SIM-014' });

    expect(await create(target, productDraft())).toMatchObject({ outcome: 'taken' });
  });

  test.each(['row', 'sku', 'data'] as const)(
    'one whose making was cut short after %s is found again, and it alone',
    async (after) => {
      const target = await openTarget();
      target.shop.phpFaults.plant({ match: /^POST .*products$/, effect: { type: 'killed', after }, times: 1 });

      expect(await create(target, productDraft())).toMatchObject({ outcome: 'unknown' });

      const [found] = await target.connect().findBySourceId('product', ['14'], READ);
      expect(found).toMatchObject({ sourceId: '14', product: { status: 'draft' } });
      expect((await target.product(found?.id ?? '')).sourceId).toBe('14');
    },
  );

  test('one that was whole before its answer was lost is found by its mark, SKU or not', async () => {
    const target = await openTarget();
    const { id } = await made(
      target,
      productDraft({ variants: [{ sourceId: 'v', variant: aVariant({ sku: null }) }] }),
    );

    const [found, none] = await target.connect().findBySourceId('product', ['14', '15'], READ);

    expect([found?.id, none]).toEqual([id, null]);
  });

  test('a category whose name has to be escaped is found again, and not made twice', async () => {
    const target = await openTarget();
    const inCategory = (sourceId: string) =>
      productDraft({
        sourceId,
        product: aProduct({ handle: `p-${sourceId}`, categories: ['Töpfe & „Pfannen“'] }),
        variants: [{ sourceId, variant: aVariant({ sku: sourceId }) }],
      });

    await made(target, inCategory('1'));
    const second = await made({ ...target, connector: target.connect() }, inCategory('2'));

    expect(second).toMatchObject({ product: { categories: ['Töpfe & „Pfannen“'] } });
    expect(target.shop.state().categories.map(({ name }) => name)).toEqual(['Uncategorized', 'Töpfe &amp; „Pfannen“']);
  });

  test('categories that two products need at the same time are made once', async () => {
    const target = await openTarget({ writeMs: 5 });
    const drafts = ['1', '2', '3'].map((sourceId) =>
      productDraft({
        sourceId,
        product: aProduct({ handle: `p-${sourceId}`, categories: ['Neu'], tags: ['a'] }),
        variants: [{ sourceId, variant: aVariant({ sku: sourceId }) }],
      }),
    );

    await target.connector.create(drafts, WRITE);

    expect(target.shop.state().categories.filter(({ name }) => name === 'Neu')).toHaveLength(1);
  });
});
