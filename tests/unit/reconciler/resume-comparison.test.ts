import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createComparison, runsDir } from '../../../services/reconciler/compare-stores.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { compare, HOUR_AGO, inStep } from './compare.ts';
import { aProduct, NOW } from './fake-stores.ts';
import { aWorld } from './world.ts';

describe('a comparison that was cut short', () => {
  test('goes on from its last page instead of scanning anew', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));
    world.source.beforePage = (_root, page) => {
      if (page === 2) throw new Error('killed');
    };
    await expect(compare(world)).rejects.toThrow('killed');
    const pages: number[] = [];
    world.source.beforePage = (_root, page) => pages.push(page);

    const { result } = await compare(world);

    expect(pages).toEqual([0]);
    expect(result).toMatchObject({ drift: 1, repaired: 1, compared: { product: 3 } });
    expect(readdirSync(runsDir(world.reportsDir, 'acme')).filter((name) => name.endsWith('.sqlite'))).toHaveLength(1);
  });

  test('while it waited for answers goes on with the same questions, and asks none twice', async () => {
    const world = await inStep();
    world.source.put(aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO }));
    const journal = openJournalStore(':memory:', 'acme', world.log);
    const stopping = new AbortController();
    const first = createComparison({ ...world, journal }, { pollMs: 1 }).run({
      repair: true,
      signal: stopping.signal,
    });
    while ((await world.published()).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    stopping.abort(new Error('stopped'));
    await expect(first).rejects.toThrow('stopped');
    journal.close();

    const { result } = await compare(world);

    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0 });
    const runs = (await world.published()).map(({ news }) => news?.run);
    expect(runs).toEqual([result.id, `${result.id}.verify`]);
  });

  test('just after it asked tells what the answer said, although that is repaired by now', async () => {
    const world = await inStep();
    const changed = aProduct({ id: '2', quantity: 3, changedAt: HOUR_AGO });
    world.source.put(changed);
    const publish: typeof world.log.publish = async (news) => {
      await world.log.publish(news);
      throw new Error('killed');
    };
    await expect(compare({ ...world, log: { ...world.log, publish } }, { applier: null })).rejects.toThrow('killed');
    const stop = await world.startApplier({});
    while ((await world.log.lag('acme')).behind > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await stop();
    world.target.put(aProduct({ id: '102', quantity: 3 }));
    await world.settle(changed);

    const { result, findings } = await compare(world);

    expect(result).toMatchObject({ drift: 1, repaired: 1, left: 0 });
    expect(findings).toMatchObject([{ entity: 'variant:v2', cause: 'missed-webhook' }]);
  });

  test('by a crash that tore its file begins anew', async () => {
    const world = await inStep();
    const folder = runsDir(world.reportsDir, 'acme');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'torn.sqlite'), 'SQLite format 3\u0000 and then nothing that makes sense'.repeat(40));

    const { result } = await compare(world);

    expect(result).toMatchObject({ findings: 0, complete: true });
    expect(readdirSync(folder)).toEqual([`${result.id}.sqlite`, 'agreed.db']);
  });

  test('is thrown away when it is too old to say anything', async () => {
    let now = NOW - 86_400_000;
    const world = await aWorld({ now: () => now });
    world.source.put(aProduct({ id: '1' }));
    world.source.beforePage = () => {
      throw new Error('killed');
    };
    await expect(compare(world)).rejects.toThrow('killed');
    world.source.beforePage = () => undefined;
    now = NOW;

    const { result } = await compare(world);

    expect(result.startedAt).toBe(NOW);
    expect(readdirSync(runsDir(world.reportsDir, 'acme')).filter((name) => name.endsWith('.sqlite'))).toHaveLength(1);
  });
});
