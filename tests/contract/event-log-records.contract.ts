import { describe, expect, test } from 'vitest';
import type { EventLog, FactRecord, FactWrite } from '#libs/event-log/event-log.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { aNews, collect, newsAtHome, openPair, owner, until, type EventLogHarness } from './event-log-harness.ts';

const PAIR = 'acme';

/** Facts, journal, figures. */
export function testRecords(harness: () => EventLogHarness): void {
  describe('facts', () => {
    test('the latest record of a key is what holds', async () => {
      const log = await harness().connect();

      await log.appendFacts([link('1', 'a'), link('2', 'b')]);
      await log.appendFacts([link('1', 'c')]);

      expect(latest(await collect(log.readFacts()))).toEqual({ 'acme/link/1': 'c', 'acme/link/2': 'b' });
    });

    test('facts are read in the order of their offsets, those written again as well', async () => {
      const log = await harness().connect();
      const ids = Array.from({ length: 60 }, (_, index) => String(index));
      await log.appendFacts(ids.map((id) => link(id, 'a')));
      await log.appendFacts(ids.slice(0, 20).map((id) => link(id, 'b')));

      const read = await collect(log.readFacts());

      for (const partition of new Set(read.map(({ at }) => at.partition))) {
        const offsets = read.filter(({ at }) => at.partition === partition).map(({ at }) => at.offset);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      }
    });

    test('the last of two records of a key in one append is what holds', async () => {
      const log = await harness().connect();

      await log.appendFacts([link('1', 'a'), link('1', 'b')]);

      expect(latest(await collect(log.readFacts()))).toEqual({ 'acme/link/1': 'b' });
    });

    test('null deletes a fact', async () => {
      const log = await harness().connect();
      await log.appendFacts([link('1', 'a'), link('2', 'b')]);

      await log.appendFacts([link('1', null)]);

      expect(latest(await collect(log.readFacts()))).toEqual({ 'acme/link/2': 'b' });
    });

    test('the id of a fact may hold a slash', async () => {
      const log = await harness().connect();

      await log.appendFacts([link('variant:1/2', 'a')]);

      expect(await collect(log.readFacts())).toMatchObject([{ pair: PAIR, kind: 'link', id: 'variant:1/2' }]);
    });

    test('appendFacts() answers one offset a fact, and they rise for one key', async () => {
      const log = await harness().connect();

      const first = await log.appendFacts([link('1', 'a'), link('2', 'b')]);
      const second = await log.appendFacts([link('1', 'c')]);

      if (first === 'lost' || second === 'lost') throw new Error('No epoch was named, so none can be lost');
      expect(first).toHaveLength(2);
      expect(second[0]?.partition).toBe(first[0]?.partition);
      expect(second[0]?.offset).toBeGreaterThan(first[0]?.offset ?? 0);
    });

    test('readFacts() from where a reader was yields what came since, deletions too', async () => {
      const log = await harness().connect();
      await log.appendFacts([link('1', 'a'), link('2', 'b'), link('3', 'c')]);
      const read = await collect(log.readFacts());

      await log.appendFacts([link('2', 'd'), link('3', null)]);
      const since = await collect(log.readFacts(positionAfter(read)));

      expect(new Map(since.map(({ id, value }) => [id, value]))).toEqual(
        new Map([
          ['2', { targetId: 'd' }],
          ['3', null],
        ]),
      );
      expect(await collect(log.readFacts(positionAfter([...read, ...since])))).toEqual([]);
    });

    test('facts outlive the process that appended them', async () => {
      const log = await harness().connect();
      await log.appendFacts([link('1', 'a')]);

      await harness().kill(log);

      expect(latest(await collect((await harness().connect()).readFacts()))).toEqual({ 'acme/link/1': 'a' });
    });

    test('many facts are read whole', async () => {
      const log = await harness().connect();
      await log.appendFacts(Array.from({ length: 2_500 }, (_, index) => link(String(index), 'a')));

      expect(new Set((await collect(log.readFacts())).map(({ id }) => id)).size).toBe(2_500);
    });
  });

  describe('journal', () => {
    test('is read oldest first, each pair its own', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await openPair(harness(), log, 'other');

      await log.appendJournal([entry(1), entry(2)]);
      await log.appendJournal([entry(9, 0, 'other'), entry(3)]);

      const read = await collect(log.readJournal(PAIR));
      expect(read.map(({ record }) => record)).toEqual([
        { v: 1, n: 1 },
        { v: 1, n: 2 },
        { v: 1, n: 3 },
      ]);
      expect(read.map(({ appendedAt }) => Math.abs(appendedAt - harness().clock.now()) < 60_000)).not.toContain(false);
    });

    test('goes on after what was read before, in each partition', async () => {
      const log = await harness().connect();
      await log.openPair(PAIR, { partitions: 2 });
      await log.appendJournal([entry(1, 0), entry(2, 1), entry(3, 0)]);
      const position = (await collect(log.readJournal(PAIR))).map(({ partition, offset }) => ({ partition, offset }));
      const last = [...new Map(position.map((at) => [at.partition, at])).values()];

      await log.appendJournal([entry(4, 1), entry(5, 0)]);
      const since = await collect(log.readJournal(PAIR, last));
      const ofFirst = last.filter(({ partition }) => partition === 0);
      const unknownPartition = await collect(log.readJournal(PAIR, ofFirst));

      expect(since.map(({ record }) => record)).toEqual(expect.arrayContaining([entry(4).record, entry(5).record]));
      expect(since).toHaveLength(2);
      expect(await collect(log.readJournal(PAIR, position))).toHaveLength(2);
      expect(unknownPartition.filter(({ partition }) => partition === 1)).toHaveLength(2);
    });

    test('a reader that begins at its end sees only what came after', async () => {
      const log = await harness().connect();
      await log.openPair(PAIR);
      const empty = await log.journalEnd(PAIR);
      await log.appendJournal([entry(1), entry(2)]);

      const end = await log.journalEnd(PAIR);
      await log.appendJournal([entry(3)]);

      expect((await collect(log.readJournal(PAIR, empty))).map(({ record }) => record)).toHaveLength(3);
      expect((await collect(log.readJournal(PAIR, end))).map(({ record }) => record)).toEqual([entry(3).record]);
    });

    test('outlives the process that wrote it', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.appendJournal([entry(1)]);

      await harness().kill(log);

      expect(await collect((await harness().connect()).readJournal(PAIR))).toHaveLength(1);
    });

    test('a long one is read whole', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.appendJournal(Array.from({ length: 2_500 }, (_, index) => entry(index)));

      const read = await collect(log.readJournal(PAIR));

      expect(read.map(({ record }) => record)).toEqual(Array.from({ length: 2_500 }, (_, n) => ({ v: 1, n })));
    });
  });

  describe('figures', () => {
    test('a pair without news is not behind', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);

      expect(await log.lag(PAIR)).toEqual({ behind: 0, delayed: 0, oldestMs: 0 });
    });

    test('behind is what is not committed, and oldestMs is how long the oldest of it lies there', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([newsAtHome(harness(), PAIR, '1')]);
      await harness().pass(200);
      await log.publish([newsAtHome(harness(), PAIR, '2')]);
      const consumer = await owner(harness(), log, PAIR);
      const before = await measured(log, harness().clock);

      await until(harness(), () => consumer.news.length >= 2);
      await log.settle(consumer.epoch, [0], null);
      await until(harness(), async () => (await log.lag(PAIR)).behind === 1);
      const between = await measured(log, harness().clock);
      await log.settle(consumer.epoch, [1], null);
      await until(harness(), async () => (await log.lag(PAIR)).behind === 0);

      expect(before.behind).toBe(2);
      expect(before.oldestMs).toBeGreaterThanOrEqual(200);
      expect(between.behind).toBe(1);
      expect(between.oldestAt).toBeGreaterThan(before.oldestAt);
      expect(await log.lag(PAIR)).toMatchObject({ behind: 0, oldestMs: 0 });
    });

    test('ends() tells start, end and what is committed of every partition', async () => {
      const log = await harness().connect();
      await log.openPair(PAIR, { partitions: 2 });
      await log.publish(Array.from({ length: 10 }, (_, index) => aNews(PAIR, String(index))));

      const ends = await log.ends(PAIR);

      expect(ends.map(({ partition, start, committed }) => ({ partition, start, committed }))).toEqual([
        { partition: 0, start: 0, committed: null },
        { partition: 1, start: 0, committed: null },
      ]);
      expect(ends.reduce((sum, { end }) => sum + end, 0)).toBe(10);
    });

    test('lag() of a pair that was never opened is refused', async () => {
      const log = await harness().connect();

      await expect(log.lag('nobody')).rejects.toMatchObject({ code: 'PAIR_UNKNOWN' });
    });
  });
}

async function measured(log: EventLog, clock: Clock) {
  const now = clock.now();
  const lag = await log.lag(PAIR);
  return { ...lag, oldestAt: now - lag.oldestMs };
}

function entry(n: number, partition = 0, pair = PAIR) {
  return { pair, partition, record: { v: 1, n } };
}

function link(id: string, targetId: string | null): FactWrite {
  return { pair: PAIR, kind: 'link', id, value: targetId === null ? null : { targetId } };
}

/** What holds after reading records in order: a compacted log may still yield older ones, and deletions. */
function latest(records: readonly FactRecord[]): Record<string, unknown> {
  const held = new Map<string, unknown>();
  for (const { pair, kind, id, value } of records) {
    held.delete(`${pair}/${kind}/${id}`);
    if (value !== null) held.set(`${pair}/${kind}/${id}`, (value as { targetId: string }).targetId);
  }
  return Object.fromEntries(held);
}

function positionAfter(records: readonly FactRecord[]) {
  const next = new Map<number, number>();
  for (const { at } of records) next.set(at.partition, Math.max(next.get(at.partition) ?? 0, at.offset + 1));
  return [...next].map(([partition, offset]) => ({ partition, offset }));
}
