import type { TestProject } from 'vitest/node';
import { startKafka, startRedis, whyNoServices, type Services } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly services: Services;
  }
}

/** Kafka and Redis for all tests that need them: given by environment, else in Docker, else on this machine; ended with the run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const givenKafka = process.env['KAFKA_BROKERS']?.split(',') ?? null;
  const givenRedis = process.env['REDIS_URL'] ?? null;
  const [kafka, redis] = await Promise.all([
    givenKafka === null ? startKafka() : null,
    givenRedis === null ? startRedis() : null,
  ]);
  const services: Services = {
    kafka: givenKafka ?? kafka?.brokers ?? null,
    redis: givenRedis ?? redis?.url ?? null,
    why: await whyNoServices(),
  };
  const isWhole = services.kafka !== null && services.redis !== null;
  if (!isWhole && process.env['REQUIRE_SERVICES'] === '1')
    throw new Error(`Kafka and Redis are required here. ${services.why.join('. ')}`);
  if (!isWhole) process.stderr.write(`Tests on a cluster are skipped. ${services.why.join('. ')}\n`);
  project.provide('services', services);
  return async () => {
    await Promise.all([kafka?.stop(), redis?.stop()]);
  };
}
