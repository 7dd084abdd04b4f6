import type { Clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { encodeNews } from '../change-codec.ts';
import { planDelay } from '../delay-tier.ts';
import type { DelayTiers } from '../event-log.ts';
import { newsKey, type News } from '../news.ts';
import { dueHeaders } from './delay-mover.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import type { KafkaNames } from './kafka-topics.ts';

/** Puts news on its pair's changes, or on a delay tier; durable when it resolves. */
export type NewsWriter = {
  readonly append: (news: readonly News[]) => Promise<void>;
  readonly delay: (news: readonly News[], afterMs: number) => Promise<void>;
  /** What came out of its tier: back to its pair when it is due, else another round. */
  readonly moveOn: (news: readonly News[]) => Promise<void>;
};

const DELAY_PRODUCER = '$delay';

export function createNewsWriter({
  names,
  connection,
  clock,
  tiersMs,
}: {
  readonly names: KafkaNames;
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  readonly tiersMs: DelayTiers;
}): NewsWriter {
  async function send(producer: string, topic: string, messages: readonly Message[]): Promise<void> {
    await connection.ask(`write to ${topic}`, async () => {
      const connected = await connection.producer(producer);
      await connected.send({ topic, acks: -1, messages: [...messages] });
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

  return {
    append,
    delay(news, afterMs) {
      const notBefore = clock.now() + afterMs;
      return delayUntil(news.map((one) => ({ ...one, notBefore })));
    },
    async moveOn(news) {
      const now = clock.now();
      const isDue = ({ notBefore = 0 }: News) => notBefore <= now;
      await append(news.filter((one) => isDue(one)));
      await delayUntil(news.filter((one) => !isDue(one)));
    },
  };
}

type Message = { readonly key: string; readonly value: string; readonly headers?: Record<string, string> };

function toMessage(news: News): Message {
  return { key: newsKey(news), value: encodeNews(news) };
}
