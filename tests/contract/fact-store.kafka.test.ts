import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { openKafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import type { AnyFactWrite } from '#libs/facts/fact-store.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { projectFacts } from '#libs/facts/project-facts.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { must } from '#libs/runtime/must.ts';
import { randomId } from '#libs/runtime/random.ts';
import { openRedisStateStore } from '#libs/state/redis/redis-state-store.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import { startRedis, type RunningRedis } from '../services/services.ts';
import { useServices } from '../services/use-services.ts';
import { testFactStoreContract } from './fact-store.contract.ts';

const services = useServices();
const PAIR = 'acme';
const PATIENCE = { timeout: 20_000, interval: 50 };

function openLog(prefix: string): EventLog {
  return openKafkaEventLog({
    cluster: { brokers: must(services, 'a cluster').brokers },
    prefix,
    clock: systemClock,
    delayTiersMs: [200],
    sharedPartitions: 2,
    logger: silentLogger,
  });
}

function aLink(id: string, targetId: string | null = '900'): AnyFactWrite {
  return { pair: PAIR, kind: 'link', id, value: targetId === null ? null : { targetId, by: 'sku', at: 1 } };
}

describe.skipIf(services === null)('on a cluster', () => {
  testFactStoreContract('Kafka and Redis', async () => {
    const prefix = `t-${randomId().slice(0, 8)}`;
    const log = openLog(prefix);
    const state = openRedisStateStore({ url: must(services, 'Redis').redisUrl, prefix, logger: silentLogger });
    return {
      log,
      state,
      clock: systemClock,
      pass: (ms) => wait(ms),
      async close() {
        await log.close();
        await state.flush();
        await state.close();
      },
    };
  });

  describe('when the state store forgets', () => {
    let server: RunningRedis;
    let admin: Redis;
    let prefix = '';
    const closing: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      server = must(await startRedis(), 'a Redis server that can be killed');
      admin = new Redis(server.url, { maxRetriesPerRequest: null });
      admin.on('error', () => undefined);
    });
    afterAll(async () => {
      admin.disconnect();
      await server.stop();
    });
    beforeEach(() => {
      prefix = `t-${randomId().slice(0, 8)}`;
    });
    afterEach(async () => {
      for (const close of closing.splice(0).toReversed()) await close();
    });

    /** What one process has: its end of the log, its connection to the state store, its decisions. */
    function openProcess(wrap: (state: StateStore) => StateStore = (state) => state) {
      const log = openLog(prefix);
      const state = wrap(openRedisStateStore({ url: server.url, prefix, logger: silentLogger }));
      const holder = randomId();
      closing.push(log.close, state.close);
      return { log, state, holder, facts: createFactStore({ log, state, clock: systemClock, holder }) };
    }
    function project({ facts, state, holder }: ReturnType<typeof openProcess>): void {
      const { stop } = projectFacts({ facts, state, holder, clock: systemClock, logger: silentLogger });
      closing.push(stop);
    }

    test('FLUSHALL in the middle of a rebuild loses no decision', async () => {
      const { facts } = openProcess();
      const ids = Array.from({ length: 1_100 }, (_, index) => `variant:${String(index)}`);
      await facts.put(ids.map((id) => aLink(id)));
      await admin.flushall();
      let flushes = 0;
      const rebuilding = openProcess((state) => ({
        ...state,
        facts: {
          ...state.facts,
          // After the first page of what was read from the log.
          async put(records) {
            await state.facts.put(records);
            if (flushes++ === 0) await admin.flushall();
          },
        },
      }));

      const spoilt = await rebuilding.facts.ensureComplete();

      expect(spoilt).toBe('incomplete');
      expect(await rebuilding.facts.count(PAIR, 'link')).toBe(1_100);
      expect(flushes).toBeGreaterThan(1);
      expect(await facts.ensureComplete()).toBe('complete');
    });

    test('a restart that forgot the last writes loses no decision, and brings none back', async () => {
      const { facts } = openProcess();
      await facts.put([aLink('1', 'old'), aLink('2')]);
      await facts.ensureComplete();
      await admin.save();
      await facts.put([aLink('1', 'new'), aLink('2', null), aLink('3')]);

      await server.kill();
      await server.start();

      const read = () =>
        facts.getMany(PAIR, 'link', ['1', '2', '3']).then((links) => links.map((link) => link?.targetId));
      await expect.poll(() => read().catch(() => null), PATIENCE).toEqual(['new', undefined, '900']);
    });

    test('while the state store is away decisions are refused, what was appended counts once it is back', async () => {
      const { facts, log } = openProcess();
      await facts.put([aLink('1', 'old')]);

      await server.kill();
      await expect(facts.get(PAIR, 'link', '1')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
      await expect(facts.ensureComplete()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
      await log.appendFacts([aLink('1', 'new')]);
      await wait(2_000);
      await server.start();

      await expect.poll(() => facts.ensureComplete().catch(() => null), PATIENCE).toBe('complete');
      expect(await facts.get(PAIR, 'link', '1')).toMatchObject({ targetId: 'new' });
    });

    test('what one process decided another sees, also when it died before it could copy it', async () => {
      const one = openProcess();
      const other = openProcess();
      project(one);
      project(other);
      await other.facts.ensureComplete();

      await one.facts.put([aLink('1')]);
      const seen = await other.facts.get(PAIR, 'link', '1');
      await one.log.appendFacts([aLink('1', 'uncopied'), aLink('2')]);

      expect(seen).toMatchObject({ targetId: '900' });
      const read = () => other.facts.getMany(PAIR, 'link', ['1', '2']);
      await expect.poll(read, PATIENCE).toMatchObject([{ targetId: 'uncopied' }, { targetId: '900' }]);
    });

    test('two processes that rebuild at once both end with all of it', async () => {
      const one = openProcess();
      const other = openProcess();
      await one.facts.put(Array.from({ length: 600 }, (_, index) => aLink(String(index))));
      await admin.flushall();

      const counts = await Promise.all([one.facts.count(PAIR, 'link'), other.facts.count(PAIR, 'link')]);

      expect(counts).toEqual([600, 600]);
    });
  });
});
