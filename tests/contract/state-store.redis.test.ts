import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { openRedisStateStore } from '#libs/state/redis/redis-state-store.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { must } from '#libs/runtime/must.ts';
import { randomId } from '#libs/runtime/random.ts';
import { startRedis } from '../services/services.ts';
import { useServices } from '../services/use-services.ts';
import { testOwnCopiesContract, testStateStoreContract } from './state-store.contract.ts';
import type { OwnCopiesHarness, StateStoreHarness } from './state-store-harness.ts';

const services = useServices();

async function open(): Promise<StateStoreHarness> {
  const { redisUrl } = must(services, 'a Redis server');
  const state = openRedisStateStore({ url: redisUrl, prefix: `t-${randomId()}`, logger: silentLogger });
  const close = async () => {
    await state.flush();
    await state.close();
  };
  return { state, pass: (ms) => wait(ms), record: state.facts.put, close };
}

/** On a server of its own, which is flushed whole, killed, and started again with what it had saved. */
async function openOwn(): Promise<OwnCopiesHarness> {
  const server = must(await startRedis(), 'a Redis server that can be killed');
  const state = openRedisStateStore({ url: server.url, logger: silentLogger });
  const admin = new Redis(server.url, { maxRetriesPerRequest: 5 });
  return {
    state: { ...state, flush: async () => void (await admin.flushall()) },
    pass: (ms) => wait(ms),
    record: state.facts.put,
    remember: async () => void (await admin.save()),
    async forgetLast() {
      await server.kill();
      await server.start();
      await wait(100);
    },
    async close() {
      admin.disconnect();
      await state.close();
      await server.stop();
    },
  };
}

/** Two processes that share the state. */
function openTwo(prefix: string) {
  const open = () => openRedisStateStore({ url: must(services, 'Redis').redisUrl, prefix, logger: silentLogger });
  return [open(), open()] as const;
}

describe.skipIf(services === null)('on a server', () => {
  testStateStoreContract('Redis', open);
  testOwnCopiesContract('Redis', openOwn);

  test('many takers in two processes never take more than the bucket holds', async () => {
    const prefix = `t-${randomId()}`;
    const [one, other] = openTwo(prefix);
    const limit = { capacity: 20, perSecond: 0.001 };
    await one.setBudget('store', 20, limit);

    const waits = await Promise.all(
      Array.from({ length: 80 }, (_, index) => (index % 2 === 0 ? one : other).takeBudget('store', 1, limit)),
    );

    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(20);
    expect(await other.takeBudget('store', 1, limit)).toBeGreaterThan(0);
    await one.flush();
    await Promise.all([one.close(), other.close()]);
  });

  test('a bucket that two processes find missing is empty for both, and is filled once', async () => {
    const prefix = `t-${randomId()}`;
    const [one, other] = openTwo(prefix);
    const limit = { capacity: 10, perSecond: 10 };

    const empty = await Promise.all([one.takeBudget('store', 1, limit), other.takeBudget('store', 1, limit)]);
    await wait(1_100);
    const takes = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? one : other).takeBudget('store', 10, limit),
    );

    expect(empty.every((waitMs) => waitMs > 0)).toBe(true);
    expect((await Promise.all(takes)).filter((waitMs) => waitMs === 0)).toHaveLength(1);
    await one.flush();
    await Promise.all([one.close(), other.close()]);
  });

  test('of many in two processes who ask for a lease one gets it, and nobody else until it lets go', async () => {
    const prefix = `t-${randomId()}`;
    const [one, other] = openTwo(prefix);
    const ask = (index: number) => (index % 2 === 0 ? one : other).lease('rebuild', `holder-${String(index)}`, 60_000);

    const got = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)));
    const holder = got.indexOf(true);
    const inVain = await Promise.all([0, 1].filter((index) => index !== holder).map((index) => ask(index + 100)));
    await other.release('rebuild', `holder-${String(holder)}`);

    expect(got.filter(Boolean)).toHaveLength(1);
    expect(inVain).not.toContain(true);
    expect(await ask(200)).toBe(true);
    await one.flush();
    await Promise.all([one.close(), other.close()]);
  });

  test('while the server is away, calls are refused as unavailable; when it is back they are answered', async () => {
    const server = must(await startRedis(), 'a Redis server that can be killed');
    const state = openRedisStateStore({ url: server.url, logger: silentLogger });
    await state.putNote('a', '1');

    await server.kill();
    const away = state.getNote('a');
    await expect(away).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    await server.start();

    await expect.poll(() => state.putNote('a', '2').then(() => state.getNote('a')), { timeout: 10_000 }).toBe('2');
    await state.close();
    await server.stop();
  });

  test('it tells version and eviction policy', async () => {
    const { state, close } = await open();
    const described = await openRedisStateStore({
      url: must(services, 'Redis').redisUrl,
      logger: silentLogger,
    }).describe();

    expect(described.version).toMatch(/^\d+\./);
    expect(described.maxmemoryPolicy).toBe('noeviction');
    await state.flush();
    await close();
  });
});
