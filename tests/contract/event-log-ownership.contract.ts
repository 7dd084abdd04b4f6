import { describe, expect, test } from 'vitest';
import type { Epoch, EventLog } from '#libs/event-log/event-log.ts';
import {
  aNews,
  atHome,
  collect,
  committedOf,
  newsAtHome,
  openPair,
  owner,
  rootIds,
  until,
  witness,
  type EventLogHarness,
} from './event-log-harness.ts';

const PAIR = 'acme';

/** Epochs, begin and settle, take-over (protocol.md, "Who may write", 1 to 5). */
export function testOwnership(harness: () => EventLogHarness): void {
  async function published(count: number): Promise<EventLog> {
    const log = await harness().connect();
    await openPair(harness(), log, PAIR);
    await log.publish(Array.from({ length: count }, (_, index) => newsAtHome(harness(), PAIR, String(index))));
    return log;
  }

  async function isCommitted(log: EventLog, offset: number): Promise<boolean> {
    await until(harness(), async () => (await committedOf(harness(), log, PAIR)) === offset);
    return (await committedOf(harness(), log, PAIR)) === offset;
  }

  describe('settling', () => {
    test('only the contiguous settled prefix is committed', async () => {
      const log = await published(4);
      const { epoch } = await owner(harness(), log, PAIR);

      const ahead = await log.settle(epoch, [1, 2], 3);
      await harness().pass(100);
      const whileFirstIsMissing = await committedOf(harness(), log, PAIR);
      await log.settle(epoch, [0], 3);

      expect(ahead).toBe('held');
      expect(whileFirstIsMissing ?? 0).toBe(0);
      expect(await isCommitted(log, 3)).toBe(true);
    });

    test('settling an offset again sets nothing back', async () => {
      const log = await published(3);
      const { epoch } = await owner(harness(), log, PAIR);

      await log.settle(epoch, [0, 1, 2], null);
      await log.settle(epoch, [1], null);

      expect(await isCommitted(log, 3)).toBe(true);
    });

    test('each partition is committed by itself', async () => {
      const log = await harness().connect();
      await log.openPair(PAIR, { partitions: 2 });
      const consumer = await witness(log, PAIR, { sessionMs: harness().sessionMs });
      await until(harness(), () => consumer.assigned.length >= 2);
      await log.publish(Array.from({ length: 12 }, (_, index) => aNews(PAIR, String(index))));
      await until(harness(), () => consumer.news.length >= 12);
      const [one, other] = consumer.assigned.map(({ epoch }) => epoch);
      if (one === undefined || other === undefined) throw new Error('Two partitions were expected');

      await log.settle(one, [0, 1], null);
      await log.settle(other, [0], null);
      await until(harness(), async () => (await log.ends(PAIR)).every(({ committed }) => committed !== null));

      const committed = new Map((await log.ends(PAIR)).map((end) => [end.partition, end.committed]));
      expect(committed.get(one.partition)).toBe(2);
      expect(committed.get(other.partition)).toBe(1);
    });

    test('what is settled is not delivered again, what is not settled is', async () => {
      const log = await published(3);
      const first = await owner(harness(), log, PAIR);
      await until(harness(), () => first.news.length >= 3);
      await log.settle(first.epoch, [0, 2], null);
      await first.consumption.stop();

      const second = await owner(harness(), log, PAIR);
      await until(harness(), () => second.news.length >= 2);

      expect(rootIds(second.news)).toEqual(['1', '2']);
    });
  });

  describe('begin and take-over', () => {
    test('begin() says that the epoch is held', async () => {
      const log = await published(2);
      const { epoch } = await owner(harness(), log, PAIR);

      expect(await log.begin(epoch, 1)).toBe('held');
    });

    test('the next owner reads back what a killed one had committed and begun', async () => {
      const log = await published(5);
      const first = await owner(harness(), log, PAIR);
      await until(harness(), () => first.news.length >= 5);
      await log.begin(first.epoch, 3);
      await log.settle(first.epoch, [0], 3);
      expect(await isCommitted(log, 1)).toBe(true);

      await harness().kill(log);
      const next = await harness().connect();
      const second = await witness(next, PAIR, { sessionMs: harness().sessionMs });
      await harness().pass(harness().sessionMs);
      await until(harness(), () => atHome(harness(), second.assigned) !== undefined && second.news.length >= 4);

      expect(atHome(harness(), second.assigned)).toMatchObject({ committed: 1, begun: 3, gap: false });
      expect(second.news.map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
    });

    test('begin() is durable before anything is settled', async () => {
      const log = await published(2);
      const first = await owner(harness(), log, PAIR);
      await log.begin(first.epoch, 1);

      await harness().kill(log);
      const second = await witness(await harness().connect(), PAIR, { sessionMs: harness().sessionMs });
      await harness().pass(harness().sessionMs);
      await until(harness(), () => atHome(harness(), second.assigned) !== undefined);

      expect(atHome(harness(), second.assigned)).toMatchObject({ committed: 0, begun: 1 });
    });

    test('a clean stop leaves nothing begun', async () => {
      const log = await published(2);
      const first = await owner(harness(), log, PAIR);
      await log.begin(first.epoch, 1);
      await log.settle(first.epoch, [0, 1], null);

      await first.consumption.stop();
      const second = await owner(harness(), log, PAIR);

      expect(second.first).toMatchObject({ committed: 2, begun: null });
    });

    test('a stop after all that was begun is settled leaves nothing begun, whatever was said last', async () => {
      const log = await published(3);
      const first = await owner(harness(), log, PAIR);
      await log.begin(first.epoch, 1);
      await log.settle(first.epoch, [0, 1], 1);

      await log.close();
      const second = await owner(harness(), await harness().connect(), PAIR);

      expect(second.first).toMatchObject({ committed: 2, begun: null });
    });

    test('a stop while something is in work leaves it begun', async () => {
      const log = await published(3);
      const first = await owner(harness(), log, PAIR);
      await log.begin(first.epoch, 2);
      await log.settle(first.epoch, [0], 2);

      await first.consumption.stop();
      const second = await owner(harness(), log, PAIR);

      expect(second.first).toMatchObject({ committed: 1, begun: 2 });
    });

    test('every epoch of a partition has a higher generation than the one before', async () => {
      const log = await published(1);
      const first = await owner(harness(), log, PAIR);
      await first.consumption.stop();

      const second = await owner(harness(), log, PAIR);

      expect(second.epoch.generation).toBeGreaterThan(first.epoch.generation);
    });
  });

  describe('consumers', () => {
    test('are counted while they are there', async () => {
      const log = await published(0);
      const before = await log.consumers(PAIR);
      const consumer = await owner(harness(), log, PAIR);

      const during = await log.consumers(PAIR);
      await consumer.consumption.stop();

      expect([before, during, await log.consumers(PAIR)]).toEqual([0, 1, 0]);
    });
  });

  describe('the end of an epoch', () => {
    test('after stop() the epoch is over, and nobody is told what they did themselves', async () => {
      const log = await published(2);
      const consumer = await owner(harness(), log, PAIR);

      await consumer.consumption.stop();

      expect(consumer.epoch.signal.aborted).toBe(true);
      expect(consumer.lost).toEqual([]);
      expect(await log.begin(consumer.epoch, 1)).toBe('lost');
      expect(await log.settle(consumer.epoch, [0], null)).toBe('lost');
      expect(await log.appendFacts([aFact('late')], { epoch: consumer.epoch })).toBe('lost');
    });

    test('when one of two consumers stops, the other takes its partitions', async () => {
      const one = await harness().connect();
      await one.openPair(PAIR, { partitions: 2 });
      const other = await harness().connect();
      const stays = await witness(one, PAIR, { sessionMs: harness().sessionMs });
      const leaves = await witness(other, PAIR, { sessionMs: harness().sessionMs });
      await until(harness(), () => ownedBy(leaves.assigned).size === 1 && ownedBy(stays.assigned).size === 1);

      await leaves.consumption.stop();
      await until(harness(), () => ownedBy(stays.assigned).size === 2);
      await one.publish(Array.from({ length: 12 }, (_, index) => aNews(PAIR, String(index))));
      await until(harness(), () => stays.news.length >= 12);

      expect(ownedBy(stays.assigned)).toEqual(new Set([0, 1]));
      expect(new Set(rootIds(stays.news)).size).toBe(12);
    });

    test.each<[string, (log: EventLog, epoch: Epoch) => Promise<unknown>]>([
      ['begins', (log, epoch) => log.begin(epoch, 3)],
      ['settles', (log, epoch) => log.settle(epoch, [0, 1, 2, 3], null)],
      ['appends facts', (log, epoch) => log.appendFacts([aFact('late')], { epoch })],
    ])(
      'a member that was taken over, thaws and %s is told that it lost, and nothing is written',
      async (_what, ask) => {
        const log = await published(4);
        const frozen = await owner(harness(), log, PAIR);
        await until(harness(), () => frozen.news.length >= 4);
        await log.begin(frozen.epoch, 2);

        await harness().freeze(log);
        const next = await harness().connect();
        const taken = await witness(next, PAIR, { sessionMs: harness().sessionMs });
        await harness().pass(harness().sessionMs + 1);
        await until(harness(), () => atHome(harness(), taken.assigned) !== undefined);
        await harness().thaw(log);
        const answer = await ask(log, frozen.epoch);

        expect(atHome(harness(), taken.assigned)).toMatchObject({ committed: 0, begun: 2 });
        expect(answer).toBe('lost');
        const lostHome = () => frozen.lost.find(({ partition }) => partition === frozen.epoch.partition);
        await until(harness(), () => lostHome() !== undefined);
        expect(frozen.epoch.signal.aborted).toBe(true);
        expect(lostHome()).toMatchObject({ generation: frozen.epoch.generation });
        expect((await committedOf(harness(), next, PAIR)) ?? 0).toBe(0);
        expect(await collect(next.readFacts())).toEqual([]);
      },
    );

    test('facts of the epoch that holds are appended', async () => {
      const log = await published(1);
      const { epoch } = await owner(harness(), log, PAIR);

      const offsets = await log.appendFacts([aFact('now')], { epoch });

      expect(offsets).toHaveLength(1);
      expect(await collect(log.readFacts())).toMatchObject([{ id: 'now' }]);
    });
  });
}

function aFact(id: string) {
  return { pair: PAIR, kind: 'link', id, value: { targetId: '1' } };
}

function ownedBy(
  assigned: readonly { readonly epoch: { readonly partition: number; readonly signal: AbortSignal } }[],
) {
  return new Set(assigned.filter(({ epoch }) => !epoch.signal.aborted).map(({ epoch }) => epoch.partition));
}
