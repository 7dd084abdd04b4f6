import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, test, vi } from 'vitest';

import { must } from '#libs/runtime/must.ts';
import { PATIENCE, type World } from '../integration/harness.ts';
import { useServices } from '../services/use-services.ts';
import { anotherConfig, openClusterWorld } from './cluster-world.ts';

vi.setConfig({ testTimeout: 480_000 });

const services = useServices();
const PAUSE_MS = 300;

/** Changes stock and makes products until it is stopped; what must then be at the target, by SKU. */
function trade(world: World) {
  const { source, productId } = world.shops();
  const stocks = new Map<string, number>();
  const stopping = new AbortController();
  const trading = (async () => {
    for (let n = 1; !stopping.signal.aborted; n++) {
      const sku = `S-${(n % 5) + 1}`;
      source.people.setStock(productId(sku), n);
      stocks.set(sku, n);
      if (n % 4 === 0) {
        const made = { name: `Hat ${n}`, sku: `H-${n}`, regular_price: '9.00', manage_stock: true, stock_quantity: n };
        source.people.createProduct({ ...made, status: 'publish' });
        stocks.set(`H-${n}`, n);
      }
      await pause(PAUSE_MS);
    }
  })();
  return {
    async stopped(): Promise<Readonly<Record<string, number>>> {
      stopping.abort();
      await trading;
      return Object.fromEntries(stocks);
    },
  };
}

function stocksLike(world: World, wanted: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.keys(wanted).map((sku) => [sku, world.shops().stockAt(sku)]));
}

describe.skipIf(services === null)('instances of a service', () => {
  test('come and go while changes flow: nothing is lost or made twice', async () => {
    const world = await openClusterWorld(must(services, 'Kafka and Redis'));
    const { target } = world.shops();
    const [holder, one, other] = await Promise.all([
      world.start('reconciler'),
      world.start('applier'),
      world.start('applier'),
      world.start('ingest'),
    ]);
    await world.start('reconciler');
    await world.subscribe();
    await world.approve();
    await world.settled();

    // One instance after the other, each ended before the next one comes.
    const trading = trade(world);
    const codes = [];
    for (const applier of [one, other]) {
      codes.push(await applier.stopped());
      await world.start('applier');
    }
    const wanted = await trading.stopped();
    await expect.poll(() => stocksLike(world, wanted), PATIENCE).toEqual(wanted);
    await world.settled();
    expect(codes).toEqual([0, 0]);
    expect(world.faults()).toEqual([]);
    const titles = target.state().products.map(({ title }) => title);
    expect(titles.toSorted()).toEqual([...new Set(titles)].toSorted());

    // The reconciler that has the lease dies: the other one answers when it has run out.
    await holder.killed();
    expect(await world.json('reconcile', 'acme')).toMatchObject({ drift: 0 });
  });

  test('of different config: only that with the approved one writes, and gets all news; what was parked is tried from anywhere', async () => {
    const world = await openClusterWorld(must(services, 'Kafka and Redis'));
    const { source, target, productId, stockAt } = world.shops();
    const approved = await world.start('ingest', 'applier');
    await world.subscribe();
    await world.approve();

    // What one process parked is tried again by a verb from anywhere.
    target.faults.plant({ kind: 'write', effect: { type: 'status', status: 422 } });
    source.people.setStock(productId('S-1'), 101);
    await expect
      .poll(async () => JSON.stringify(await world.json('parked', 'list')), PATIENCE)
      .toContain(`product:${productId('S-1')}`);
    target.faults.clear();
    expect(await world.run('parked', 'retry', 'acme', '--all')).toMatchObject({ code: 0 });
    await expect.poll(() => stockAt('S-1'), PATIENCE).toBe(101);
    await expect.poll(() => world.json('parked', 'list'), PATIENCE).toEqual([{ pair: 'acme', parked: [] }]);

    // An applier whose config nobody approved writes nothing, and keeps no news from the one that may write.
    const config = await anotherConfig(world, 'unapproved', (text) =>
      text.replace('variant: { fields: [quantity, stockStatus] }', (found) =>
        found.replace(' }', ', map: { quantity: { subtract: 5 } } }'),
      ),
    );
    const unapproved = await world.start('applier', ...config);
    await expect.poll(() => unapproved.log(), PATIENCE).toContain('stands aside');
    const written = target.ledger.entries.length;
    for (let n = 1; n <= 5; n++) source.people.setStock(productId(`S-${n}`), 200 + n);
    await expect.poll(() => [1, 2, 3, 4, 5].map((n) => stockAt(`S-${n}`)), PATIENCE).toEqual([201, 202, 203, 204, 205]);
    expect(JSON.stringify(target.ledger.entries.slice(written))).not.toMatch(/\b19[6-9]\b|\b200\b/);
    expect([await unapproved.stopped(), await approved.stopped()]).toEqual([0, 0]);
  });
});
