import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { must } from '#libs/runtime/must.ts';
import { encodeNews } from '../change-codec.ts';
import { planDelay } from '../delay-tier.ts';
import type { DelayTiers } from '../event-log.ts';
import { newsKey, type News } from '../news.ts';
import { dueHeaders } from './delay-mover.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { findTopics } from './ensure-topics.ts';
import { RETENTION_MS, type KafkaNames } from './kafka-topics.ts';
import { splitBySize } from './split-by-size.ts';

/** Puts news on its pair's changes, or on a delay tier; durable when it resolves. */
export type NewsWriter = {
  readonly append: (news: readonly News[]) => Promise<void>;
  readonly delay: (news: readonly News[], afterMs: number) => Promise<void>;
  /** What came out of its tier: back to its pair when it is due, else another round; also where the pair is gone. */
  readonly moveOn: (news: readonly News[]) => Promise<void>;
};

const DELAY_PRODUCER = '$delay';

export function createNewsWriter({
  names,
  connection,
  clock,
  tiersMs,
  logger,
}: {
  readonly names: KafkaNames;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  readonly tiersMs: DelayTiers;
  /** For who moves delayed news. */
  readonly logger?: Logger;
}): NewsWriter {
  async function send(producer: string, topic: string, messages: readonly Message[]): Promise<void> {
    await connection.ask(`write to ${topic}`, async () => {
      const connected = await connection.producer(producer);
      for (const part of splitBySize(messages)) await connected.send({ topic, acks: -1, messages: [...part] });
    });
  }

  async function append(news: readonly News[]): Promise<void> {
    const byPair = Object.groupBy(news, ({ pair }) => pair);
    await Promise.all(
      Object.entries(byPair).map(([pair, ofPair]) =>
        send(pair, names.changes(pair), must(ofPair, 'the news of a pair').map(toMessage)),
      ),
    );
  }

  async function delayUntil(news: readonly News[]): Promise<void> {
    const now = clock.now();
    const planned = news.map((one) => ({ one, ...planDelay(tiersMs, now, one.notBefore ?? now) }));
    const byTier = Object.groupBy(planned, ({ tier }) => tier);
    await Promise.all(
      Object.entries(byTier).map(([tier, entries]) => {
        const messages = must(entries, 'the news of a tier').map(({ one, dueAt }) => ({
          ...toMessage(one),
          headers: { ...dueHeaders(dueAt) },
        }));
        return send(DELAY_PRODUCER, names.delay(Number(tier)), messages);
      }),
    );
  }

  // The topic of a pair that was removed is gone, and what is due for it must not hold up the news of others. It waits as long as
  // news is kept anywhere, for a topic may also be away by a mistake.
  async function goRound(news: readonly News[]): Promise<void> {
    const now = clock.now();
    const kept = news.filter(({ receivedAt }) => now - receivedAt < RETENTION_MS);
    if (kept.length < news.length)
      logger?.warn({ count: news.length - kept.length }, 'Old news of removed pairs is dropped');
    await delayUntil(kept.map((one) => ({ ...one, notBefore: now + Math.max(...tiersMs) })));
  }

  return {
    append,
    delay(news, afterMs) {
      const notBefore = clock.now() + afterMs;
      return delayUntil(news.map((one) => ({ ...one, notBefore })));
    },
    async moveOn(news) {
      const now = clock.now();
      const isDue = ({ notBefore = 0 }: News) => notBefore <= now;
      const due = news.filter((one) => isDue(one));
      const there = await findPairs(due, connection, names);
      await append(due.filter(({ pair }) => there.has(pair)));
      await delayUntil(news.filter((one) => !isDue(one)));
      await goRound(due.filter(({ pair }) => !there.has(pair)));
    },
  };
}

type Message = { readonly key: string; readonly value: string; readonly headers?: Record<string, string> };

function toMessage(news: News): Message {
  return { key: newsKey(news), value: encodeNews(news) };
}

/** The pairs of this news that have their topic. */
async function findPairs(
  news: readonly News[],
  connection: KafkaConnection,
  names: KafkaNames,
): Promise<ReadonlySet<string>> {
  if (news.length === 0) return new Set();
  const pairs = [...new Set(news.map(({ pair }) => pair))];
  return connection.ask('move delayed news', async () => {
    const there = await findTopics(await connection.admin(), pairs.map(names.changes));
    return new Set(pairs.filter((pair) => there.has(names.changes(pair))));
  });
}
