import { describe, expect, test } from 'vitest';
import { createMemoryBroker, type MemoryBrokerOptions } from '#libs/event-log/memory-event-log.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { createManualClock } from '#tests/contract/event-log-clock.ts';
import { aNews, rootIds, witness } from '#tests/contract/event-log-harness.ts';

const PAIR = 'acme';

async function opened(options: Partial<MemoryBrokerOptions> = {}) {
  const { clock, advance } = createManualClock();
  const broker = createMemoryBroker({ clock, delayTiersMs: [1_000, 5_000], sessionMs: 10_000, ...options });
  const log = broker.connect('one');
  await log.openPair(PAIR);
  return { broker, log, clock, advance };
}

describe('the broker in memory', () => {
  test('an expired process is refused at once, and learns of it only when it notices', async () => {
    const { broker, log, advance } = await opened({ noticeMs: () => 500 });
    const consumer = await witness(log, PAIR);
    await advance(0);
    const epoch = consumer.assigned[0]?.epoch;

    broker.expire('one');
    await advance(499);
    const before = { lost: consumer.lost.length, aborted: epoch?.signal.aborted };
    await advance(1);

    expect(before).toEqual({ lost: 0, aborted: false });
    expect(consumer.lost).toHaveLength(1);
    expect(epoch?.signal.aborted).toBe(true);
  });

  test('an expired process that notices joins again with a new epoch', async () => {
    const { broker, log, advance } = await opened();
    const consumer = await witness(log, PAIR);
    await advance(0);

    broker.expire('one');
    await advance(1);
    await log.publish([aNews(PAIR, '1')]);
    await advance(1);

    expect(consumer.assigned).toHaveLength(2);
    expect(rootIds(consumer.news)).toEqual(['1']);
  });

  test('a call of an epoch that is over ends it for the process that asks', async () => {
    const { broker, log, advance } = await opened({ noticeMs: () => 60_000 });
    const consumer = await witness(log, PAIR);
    await advance(0);
    const epoch = consumer.assigned[0]?.epoch;
    if (epoch === undefined) throw new Error('Nothing was assigned');

    broker.expire('one');
    const answer = await log.begin(epoch, 0);

    expect(answer).toBe('lost');
    expect(epoch.signal.aborted).toBe(true);
    expect(consumer.lost).toHaveLength(1);
  });

  test('a process that thaws within its session keeps its epoch and gets what came meanwhile', async () => {
    const { broker, log, advance } = await opened();
    const other = broker.connect('other');
    const consumer = await witness(log, PAIR);
    await advance(0);

    broker.freeze('one');
    await other.publish([aNews(PAIR, '1')]);
    await advance(9_000);
    const whileFrozen = consumer.news.length;
    broker.thaw('one');
    await advance(9_000);

    expect(whileFrozen).toBe(0);
    expect(rootIds(consumer.news)).toEqual(['1']);
    expect(consumer.assigned).toHaveLength(1);
    expect(consumer.lost).toEqual([]);
  });

  test('a killed process is not taken over before its session time-out', async () => {
    const { broker, log, advance } = await opened();
    await witness(log, PAIR);
    await advance(0);
    broker.kill('one');
    const next = await witness(broker.connect('two'), PAIR);

    await advance(9_999);
    const before = next.assigned.length;
    await advance(1);

    expect(before).toBe(0);
    expect(next.assigned).toHaveLength(1);
  });

  test('a call of a killed process never answers and has no effect', async () => {
    const { broker, log, advance } = await opened();
    broker.kill('one');
    let answered = false;

    void log.publish([aNews(PAIR, '1')]).finally(() => {
      answered = true;
    });
    await advance(60_000);

    expect(answered).toBe(false);
    expect(await broker.connect('two').readNews(PAIR, 0, 0, 10)).toEqual([]);
  });

  test('a lost answer leaves what was appended, and it is delivered', async () => {
    const { log, advance } = await opened({
      async intercept(_process, operation, run) {
        const result = run();
        if (operation === 'publish') throw new SyncError('LOG_UNAVAILABLE', 'Cannot hear the log: simulated');
        return result;
      },
    });
    const consumer = await witness(log, PAIR);

    await expect(log.publish([aNews(PAIR, '1')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await advance(1);

    expect(rootIds(consumer.news)).toEqual(['1']);
  });

  test('delivery goes on by itself when an unavailable log comes back', async () => {
    let isDown = false;
    const { log, advance } = await opened({
      async intercept(_process, operation, run) {
        if (isDown && operation === 'fetch') throw new SyncError('LOG_UNAVAILABLE', 'Cannot reach the log: simulated');
        return run();
      },
    });
    const consumer = await witness(log, PAIR);
    await advance(0);
    isDown = true;
    await log.publish([aNews(PAIR, '1')]);
    await advance(5_000);
    const whileDown = consumer.news.length;

    isDown = false;
    await advance(1_000);

    expect(whileDown).toBe(0);
    expect(rootIds(consumer.news)).toEqual(['1']);
  });

  test('a member that joins takes partitions from one that has two more', async () => {
    const { broker, advance, log } = await opened();
    await log.openPair('wide', { partitions: 4 });
    const first = await witness(log, 'wide');
    await advance(0);

    const second = await witness(broker.connect('two'), 'wide');
    await advance(1);

    expect(first.assigned).toHaveLength(4);
    expect(first.lost).toHaveLength(2);
    expect(second.assigned).toHaveLength(2);
  });

  test('trim() keeps what is younger and says how much went', async () => {
    const { log, advance, clock } = await opened();
    await log.publish([aNews(PAIR, '1'), aNews(PAIR, '2')]);
    await log.appendJournal([{ pair: PAIR, partition: 0, record: {} }]);
    await advance(1_000);
    await log.publish([aNews(PAIR, '3')]);

    const gone = await log.trim(PAIR, clock.now());

    expect(gone).toBe(3);
    expect(await log.ends(PAIR)).toMatchObject([{ start: 2, end: 3 }]);
  });
});
