import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { ClusterDemoResult } from '../../cli/demo/cluster/run-cluster-demo.ts';
import { whyNoLocalKafka } from '../../simulators/services/local-kafka.ts';
import { whyNoLocalRedis } from '../../simulators/services/local-redis.ts';
import { useServices } from '../services/use-services.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const services = useServices();
/** What cannot be started here is the one of all tests. Of a broker that is given the demo leaves its hands. */
const given = {
  ...((await whyNoLocalKafka()) === null ? {} : { KAFKA_BROKERS: services?.brokers.join(',') }),
  ...((await whyNoLocalRedis()) === null ? {} : { REDIS_URL: services?.redisUrl }),
};
const BROKEN = [
  /applier 1 killed while a creation was on its way/,
  /applier 2 killed when a creation had landed and before its answer/,
  /applier 1 killed when a creation was answered and before that was committed/,
  /applier 2 frozen in a call/,
  /Redis emptied/,
  ...('KAFKA_BROKERS' in given ? [] : [/the broker killed, and started again/]),
];

describe.skipIf(services === null)('the demo on Kafka and Redis', () => {
  test(
    'ends with 0 by the oracle, whatever was killed, frozen, emptied and restarted',
    { timeout: 600_000 },
    async () => {
      const { code, out, err } = await demo(given, '--seconds', '10', '--json');

      expect(err).toBe('');
      const { verdict, fell, broken, taken, run, figures, edits } = JSON.parse(out) as ClusterDemoResult;
      expect(verdict).toEqual([]);
      expect(fell).toEqual([]);
      expect(broken).toEqual(BROKEN.map((what) => expect.stringMatching(what)));
      expect(taken).toEqual([expect.any(Number), expect.any(Number)]);
      expect(Math.min(...taken)).toBeGreaterThan(0);
      expect(figures.created.orders).toBeGreaterThan(0);
      expect(run.left).toBe(0);
      expect(edits).toEqual({ made: 12, kept: 12 });
      expect(code).toBe(0);
    },
  );

  test('says what it lacks where nothing is given and nothing can be started', async () => {
    const { code, out, err } = await demo({ PATH: '' });

    expect(out).toBe('');
    expect(err).toContain('java is not installed; install Java and Maven, or set KAFKA_BROKERS');
    expect(err).toContain('redis-server is not installed; install it, or set REDIS_URL');
    expect(code).toBe(2);
  });
});

async function demo(more: Readonly<Record<string, string | undefined>>, ...args: readonly string[]) {
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-demo-test-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const { KAFKA_BROKERS: _brokers, REDIS_URL: _redis, ...env } = process.env;
  return new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'demo', '--once', '--kafka', '--small', ...args],
      { cwd, env: { ...env, ...more } },
      (error, out, err) => resolve({ code: error === null ? 0 : error.code, out, err }),
    );
    // It ends its own processes when it is asked to end.
    onTestFinished(() => void child.kill('SIGTERM'));
  });
}
