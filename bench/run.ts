import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startKafka, startRedis, whyNoServices } from '#tests/services/services.ts';
import type { Ratio } from './ratio.ts';
import { showRatios } from './show.ts';
import { heard, MARK } from './tell.ts';

// npm run bench [-- --quick] [--only ingest|cluster|embedded|calls|memory]…
const BENCHES = {
  ingest: { file: 'ingest/bench-ingest.ts', needsCluster: false },
  cluster: { file: 'applier/bench-cluster.ts', needsCluster: true },
  embedded: { file: 'applier/bench-embedded.ts', needsCluster: false },
  calls: { file: 'applier/bench-calls.ts', needsCluster: false },
  memory: { file: 'compare/bench-memory.ts', needsCluster: false },
} as const;
type Name = keyof typeof BENCHES;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const names = (Object.keys(BENCHES) as Name[]).filter((name) => values.only.length === 0 || values.only.includes(name));
const services = await openServices();
const rows: Ratio[] = [];
const failed: string[] = [];
const startedAt = new Date();
try {
  for (const name of names) {
    if (BENCHES[name].needsCluster && services.env === null) {
      process.stderr.write(`${name} is left out: ${services.why}\n`);
      failed.push(name);
      continue;
    }
    const started = performance.now();
    const told = await runBench(name);
    process.stderr.write(`${name}: ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
    if (told === null) failed.push(name);
    else rows.push(...told);
  }
} finally {
  await services.stop();
}
process.stdout.write(`${showRatios(rows)}\n`);
await keep();
if (failed.length > 0) process.stderr.write(`Without a result: ${failed.join(', ')}\n`);
// A line that does not hold is a figure to be read, not an error; a bench that did not run is one.
process.exitCode = failed.length > 0 ? 1 : 0;

async function runBench(name: Name): Promise<readonly Ratio[] | null> {
  const path = fileURLToPath(new URL(BENCHES[name].file, import.meta.url));
  const env = { ...process.env, ...services.env, BENCH_QUICK: values.quick ? '1' : '0' };
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    process.stderr.write(
      written
        .split('\n')
        .filter((line) => !line.startsWith(MARK))
        .join('\n'),
    );
  return code === 0 ? heard(written) : null;
}

/** Kafka and Redis: given by environment, else servers of this run's own. */
async function openServices() {
  const given = { KAFKA_BROKERS: process.env['KAFKA_BROKERS'], REDIS_URL: process.env['REDIS_URL'] };
  if (given.KAFKA_BROKERS !== undefined && given.REDIS_URL !== undefined)
    return { env: given, why: '', stop: async () => {} };
  const [kafka, redis] = await Promise.all([startKafka(), startRedis()]);
  const stop = async (): Promise<void> => {
    await Promise.all([kafka?.stop(), redis?.stop()]);
  };
  if (kafka === null || redis === null) return { env: null, why: (await whyNoServices()).join('. '), stop };
  return { env: { KAFKA_BROKERS: kafka.brokers.join(','), REDIS_URL: redis.url }, why: '', stop };
}

async function keep(): Promise<void> {
  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version };
  const result = { at: startedAt.toISOString(), quick: values.quick, machine, failed, rows };
  await writeFile(new URL('latest.json', folder), `${JSON.stringify(result, null, 2)}\n`);
}
