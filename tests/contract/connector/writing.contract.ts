import { expect, test } from 'vitest';

import { agreesOn } from '#libs/fields/agree.ts';
import { fieldName, SELECTABLE, type FieldValues } from '#libs/fields/field-names.ts';
import { ROOT_KINDS, type EntityKind, type StoredProduct } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import { eur } from '#tests/builders/entities.ts';
import type { Cases } from './cases.ts';
import { customerDraft, draftOf, productDraft } from './drafts.ts';
import { patchOf, valuesOf, WRITE, type Workbench } from './subject.ts';

/** How a target takes what is written to it. */
export function testWriting({ bench, when, capabilities }: Cases): void {
  const opened = (): Workbench['subject'] => bench().subject;

  const touching: readonly (readonly [EntityKind, string, unknown])[] = [
    ['product', 'title', 'Only the title'],
    ['product', 'tags', ['one', 'two']],
    ['variant', 'price', eur(2490)],
    ['variant', 'quantity', 41],
    ['variant', 'barcode', '4006381333931'],
    ['customer', 'name', { first: 'Only', last: 'The Name' }],
  ];
  for (const [entity, field, value] of touching)
    when(
      capabilities.writable.has(fieldName(entity, field)),
      `a patch of ${entity}.${field} touches nothing else`,
      async () => {
        const values = { [field]: value };
        const draft =
          entity === 'customer'
            ? customerDraft(bench())
            : productDraft(bench(), { tags: ['old'] }, { price: eur(1990) }, {});
        const before = await bench().readBack(await bench().make(draft));

        const [result] = await bench().write(patchOf(before, { [entity]: values }));
        const after = await bench().readBack(before);

        expect(result?.outcome).toBe('stored');
        expect(changedFields(entity, valuesOf(before, entity), valuesOf(after, entity))).toEqual([field]);
        if (before.root !== 'product' || after.root !== 'product') return;
        const other = entity === 'product' ? 'variant' : 'product';
        expect(changedFields(other, valuesOf(before, other), valuesOf(after, other))).toEqual([]);
        expect(after.variants[1]?.variant).toEqual(before.variants[1]?.variant);
      },
    );

  test('the answer to a write says what the store now holds', async () => {
    const product = await bench().readBack(await bench().make(productDraft(bench())));
    const values = { price: eur(1234), quantity: 17 };

    const [result] = await bench().write(patchOf(product, { variant: values }));

    const id = product.variants[0]?.id ?? '';
    expect(result).toMatchObject({ outcome: 'stored', stored: { [id]: values } });
  });

  test('results come one by one, in the order asked, and a bad one fails alone', async () => {
    const products: StoredProduct[] = [];
    for (let count = 0; count < 3; count++)
      products.push(await bench().readBack(await bench().make(productDraft(bench()))));
    const [first, gone, last] = products as [StoredProduct, StoredProduct, StoredProduct];
    const nowhere = {
      ...gone,
      id: '999999999999',
      variants: gone.variants.map((one) => ({ ...one, id: '999999999998' })),
    };
    const patches = [first, nowhere, last].map((one, index) =>
      patchOf(one, { product: { title: `${opened().mark} number ${String(index)}` } }),
    );

    const results = await bench().write(...patches);

    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'refused', 'stored']);
    expect((await bench().readBack(last)).product.title).toBe(`${opened().mark} number 2`);
    expect((await bench().readBack(gone)).product.title).toBe(gone.product.title);
  });

  when(
    capabilities.compareAndSwap.has('variant.quantity'),
    'a number that is no longer the expected one is not written over, where the store can tell',
    async () => {
      const product = await bench().readBack(await bench().make(productDraft(bench(), {}, { quantity: 5 })));
      await bench().write(patchOf(product, { variant: { quantity: 9 } }));

      const [result] = await bench().write(patchOf(product, { variant: { quantity: 3 } }));

      expect(result?.outcome).toBe('stale');
      expect((await bench().readBack(product)).variants[0]?.variant.quantity).toBe(9);
    },
  );

  test('nothing is written once sending is over', async () => {
    const product = await bench().readBack(await bench().make(productDraft(bench())));
    const patch = patchOf(product, { product: { title: 'Too late' } });

    const results = await opened().hands.write([patch], { ...WRITE, maySend: () => false });

    expect(results).toEqual([{ outcome: 'not-sent' }]);
    expect((await bench().readBack(product)).product.title).toBe(product.product.title);
  });

  when(capabilities.stampable.has('product'), 'a source id that stands somewhere is never replaced', async () => {
    const product = await bench().readBack(await bench().make(productDraft(bench())));
    const stamp = { entity: 'product', targetId: product.id, sourceId: bench().next() } as const;

    const [result] = await bench().write(patchOf(product, {}, { stamps: [stamp] }));

    expect(result?.outcome).not.toBe('stored');
    expect((await bench().readBack(product)).sourceId).toBe(product.sourceId);
  });

  for (const root of ROOT_KINDS)
    when(capabilities.archivable?.has(root) === true, `what can be archived of a ${root} can be restored`, async () => {
      const { hands } = opened();
      const retire = must(hands.retire, 'what retires');
      const stored = await bench().readBack(await bench().make(draftOf(root, bench())));
      const item = { root, targetId: stored.id, sourceId: stored.sourceId ?? '', present: stored };

      const archived = await retire([{ ...item, how: 'archive' }], WRITE);
      const again = await retire([{ ...item, how: 'archive' }], WRITE);
      const restored = await retire([{ ...item, how: 'restore', status: 'draft' }], WRITE);

      expect([archived, again, restored].map(([one]) => one?.outcome)).toEqual(['stored', 'stored', 'stored']);
      expect((await bench().readBack(stored)).id).toBe(stored.id);
    });

  test.each(['product', 'order', 'customer'] as const)(
    'a %s that was deleted is missing, and deleted twice it is still',
    async (root) => {
      const { hands } = opened();
      const retire = must(hands.retire, 'what retires');
      const stored = await bench().readBack(await bench().make(draftOf(root, bench())));
      const item = {
        root,
        targetId: stored.id,
        sourceId: stored.sourceId ?? '',
        present: stored,
        how: 'delete',
      } as const;

      const [first] = await retire([item], WRITE);
      const [second] = await retire([item], WRITE);

      expect([first?.outcome, second?.outcome]).toEqual(['stored', 'stored']);
      bench().forget(stored);
      const context = { ...WRITE, fields: hands.capabilities.readable };
      expect(await hands.readRoots(root, [{ id: stored.id }], context)).toEqual([null]);
    },
  );
}

function changedFields(entity: EntityKind, before: FieldValues, after: FieldValues): readonly string[] {
  return SELECTABLE[entity].filter((field) => {
    const [left, right] = [before[field], after[field]];
    return left !== undefined && right !== undefined && !agreesOn(entity, field, left, right);
  });
}
