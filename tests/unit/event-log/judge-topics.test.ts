import { judgeBrokers, judgeTopic, type FoundTopic } from '#libs/event-log/kafka/judge-topics.ts';
import { kafkaNames, pairTopic, sharedTopics } from '#libs/event-log/kafka/kafka-topics.ts';
import { must } from '#libs/runtime/must.ts';
import { describe, expect, test } from 'vitest';

const names = kafkaNames('lockstep');
const changes = pairTopic(names, 'acme', 1);
const facts = must(
  sharedTopics(names).find(({ name }) => name === names.facts),
  'the facts topic',
);
const judging = { replication: { factor: 3, minInSync: 2 }, connect: '--bootstrap-server kafka-1:9092' };

function aTopic(change: Partial<FoundTopic> = {}, settings: Readonly<Record<string, string>> = {}): FoundTopic {
  return {
    partitions: [{ replicas: 3, inSync: 3, hasLeader: true }],
    ...change,
    settings: {
      'cleanup.policy': 'delete',
      'retention.ms': '1209600000',
      'retention.bytes': '-1',
      'min.insync.replicas': '2',
      'message.timestamp.type': 'LogAppendTime',
      'unclean.leader.election.enable': 'false',
      ...settings,
    },
  };
}

const compacted = { 'cleanup.policy': 'compact', 'delete.retention.ms': '1209600000', 'retention.ms': '604800000' };
const twelve = Array.from({ length: 12 }, () => ({ replicas: 3, inSync: 3, hasLeader: true }));

describe('a topic as it is to be', () => {
  test('has no finding, on news and on decisions', () => {
    expect(judgeTopic(changes, aTopic(), judging)).toEqual([]);
    expect(judgeTopic(facts, aTopic({ partitions: twelve }, compacted), judging)).toEqual([]);
  });

  test('may be kept for ever', () => {
    expect(judgeTopic(changes, aTopic({}, { 'retention.ms': '-1' }), judging)).toEqual([]);
  });

  test('on a single broker has one copy, and nothing better is asked for', () => {
    const one = aTopic({ partitions: [{ replicas: 1, inSync: 1, hasLeader: true }] }, { 'min.insync.replicas': '1' });

    expect(judgeTopic(changes, one, { ...judging, replication: { factor: 1, minInSync: 1 } })).toEqual([]);
  });
});

describe('what is wrong with a topic is said with what mends it', () => {
  const alter = 'kafka-configs.sh --bootstrap-server kafka-1:9092 --alter --entity-type topics --entity-name';

  test.each([
    ['kept too short', {}, { 'retention.ms': '604800000' }, /retention\.ms is 7 days/, 'retention.ms=1209600000'],
    ['kept by size', {}, { 'retention.bytes': '1000000' }, /retention\.bytes is 1000000/, 'retention.bytes=-1'],
    ['compacted news', {}, { 'cleanup.policy': 'compact' }, /cleanup\.policy is compact/, 'cleanup.policy=delete'],
    ['one in step is enough', {}, { 'min.insync.replicas': '1' }, /may be lost with one/, 'min.insync.replicas=2'],
    [
      'by the clocks of producers',
      {},
      { 'message.timestamp.type': 'CreateTime' },
      /producers’ clocks|producers' clocks/,
      'message.timestamp.type=LogAppendTime',
    ],
  ] as const)('%s', (_, change, settings, message, setting) => {
    const found = judgeTopic(changes, aTopic(change, settings), judging);

    expect(found).toEqual([
      {
        topic: 'lockstep.acme.changes',
        level: 'problem',
        message: expect.stringMatching(message),
        remedy: `${alter} lockstep.acme.changes --add-config ${setting}`,
      },
    ]);
  });

  test('decisions that are deleted by age as well', () => {
    const found = judgeTopic(
      facts,
      aTopic({ partitions: twelve }, { ...compacted, 'cleanup.policy': 'compact,delete' }),
      judging,
    );

    expect(found).toMatchObject([
      { level: 'problem', message: 'cleanup.policy is compact,delete: decisions would be deleted by age' },
    ]);
  });

  test('tombstones that go before an outage may end', () => {
    const found = judgeTopic(
      facts,
      aTopic({ partitions: twelve }, { ...compacted, 'delete.retention.ms': '86400000' }),
      judging,
    );

    expect(found).toMatchObject([
      { level: 'problem', remedy: expect.stringMatching(/delete\.retention\.ms=1209600000$/) },
    ]);
  });

  test('a topic that is not there', () => {
    expect(judgeTopic(changes, null, judging)).toMatchObject([{ remedy: 'lockstep kafka topics create' }]);
  });

  test('fewer copies than the cluster can keep', () => {
    const found = judgeTopic(changes, aTopic({ partitions: [{ replicas: 2, inSync: 2, hasLeader: true }] }), judging);

    // Of two copies both must take a write: that is said as well.
    expect(found.map(({ level, message }) => [level, message])).toEqual([
      ['problem', 'is kept 2 times, this cluster can keep it 3 times'],
      ['warning', 'min.insync.replicas is 2 of 2: one broker that restarts stops every write'],
    ]);
  });

  test('an election that may lose what was accepted', () => {
    const found = judgeTopic(changes, aTopic({}, { 'unclean.leader.election.enable': 'true' }), judging);

    expect(found).toMatchObject([{ level: 'problem', message: expect.stringMatching(/what was accepted is lost/) }]);
  });

  test('partitions without a leader, and replicas that are behind', () => {
    const found = judgeTopic(changes, aTopic({ partitions: [{ replicas: 3, inSync: 1, hasLeader: false }] }), judging);

    expect(found.map(({ level }) => level)).toEqual(['problem', 'warning']);
  });

  test('another number of partitions than the config says is a warning that tells not to add some', () => {
    const found = judgeTopic(pairTopic(names, 'acme', 4), aTopic(), judging);

    expect(found).toMatchObject([{ level: 'warning', remedy: expect.stringMatching(/^keep it: set partitions: 1/) }]);
  });
});

describe('the brokers', () => {
  const broker = (id: number, offsetsRetentionMinutes: number | null) => ({ id, offsetsRetentionMinutes });

  test('that remember offsets for 14 days are well', () => {
    expect(judgeBrokers([broker(1, 20_160), broker(2, 40_000)])).toEqual([]);
  });

  test('that forget them after Kafka’s own seven days are a problem, by their ids', () => {
    expect(judgeBrokers([broker(1, 20_160), broker(2, 10_080)])).toMatchObject([
      {
        level: 'problem',
        message: expect.stringMatching(/10080 at broker 2/),
        remedy: expect.stringMatching(/offsets\.retention\.minutes=20160/),
      },
    ]);
  });

  test('that do not let themselves be asked are a warning', () => {
    expect(judgeBrokers([broker(1, null), broker(2, 20_160)])).toMatchObject([{ level: 'warning' }]);
  });

  test('a single one is a warning', () => {
    expect(judgeBrokers([broker(1, 20_160)])).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/one/) },
    ]);
  });
});
