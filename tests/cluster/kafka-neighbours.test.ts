import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { connectKafka } from '#libs/event-log/kafka/kafka-connection.ts';
import { kafkaNames } from '#libs/event-log/kafka/kafka-topics.ts';
import { sendRecords } from '#libs/event-log/kafka/record-topic.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { must } from '#libs/runtime/must.ts';
import { aNews } from '../contract/event-log-harness.ts';
import { createWires } from '../contract/event-log-kafka-harness.ts';
import { useServices } from '../services/use-services.ts';
import { PATIENCE, SESSION_MS, settler, useProcesses } from './kafka-processes.ts';

const brokers = useServices()?.brokers ?? [];

describe.skipIf(brokers.length === 0)('neighbours on a cluster', () => {
  const { open, prefix, groupSize, deleteTopic } = useProcesses(() => brokers);

  test('a pair whose topic is deleted disturbs no other, not even by what was delayed for it', async () => {
    const log = open();
    await log.openPair('gone');
    await log.openPair('stays');
    await settler(log, 'gone');
    const stays = await settler(log, 'stays');
    await log.publish([aNews('gone', 'late')], { afterMs: 200 });

    await deleteTopic('gone');
    await log.publish([aNews('stays', 'now')]);
    await log.publish([aNews('stays', 'later')], { afterMs: 200 });

    await expect.poll(() => stays.seen, PATIENCE).toEqual(['now', 'later']);
    await expect.poll(() => log.lag('stays').then(({ behind }) => behind), PATIENCE).toBe(0);
    expect(stays.problems).toEqual([]);
  });

  test('what waits on a tier is not forgotten when another process joins', async () => {
    const log = open({ delayTiersMs: [2_000, 4_000, 4_000, 4_000] });
    await log.openPair('acme');
    const one = await settler(log, 'acme');
    await log.publish([aNews('acme', 'later')], { afterMs: 2_000 });
    await wait(500);

    const other = await settler(open({ delayTiersMs: [2_000, 4_000, 4_000, 4_000] }), 'acme');

    await expect.poll(() => [...one.seen, ...other.seen], PATIENCE).toContain('later');
  });

  test('twenty pairs of one process are consumed side by side', async () => {
    const log = open();
    const pairs = Array.from({ length: 20 }, (_, index) => `pair-${String(index)}`);
    await Promise.all(pairs.map((pair) => log.openPair(pair)));
    const consumers = await Promise.all(pairs.map((pair) => settler(log, pair)));

    await log.publish(pairs.flatMap((pair) => [aNews(pair, `${pair}/1`), aNews(pair, `${pair}/2`)]));

    await expect
      .poll(() => consumers.map(({ seen }) => seen), PATIENCE)
      .toEqual(pairs.map((pair) => [`${pair}/1`, `${pair}/2`]));
  });

  test('a process that was frozen for twice its session is told that it lost, and is a member again', async () => {
    const wires = createWires();
    const frozen = open({ cluster: { brokers, socketFactory: (args) => wires.socketFactory(args) } });
    const other = open();
    await other.openPair('acme');
    const thawed = await settler(frozen, 'acme');
    await frozen.publish([aNews('acme', 'before')]);
    await expect.poll(() => thawed.seen, PATIENCE).toEqual(['before']);
    const lostBefore = thawed.lost.length;

    wires.freeze();
    const heir = await settler(other, 'acme');
    await wait(SESSION_MS * 2);
    await other.publish([aNews('acme', 'meanwhile')]);
    await expect.poll(() => heir.seen, PATIENCE).toContain('meanwhile');
    wires.thaw();

    await expect.poll(() => thawed.lost.length, PATIENCE).toBeGreaterThan(lostBefore);
    await expect.poll(() => groupSize('acme'), PATIENCE).toBe(2);
    await heir.consumption.stop();
    await other.publish([aNews('acme', 'after')]);
    await expect.poll(() => thawed.seen, PATIENCE).toContain('after');
    expect(thawed.seen).not.toContain('meanwhile');
  });

  test('more than a broker takes in one batch is published, appended and read whole', async () => {
    const log = open();
    await log.openPair('acme');
    const news = Array.from({ length: 8_000 }, (_, index) => aNews('acme', `${'x'.repeat(40)}${String(index)}`));
    const facts = Array.from({ length: 3_000 }, (_, index) => ({
      pair: 'acme',
      kind: 'link',
      id: String(index),
      value: { targetId: 'y'.repeat(1_000) },
    }));

    await log.publish(news);
    const offsets = await log.appendFacts(facts);

    expect((await log.lag('acme')).behind).toBe(8_000);
    const read = await Array.fromAsync(log.readFacts());
    expect(new Set(read.map(({ id }) => id)).size).toBe(3_000);
    expect(offsets).toEqual(
      facts.map(
        ({ id }) =>
          must(
            read.find((one) => one.id === id),
            'a fact that was read',
          ).at,
      ),
    );
  });

  test('a record that names its partition lies there, whatever its key', async () => {
    const log = open();
    await log.openPair('acme');
    const connection = connectKafka({ brokers }, silentLogger);

    const topic = kafkaNames(prefix()).facts;
    const first = await sendRecords(connection, topic, [{ key: '$log/mark', value: '{}', partition: 0 }]);
    const second = await sendRecords(connection, topic, [{ key: '$log/mark', value: '{}', partition: 1 }]);
    await connection.close();

    expect([[...first.keys()], [...second.keys()]]).toEqual([[0], [1]]);
  });

  test('nothing is printed to people', async () => {
    const { stderr, code } = await runChild(brokers, prefix());

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });
});

/** Publishes and reads in a process of its own, and closes: it ends by itself where nothing is left open. */
async function runChild(brokers: readonly string[], prefix: string) {
  const script = `
    import { openKafkaEventLog } from '#libs/event-log/kafka/kafka-event-log.ts';
    import { systemClock } from '#libs/runtime/clock.ts';
    import { silentLogger } from '#libs/runtime/logger.ts';
    const log = openKafkaEventLog({
      cluster: { brokers: ${JSON.stringify(brokers)} }, prefix: '${prefix}', clock: systemClock,
      delayTiersMs: [100], sharedPartitions: 1, logger: silentLogger,
    });
    await log.openPair('acme');
    await log.appendFacts([{ pair: 'acme', kind: 'link', id: '1', value: {} }]);
    const facts = await Array.fromAsync(log.readFacts());
    const quiet = { onAssigned() {}, onNews: () => true, onLost() {}, onGap() {} };
    await log.consume('acme', quiet, { sessionMs: 6_000 });
    await log.close();
    process.exitCode = facts.length === 1 ? 0 : 1;
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = await once(child, 'close');
  return { stderr, code };
}
