import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must } from '#libs/runtime/must.ts';
import { aNews } from '../contract/event-log-harness.ts';
import { startKafka, type RunningKafka } from '../services/services.ts';
import { useServices } from '../services/use-services.ts';
import { PATIENCE, settler, useProcesses } from './kafka-processes.ts';

describe.skipIf(useServices() === null)('a broker that is killed', () => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = must(await startKafka(), 'a broker that can be killed');
  });
  afterAll(async () => kafka.stop());
  const { open, groupSize } = useProcesses(() => kafka.brokers);

  test('a broker killed and started again while news is published and consumed loses nothing that was acknowledged', async () => {
    const log = open();
    await log.openPair('acme');
    const consumer = await settler(log, 'acme');
    await log.publish([aNews('acme', 'before')]);
    await expect.poll(() => consumer.seen, PATIENCE).toContain('before');
    const acknowledged: string[] = [];
    let isOn = true;
    const publishing = (async () => {
      for (let n = 0; isOn; n++) {
        const taken = await log.publish([aNews('acme', String(n))]).then(
          () => true,
          () => false,
        );
        if (taken) acknowledged.push(String(n));
        await wait(20);
      }
    })();

    await wait(300);
    await kafka.kill();
    await wait(1_000);
    await kafka.start();
    await expect.poll(() => log.publish([aNews('acme', 'after')]).then(() => true), PATIENCE).toBe(true);
    isOn = false;
    await publishing;
    await expect.poll(() => consumer.seen, PATIENCE).toContain('after');

    await expect.poll(() => acknowledged.filter((id) => !consumer.seen.includes(id)), PATIENCE).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(1);
    await expect.poll(() => log.lag('acme').then(({ behind }) => behind), PATIENCE).toBe(0);
    expect(consumer.problems).toEqual([]);
  });

  test('while the broker is away publishing is refused as unavailable, and close() ends; then it goes on', async () => {
    const log = open();
    const closing = open();
    await log.openPair('acme');
    await closing.openPair('acme');
    const consumer = await settler(log, 'acme');
    await settler(closing, 'acme');
    await log.publish([aNews('acme', '1')]);

    await kafka.kill();
    const refused = log.publish([aNews('acme', '2')]);
    await expect(refused).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await expect(Array.fromAsync(log.readFacts())).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await closing.close();
    await kafka.start();

    await expect.poll(() => log.publish([aNews('acme', '3')]).then(() => true), PATIENCE).toBe(true);
    await expect.poll(() => consumer.seen, PATIENCE).toContain('3');
    expect(await groupSize('acme')).toBe(1);
  });
});
