import { describe, expect, test } from 'vitest';

import { must } from '#libs/runtime/must.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openWorld, PATIENCE } from '../integration/harness.ts';
import { useServices } from '../services/use-services.ts';

const services = useServices();

function clusterLines(): string {
  const { brokers, redisUrl } = must(services, 'Kafka and Redis');
  const prefix = `t-${randomId().slice(0, 12)}`;
  return `log: { kafka: { brokers: ${JSON.stringify(brokers)}, prefix: ${prefix} } }\nstate: { redis: "${redisUrl}" }`;
}

describe.skipIf(services === null)('services as processes of a cluster', () => {
  test('what the old shop says reaches the new one, whichever process does what', async () => {
    const world = await openWorld({ more: clusterLines() });
    const { source, productId, stockAt } = world.shops();
    await world.start('ingest');
    await world.start('applier');
    await world.start('applier');
    await world.start('reconciler');
    await world.subscribe();
    await world.approve();

    for (let n = 1; n <= 5; n++) source.people.setStock(productId(`S-${n}`), 10 + n);
    source.people.createProduct({
      name: 'New',
      sku: 'N-1',
      regular_price: '9.00',
      manage_stock: true,
      stock_quantity: 3,
    });

    await expect.poll(() => [1, 2, 3, 4, 5].map((n) => stockAt(`S-${n}`)), PATIENCE).toEqual([11, 12, 13, 14, 15]);
    await world.settled();
    expect(world.faults()).toEqual([]);
    const synced = await world.json('sync', 'acme', 'S-1');
    expect(synced).toMatchObject({ outcome: { outcome: 'unchanged' } });
    expect(await world.json('reconcile', 'acme')).toMatchObject({ drift: 0 });
  });

  test('pause and resume are seen by all processes at once', async () => {
    const world = await openWorld({ more: clusterLines() });
    const { source, productId, stockAt } = world.shops();
    await world.start();
    await world.start('applier');
    await world.subscribe();
    await world.approve();
    await world.settled();

    const before = stockAt('S-1');
    expect(await world.run('pause', 'acme')).toMatchObject({ code: 0 });
    source.people.setStock(productId('S-1'), 7);
    await expect
      .poll(async () => JSON.stringify(await world.json('status', 'acme')), PATIENCE)
      .toContain('"delayed":1');
    expect(stockAt('S-1')).toBe(before);
    expect(await world.run('resume', 'acme')).toMatchObject({ code: 0 });

    await expect.poll(() => stockAt('S-1'), PATIENCE).toBe(7);
  });
});
