import { describe, expect, test } from 'vitest';

import { must } from '#libs/runtime/must.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openWorld } from '../integration/harness.ts';
import { useServices } from '../services/use-services.ts';
import { openComposeProcesses, postSigned } from './compose-processes.ts';

const services = useServices();
/** Seven processes compile the whole program one beside the other, on whatever machine this is. */
const LONG_MS = 600_000;
const PATIENCE = { timeout: 100_000, interval: 1_000 } as const;
const STARTED = ['ingest', 'ingest', 'applier', 'applier', 'reconciler'] as const;

describe.skipIf(services === null)('docker-compose.yml', () => {
  test(
    'its services, by its own commands and environment, carry a change and end well',
    { timeout: LONG_MS },
    async () => {
      const { brokers, redisUrl } = must(services, 'Kafka and Redis');
      const world = await openWorld({ pairs: ['my-shop'] });
      const { source, sourceUrl, targetUrl, migratedAt, productId, stockAt } = world.shops();
      const compose = await openComposeProcesses(world.cwd, {
        brokers,
        prefix: `t-${randomId().slice(0, 12)}`,
        redisUrl,
        sourceUrl,
        targetUrl,
        migratedAt: new Date(migratedAt).toISOString(),
      });

      const running = [];
      for (const service of STARTED) running.push(await compose.start(service));
      const [first, second] = running;
      for (const { isHealthy, log } of running)
        await expect.poll(async () => ((await isHealthy()) ? 'healthy' : log()), PATIENCE).toBe('healthy');
      for (const argv of [
        ['webhooks', 'register', 'my-shop', '--yes'],
        ['plan', 'my-shop'],
        ['approve', 'my-shop'],
      ])
        expect(await compose.run(...argv)).toBe('');

      // One change is delivered by the old shop itself, to the first instance; of the other the second one is told by hand.
      source.people.setStock(productId('S-1'), 11);
      await source.deliverDue();
      await source.stopDeliveries();
      source.people.setStock(productId('S-2'), 12);
      const hook = `${second?.url}/webhooks/my-shop`;
      expect(await postSigned(hook, 'product.updated', { id: productId('S-2') })).toBe(200);
      await expect.poll(() => [stockAt('S-1'), stockAt('S-2')], PATIENCE).toEqual([11, 12]);

      const codes = await Promise.all(running.map(({ stopped }) => stopped()));
      expect(codes).toEqual(STARTED.map(() => 0));
      for (const { isHealthy } of running) expect(await isHealthy()).toBe(false);
      await expect(fetch(`${first?.url}/webhooks/my-shop`)).rejects.toThrow('fetch failed');
    },
  );
});
