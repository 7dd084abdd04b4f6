import { Kafka, logLevel } from 'kafkajs';

import type { Drained } from './pair.ts';

/** Reads so many records of a topic with the client alone, from when its group has joined to the last record, and does nothing with them. */
export async function rawConsume(
  brokers: readonly string[],
  topic: string,
  groupId: string,
  count: number,
): Promise<Drained> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, allowAutoTopicCreation: false });
  const done = Promise.withResolvers<number>();
  let startedAt: number | null = null;
  let seen = 0;
  consumer.on(consumer.events.GROUP_JOIN, () => (startedAt ??= performance.now()));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      seen += batch.messages.length;
      if (seen >= count) done.resolve(performance.now());
    },
  });
  const endedAt = await done.promise;
  await consumer.disconnect();
  return { startedAt: startedAt ?? endedAt, endedAt };
}
