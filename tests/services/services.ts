import { startKafkaContainer, startRedisContainer, whyNoDocker } from './docker-services.ts';
import { startLocalKafka, whyNoLocalKafka } from './local-kafka.ts';
import { startLocalRedis, whyNoLocalRedis } from './local-redis.ts';

/** A broker that a test may kill and start again; `stop` takes everything away. */
export type RunningKafka = {
  readonly brokers: readonly string[];
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** A Redis server that a test may kill and start again: it then holds what was there at the last SAVE. */
export type RunningRedis = {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** What tests reach their services by, or why they cannot. */
export type Services = {
  readonly kafka: readonly string[] | null;
  readonly redis: string | null;
  readonly why: readonly string[];
};

/** Starts a broker of the caller's own: in Docker, else on this machine. Null where neither can be. */
export async function startKafka(): Promise<RunningKafka | null> {
  if (whyNoDocker() === null) return startKafkaContainer();
  return (await whyNoLocalKafka()) === null ? startLocalKafka() : null;
}

/** Starts a Redis server of the caller's own: in Docker, else on this machine. Null where neither can be. */
export async function startRedis(): Promise<RunningRedis | null> {
  if (whyNoDocker() === null) return startRedisContainer();
  return (await whyNoLocalRedis()) === null ? startLocalRedis() : null;
}

/** Why nothing could be started, for people. */
export async function whyNoServices(): Promise<readonly string[]> {
  const [docker, kafka, redis] = [whyNoDocker(), await whyNoLocalKafka(), await whyNoLocalRedis()];
  return [
    ...(docker !== null && kafka !== null ? [`Kafka: KAFKA_BROKERS is not set, ${docker}, ${kafka}`] : []),
    ...(docker !== null && redis !== null ? [`Redis: REDIS_URL is not set, ${docker}, ${redis}`] : []),
  ];
}
