import { expect, test } from 'vitest';
import { toKafkaConfig } from '#libs/event-log/kafka/kafka-connection.ts';
import { splitBySize } from '#libs/event-log/kafka/split-by-size.ts';

const brokers = ['kafka-1:9092', 'kafka-2:9092'];

test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('SASL by %s is handed to the client', (mechanism) => {
  const sasl = { mechanism, username: 'lockstep', password: 'not a real one' };

  expect(toKafkaConfig({ brokers, sasl })).toMatchObject({ brokers, sasl, clientId: 'lockstep' });
});

test('TLS is handed to the client, by the system’s authorities or by certificates', () => {
  expect(toKafkaConfig({ brokers, ssl: true }).ssl).toBe(true);
  expect(toKafkaConfig({ brokers, ssl: { ca: 'PEM', cert: 'PEM', key: 'PEM' } }).ssl).toEqual({
    ca: 'PEM',
    cert: 'PEM',
    key: 'PEM',
  });
});

test('without TLS and SASL the client is told of neither', () => {
  expect(Object.keys(toKafkaConfig({ brokers }))).not.toEqual(expect.arrayContaining(['ssl']));
  expect(Object.keys(toKafkaConfig({ brokers }))).not.toEqual(expect.arrayContaining(['sasl']));
});

test('what is sent is split in order, and a record that is too large goes alone', () => {
  const record = (key: string, bytes: number) => ({ key, value: 'x'.repeat(bytes) });
  const records = [record('a', 100), record('b', 100), record('c', 2_000), record('d', 100)];

  const parts = splitBySize(records, 500);

  expect(parts.map((part) => part.map(({ key }) => key))).toEqual([['a', 'b'], ['c'], ['d']]);
  expect(splitBySize([], 500)).toEqual([]);
});
