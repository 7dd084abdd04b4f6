import { describe, expect, test } from 'vitest';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { aNews, openPair, owner, rootIds, until, type EventLogHarness, type Witness } from './event-log-harness.ts';

const PAIR = 'acme';

/** News that is to be looked at later. */
export function testDelays(harness: () => EventLogHarness): void {
  async function consumed(): Promise<{ readonly log: EventLog; readonly consumer: Witness }> {
    const log = await harness().connect();
    await openPair(harness(), log, PAIR);
    return { log, consumer: await owner(harness(), log, PAIR) };
  }
  const tier = (index: number) => harness().delayTiersMs[index] ?? 0;

  /** When news of a root came, by the clock. */
  async function cameAt(consumer: Witness, rootId: string, latestMs: number): Promise<number> {
    const end = harness().clock.now() + latestMs;
    const came = () => consumer.news.some(({ news }) => news?.rootId === rootId);
    while (!came() && harness().clock.now() < end) await harness().pass(tier(0) / 10);
    await until(harness(), came);
    expect(rootIds(consumer.news)).toContain(rootId);
    return harness().clock.now();
  }

  describe('delays', () => {
    test('delayed news comes when it is due, not before, and says when that was', async () => {
      const { log, consumer } = await consumed();
      const asked = harness().clock.now();

      await log.publish([aNews(PAIR, 'later')], { afterMs: tier(1) });
      const came = await cameAt(consumer, 'later', tier(1));

      expect(came - asked).toBeGreaterThanOrEqual(tier(1));
      const notBefore = consumer.news[0]?.news?.notBefore ?? 0;
      expect(notBefore - asked).toBeGreaterThanOrEqual(tier(1));
      expect(notBefore).toBeLessThanOrEqual(came);
    });

    test('a wait that is no tier goes to the smallest that is not shorter', async () => {
      const { log, consumer } = await consumed();
      const asked = harness().clock.now();
      const afterMs = Math.round((tier(0) + tier(1)) / 2);

      await log.publish([aNews(PAIR, 'later')], { afterMs });
      const came = await cameAt(consumer, 'later', tier(1));

      expect(came - asked).toBeGreaterThanOrEqual(afterMs);
    });

    test('a short wait is not held up by a long one that was asked for before', async () => {
      const { log, consumer } = await consumed();

      await log.publish([aNews(PAIR, 'long')], { afterMs: tier(2) });
      await log.publish([aNews(PAIR, 'short')], { afterMs: tier(0) });
      await cameAt(consumer, 'long', tier(2));

      expect(rootIds(consumer.news)).toEqual(['short', 'long']);
    });

    test('a wait longer than every tier goes round until it is due', async () => {
      const { log, consumer } = await consumed();
      const longest = harness().delayTiersMs.at(-1) ?? 0;
      const asked = harness().clock.now();

      await log.publish([aNews(PAIR, 'much later')], { afterMs: longest * 2 });
      const came = await cameAt(consumer, 'much later', longest * 3);

      expect(came - asked).toBeGreaterThanOrEqual(longest * 2);
      expect(rootIds(consumer.news)).toEqual(['much later']);
    });

    test('delayed news counts as delayed until it is due, then as behind', async () => {
      const { log, consumer } = await consumed();
      await log.publish([aNews(PAIR, 'later')], { afterMs: tier(1) });

      const waiting = await log.lag(PAIR);
      await cameAt(consumer, 'later', tier(1));

      expect(waiting).toMatchObject({ behind: 0, delayed: 1 });
      expect(await log.lag(PAIR)).toMatchObject({ behind: 1, delayed: 0 });
    });

    test('delayed news outlives the process that published it', async () => {
      const log = await harness().connect();
      await openPair(harness(), log, PAIR);
      await log.publish([aNews(PAIR, 'later')], { afterMs: tier(1) });

      await harness().kill(log);
      const consumer = await owner(harness(), await harness().connect(), PAIR);
      await cameAt(consumer, 'later', tier(1));

      expect(rootIds(consumer.news)).toEqual(['later']);
    });

    test('delayed news to a pair that was never opened is refused', async () => {
      const log = await harness().connect();

      await expect(log.publish([aNews('nobody', '1')], { afterMs: tier(0) })).rejects.toMatchObject({
        code: 'PAIR_UNKNOWN',
      });
    });
  });
}
