import { connect } from 'node:net';
import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { must } from '#libs/runtime/must.ts';
import { createGate } from '../../simulators/core/faults.ts';
import { PATIENCE } from '../integration/harness.ts';
import { startRedis, type RunningRedis } from '../services/services.ts';
import { useServices } from '../services/use-services.ts';
import { openClusterWorld } from './cluster-world.ts';

vi.setConfig({ testTimeout: 480_000 });

const services = useServices();

/** Has one command done by a Redis server. */
async function command(url: string, words: string): Promise<void> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port) });
  socket.write(`${words}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toBe('+OK\r\n');
}

describe.skipIf(services === null)('what Redis holds is a copy', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = must(await startRedis(), 'a Redis server that can be killed');
  });
  afterAll(() => redis.stop());

  test('flushed in the middle of a creation, then away and back without its last writes: all arrives, once', async () => {
    const { brokers } = must(services, 'Kafka');
    const world = await openClusterWorld({ brokers, redisUrl: redis.url });
    const { source, target, productId, stockAt, writes } = world.shops();
    const makeHat = (sku: string) =>
      source.people.createProduct({
        name: `Hat ${sku}`,
        sku,
        regular_price: '9.00',
        manage_stock: true,
        stock_quantity: 3,
        status: 'publish',
      });
    const hats = () =>
      target
        .state()
        .products.map(({ title }) => title)
        .filter((title) => title.startsWith('Hat'))
        .toSorted();
    await Promise.all([world.start('ingest', 'applier', 'reconciler'), world.start('applier')]);
    await world.subscribe();
    await world.approve();

    const gate = createGate();
    target.faults.plant({ kind: 'write', match: /product/i, times: 1, effect: { type: 'hold-after', gate } });
    makeHat('H-1');
    await gate.reached;
    await command(redis.url, 'FLUSHALL');
    source.people.setStock(productId('S-1'), 11);
    makeHat('H-2');
    gate.release();
    await expect.poll(() => [stockAt('S-1'), stockAt('H-1'), stockAt('H-2')], PATIENCE).toEqual([11, 3, 3]);
    await world.settled();
    expect(hats()).toEqual(['Hat H-1', 'Hat H-2']);

    await command(redis.url, 'SAVE');
    makeHat('H-3');
    await expect.poll(() => stockAt('H-3'), PATIENCE).toBe(3);
    await world.settled();
    await redis.kill();
    const before = writes().length;
    source.people.setStock(productId('S-2'), 12);
    source.people.setStock(productId('H-3'), 2);
    makeHat('H-4');
    // One that starts meanwhile waits as well.
    const late = await world.startUntil(0, 'applier');
    await expect.poll(() => source.outstandingDeliveries(), PATIENCE).toBe(0);
    await expect.poll(() => late.log(), PATIENCE).toContain('STATE_UNAVAILABLE');
    // Budgets, holds and links cannot be looked up: nothing is written meanwhile.
    expect(writes().length).toBe(before);
    await redis.start();

    await expect.poll(() => late.log(), PATIENCE).toContain('"msg":"running"');
    await expect.poll(() => [stockAt('S-2'), stockAt('H-3'), stockAt('H-4')], PATIENCE).toEqual([12, 2, 3]);
    await world.settled();
    expect(hats()).toEqual(['Hat H-1', 'Hat H-2', 'Hat H-3', 'Hat H-4']);
    expect(world.faults()).toEqual([]);
    expect(await world.json('parked', 'list')).toEqual([{ pair: 'acme', parked: [] }]);
  });
});
