import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readWooCommerceWebhook } from '#libs/connectors/woocommerce/woocommerce-webhook.ts';
import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { openKafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import { DEFAULT_TIMING } from '#libs/model/pair.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { createLogger, silentLogger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { listen } from '../../services/ingest/listen.ts';
import { openIngest } from '../../services/ingest/open-ingest.ts';
import { readGiven } from '../given.ts';
import { createBareApp } from './bare-app.ts';
import { SECRET } from './bodies.ts';

// A process of its own: `server.ts bare | embedded | kafka`. It says its port, and its CPU time whenever it is asked.
const kind = process.argv[2];
const closing: (() => Promise<unknown>)[] = [];
const url =
  kind === 'bare' ? await startBare() : await startIngest(kind === 'kafka' ? openKafka() : await openEmbedded());
process.send?.({ port: Number(new URL(url).port) });
process.on('message', (asked) => {
  if (asked === 'cpu') process.send?.({ cpu: process.cpuUsage() });
  else void stop();
});

async function startBare(): Promise<string> {
  const open = await listen(createBareApp(), '127.0.0.1', 0);
  closing.push(open.close);
  return open.url;
}

async function startIngest(log: EventLog): Promise<string> {
  const dataDir = await folder();
  await log.openPair('acme');
  const ingest = await openIngest({
    pairs: [{ name: 'acme', readWebhook: readWooCommerceWebhook, secrets: [SECRET] }],
    log,
    facts: { put: () => Promise.reject(new Error('No webhook of the bench is a fact')) },
    dataDir,
    clock: systemClock,
    logger: createLogger({ service: 'ingest', level: 'info', destination: { write: () => true } }),
    ports: { host: '127.0.0.1', port: 0, privateHost: '127.0.0.1', privatePort: 0 },
    bodyLimitBytes: 1_000_000,
    publishMs: 2_000,
  });
  closing.unshift(async () => {
    const { spooled } = ingest.health();
    if (spooled > 0) process.stderr.write(`${String(spooled)} webhooks were spooled: the log was too slow\n`);
    await ingest.stop();
  });
  closing.push(log.close);
  return ingest.url;
}

async function openEmbedded(): Promise<EventLog> {
  return openEmbeddedEventLog({ dataDir: await folder(), clock: systemClock, delayTiersMs: tiers() });
}

function openKafka(): EventLog {
  const { brokers } = readGiven();
  if (brokers === null) throw new Error('KAFKA_BROKERS is not set');
  return openKafkaEventLog({
    cluster: { brokers },
    prefix: `bench-${randomId().slice(0, 8)}`,
    clock: systemClock,
    delayTiersMs: tiers(),
    logger: silentLogger,
  });
}

function tiers(): readonly number[] {
  return [...DEFAULT_TIMING.retriesMs, 120_000].toSorted((a, b) => a - b);
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  closing.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function stop(): Promise<void> {
  for (const close of closing) await close();
  process.exit(0);
}
