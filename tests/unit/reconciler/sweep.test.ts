import { describe, expect, test } from 'vitest';

import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { createSweep } from '../../../services/reconciler/sweep.ts';
import { aProduct, NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

const signal = new AbortController().signal;
const at = (ms: number) => new Date(NOW + ms).toISOString();

async function sweptOnce(): Promise<World> {
  const world = await aWorld();
  await createSweep(world).run(signal);
  return world;
}

describe('a sweep', () => {
  test('that is the first only says from when on', async () => {
    const world = await aWorld();
    world.source.put(aProduct({ id: '1', changedAt: at(-1_000) }));

    const result = await createSweep(world).run(signal);

    expect(result).toMatchObject({ seen: 0, published: 0 });
    expect(await world.facts.get('acme', 'cursor', 'product')).toEqual({ at: at(0), id: null, sweptAt: NOW });
  });

  test('publishes news of what is not as it was settled', async () => {
    const world = await sweptOnce();
    await world.settle(aProduct({ id: '1' }));
    world.source.put(aProduct({ id: '1', quantity: 3, changedAt: at(60_000) }));

    const result = await createSweep(world).run(signal);

    expect(result).toMatchObject({ seen: 1, published: 1 });
    expect((await world.published()).map(({ news }) => news)).toEqual([
      expect.objectContaining({ root: 'product', rootId: '1', kind: 'news', via: 'sweep', changedAt: at(60_000) }),
    ]);
  });

  test('says nothing of a change that touches no selected field', async () => {
    const world = await sweptOnce();
    await world.settle(aProduct({ id: '1' }));
    world.source.put(aProduct({ id: '1', title: 'Renamed', changedAt: at(60_000) }));

    expect(await createSweep(world).run(signal)).toMatchObject({ seen: 1, published: 0 });
  });

  test('moves the cursor to the last change it saw', async () => {
    const world = await sweptOnce();
    world.source.put(aProduct({ id: '1', changedAt: at(60_000) }), aProduct({ id: '2', changedAt: at(90_000) }));

    await createSweep(world).run(signal);

    expect(await world.facts.get('acme', 'cursor', 'product')).toMatchObject({ at: at(90_000) });
  });

  test('publishes news of what is there and cannot be read, and passes it', async () => {
    const world = await sweptOnce();
    const unread = [{ id: '7', changedAt: at(60_000), why: 'Cannot read product 7: …' }];
    const source: StoreConnector = {
      ...world.source,
      async *scanChanged() {
        yield { roots: [], cursor: '', unread };
      },
    };

    const result = await createSweep({ ...world, source }).run(signal, ['product']);

    expect(result).toMatchObject({ seen: 1, published: 1 });
    expect((await world.published()).map(({ news }) => [news?.rootId, news?.via])).toEqual([['7', 'sweep']]);
    expect(await world.facts.get('acme', 'cursor', 'product')).toMatchObject({ at: at(60_000) });
  });

  test('leaves the cursor where it is when the news cannot be published', async () => {
    const world = await sweptOnce();
    world.source.put(aProduct({ id: '1', changedAt: at(60_000) }));
    const log = { ...world.log, publish: () => Promise.reject(new Error('disk full')) };

    await expect(createSweep({ ...world, log }).run(signal)).rejects.toThrow('disk full');

    expect(await world.facts.get('acme', 'cursor', 'product')).toMatchObject({ at: at(0) });
  });

  test('looks a few seconds back, as source clocks are coarse', async () => {
    const world = await sweptOnce();
    world.source.put(aProduct({ id: '1', changedAt: at(-4_000) }), aProduct({ id: '2', changedAt: at(-9_000) }));

    expect(await createSweep(world).run(signal)).toMatchObject({ seen: 1, published: 1 });
  });

  test('leaves out what the scope leaves out', async () => {
    const world = await aWorld({ settings: { scope: { product: { excludeSkus: ['SKU-1'] } } } });
    await createSweep(world).run(signal);
    world.source.put(aProduct({ id: '1', changedAt: at(60_000) }));

    expect(await createSweep(world).run(signal)).toMatchObject({ seen: 1, published: 0 });
  });
});
