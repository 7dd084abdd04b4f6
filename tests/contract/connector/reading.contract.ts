import { expect, test } from 'vitest';

import { ROOT_KINDS, type RootKind, type StoredProduct, type StoredRoot } from '#libs/model/stored.ts';
import type { Cases } from './cases.ts';
import { draftOf, productDraft } from './drafts.ts';
import { collect, patchOf, reading, valuesOf, type Workbench } from './subject.ts';

/** How a store is read, in whichever role. */
export function testReading({ bench, when, capabilities, isLive }: Cases): void {
  const makes = (root: RootKind): boolean => capabilities.creatable.has(root);
  const lists = (root: RootKind): boolean => capabilities.changedSince.has(root) && makes(root);
  const opened = (): Workbench['subject'] => bench().subject;
  const missing = '999999999999';

  test.each(ROOT_KINDS)(
    'reads of a %s keep the order that was asked, and say null for what is missing',
    async (root) => {
      const { connector } = opened();
      const first = await bench().make(draftOf(root, bench()));
      const second = await bench().make(draftOf(root, bench()));
      const refs = [second.id, missing, first.id, second.id].map((id) => ({ id }));

      const found = await connector.readRoots(root, refs, reading(opened()));

      expect(found.map((one) => one?.id ?? null)).toEqual([second.id, null, first.id, second.id]);
      expect(await connector.readRoots(root, [], reading(opened()))).toEqual([]);
    },
  );

  test('a read that is narrowed to some variants shows those, and says that it is partial', async () => {
    const product = await bench().make(productDraft(bench(), {}, {}, {}, {}));
    const [, wanted] = product.variants;
    const ref = { id: product.id, children: [wanted?.id ?? ''] };

    const [found] = await opened().connector.readRoots('product', [ref], reading(opened()));

    const { partial, variants } = found as StoredProduct;
    expect(variants.map(({ id }) => id)).toContain(wanted?.id);
    expect(partial || variants.length === product.variants.length).toBe(true);
  });

  for (const root of ROOT_KINDS)
    when(makes(root), `a scan sees each ${root} once, although things change meanwhile`, async () => {
      const { connector, nextSecond } = opened();
      const drafts = Array.from({ length: isLive ? 3 : 120 }, () => draftOf(root, bench()));
      const mine = (await bench().create(...drafts)).flatMap((one) => (one.outcome === 'created' ? [one.stored] : []));
      await nextSecond();

      const seen = await collect(connector.scan(root, {}, reading(opened())), async (_roots, page) => {
        if (page > 0) return;
        // One that was perhaps seen, one that perhaps was not, and one that is new.
        for (const one of [mine[0], mine.at(-1)]) if (one !== undefined) await touch(bench(), one);
        await bench().make(draftOf(root, bench()));
      });

      const times = new Map<string, number>();
      for (const { id } of seen) times.set(id, (times.get(id) ?? 0) + 1);
      expect(mine).toHaveLength(drafts.length);
      expect(mine.map(({ id }) => times.get(id))).toEqual(mine.map(() => 1));
      expect([...times.values()].filter((count) => count > 1)).toEqual([]);
    });

  when(!isLive, 'a scan goes on behind the page whose cursor it is given', async () => {
    const { connector } = opened();
    const whole = await collect(connector.scan('product', {}, reading(opened())));
    const pages = connector.scan('product', {}, reading(opened()))[Symbol.asyncIterator]();
    const first = await pages.next();
    await pages.return?.();
    const { roots, cursor } = first.value as { roots: readonly StoredRoot[]; cursor: string };

    const rest = await collect(connector.scan('product', { after: cursor }, reading(opened())));

    const seen = new Set([...roots, ...rest].map(({ id }) => id));
    expect(whole.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  for (const root of ROOT_KINDS)
    when(lists(root), `what of a ${root} changed in the very second that is asked from is not missed`, async () => {
      const { connector, nextSecond } = opened();
      await nextSecond();
      const first = await bench().make(draftOf(root, bench()));
      const second = await bench().make(draftOf(root, bench()));
      const since = [first, second].map(({ changedAt }) => changedAt ?? '').toSorted()[0] ?? '';

      const found = await collect(connector.scanChanged(root, since, reading(opened())));

      // More may come along: a store whose index lags is asked from a little earlier.
      expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]));
    });

  for (const root of ROOT_KINDS)
    when(lists(root), `a write moves the clock of a ${root}, so that it is found as changed`, async () => {
      const { connector, nextSecond } = opened();
      const stored = await bench().make(draftOf(root, bench()));
      await nextSecond();
      const from = new Date(await connector.storeTime(reading(opened()))).toISOString();
      await touch(bench(), stored);

      const found = await collect(connector.scanChanged(root, from, reading(opened())));

      expect(found.map(({ id }) => id)).toContain(stored.id);
    });

  test('what a store is asked for by a key is exact, and empty where nothing has it', async () => {
    const { connector } = opened();
    const product = await bench().make(productDraft(bench()));
    const sku = product.variants[0]?.variant.sku ?? '';

    const found = await connector.findByKey('sku', [`${sku}-more`, sku], reading(opened()));

    expect(found.map((list) => list.map(({ id }) => id))).toEqual([[], [product.id]]);
  });
}

/** Changes one field of it. */
async function touch(bench: Workbench, stored: StoredRoot): Promise<void> {
  const present = await bench.readBack(stored);
  const patch =
    stored.root === 'order'
      ? patchOf(present, {}, { steps: [{ kind: 'note', text: `touched ${bench.next()}` }] })
      : stored.root === 'product'
        ? patchOf(present, { product: { title: `${String(valuesOf(present, 'product')['title'])} again` } })
        : patchOf(present, { customer: { name: { first: 'Touched', last: bench.next() } } });
  const [result] = await bench.write(patch);
  expect(result?.outcome).toBe('stored');
}
