import { Redis } from 'ioredis';

import { SyncError } from '#libs/runtime/sync-error.ts';
import { startLocalKafka, whyNoLocalKafka, type LocalKafka } from '../../../simulators/services/local-kafka.ts';
import { startLocalRedis, whyNoLocalRedis, type RunningRedis } from '../../../simulators/services/local-redis.ts';

/** Kafka and Redis of a demo: given by environment, else started on this machine and ended with it. */
export type DemoServices = AsyncDisposable & {
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  /** The broker, where the demo may do with it what it likes; null where it was given. */
  readonly ownKafka: LocalKafka | null;
  /** Empties Redis. Of a given one only what lies under the demo's own prefix is taken. */
  readonly flushRedis: (prefix: string) => Promise<void>;
};

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Starts what is not given by KAFKA_BROKERS and REDIS_URL.
 *
 * @throws {SyncError} USAGE: something can be neither found nor started; says how to get it.
 */
export async function openDemoServices(env: Env): Promise<DemoServices> {
  const brokers = listOf(env['KAFKA_BROKERS']);
  const redisUrl = env['REDIS_URL'] === '' ? undefined : env['REDIS_URL'];
  await requireStartable(brokers.length === 0, redisUrl === undefined);
  await using started = new AsyncDisposableStack();
  const stopping = <T extends { readonly stop: () => Promise<void> }>(service: T): T =>
    started.adopt(service, ({ stop }) => stop());
  const ownKafka = brokers.length === 0 ? stopping(await startLocalKafka()) : null;
  const ownRedis = redisUrl === undefined ? stopping(await startLocalRedis()) : null;
  const kept = started.move();
  const url = ownRedis?.url ?? redisUrl ?? '';
  return {
    brokers: ownKafka?.brokers ?? brokers,
    redisUrl: url,
    ownKafka,
    flushRedis: (prefix) => flush(url, ownRedis, prefix),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

async function requireStartable(kafka: boolean, redis: boolean): Promise<void> {
  const noKafka = kafka ? await whyNoLocalKafka() : null;
  const noRedis = redis ? await whyNoLocalRedis() : null;
  const missing = [
    ...(noKafka === null ? [] : [`${noKafka}; install Java and Maven, or set KAFKA_BROKERS to a cluster (host:9092)`]),
    ...(noRedis === null ? [] : [`${noRedis}; install it, or set REDIS_URL (redis://host:6379)`]),
  ];
  if (missing.length > 0) throw new SyncError('USAGE', `Cannot start what the demo needs: ${missing.join('. ')}`);
}

async function flush(url: string, own: RunningRedis | null, prefix: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true });
  try {
    await redis.connect();
    if (own !== null) await redis.flushall();
    else for await (const keys of redis.scanStream({ match: `${prefix}/*`, count: 500 })) await drop(redis, keys);
  } finally {
    redis.disconnect();
  }
}

async function drop(redis: Redis, keys: unknown): Promise<void> {
  if (Array.isArray(keys) && keys.length > 0) await redis.del(keys as string[]);
}
