import { describe, expect, test } from 'vitest';

import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { aProduct } from './fake-stores.ts';
import { ago, aPair, LONG_AGO } from './with-applier.ts';

describe('the comparison with the applier itself', () => {
  test('begins in step', async () => {
    const pair = await aPair();

    expect(pair.quantity()).toBe(5);
    expect((await pair.compare()).result).toMatchObject({ findings: 0, drift: 0 });
    await pair.stop();
  });

  test('names and repairs a change whose webhook never came', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(3_600_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({ cause: 'missed-webhook', status: 'repaired', source: 3, target: 5, targetId: 'v101' }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0 });
    expect(pair.quantity()).toBe(3);
    await pair.stop();
  });

  test('tells an edit at the target, and a change that moved no clock', async () => {
    const pair = await aPair();
    pair.target.put(aProduct({ id: '101', sku: 'SKU-1', quantity: 8 }));
    const edited = await pair.compare();
    pair.source.put(aProduct({ id: '1', quantity: 2, changedAt: LONG_AGO }));
    const silent = await pair.compare();

    expect(edited.findings).toEqual([
      expect.objectContaining({ cause: 'target-edited', status: 'repaired', target: 8 }),
    ]);
    expect(silent.findings).toEqual([expect.objectContaining({ cause: 'silent-at-source', status: 'repaired' })]);
    await pair.stop();
  });

  test('has archived what is gone from the source, once, and restores it when it is back', async () => {
    const keep = { product: 'archive', order: 'keep', customer: 'keep' } as const;
    const pair = await aPair(undefined, ['1', '2'], undefined, { delete: keep });
    const status = () => {
      const root = pair.target.get('product', '101');
      return root?.root === 'product' ? root.product.status : null;
    };
    pair.source.remove('product', '1');
    const looked = await pair.compare(false);
    expect(status()).toBe('active');

    const [first, second] = [await pair.compare(), await pair.compare()];
    expect(status()).toBe('archived');
    pair.source.put(aProduct({ id: '1', changedAt: LONG_AGO }));
    const back = await pair.compare();

    expect(status()).toBe('active');
    const told = [looked, first, second, back].map(({ findings }) => findings.map((one) => [one.cause, one.status]));
    expect(told).toEqual([
      [['deleted-at-source', 'left']],
      [['deleted-at-source', 'repaired']],
      [['deleted-at-source', 'kept']],
      [['back-at-source', 'repaired']],
    ]);
    expect([first, back].map(({ result }) => result.drift)).toEqual([0, 1]);
    await pair.stop();
  });

  test('asks about what the source lists and nobody understands, and takes it for no deletion', async () => {
    let isOdd = false;
    const pair = await aPair(undefined, undefined, (source) => ({
      ...source,
      async *scan(root, options, call) {
        for await (const page of source.scan(root, options, call))
          yield isOdd
            ? { ...page, roots: [], unread: page.roots.map(({ id }) => ({ id, changedAt: null, why: '' })) }
            : page;
      },
      readRoots: (...asked) =>
        isOdd
          ? Promise.reject(new SyncError('STORE_REFUSED', 'Cannot read it: it is odd'))
          : source.readRoots(...asked),
    }));
    isOdd = true;

    const { findings } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({
        entity: 'product:1',
        field: null,
        status: 'left',
        message: expect.stringContaining('odd'),
      }),
    ]);
    expect(pair.quantity()).toBe(5);
    await pair.stop();
  });

  test('counts what changed moments ago apart, and repairs it all the same', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(1_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([expect.objectContaining({ cause: 'under-way', status: 'repaired' })]);
    expect(result).toMatchObject({ drift: 0, underWay: 1 });
    await pair.stop();
  });

  test('makes what is new at the source and sees it again', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '2', createdAt: ago(7_200_000), changedAt: ago(7_200_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({
        root: 'product:2',
        cause: 'new-at-source',
        status: 'repaired',
        targetId: expect.stringMatching(/^\d+$/) as string,
      }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0 });
    await pair.stop();
  });

  test('says in the store’s own words what could not be repaired', async () => {
    const refusing = (target: StoreConnector): StoreConnector => ({
      ...target,
      write: async (patches, call) =>
        patches.some(({ entities }) => entities.some(({ values }) => values['quantity'] === 3))
          ? patches.map(() => ({ outcome: 'refused', message: 'Stock is managed by the warehouse' }))
          : target.write(patches, call),
    });
    const pair = await aPair(refusing);
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(3_600_000) }));

    const { findings, result } = await pair.compare();

    expect(findings).toEqual([
      expect.objectContaining({
        cause: 'failed-apply',
        status: 'left',
        message: expect.stringContaining('Stock is managed by the warehouse') as string,
      }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 0, left: 1 });
    await pair.stop();
  });

  test('without repair writes nothing', async () => {
    const pair = await aPair();
    pair.source.put(aProduct({ id: '1', quantity: 3, changedAt: ago(3_600_000) }));

    const { result } = await pair.compare(false);

    expect(result).toMatchObject({ drift: 1, left: 1 });
    expect(pair.quantity()).toBe(5);
    await pair.stop();
  });
});
