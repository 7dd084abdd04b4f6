import { describe, expect, test } from 'vitest';

import type { EntityStamp, RootPatch, WriteResult } from '#libs/connectors/store-connector.ts';
import type { StoredProduct, StoredRoot } from '#libs/model/stored.ts';
import { findUnselectedWrites } from '../../simulators/oracle/unselected.ts';
import { openPrepared, outcomes, patchOf, readProduct, seedMany } from './shopify-builders.ts';
import { bare, CALL, WRITE, type Harness } from './shopify-harness.ts';

const SET = 'mutation metafieldsSet';

/** A patch that only puts a source id on a root, and on the variants in it. */
function stampOf(present: StoredRoot, sourceId: string): RootPatch {
  const own: EntityStamp = { entity: present.root, targetId: present.id, sourceId };
  const variants = present.root === 'product' ? present.variants : [];
  const stamps = [
    own,
    ...variants.map(({ id }): EntityStamp => ({ entity: 'variant', targetId: id, sourceId: `${sourceId}-v` })),
  ];
  return { root: present.root, sourceId, targetId: present.id, present, entities: [], steps: [], stamps };
}

async function write({ connector }: Harness, patches: readonly RootPatch[]): Promise<readonly WriteResult[]> {
  return await connector.write(patches, WRITE);
}

function writesSince(harness: Harness, before: number): readonly string[] {
  return harness.writes().slice(before);
}

describe('the Shopify connector puts source ids on what is linked', () => {
  test('25 to a call over all roots, with no other call, and nothing else changes', async () => {
    await using harness = await openPrepared();
    const products = await seedMany(harness, 15);
    const before = harness.writes().length;

    const results = await write(
      harness,
      products.map((product, index) => stampOf(product, `old-${index}`)),
    );

    expect(writesSince(harness, before)).toEqual([SET, SET]);
    expect(results[3]).toEqual({
      outcome: 'stored',
      stored: {},
      stamped: {
        [`product:${products[3]?.id}`]: 'old-3',
        [`variant:${products[3]?.variants[0]?.id}`]: 'old-3-v',
      },
    });
    expect(new Set(outcomes(results))).toEqual(new Set(['stored']));
    const { ledger } = harness.simulator;
    expect(findUnselectedWrites(ledger, new Set(), true)).toEqual([]);
    expect(findUnselectedWrites(ledger, new Set())).toHaveLength(30);
  });

  test('beside the fields of the same root', async () => {
    await using harness = await openPrepared();
    const [product] = await seedMany(harness, 1);
    if (product === undefined) throw new Error('Not seeded');
    const { stamps = [] } = stampOf(product, 'old-1');

    const results = await write(harness, [{ ...patchOf(product, { quantity: 2 }), stamps }]);

    expect(results).toMatchObject([{ outcome: 'stored', stamped: { [`product:${product.id}`]: 'old-1' } }]);
    const after = await readProduct(harness, product.id);
    expect(after).toMatchObject({
      sourceId: 'old-1',
      variants: [{ sourceId: 'old-1-v', variant: { quantity: 2 } }],
    });
  });

  test('and finds them by it afterwards: products, orders, customers', async () => {
    await using harness = await openPrepared();
    const [product] = await seedMany(harness, 1);
    const orderId = harness.simulator.seedOrder({ lines: [{ title: 'Tee', quantity: 1, price: '10' }] });
    const customerId = harness.simulator.seedCustomer({ email: 'ada@example.com' });
    const [order] = await harness.connector.readRoots('order', [{ id: bare(orderId) }], CALL);
    const [customer] = await harness.connector.readRoots('customer', [{ id: bare(customerId) }], CALL);
    const roots = [product, order, customer].filter((root): root is StoredRoot => root !== undefined && root !== null);

    const results = await write(
      harness,
      roots.map((root) => stampOf(root, `old-${root.root}`)),
    );

    expect(outcomes(results)).toEqual(['stored', 'stored', 'stored']);
    for (const { root, id } of roots) {
      const [found] = await harness.connector.findBySourceId(root, [`old-${root}`], CALL);
      expect(found).toMatchObject({ id, sourceId: `old-${root}` });
    }
  });

  test('never over another one: that root is stale, and its neighbours are stamped', async () => {
    await using harness = await openPrepared();
    const products = await seedMany(harness, 3);
    const [first, second, third] = products as [StoredProduct, StoredProduct, StoredProduct];
    await write(harness, [stampOf(second, 'theirs')]);

    const results = await write(harness, [stampOf(first, 'a'), stampOf(second, 'b'), stampOf(third, 'c')]);

    expect(outcomes(results)).toEqual(['stored', 'stale', 'stored']);
    const marks = await Promise.all(products.map(async ({ id }) => (await readProduct(harness, id)).sourceId));
    expect(marks).toEqual(['a', 'theirs', 'c']);
  });

  test('not one that another entity has: that root is refused in the shop’s words, and its neighbours are stamped', async () => {
    await using harness = await openPrepared();
    const [first, second, third] = (await seedMany(harness, 3)) as [StoredProduct, StoredProduct, StoredProduct];
    await write(harness, [stampOf(first, 'a')]);

    const results = await write(harness, [stampOf(second, 'a'), stampOf(third, 'c')]);

    expect(results).toMatchObject([
      { outcome: 'refused', message: `source id a of product ${second.id}: Value has already been taken.` },
      { outcome: 'stored' },
    ]);
    expect((await readProduct(harness, second.id)).sourceId).toBeNull();
  });

  test('a lost answer is unknown, and a store’s own error is failed', async () => {
    await using harness = await openPrepared();
    const [a, b] = (await seedMany(harness, 2)) as [StoredProduct, StoredProduct];
    harness.simulator.faults.plant({ kind: 'write', effect: { type: 'lost-answer', landsAfterMs: 0 }, times: 1 });
    const lost = await write(harness, [stampOf(a, 'a')]);
    harness.simulator.faults.plant({ kind: 'write', effect: { type: 'status', status: 502 }, times: 1 });
    const failed = await write(harness, [stampOf(b, 'b')]);

    expect([...outcomes(lost), ...outcomes(failed)]).toEqual(['unknown', 'failed']);
  });
});

describe('the Shopify connector shows a product that leaves its draft', () => {
  test('in the shop’s channels where Lockstep made it, and where people put it otherwise', async () => {
    await using harness = await openPrepared();
    const [made, linked] = ['MADE', 'LINKED'].map((title) =>
      harness.simulator.seedProduct({ title, status: 'DRAFT', variants: [{ sku: title, price: '1' }] }),
    );
    const show = async (id: string, more: Partial<RootPatch>): Promise<RootPatch> => {
      const present = { ...(await readProduct(harness, id)), sourceId: 'old' };
      const entities = [{ entity: 'product', targetId: present.id, values: { status: 'active' } }] as const;
      return { root: 'product', sourceId: 'old', targetId: present.id, present, entities, steps: [], ...more };
    };

    await write(harness, [await show(made?.productId ?? '', { made: true }), await show(linked?.productId ?? '', {})]);

    const published = harness.writes().filter((name) => name === 'mutation publishablePublish');
    expect(published).toHaveLength(1);
  });
});
