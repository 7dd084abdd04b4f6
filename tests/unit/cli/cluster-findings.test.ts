import type { InspectedTopic, Inspection } from '#libs/event-log/kafka/inspect-topics.ts';
import type { TopicFinding } from '#libs/event-log/kafka/judge-topics.ts';
import { kafkaNames, pairTopic } from '#libs/event-log/kafka/kafka-topics.ts';
import { expect, test } from 'vitest';

import { pairLogFindings, sharedLogFindings, stateFinding } from '../../../cli/cluster-findings.ts';
import { describeLines } from '../../../cli/kafka-topics.ts';
import { lagLines } from '../../../cli/kafka-lag.ts';
import { cliFolder } from './cli-harness.ts';

const spec = pairTopic(kafkaNames('lockstep'), 'acme', 1);
const found = { partitions: 1, replicas: 3, minInSync: 2, retentionMs: 14 * 86_400_000 };
const short: TopicFinding = {
  topic: spec.name,
  level: 'problem',
  message: 'is kept 7 days',
  remedy: 'kafka-configs.sh',
};

function anInspection(own: Partial<InspectedTopic> = {}, findings: readonly TopicFinding[] = []): Inspection {
  const replication = { factor: 3, minInSync: 2 };
  return { brokers: 3, replication, topics: [{ spec, found, findings: [], ...own }], findings };
}

test('check says what a pair’s topic is like when it is well', () => {
  const inspection = anInspection();

  expect(inspection.topics.flatMap((own) => pairLogFindings(inspection, own))).toEqual([
    {
      level: 'ok',
      topic: 'log',
      message: 'Kafka 3 brokers, lockstep.acme.changes 1 partition × 3, min.insync.replicas 2, kept 14 d',
    },
  ]);
});

test('check says what is wrong with it, and nothing good beside it', () => {
  const inspection = anInspection({ findings: [short] });

  expect(inspection.topics.flatMap((own) => pairLogFindings(inspection, own))).toEqual([
    { level: 'problem', topic: 'log', message: 'lockstep.acme.changes: is kept 7 days', remedy: 'kafka-configs.sh' },
  ]);
});

test('what all pairs share is told of brokers and topics', () => {
  const brokers: TopicFinding = { topic: 'brokers', level: 'warning', message: 'there is one', remedy: 'run three' };
  const inspection = anInspection({ findings: [short] }, [brokers]);

  expect(sharedLogFindings(inspection, inspection.topics).map(({ message }) => message)).toEqual([
    'brokers: there is one',
    'lockstep.acme.changes: is kept 7 days',
  ]);
});

test.each([
  ['7.4.1', 'noeviction', 'ok'],
  ['7.4.1', 'allkeys-lru', 'problem'],
  ['7.4.1', null, 'warning'],
  ['4.0.9', 'noeviction', 'problem'],
] as const)('Redis %s with %s is %s', (version, maxmemoryPolicy, level) => {
  expect(stateFinding({ version, maxmemoryPolicy }).level).toBe(level);
});

test('describe puts below a topic what is wrong with it, and counts', () => {
  expect(describeLines(anInspection({ findings: [short] }))).toEqual([
    '3 brokers',
    '✗ lockstep.acme.changes  1 partition × 3  min.insync.replicas 2  kept 14 d  news of the pair acme',
    '    ✗ is kept 7 days',
    '      → kafka-configs.sh',
    '1 problem, 0 warnings',
  ]);
  expect(describeLines(anInspection()).at(-1)).toBe('Everything is well');
});

test('lag has a line for each partition, and says once what is delayed', () => {
  const partitions = [
    { partition: 0, behind: 0, oldestMs: 0 },
    { partition: 1, behind: 12, oldestMs: 90_000 },
  ];

  expect(lagLines([{ pair: 'acme', partitions, delayed: 3 }])).toEqual([
    'pair  partition  behind  oldest  delayed',
    'acme  0          0       -       3',
    'acme  1          12      2 min',
  ]);
});

test.each([['topics', 'create'], ['topics', 'describe'], ['lag'], ['replay', 'acme', '--since', '1h']])(
  'with an embedded log `kafka %s %s` says so and ends with 2',
  async (...words) => {
    const folder = await cliFolder();

    expect(await folder.run('kafka', ...words)).toMatchObject({ code: 2, err: expect.stringContaining('embedded in') });
    await folder.remove();
  },
);
