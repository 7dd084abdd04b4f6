import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { ClusterDemoResult } from '../../cli/demo/cluster/run-cluster-demo.ts';
import { useServices } from '../services/use-services.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const services = useServices();

// The other way round is told by the demo, with processes that are killed.
describe.skipIf(services === null)('on Kafka and Redis, from shopify to woocommerce', () => {
  test('what was traded over a bad line ends the same at both shops, and nothing else was touched', async () => {
    const { code, out, err } = await story('--from', 'shopify', '--to', 'woocommerce');

    expect(err).toBe('');
    const { verdict, fell, taken, run, figures, edits } = JSON.parse(out) as ClusterDemoResult;
    expect(verdict).toEqual([]);
    expect(fell).toEqual([]);
    expect(run.left).toBe(0);
    expect(edits).toEqual({ made: 12, kept: 12 });
    expect(Math.min(...taken)).toBeGreaterThan(0);
    expect(figures.created.orders).toBeGreaterThan(0);
    expect(code).toBe(0);
  });
});

async function story(...pairing: readonly string[]) {
  const cwd = await mkdtemp(join(tmpdir(), 'lockstep-pairing-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const env = {
    ...process.env,
    KAFKA_BROKERS: services?.brokers.join(','),
    REDIS_URL: services?.redisUrl,
  };
  return new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'demo', '--once', '--kafka', '--calm', '--small', '--json', '--seconds', '4', ...pairing],
      { cwd, env },
      (error, out, err) => resolve({ code: error === null ? 0 : error.code, out, err }),
    );
    // It ends its own processes when it is asked to end.
    onTestFinished(() => void child.kill('SIGTERM'));
  });
}
