import { describe, expect, test, vi } from 'vitest';

import { must } from '#libs/runtime/must.ts';
import { createGate } from '../../simulators/core/faults.ts';
import type { WooCommerceSimulator } from '../../simulators/woocommerce/index.ts';
import { PATIENCE } from '../integration/harness.ts';
import { useServices } from '../services/use-services.ts';
import { anotherConfig, ingestConfig, openClusterWorld, tell } from './cluster-world.ts';

vi.setConfig({ testTimeout: 480_000 });

const services = useServices();
const CUPS = 200;

function seedCups(source: WooCommerceSimulator): void {
  for (let n = 1; n <= CUPS; n++)
    source.people.createProduct({
      name: `Cup ${n}`,
      sku: `C-${n}`,
      regular_price: '5.00',
      manage_stock: true,
      stock_quantity: 50,
    });
}

/** The config before the pair was added. */
const withoutBodega = (text: string): string => text.replace(/\n {2}bodega:(?:\n {4}.*)*/, '');

describe.skipIf(services === null)('pairs of a cluster', () => {
  test('a pair is added and removed while others run, and waits for no other', async () => {
    const world = await openClusterWorld(must(services, 'Kafka and Redis'), {
      pairs: ['acme', 'bodega'],
      seed: seedCups,
    });
    const [acme, bodega] = [world.shops('acme'), world.shops('bodega')];
    const added = await ingestConfig(world, 'added');
    const formerConfig = await anotherConfig(world, 'former', withoutBodega);
    const former = await world.startUntil(1, 'ingest', 'applier', ...formerConfig);
    await world.approve('acme');

    // The process that runs knows nothing of the pair; the one that is added does.
    const running = await world.start('ingest', 'applier', ...added.config);
    await world.approve('bodega');
    expect(await tell(world.ingestUrl, bodega.productId('C-1'), 'bodega')).toBe(404);
    bodega.source.people.setStock(bodega.productId('C-1'), 31);
    acme.source.people.setStock(acme.productId('C-1'), 21);
    expect(await tell(added.url, bodega.productId('C-1'), 'bodega')).toBe(200);
    expect(await tell(world.ingestUrl, acme.productId('C-1'), 'acme')).toBe(200);
    await expect.poll(() => [acme.stockAt('C-1'), bodega.stockAt('C-1')], PATIENCE).toEqual([21, 31]);

    // From here on one process has both pairs, and the target of one does not answer its first call.
    expect(await former.stopped()).toBe(0);
    const gate = createGate();
    acme.target.faults.plant({ kind: 'any', effect: { type: 'hold-before', gate } });
    acme.source.people.setStock(acme.productId('C-1'), 3);
    expect(await tell(added.url, acme.productId('C-1'), 'acme')).toBe(200);
    await gate.reached;
    const cups = Array.from({ length: CUPS }, (_, index) => index + 1);
    for (const n of cups) {
      bodega.source.people.setStock(bodega.productId(`C-${n}`), n);
      await tell(added.url, bodega.productId(`C-${n}`), 'bodega');
    }
    await expect.poll(() => cups.map((n) => bodega.stockAt(`C-${n}`)), PATIENCE).toEqual(cups);
    expect(acme.stockAt('C-1')).toBe(21);
    gate.release();
    await expect.poll(() => acme.stockAt('C-1'), PATIENCE).toBe(3);

    const busy = await world.run('kafka', 'topics', 'delete', 'bodega', '--yes');
    expect(busy).toMatchObject({ code: 2, err: expect.stringContaining('a process consumes it') });
    const again = await world.startUntil(1, 'ingest', 'applier', ...formerConfig);
    expect(await running.stopped()).toBe(0);
    expect(await world.run('kafka', 'topics', 'delete', 'bodega', '--yes')).toMatchObject({ code: 0 });
    acme.source.people.setStock(acme.productId('C-2'), 22);
    expect(await tell(world.ingestUrl, acme.productId('C-2'), 'acme')).toBe(200);
    await expect.poll(() => acme.stockAt('C-2'), PATIENCE).toBe(22);
    expect([...world.faults('acme'), ...world.faults('bodega')]).toEqual([]);
    expect(await again.stopped()).toBe(0);
  });
});
