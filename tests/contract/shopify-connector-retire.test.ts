import { describe, expect, test } from 'vitest';

import type { Retirement, WriteResult } from '#libs/connectors/store-connector.ts';
import type { RootKind } from '#libs/model/stored.ts';
import { createOrder, openPrepared, orderDraft } from './shopify-builders.ts';
import { bare, CALL, WRITE, type Harness } from './shopify-harness.ts';

async function retire(
  harness: Harness,
  root: RootKind,
  id: string,
  how: Retirement['how'],
  more: Pick<Retirement, 'status'> = {},
): Promise<WriteResult | undefined> {
  const [present] = await harness.connector.readRoots(root, [{ id }], CALL);
  // What a read saw may be gone by the time of the call.
  const stored = present ?? (await anything(harness));
  const item: Retirement = { root, targetId: id, sourceId: 'woo-1', present: stored, how, ...more };
  const [result] = (await harness.connector.retire?.([item], WRITE)) ?? [];
  return result;
}

async function anything({ simulator, connector }: Harness) {
  const id = bare(simulator.seedCustomer({ firstName: 'Any' }));
  const [root] = await connector.readRoots('customer', [{ id }], CALL);
  if (root === null || root === undefined) throw new Error('Not there');
  return root;
}

describe('the Shopify connector retires', () => {
  test('products by their status, and brings them back as they are wanted', async () => {
    await using harness = await openPrepared();
    const { productId } = harness.simulator.seedProduct({ title: 'Tee', variants: [{ sku: 'A', price: '10' }] });
    const id = bare(productId);
    const status = () => harness.simulator.state().products[0]?.status;

    expect(await retire(harness, 'product', id, 'archive')).toEqual({
      outcome: 'stored',
      stored: { [id]: { status: 'archived' } },
    });
    expect(status()).toBe('ARCHIVED');
    expect(await retire(harness, 'product', id, 'archive')).toMatchObject({ outcome: 'stored' });
    await retire(harness, 'product', id, 'restore', { status: 'draft' });
    expect(status()).toBe('DRAFT');
    await retire(harness, 'product', id, 'restore');
    expect(status()).toBe('ACTIVE');
  });

  test('orders by closing them, without a mail', async () => {
    await using harness = await openPrepared();
    const { id } = await createOrder(harness, orderDraft());
    const closed = () => harness.simulator.state().orders[0]?.closedAt !== null;

    expect((await retire(harness, 'order', id, 'archive'))?.outcome).toBe('stored');
    expect(closed()).toBe(true);
    expect((await retire(harness, 'order', id, 'restore'))?.outcome).toBe('stored');
    expect(closed()).toBe(false);
    expect(harness.simulator.ledger.effects).toEqual([]);
  });

  test.each(['product', 'order', 'customer'] as const)('a %s for good; what is gone already is gone', async (root) => {
    await using harness = await openPrepared();
    const { simulator } = harness;
    const id = {
      product: () => bare(simulator.seedProduct({ title: 'Tee', variants: [{ price: '10' }] }).productId),
      order: () => bare(simulator.seedOrder({ lines: [{ title: 'Tee', quantity: 1, price: '10' }] })),
      customer: () => bare(simulator.seedCustomer({ email: 'ada@example.com' })),
    }[root]();

    const first = await retire(harness, root, id, 'delete');
    const second = await retire(harness, root, id, 'delete');

    expect([first, second]).toEqual([
      { outcome: 'stored', stored: {} },
      { outcome: 'stored', stored: {} },
    ]);
    expect(await harness.connector.readRoots(root, [{ id }], CALL)).toEqual([null]);
    expect(simulator.ledger.effects).toEqual([]);
  });

  test('no customer who has orders, and archives none at all', async () => {
    await using harness = await openPrepared();
    const customerId = harness.simulator.seedCustomer({ email: 'ada@example.com' });
    harness.simulator.seedOrder({ customerId, lines: [{ title: 'Tee', quantity: 1, price: '10' }] });
    const id = bare(customerId);

    const results = [await retire(harness, 'customer', id, 'delete'), await retire(harness, 'customer', id, 'archive')];

    expect(results).toMatchObject([
      { outcome: 'refused', message: expect.stringContaining('associated orders') as string },
      { outcome: 'refused' },
    ]);
    expect(harness.connector.capabilities.archivable?.has('customer')).toBe(false);
    expect(harness.simulator.state().customers).toHaveLength(1);
  });

  test('each by itself: a call whose answer was lost is not known, its neighbour is', async () => {
    await using harness = await openPrepared();
    const ids = ['One', 'Two'].map((title) =>
      bare(harness.simulator.seedProduct({ title, variants: [{ price: '10' }] }).productId),
    );
    const roots = await harness.connector.readRoots(
      'product',
      ids.map((id) => ({ id })),
      CALL,
    );
    const items = roots.flatMap((present): Retirement[] =>
      present === null
        ? []
        : [{ root: 'product', targetId: present.id, sourceId: present.id, present, how: 'archive' }],
    );
    const effect = { type: 'lost-answer', landsAfterMs: 0 } as const;
    harness.simulator.faults.plant({ kind: 'write', match: /productUpdate/, effect, times: 1 });

    const results = await harness.connector.retire?.(items, WRITE);

    expect(results?.map(({ outcome }) => outcome).toSorted()).toEqual(['stored', 'unknown']);
    expect(harness.simulator.state().products.map(({ status }) => status)).toEqual(['ARCHIVED', 'ARCHIVED']);
  });
});
