import { inject } from 'vitest';

/** Kafka and Redis of this run; null where there are none: then the tests that need them are skipped. */
export function useServices(): { readonly brokers: readonly string[]; readonly redisUrl: string } | null {
  const { kafka, redis } = inject('services');
  return kafka === null || redis === null ? null : { brokers: kafka, redisUrl: redis };
}
