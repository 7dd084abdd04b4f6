import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { News } from '#libs/event-log/news.ts';
import {
  aNews,
  homeOf,
  newsAtHome,
  openPair,
  owner,
  rootIds,
  until,
  witness,
  type EventLogHarness,
} from './event-log-harness.ts';

const PAIR = 'acme';

/** Publishing, order, full queues, gaps, what cannot be read. */
export function testDelivery(harness: () => EventLogHarness): void {
  const home = (pair: string, rootId: string, fields?: Partial<News>) => newsAtHome(harness(), pair, rootId, fields);

  describe('publishing', () => {
    test('publish() to a pair that was never opened is refused and names it', async () => {
      const log = await harness().connect();

      await expect(log.publish([aNews('nobody', '1')])).rejects.toMatchObject({
        code: 'PAIR_UNKNOWN',
        message: expect.stringContaining('"nobody"'),
      });
    });

    test('publish() of several news appends none when one of them is refused', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);

      await expect(log.publish([home(PAIR, '1'), aNews('nobody', '2')])).rejects.toMatchObject({
        code: 'PAIR_UNKNOWN',
      });
      await log.publish([home(PAIR, '3')]);

      expect(rootIds(await log.readNews(PAIR, homeOf(harness()), 0, 10))).toEqual(['3']);
    });

    test('consume() of a pair that was never opened is refused', async () => {
      const log = await harness().connect();

      await expect(witness(log, 'nobody')).rejects.toMatchObject({ code: 'PAIR_UNKNOWN' });
    });

    test('openPair() again keeps what was published', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([home(PAIR, '1')]);

      await openPair(harness(), log, PAIR);

      expect(rootIds(await log.readNews(PAIR, homeOf(harness()), 0, 10))).toEqual(['1']);
    });

    test('what was published is still there after the process was killed', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([home(PAIR, '1'), home(PAIR, '2')]);

      await harness().kill(log);
      const next = await harness().connect();

      expect(rootIds(await next.readNews(PAIR, homeOf(harness()), 0, 10))).toEqual(['1', '2']);
    });

    test('news arrives as it was published', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      const news = home(PAIR, '42', {
        children: ['a', 'b'],
        kind: 'compare',
        repair: true,
        run: 'r1',
        changedAt: '2026-11-02T08:00:00Z',
        tries: 2,
      });
      const consumer = await owner(harness(), log, PAIR);

      await log.publish([news]);
      await until(harness(), () => consumer.news.length > 0);

      expect(consumer.news.map((one) => one.news)).toEqual([news]);
    });

    test('news of one key keeps its order, in one partition', async () => {
      const log = await harness().connect();
      await log.openPair(PAIR, { partitions: 3 });
      const consumer = await owner(harness(), log, PAIR);

      for (let round = 0; round < 5; round++) {
        await log.publish(['a', 'b', 'c', 'd'].map((id) => aNews(PAIR, id, { topic: String(round) })));
      }
      await until(harness(), () => consumer.news.length >= 20);

      for (const id of ['a', 'b', 'c', 'd']) {
        const ofKey = consumer.news.filter(({ news }) => news?.rootId === id);
        expect(ofKey.map(({ news }) => news?.topic)).toEqual(['0', '1', '2', '3', '4']);
        expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
      }
    });

    test('two publishers at once lose nothing and double nothing', async () => {
      const one = await harness().connect();
      const other = await harness().connect();
      await openPair(harness(), one, PAIR);
      const consumer = await owner(harness(), one, PAIR);
      const ids = Array.from({ length: 40 }, (_, index) => String(index));

      await Promise.all(ids.map((id, index) => (index % 2 === 0 ? one : other).publish([home(PAIR, id)])));
      await until(harness(), () => consumer.news.length >= ids.length);

      expect(new Set(rootIds(consumer.news))).toEqual(new Set(ids));
      expect(consumer.news.map(({ offset }) => offset)).toEqual(ids.map((_, index) => index));
    });

    test('publish() after close() is refused as unavailable', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);

      await log.close();

      await expect(log.publish([home(PAIR, '1')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    });
  });

  describe('delivery', () => {
    test('a record that cannot be read is delivered with its size and hash, and stops nobody', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      const consumer = await owner(harness(), log, PAIR);
      const bytes = Buffer.from('{"v":99,"what":"is this"}');

      await log.publish([home(PAIR, '1')]);
      await harness().appendRaw(log, PAIR, bytes);
      await log.publish([home(PAIR, '2')]);
      await until(harness(), () => consumer.news.length >= 3);

      expect(rootIds(consumer.news)).toEqual(['1', undefined, '2']);
      expect(consumer.news[1]).toMatchObject({
        offset: 1,
        news: null,
        undecodable: { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') },
      });
    });

    test('a full queue gets nothing more until it is resumed', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      const consumer = await owner(harness(), log, PAIR, { sessionMs: harness().sessionMs, batchMax: 1 });
      consumer.takes(false);

      await log.publish(['1', '2', '3'].map((id) => home(PAIR, id)));
      await until(harness(), () => consumer.news.length > 0);
      await harness().pass(100);
      const whileFull = rootIds(consumer.news);
      consumer.takes(true);
      consumer.consumption.resume(consumer.epoch);
      await until(harness(), () => consumer.news.length >= 3);

      expect(whileFull).toEqual(['1']);
      expect(rootIds(consumer.news)).toEqual(['1', '2', '3']);
    });

    test('a full queue of one pair does not delay another pair', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await openPair(harness(), log, 'slow');
      const quick = await owner(harness(), log, PAIR, { batchMax: 1 });
      const slow = await owner(harness(), log, 'slow', { batchMax: 1 });
      slow.takes(false);

      await log.publish(['1', '2', '3'].map((id) => home('slow', id)));
      await until(harness(), () => slow.news.length > 0);
      await log.publish(['4', '5', '6'].map((id) => home(PAIR, id)));
      await until(harness(), () => quick.news.length >= 3);

      expect(rootIds(quick.news)).toEqual(['4', '5', '6']);
      expect(rootIds(slow.news)).toEqual(['1']);
    });

    test('readNews() reads from an offset, no more than asked, without consuming', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish(['1', '2', '3', '4'].map((id) => home(PAIR, id)));

      const read = await log.readNews(PAIR, homeOf(harness()), 1, 2);

      expect(read.map((one) => [one.offset, ...rootIds([one])])).toEqual([
        [1, '2'],
        [2, '3'],
      ]);
      expect(await log.lag(PAIR)).toMatchObject({ behind: 4 });
    });
  });

  describe('gaps', () => {
    test('an epoch whose committed offset lies before the start of the log says that there is a gap', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish(['1', '2', '3'].map((id) => home(PAIR, id)));
      const first = await owner(harness(), log, PAIR);
      await until(harness(), () => first.news.length >= 3);
      await log.settle(first.epoch, [0], null);
      await first.consumption.stop();

      await harness().loseNews(log, PAIR);
      await log.publish([home(PAIR, '4')]);
      const second = await owner(harness(), log, PAIR);
      await until(harness(), () => second.news.length > 0);

      expect(second.first).toMatchObject({ gap: true, committed: 3 });
      expect(rootIds(second.news)).toEqual(['4']);
    });

    test('a pair that nobody ever consumed and whose first news is gone says so at its first epoch', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([home(PAIR, '1')]);
      await harness().loseNews(log, PAIR);

      const consumer = await owner(harness(), log, PAIR);

      expect(consumer.first).toMatchObject({ gap: true, committed: 1, begun: null });
    });

    test('a missing commit of a group that had committed before is a gap, and nothing is passed over', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([home(PAIR, '1'), home(PAIR, '2')]);
      const first = await owner(harness(), log, PAIR);
      await until(harness(), () => first.news.length >= 2);
      await log.settle(first.epoch, [0], null);
      await log.close();

      await harness().forgetCommits(PAIR);
      const second = await owner(harness(), await harness().connect(), PAIR);
      await until(harness(), () => second.news.length >= 2);

      expect(second.first).toMatchObject({ gap: true, committed: 0 });
      expect(rootIds(second.news)).toEqual(['1', '2']);
    });

    test('a first epoch on a whole log has no gap', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([home(PAIR, '1')]);

      const consumer = await owner(harness(), log, PAIR);

      expect(consumer.first).toMatchObject({ gap: false, committed: 0, begun: null });
    });

    test('what was settled before it went leaves no gap', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([home(PAIR, '1')]);
      const first = await owner(harness(), log, PAIR);
      await until(harness(), () => first.news.length > 0);
      await log.settle(first.epoch, [0], null);
      await first.consumption.stop();
      await harness().loseNews(log, PAIR);

      const second = await owner(harness(), log, PAIR);

      expect(second.first).toMatchObject({ gap: false, committed: 1 });
    });

    test('news lost while a queue was full is told as a gap before the next batch, and can be passed over by settling', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      const consumer = await owner(harness(), log, PAIR, { sessionMs: harness().sessionMs, batchMax: 1 });
      consumer.takes(false);
      await log.publish(['1', '2', '3'].map((id) => home(PAIR, id)));
      await until(harness(), () => consumer.news.length > 0);
      // What was fetched together with the first may be kept for a moment: it is not lost then.
      await harness().pass(1_000);

      await harness().loseNews(log, PAIR);
      await log.publish([home(PAIR, '4')]);
      consumer.takes(true);
      consumer.consumption.resume(consumer.epoch);
      await until(harness(), () => consumer.news.length >= 2);
      await log.settle(consumer.epoch, [0, 3], null);

      expect(consumer.gaps).toEqual([{ expected: 1, found: 3 }]);
      expect(rootIds(consumer.news)).toEqual(['1', '4']);
      await until(harness(), async () => (await log.lag(PAIR)).behind === 0);
      expect(await log.lag(PAIR)).toMatchObject({ behind: 0 });
    });
  });
}
