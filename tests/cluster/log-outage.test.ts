import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { must } from '#libs/runtime/must.ts';
import { PATIENCE } from '../integration/harness.ts';
import { startKafka, type RunningKafka } from '../services/services.ts';
import { useServices } from '../services/use-services.ts';
import { ingestConfig, openClusterWorld, tell, untilListens } from './cluster-world.ts';

vi.setConfig({ testTimeout: 480_000, hookTimeout: 300_000 });

const services = useServices();
const SKUS = ['S-1', 'S-2', 'S-3', 'S-4', 'S-5'] as const;

describe.skipIf(services === null)('ingest while the log is away', () => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = must(await startKafka(), 'a broker that can be killed');
  }, 300_000);
  afterAll(() => kafka.stop());

  async function openTrading() {
    const { redisUrl } = must(services, 'Redis');
    const world = await openClusterWorld({ brokers: kafka.brokers, redisUrl });
    const first = await ingestConfig(world, 'first');
    const second = await ingestConfig(world, 'second');
    const ingest = await world.start('ingest', ...first.config);
    await world.approve();
    const { source, productId, stockAt } = world.shops();
    /** Sets the stock of a product, of which only this delivery tells; the answer's status. */
    const sell = (sku: string, stock: number, url: string) => {
      source.people.setStock(productId(sku), stock);
      return tell(url, productId(sku));
    };
    const stocks = () => SKUS.map((sku) => stockAt(sku));
    return { world, first, second, ingest, sell, stocks };
  }

  test('a broker that is killed costs no webhook: what is spooled is published beside new traffic', async () => {
    const { world, first, second, ingest, sell, stocks } = await openTrading();
    await world.start('applier');
    expect(await sell('S-1', 11, first.url)).toBe(200);
    await expect.poll(() => stocks()[0], PATIENCE).toBe(11);
    expect(await first.readiness()).toMatchObject({ status: 200, ready: true, log: 'well', spooled: 0 });

    await kafka.kill();
    expect([await sell('S-2', 12, first.url), await sell('S-3', 13, first.url)]).toEqual([200, 200]);
    expect(await first.readiness()).toMatchObject({ status: 200, ready: true, log: 'ill', spooled: 2 });
    // One that starts meanwhile cannot prepare the log, and takes webhooks all the same.
    const late = await world.startUntil(0, 'ingest', ...second.config);
    await untilListens(second);
    expect(await sell('S-4', 14, second.url)).toBe(200);
    expect(await second.readiness()).toMatchObject({ status: 200, log: 'ill', spooled: 1 });

    await kafka.start();
    expect(await sell('S-5', 15, first.url)).toBe(200);
    await expect.poll(stocks, PATIENCE).toEqual([11, 12, 13, 14, 15]);
    for (const { readiness } of [first, second])
      await expect.poll(readiness, PATIENCE).toMatchObject({ status: 200, log: 'well', spooled: 0 });
    expect(await world.json('parked', 'list')).toEqual([{ pair: 'acme', parked: [] }]);
    expect([await ingest.stopped(), await late.stopped()]).toEqual([0, 0]);
  });

  test('what a killed ingest has spooled is published by another that starts, and its folder with it', async () => {
    const { world, first, second, ingest, sell, stocks } = await openTrading();
    const other = await world.start('ingest', ...second.config);
    await kafka.kill();
    expect([await sell('S-1', 21, first.url), await sell('S-2', 22, second.url)]).toEqual([200, 200]);
    await Promise.all([ingest.killed(), other.killed()]);
    await kafka.start();

    // One process takes over one of the folders as its own; the other folder is nobody's for good.
    const next = await world.start('ingest', 'applier', ...first.config);
    await expect.poll(() => stocks().slice(0, 2), PATIENCE).toEqual([21, 22]);
    await expect.poll(() => next.log(), PATIENCE).toContain('published what an ended process had spooled');
    expect(await next.stopped()).toBe(0);
  });
});
