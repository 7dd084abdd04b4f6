import type { ConsumeHandlers, EventLog } from '#libs/event-log/event-log.ts';
import { connectKafka, type Admin } from '#libs/event-log/kafka/kafka-connection.ts';
import { openKafkaEventLog, type KafkaEventLogOptions } from '#libs/event-log/kafka/kafka-event-log.ts';
import { kafkaNames } from '#libs/event-log/kafka/kafka-topics.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import { afterEach, beforeEach } from 'vitest';

export const SESSION_MS = 1_500;
/** Longer than anything here should take: the assertion after it says what was missing. */
export const PATIENCE = { timeout: 60_000, interval: 50 };

/** A consumer that settles what it is given, as an applier does that has nothing to write. */
export async function settler(log: EventLog, pair: string, sessionMs = SESSION_MS) {
  const seen: string[] = [];
  const problems: unknown[] = [];
  const lost: number[] = [];
  const handlers: ConsumeHandlers = {
    onAssigned: () => undefined,
    onNews(epoch, news) {
      seen.push(...news.map((one) => one.news?.rootId ?? 'unreadable'));
      const offsets = news.map(({ offset }) => offset);
      log.settle(epoch, offsets, null).catch(() => undefined);
      return true;
    },
    onLost: ({ generation }) => void lost.push(generation),
    onGap: (...gap) => void problems.push(gap),
  };
  const consumption = await log.consume(pair, handlers, { sessionMs });
  return { seen, problems, lost, consumption };
}

/** Processes on a cluster, closed after each test; each test has a prefix of its own. */
export function useProcesses(brokers: () => readonly string[]) {
  let prefix = '';
  const opened: EventLog[] = [];
  beforeEach(() => {
    prefix = `f-${randomId().slice(0, 8)}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()));
    await withAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${prefix}.`));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    });
  });

  async function withAdmin<T>(run: (admin: Admin) => Promise<T>): Promise<T> {
    const connection = connectKafka({ brokers: brokers() }, silentLogger);
    try {
      return await run(await connection.admin());
    } finally {
      await connection.close();
    }
  }

  return {
    prefix: () => prefix,
    withAdmin,
    open: (more: Partial<KafkaEventLogOptions> = {}): EventLog => {
      const log = openKafkaEventLog({
        cluster: { brokers: brokers() },
        prefix,
        clock: systemClock,
        delayTiersMs: [200, 400, 400, 400],
        sessionMs: SESSION_MS,
        sharedPartitions: 2,
        logger: silentLogger,
        ...more,
      });
      opened.push(log);
      return log;
    },
    groupSize: (pair: string): Promise<number> =>
      withAdmin(async (admin) => {
        const { groups } = await admin.describeGroups([kafkaNames(prefix).group(pair)]);
        return groups[0]?.members.length ?? 0;
      }),
    deleteTopic: (pair: string) =>
      withAdmin((admin) => admin.deleteTopics({ topics: [kafkaNames(prefix).changes(pair)] })),
  };
}
