import { setTimeout as wait } from 'node:timers/promises';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { openKafkaEventLog, type KafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliFolder, CONFIG, runIn } from '../unit/cli/cli-harness.ts';
import { useServices } from '../services/use-services.ts';

const services = useServices();
const BROKERS = [...(services?.brokers ?? [])];
const PREFIX = `verbs-${randomId().slice(0, 8)}`;
const CHANGES = `${PREFIX}.acme.changes`;
const SHARED = [...[0, 1, 2, 3].map((tier) => `${PREFIX}.delay.${tier}`), `${PREFIX}.facts`, `${PREFIX}.journal`];

const config = `${CONFIG.replace('    sync:', '    partitions: 2\n    sync:')}log: { kafka: { brokers: [${BROKERS.join(', ')}], prefix: ${PREFIX} } }
state: { redis: ${services?.redisUrl} }
`;

function newsOf(root: News['root'], rootId: string): News {
  return { v: 1, pair: 'acme', root, rootId, kind: 'news', topic: 't', receivedAt: 1, via: 'webhook', tries: 0 };
}

describe.skipIf(services === null)('lockstep kafka', () => {
  const admin = new Kafka({ brokers: BROKERS, logLevel: logLevel.NOTHING }).admin();
  let folder: Awaited<ReturnType<typeof cliFolder>>;
  let log: KafkaEventLog;

  async function kafka<R = unknown>(...argv: readonly string[]) {
    const { code, out, err } = await folder.run('kafka', ...argv, '--json');
    return { code, err, result: (out === '' ? null : JSON.parse(out)) as R };
  }

  beforeAll(async () => {
    await admin.connect();
    folder = await cliFolder(config);
    log = openKafkaEventLog({
      cluster: { brokers: BROKERS },
      prefix: PREFIX,
      clock: systemClock,
      delayTiersMs: [60_000, 60_000, 60_000, 60_000],
      sessionMs: 6_000,
      logger: silentLogger,
    });
  });
  afterAll(async () => {
    await log.close();
    await folder.remove();
    const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(`${PREFIX}.`));
    if (mine.length > 0) await admin.deleteTopics({ topics: mine });
    await admin.disconnect();
  });

  test('describe says what is missing before anything was made, and ends with 1', async () => {
    const { code, out } = await folder.run('kafka', 'topics', 'describe');

    expect(code).toBe(1);
    expect(out).toContain(`✗ ${CHANGES}`);
    expect(out).toContain('→ lockstep kafka topics create');
  });

  test('create asks first, and makes nothing when the answer is no', async () => {
    const { code, out } = await folder.run('kafka', 'topics', 'create');

    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`\\+ ${CHANGES} +2 partitions +kept 14 d`));
    expect((await admin.listTopics()).filter((topic) => topic.startsWith(`${PREFIX}.`))).toEqual([]);
  });

  test('create makes the shared topics and the pair’s, and a second time nothing', async () => {
    const first = await kafka<{ created: string[] }>('topics', 'create', '--yes');
    const again = await kafka<{ created: string[]; there: string[] }>('topics', 'create', '--yes');

    expect(first).toMatchObject({ code: 0 });
    expect(first.result.created.toSorted()).toEqual([CHANGES, ...SHARED].toSorted());
    expect(again).toMatchObject({ code: 0, result: { created: [] } });
    expect(again.result.there.toSorted()).toEqual([CHANGES, ...SHARED].toSorted());
  });

  test('describe finds nothing wrong with topics that create made', async () => {
    const { result } = await kafka<{ topics: { findings: unknown[]; found: unknown }[] }>('topics', 'describe');

    expect(result.topics).toHaveLength(7);
    expect(result.topics.flatMap(({ findings }) => findings)).toEqual([]);
  });

  test('describe finds a retention that was shortened, and its remedy names topic and setting', async () => {
    const set = (value: string) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: CHANGES,
            configEntries: [
              { name: 'retention.ms', value },
              { name: 'message.timestamp.type', value: 'LogAppendTime' },
            ],
          },
        ],
      });
    await set('3600000');
    const { code, out } = await folder.run('kafka', 'topics', 'describe', 'acme');
    await set('1209600000');

    expect(code).toBe(1);
    expect(out).toContain('✗ retention.ms is 1 h');
    expect(out).toContain(`--entity-name ${CHANGES} --add-config retention.ms=1209600000`);
  });

  test('lag is by partition, in changes and in time, and counts what is delayed', async () => {
    await log.publish(['1', '2', '3', '4', '5', '6'].map((id) => newsOf('product', id)));
    await log.publish([newsOf('product', '7')], { afterMs: 30_000 });

    const { code, result } =
      await kafka<
        { pair: string; delayed: number; partitions: { partition: number; behind: number; oldestMs: number }[] }[]
      >('lag');
    const { out } = await folder.run('kafka', 'lag', 'acme');

    expect(code).toBe(0);
    expect(result).toMatchObject([{ pair: 'acme', delayed: 1 }]);
    const partitions = result[0]?.partitions ?? [];
    expect(partitions.map(({ partition }) => partition)).toEqual([0, 1]);
    expect(partitions.reduce((sum, { behind }) => sum + behind, 0)).toBe(6);
    // Both partitions hold some: otherwise nothing here would tell them apart.
    for (const { behind, oldestMs } of partitions) {
      expect(behind).toBeGreaterThan(0);
      expect(oldestMs).toBeGreaterThan(0);
    }
    expect(out).toMatch(/^pair +partition +behind +oldest +delayed\nacme +0 +\d/);
    expect(await log.partitionLags('acme')).toMatchObject(
      partitions.map(({ partition, behind }) => ({ partition, behind })),
    );
  });

  test('replay publishes each root once since then, and moves no offset', async () => {
    const before = await log.ends('acme');
    await wait(50);
    const since = new Date().toISOString();
    await wait(50);
    await log.publish([
      newsOf('product', '1'),
      newsOf('product', '1'),
      newsOf('order', '9'),
      newsOf('order', '9'),
      newsOf('order', '10'),
    ]);

    const refused = await folder.run('kafka', 'replay', 'acme', '--since', since);
    const orders = await kafka('replay', 'acme', '--since', since, '--entity', 'order', '--yes');
    const after = await log.ends('acme');

    expect(refused.code).toBe(1);
    expect(refused.out).toContain('5 news on the log');
    expect(orders).toMatchObject({ code: 0, result: { pair: 'acme', read: 5, published: 2 } });
    const sum = (ends: typeof before) => ends.reduce((all, { end }) => all + end, 0);
    expect(sum(after) - sum(before)).toBe(5 + 2);
    expect(after.map(({ committed }) => committed)).toEqual(before.map(({ committed }) => committed));
    const news = await Promise.all(
      after.map(({ partition, end }) => log.readNews('acme', partition, Math.max(0, end - 3), 3)),
    );
    const replayed = news.flat().flatMap((logged) => (logged.news?.topic === 'replay' ? [logged.news] : []));
    expect(replayed.map(({ root, rootId }) => `${root}:${rootId}`).toSorted()).toEqual(['order:10', 'order:9']);
  });

  test('replay without a time, or of another kind, is refused', async () => {
    expect(await folder.run('kafka', 'replay', 'acme')).toMatchObject({ code: 2 });
    expect(await folder.run('kafka', 'replay', 'acme', '--since', '1h', '--entity', 'orders')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean "order"?'),
    });
  });

  test('check tells of the cluster what describe does, and of Redis', async () => {
    const { out } = await folder.run('check');

    expect(out).toMatch(
      new RegExp(`✓ log +Kafka \\d brokers?, ${CHANGES} 2 partitions × \\d, min.insync.replicas \\d, kept 14 d`),
    );
    expect(out).toMatch(/✓ state +Redis \d+\.\d+\.\d+, noeviction/);
  });

  test('status tells the partitions apart', async () => {
    const { out } = await folder.run('status');

    expect(out).toMatch(/by partition   0: \d+ for .*   1: \d+ for /);
  });

  test('delete is refused while a process consumes the pair, then asks by name, then takes topic and group away', async () => {
    const ignore = () => {};
    const handlers = { onAssigned: ignore, onNews: () => true, onLost: ignore, onGap: ignore };
    const consumption = await log.consume('acme', handlers, { sessionMs: 6_000 });
    const busy = await folder.run('kafka', 'topics', 'delete', 'acme', '--yes');
    await consumption.stop();
    let asked = '';
    const declined = await runIn(folder.cwd, ['kafka', 'topics', 'delete', 'acme'], {
      confirm: (question) => {
        asked = question;
        return Promise.resolve(false);
      },
    });
    const done = await kafka<{ deleted: string[] }>('topics', 'delete', 'acme', '--yes');
    const again = await kafka('topics', 'delete', 'acme', '--yes');

    expect(busy.code).toBe(2);
    expect(busy.err).toContain('a process consumes it');
    expect(declined.code).toBe(1);
    expect(asked).toContain('"acme"');
    expect(done.code).toBe(0);
    expect(done.result.deleted).toContain(CHANGES);
    expect(await admin.listTopics()).not.toContain(CHANGES);
    expect(again).toMatchObject({ code: 0, err: '', result: { deleted: [] } });
  });

  test('a pair without its topic is not measured', async () => {
    expect(await kafka('lag', 'acme')).toMatchObject({ code: 2, err: expect.stringContaining('PAIR_UNKNOWN') });
  });
});
