import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { Consumption, DelayTiers, Epoch, EventLog } from '../event-log.ts';
import { keepDelayMover } from './delay-mover.ts';
import { connectKafka, type KafkaCluster } from './kafka-connection.ts';
import { joinKafkaGroup, type KafkaConsumption } from './kafka-consumption.ts';
import { createKafkaFacts } from './kafka-facts.ts';
import { createDelayedCount } from './kafka-delayed.ts';
import type { KafkaEpoch } from './kafka-epoch.ts';
import { createKafkaJournal } from './kafka-journal.ts';
import { measureLag, measurePartitions } from './kafka-lag.ts';
import { createNewsReaders } from './kafka-news-readers.ts';
import { createKafkaOffsets, readClaims } from './kafka-offsets.ts';
import { createKafkaPairs } from './kafka-pairs.ts';
import { delayTopics, kafkaNames } from './kafka-topics.ts';
import { createNewsWriter } from './news-writer.ts';

export type KafkaEventLog = EventLog & {
  /** The text that was kept under a name first; where there is none, one that is made now. The same for all processes, for good. */
  readonly keepNote: (name: string, make: () => string) => Promise<string>;
  /** Lets go at once, finishing nothing: what a crash leaves behind (tests). */
  readonly abandon: () => Promise<void>;
};

export type KafkaEventLogOptions = {
  readonly cluster: KafkaCluster;
  /** Begins every topic and group. @default lockstep */
  readonly prefix?: string;
  readonly clock: Clock;
  readonly delayTiersMs: DelayTiers;
  /** Of the group of the delay tiers. @default 30,000 */
  readonly sessionMs?: number;
  /** Of facts and journal, where they are made here. @default 12 */
  readonly sharedPartitions?: number;
  readonly logger: Logger;
};

type Parts = ReturnType<typeof createParts>;

/**
 * The log on a Kafka cluster. Nothing is asked of the cluster before the first call.
 *
 * @throws {SyncError} LOG_UNAVAILABLE (from its methods)
 */
export function openKafkaEventLog(options: KafkaEventLogOptions): KafkaEventLog {
  const parts = createParts(options);
  const { names, offsets, pairs, facts, journal, news, readers } = parts;
  const consumers = createConsumers(options, parts);
  const { find } = consumers;

  async function closeAll(): Promise<void> {
    await Promise.all([facts.close(), journal.close(), parts.delayed.close(), readers.close()]);
    await parts.connection.close();
  }

  return {
    openPair: (pair, { partitions = 1 } = {}) => pairs.open(pair, partitions),
    async publish(published, { afterMs = 0 } = {}) {
      if (published.length === 0) return;
      for (const pair of new Set(published.map((one) => one.pair))) await pairs.require(pair, 'publish to');
      if (afterMs > 0) await pairs.openShared();
      await (afterMs > 0 ? news.delay(published, afterMs) : news.append(published));
    },
    consume: consumers.consume,
    consumers: (pair) => offsets.members(names.group(pair)),
    begin: async (epoch, begunOffset) => (await find(epoch)?.begin(begunOffset)) ?? 'lost',
    settle: async (epoch, settled, begunOffset) => (await find(epoch)?.settle(settled, begunOffset)) ?? 'lost',
    async appendFacts(writes, { epoch } = {}) {
      // The group is asked just before: a process that was frozen learns here that it was taken over.
      if (epoch !== undefined && (await find(epoch)?.confirm()) !== 'held') return 'lost';
      await pairs.openShared();
      return facts.append(writes);
    },
    async *readFacts(from = []) {
      await pairs.openShared();
      yield* facts.read(from);
    },
    async keepNote(name, make) {
      await pairs.openShared();
      return facts.keepNote(name, make);
    },
    async appendJournal(entries) {
      await pairs.openShared();
      await journal.append(entries);
    },
    async *readJournal(pair, from = []) {
      yield* journal.read(pair, await pairs.require(pair, 'read'), from);
    },
    journalEnd: async (pair) => journal.end(pair, await pairs.require(pair, 'read')),
    async lag(pair) {
      await pairs.require(pair, 'measure');
      return measureLag(pair, { ...parts, clock: options.clock });
    },
    async partitionLags(pair) {
      await pairs.require(pair, 'measure');
      return measurePartitions(pair, { ...parts, clock: options.clock });
    },
    async ends(pair) {
      await pairs.require(pair, 'measure');
      return offsets.ends(names.group(pair), names.changes(pair));
    },
    async readNews(pair, partition, from, limit) {
      await pairs.require(pair, 'read');
      return readers.read(pair, partition, from, limit);
    },
    // Retention does it.
    trim: async () => 0,
    async close() {
      await consumers.stop();
      await closeAll();
    },
    async abandon() {
      consumers.abandon();
      void closeAll();
    },
  };
}

function createParts(options: KafkaEventLogOptions) {
  const { cluster, prefix = 'lockstep', clock, delayTiersMs, sharedPartitions, logger } = options;
  const names = kafkaNames(prefix);
  const connection = connectKafka(cluster, logger);
  const offsets = createKafkaOffsets(connection);
  const shared = { names, connection, offsets, clock, readerId: () => randomId() };
  return {
    names,
    connection,
    offsets,
    facts: createKafkaFacts(shared),
    journal: createKafkaJournal(shared),
    delayed: createDelayedCount(shared),
    readers: createNewsReaders(shared),
    pairs: createKafkaPairs({ ...shared, ...(sharedPartitions === undefined ? {} : { sharedPartitions }) }),
    news: createNewsWriter({ ...shared, tiersMs: delayTiersMs, logger }),
  };
}

/** The memberships of this process, and the delay tiers, which are consumed wherever a pair is. */
function createConsumers({ clock, sessionMs = 30_000, logger }: KafkaEventLogOptions, parts: Parts) {
  const { names, connection, offsets, pairs, facts, news } = parts;
  const consumptions = new Set<KafkaConsumption>();
  const mover = keepDelayMover({
    topics: delayTopics(names),
    groupId: names.delayGroup,
    sessionMs,
    connection,
    clock,
    logger,
    move: news.moveOn,
  });
  const started = new Set<string>();
  let generation = 0;

  // A note is made with the first commit of a partition, and again only by a process that does not know of it.
  function markStarted({ pair, partition }: Epoch): void {
    const key = `${pair}/${partition}`;
    if (started.has(key)) return;
    started.add(key);
    facts.markStarted(pair, partition).catch(() => started.delete(key));
  }

  const consume = async (...[pair, handlers, asked = {}]: Parameters<EventLog['consume']>): Promise<Consumption> => {
    await pairs.require(pair, 'consume');
    await pairs.openShared();
    const where = { pair, topic: names.changes(pair), groupId: names.group(pair) };
    const consumption = await joinKafkaGroup({
      ...where,
      handlers,
      options: asked,
      connection,
      clock,
      nextGeneration: () => (generation = Math.max(generation + 1, clock.now())),
      readClaims: async (partitions) => {
        const claims = await readClaims(offsets, where, partitions, (partition) => facts.hadStarted(pair, partition));
        for (const claim of claims) if (claim.everCommitted) started.add(`${pair}/${claim.partition}`);
        return claims;
      },
      readStart: async (partition) =>
        (await offsets.watermarks(where.topic)).find((mark) => mark.partition === partition)?.start ?? 0,
      onCommitted: markStarted,
    });
    consumptions.add(consumption);
    mover.start();
    const stop = async () => {
      await consumption.stop();
      consumptions.delete(consumption);
    };
    return { resume: consumption.resume, stop };
  };

  return {
    consume,
    find: (epoch: Epoch): KafkaEpoch | null => {
      if (epoch.signal.aborted) return null;
      for (const consumption of consumptions) {
        const found = consumption.find(epoch);
        if (found !== null) return found;
      }
      return null;
    },
    async stop(): Promise<void> {
      await Promise.all([...consumptions].map((consumption) => consumption.stop()));
      consumptions.clear();
      await mover.stop();
    },
    abandon(): void {
      for (const consumption of consumptions) consumption.abandon();
      consumptions.clear();
      mover.abandon();
    },
  };
}
