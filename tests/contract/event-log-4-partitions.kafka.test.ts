import { describe } from 'vitest';
import { useServices } from '../services/use-services.ts';
import { openKafkaHarness } from './event-log-kafka-harness.ts';
import { testEventLogContract } from './event-log.contract.ts';

const brokers = useServices()?.brokers ?? null;

describe.skipIf(brokers === null)('on a cluster', () => {
  testEventLogContract('Kafka, 4 partitions a pair', () => openKafkaHarness(brokers ?? [], 4));
});
