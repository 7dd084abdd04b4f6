import { expect, test } from 'vitest';

import type { CreateResult, RootDraft } from '#libs/connectors/store-connector.ts';
import { ROOT_KINDS, type RootKind } from '#libs/model/stored.ts';
import { anOrderLine, eur } from '#tests/builders/entities.ts';
import type { Cases } from './cases.ts';
import { customerDraft, draftOf, orderDraft, productDraft } from './drafts.ts';
import { reading, WRITE, type Workbench } from './subject.ts';

/** How a target makes what is not there, and finds again what it made. */
export function testCreating({ bench, when, capabilities }: Cases): void {
  const makes = (root: RootKind): boolean => capabilities.creatable.has(root);
  const opened = (): Workbench['subject'] => bench().subject;

  for (const root of ROOT_KINDS)
    when(makes(root), `a ${root} that was made is found again by its source id, in the order asked`, async () => {
      const first = await bench().make(draftOf(root, bench()));
      const second = await bench().make(draftOf(root, bench()));
      const ids = [second.sourceId ?? '', '404', first.sourceId ?? ''];

      const found = await opened().hands.findBySourceId(root, ids, reading({ connector: opened().hands }));

      expect(found.map((one) => one?.id ?? null)).toEqual([second.id, null, first.id]);
      expect(found.map((one) => one?.sourceId ?? null)).toEqual([second.sourceId, null, first.sourceId]);
    });

  for (const root of ROOT_KINDS)
    when(makes(root), `a ${root} that was made is among what was created since, with its source id`, async () => {
      const { hands } = opened();
      const since = new Date(await hands.storeTime(WRITE)).toISOString();
      const stored = await bench().make(draftOf(root, bench()));

      const listed = await hands.listCreatedSince(root, since, reading({ connector: hands }));

      expect(listed.find(({ id }) => id === stored.id)).toMatchObject({ sourceId: stored.sourceId });
    });

  for (const root of ROOT_KINDS)
    when(
      makes(root) && !capabilities.doublesPossible.has(root),
      `a second ${root} with the same source id is refused, or is the first`,
      async () => {
        const { hands } = opened();
        // Where the platform has neither uniqueness nor a look-up, whoever asks looks once more an hour later.
        const draft = draftOf(root, bench());
        const first = await bench().make(draft);

        const [again] = await bench().create(renamed(draft, bench()));

        expect(nameOf(again, first.id)).toMatch(/^(?:taken|refused|the first)$/);
        const [found] = await hands.findBySourceId(root, [draft.sourceId], reading({ connector: hands }));
        expect(found?.id).toBe(first.id);
      },
    );

  test('drafts end one by one: what cannot be made stops none of its neighbours', async () => {
    const [good, other] = [productDraft(bench()), productDraft(bench())];
    const bad = productDraft(bench(), {}, { sku: good.variants[0]?.variant.sku ?? null, price: eur(-100) });

    const results = await bench().create(good, bad, other);

    expect([results[0], results[2]].map((one) => one?.outcome)).toEqual(['created', 'created']);
    expect(results).toHaveLength(3);
  });

  test('a product is made whole, with all its variants in their options', async () => {
    const draft = productDraft(
      bench(),
      { title: 'Skål & Søn 🧤', description: '<p>Fin &amp; <b>stærk</b></p>' },
      { price: eur(1), quantity: 0, stockStatus: 'outOfStock' },
      { price: eur(999_999), quantity: 12 },
    );

    const stored = await bench().readBack(await bench().make(draft));

    expect(stored.product).toMatchObject({ title: 'Skål & Søn 🧤', status: 'draft' });
    expect(stored.variants.map(({ sourceId }) => sourceId)).toEqual(draft.variants.map(({ sourceId }) => sourceId));
    expect(
      stored.variants.map(({ variant: { sku, price, quantity, options } }) => [sku, price, quantity, options]),
    ).toEqual(draft.variants.map(({ variant: { sku, price, quantity, options } }) => [sku, price, quantity, options]));
  });

  test('an order is made to the cent, at its own time, with everybody’s names', async () => {
    const draft = orderDraft(bench(), {
      placedAt: '2026-09-01T23:59:59Z',
      lines: [
        anOrderLine({ title: 'Skål & Søn 🧤', quantity: 3, unitPrice: eur(333), total: eur(999) }),
        anOrderLine({ id: '2', title: '1 kr', quantity: 1, unitPrice: eur(1), total: eur(1) }),
      ],
      shipping: [{ title: 'Pakkeshop – hjørnet', amount: eur(490), taxes: [] }],
      total: eur(1490),
      note: 'Ring på & vent\nførste sal 🔔',
    });

    const { order, sourceId } = await bench().readBack(await bench().make(draft));

    expect(sourceId).toBe(draft.sourceId);
    expect(order.total).toEqual(eur(1490));
    expect(order.lines.map(({ title, quantity, total }) => [title, quantity, total])).toEqual([
      ['Skål & Søn 🧤', 3, eur(999)],
      ['1 kr', 1, eur(1)],
    ]);
    expect(order.email).toBe(draft.order.email);
    expect(order.note).toBe(draft.order.note);
    expect(order.status.state).toMatchObject({ payment: 'paid', fulfilment: 'open', cancelled: false });
  });

  when(
    capabilities.holdsOrders,
    'an open order is held where the store can, which is no state of the order',
    async () => {
      const draft = orderDraft(bench(), {}, { hold: true });

      const stored = await bench().readBack(await bench().make(draft));

      expect(stored.heldByUs).toBe(true);
      expect(stored.order.status.state).toMatchObject({ payment: 'paid', fulfilment: 'open', onHold: false });
    },
  );

  test('an order belongs to the customer whose id it was given', async () => {
    const customer = await bench().make(customerDraft(bench()));
    const draft = orderDraft(bench(), { email: customer.customer.email }, { customerId: customer.id });

    const { order } = await bench().readBack(await bench().make(draft));

    expect(order.customerId).toBe(customer.id);
  });

  test('nothing is sent once sending is over', async () => {
    const { hands } = opened();
    const draft = productDraft(bench());

    const results = await hands.create([draft], { ...WRITE, maySend: () => false });

    expect(results).toEqual([{ outcome: 'not-sent' }]);
    expect(await hands.findBySourceId('product', [draft.sourceId], reading({ connector: hands }))).toEqual([null]);
  });
}

/** The same source id under other natural keys: only the id says that it is the same. */
function renamed(draft: RootDraft, bench: Workbench): RootDraft {
  const other = { ...draftOf(draft.root, bench), sourceId: draft.sourceId };
  return other.root === 'product' && draft.root === 'product' ? { ...other, variants: draft.variants } : other;
}

function nameOf(result: CreateResult | undefined, firstId: string): string {
  if (result?.outcome !== 'created') return result?.outcome ?? 'nothing';
  return result.stored.id === firstId ? 'the first' : 'a double';
}
