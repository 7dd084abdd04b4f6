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

describe.skipIf(services === null)('on a server', () => {
  testStateStoreContract('Redis', open);
  testOwnCopiesContract('Redis', openOwn);

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
