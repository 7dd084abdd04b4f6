import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { compareText } from '#libs/fields/agree.ts';
import { anOrder, aStoredOrder } from '#tests/builders/entities.ts';
import { createComparison, runsDir } from '../../../services/reconciler/compare-stores.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { listRuns } from '../../../services/reconciler/read-run.ts';
import { openRunFile } from '../../../services/reconciler/run-file.ts';
import { compare, DAY_AGO, HOUR_AGO, inStep } from './compare.ts';
import { aCustomer, aProduct, NOW } from './fake-stores.ts';
import { aWorld } from './world.ts';

describe('a comparison', () => {
  test('of two stores that agree finds nothing and asks nothing', async () => {
    const world = await inStep();

    const { result } = await compare(world);

    expect(result).toMatchObject({
      drift: 0,
      left: 0,
      findings: 0,
      complete: true,
      compared: { product: 3, variant: 3 },
    });
    expect(await world.published()).toEqual([]);
  });

  test('names, repairs and sees again exactly what a missed webhook left', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, title: 'Leinenhemd', sku: 'SIM-014', changedAt: HOUR_AGO }));

    const { result, findings } = await compare(world);

    expect(findings).toEqual([
      expect.objectContaining({
        entity: 'variant:v2',
        field: 'variant.quantity',
        label: 'SIM-014',
        title: 'Leinenhemd blau M',
        source: 3,
        target: 5,
        cause: 'missed-webhook',
        status: 'repaired',
      }),
    ]);
    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0, byCause: { 'missed-webhook': 1 } });
    const after = world.target.roots.get('product:102');
    expect(after?.root === 'product' && after.variants[0]?.variant.quantity).toBe(3);
    expect((await world.published()).map(({ news }) => [news?.rootId, news?.kind, news?.repair])).toEqual([
      ['2', 'compare', true],
      ['2', 'compare', false],
    ]);
  });

  test('without repair writes nothing and tells what is left', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));

    const { result } = await compare(world, { repair: false });

    expect(result).toMatchObject({ drift: 1, repaired: 0, left: 1, repair: false });
    const after = world.target.roots.get('product:102');
    expect(after?.root === 'product' && after.variants[0]?.variant.quantity).toBe(5);
  });

  test('does not call a value drift that agrees by the time the applier looks', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));
    const instead = () => ({ outcome: 'unchanged' as const, differences: [] });

    const { result } = await compare(world, { applier: { instead } });

    expect(result).toMatchObject({ drift: 0, findings: 0 });
  });

  test('calls a root whose repair is delayed a failed apply, and leaves it', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));
    const instead = () => ({ outcome: 'delayed' as const, reason: 'failed', message: 'the store answered 502' });

    const { findings, result } = await compare(world, { applier: { instead } });

    expect(findings).toEqual([expect.objectContaining({ cause: 'failed-apply', status: 'left' })]);
    expect(result).toMatchObject({ drift: 1, repaired: 0, left: 1 });
  });

  test('does not count as repaired what differs again at the second look', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));
    const difference = {
      entity: 'variant:v2',
      field: 'variant.quantity',
      source: 3,
      target: 5,
      baseline: 'same' as const,
    };
    let asked = 0;
    const instead = () => {
      asked += 1;
      return { outcome: asked === 1 ? ('applied' as const) : ('differs' as const), differences: [difference] };
    };

    const { result } = await compare(world, { applier: { instead } });

    expect(result).toMatchObject({ drift: 1, repaired: 0, left: 1 });
  });

  test('says that it cannot tell when nobody answers', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));

    const { result, findings } = await compare(world, { applier: null, patienceMs: 20 });

    expect(findings).toEqual([expect.objectContaining({ root: 'product:2', cause: 'inconclusive', status: 'left' })]);
    expect(result.complete).toBe(false);
  });

  test('tells an edit at the target from a change at the source', async () => {
    const world = await inStep();
    world.target.put(aProduct({ id: '101', quantity: 9 }));

    const { findings } = await compare(world);

    expect(findings).toEqual([
      expect.objectContaining({
        entity: 'variant:v1',
        cause: 'target-edited',
        source: 5,
        target: 9,
        status: 'repaired',
      }),
    ]);
  });

  test('remembers what agreed, and so tells who moved although nothing was ever written', async () => {
    const world = await inStep();
    for (const id of ['1', '2'])
      await world.facts.put([{ pair: 'acme', kind: 'settled', id: `product:${id}`, value: null }]);
    await compare(world);
    world.source.put(aProduct({ id: '1', quantity: 2, changedAt: DAY_AGO }));
    world.target.put(aProduct({ id: '102', quantity: 9 }));

    const { findings } = await compare(world);

    expect(findings.map(({ root, cause }) => `${root} ${cause}`)).toEqual([
      'product:1 silent-at-source',
      'product:2 target-edited',
    ]);
  });

  test('finds what either side lacks', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '4' }));
    world.target.put(aProduct({ id: '500', sku: 'OTHER' }));
    world.source.roots.delete('product:3');

    const { findings } = await compare(world);

    expect(findings.map(({ entity, cause, status }) => `${entity} ${cause} ${status}`).toSorted(compareText)).toEqual([
      'product:3 deleted-at-source kept',
      'product:4 unlinked left',
      'product:500 only-on-target kept',
    ]);
  });

  test('keeps people’s values out of findings, run file and reports', async () => {
    const world = await aWorld();
    const anna = aCustomer('7', 'anna@secret-example.com', HOUR_AGO);
    world.source.put(anna);
    world.target.put(aCustomer('70', 'old@secret-example.com'));
    await world.linkCustomer('7', '70');

    const { result, findings } = await compare(world, { repair: false });

    expect(findings).toEqual([
      expect.objectContaining({
        field: 'customer.email',
        label: 'a…@s….com',
        source: null,
        target: null,
        hidden: true,
      }),
    ]);
    for (const name of readdirSync(world.reportsDir, { recursive: true, withFileTypes: true }))
      if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes('secret-example')).toBe(false);
    expect(result.report).not.toBeNull();
  });

  test('is written down as a fact with its figures', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));

    const { result } = await compare(world);

    expect(await world.facts.get('acme', 'run', result.id)).toEqual({
      at: NOW,
      endedAt: NOW,
      drift: 1,
      repaired: 1,
      left: 0,
      repair: true,
      report: result.report,
    });
  });

  test('is listed with the others, latest first, once it has ended', async () => {
    let now = NOW;
    const world = await aWorld({ now: () => now });
    expect(listRuns(world.reportsDir, 'acme')).toEqual([]);
    const first = await compare(world);
    now += 60_000;
    const second = await compare(world);
    openRunFile(join(runsDir(world.reportsDir, 'acme'), 'running.sqlite')).close();

    expect(listRuns(world.reportsDir, 'acme')).toEqual([second.result, first.result]);
  });

  test('asks about orders only when what they refer to is answered', async () => {
    const create = { product: 'all', order: 'all', customer: 'all' } as const;
    const world = await aWorld({ settings: { create } });
    world.source.put(
      aStoredOrder({ id: '1', order: anOrder({ number: '1' }) }),
      aProduct({ id: '9' }),
      aCustomer('5', 'a@b.de'),
    );
    const journal = openJournalStore(':memory:', 'acme', world.log);
    const stopping = new AbortController();
    const run = createComparison({ ...world, journal }, { pollMs: 1 }).run({ repair: true, signal: stopping.signal });
    while ((await world.published()).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));

    expect((await world.published()).map(({ news }) => news?.root)).toEqual(['customer', 'product']);

    stopping.abort(new Error('stopped'));
    await expect(run).rejects.toThrow('stopped');
    journal.close();
  });

  test('limited to customers does not look at products', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));
    const journal = openJournalStore(':memory:', 'acme', world.log);

    const result = await createComparison({ ...world, journal }).run({
      entities: ['customer'],
      repair: true,
      signal: new AbortController().signal,
    });

    expect(result).toMatchObject({ findings: 0, compared: {} });
    journal.close();
  });
});
