import { existsSync } from 'node:fs';
import { GenericContainer, Wait } from 'testcontainers';
import type { RunningKafka } from '../../simulators/services/local-kafka.ts';
import type { RunningRedis } from '../../simulators/services/local-redis.ts';
import { freePort } from '../../simulators/services/processes.ts';

const KAFKA_IMAGE = 'apache/kafka:4.3.1';
const REDIS_IMAGE = 'redis:7.4-alpine';

/** Why Docker cannot be used here; null when it can. */
export function whyNoDocker(): string | null {
  const isThere = process.env['DOCKER_HOST'] !== undefined || existsSync('/var/run/docker.sock');
  return isThere ? null : 'no Docker engine is here';
}

/** One broker in KRaft mode. Its port on this machine is chosen before, as the broker tells clients where it is. */
export async function startKafkaContainer(): Promise<RunningKafka> {
  const port = await freePort();
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${String(port)}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_RETENTION_MINUTES: '20160',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '500',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return {
    brokers: [`localhost:${String(port)}`],
    kill: () => container.stop({ remove: false, timeout: 0 }).then(() => undefined),
    start: () => container.restart(),
    stop: () => container.stop().then(() => undefined),
  };
}

/** A server that writes to disk only when told. */
export async function startRedisContainer(): Promise<RunningRedis> {
  const port = await freePort();
  const container = await new GenericContainer(REDIS_IMAGE)
    .withExposedPorts({ container: 6379, host: port })
    .withCommand(['redis-server', '--save', '', '--appendonly', 'no'])
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  return {
    url: `redis://localhost:${String(port)}`,
    kill: () => container.stop({ remove: false, timeout: 0 }).then(() => undefined),
    start: () => container.restart(),
    stop: () => container.stop().then(() => undefined),
  };
}
