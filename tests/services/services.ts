import { startKafkaContainer, startRedisContainer, whyNoDocker } from './docker-services.ts';
import { startLocalKafka, whyNoLocalKafka, type RunningKafka } from '../../simulators/services/local-kafka.ts';
import { startLocalRedis, whyNoLocalRedis, type RunningRedis } from '../../simulators/services/local-redis.ts';

export type { RunningKafka, RunningRedis };

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
