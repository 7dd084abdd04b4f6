import type { News } from './news.ts';

/**
 * The port to the durable log: news, delays, decisions (facts), outcomes (journal).
 *
 * All producers and consumers are written against this alone; nothing above it may know whether Kafka, SQLite
 * or memory is below. Every implementation passes `tests/contract/event-log.contract.ts`.
 */
export type EventLog = {
  /** Makes the pair's place on the log; idempotent. Publishing to a pair that was never opened is refused. */
  readonly openPair: (pair: string, options?: { readonly partitions?: number }) => Promise<void>;
  /**
   * Appends news and resolves when it is durable: `acks=all`, or committed with `synchronous=FULL` (many calls share a commit).
   * With `afterMs` the news goes to the smallest delay tier not shorter than that, and comes back to the pair's changes when due
   * (longer waits go round in the last tier until `notBefore`, which is set to the due time).
   * @throws {SyncError} LOG_UNAVAILABLE
   */
  readonly publish: (news: readonly News[], options?: { readonly afterMs?: number }) => Promise<void>;
  /** How many consumers the pair has now: on a cluster of all processes, elsewhere of this one. */
  readonly consumers: (pair: string) => Promise<number>;
  /** Joins the consumers of a pair. Handlers never wait for a store: they enqueue and return. */
  readonly consume: (pair: string, handlers: ConsumeHandlers, options?: ConsumeOptions) => Promise<Consumption>;
  /**
   * Before a batch's writes: commits what is settled, with the metadata `begun` = the highest offset in work.
   * `lost` when the epoch is over: then nothing may be written.
   */
  readonly begin: (epoch: Epoch, begunOffset: number) => Promise<'held' | 'lost'>;
  /**
   * Marks offsets as settled; only the contiguous settled prefix is committed. `begunOffset` null says that nothing is in work.
   * Settling does not wait for the commit to be durable on a cluster; `lost` when the epoch is over.
   */
  readonly settle: (epoch: Epoch, offsets: readonly number[], begunOffset: number | null) => Promise<'held' | 'lost'>;
  /**
   * Appends facts durably, all or none, and resolves to their offsets. With an epoch the append is refused (`lost`) when
   * that epoch is over. A null value deletes the fact.
   */
  readonly appendFacts: (
    facts: readonly FactWrite[],
    options?: { readonly epoch?: Epoch },
  ) => Promise<readonly FactOffset[] | 'lost'>;
  /** Reads the latest record of each key from the given position to the end as it is now (compacted: older ones may be gone). */
  readonly readFacts: (from?: FactPosition) => AsyncIterable<FactRecord>;
  readonly appendJournal: (records: readonly JournalEnvelope[]) => Promise<void>;
  /** Reads a pair's journal from a position (exclusive of what was read before) to its end as it is now, oldest first. */
  readonly readJournal: (pair: string, from?: JournalPosition) => AsyncIterable<JournalRead>;
  /** Where the pair's journal ends now: a reader that begins there sees only what comes after. */
  readonly journalEnd: (pair: string) => Promise<JournalPosition>;
  readonly lag: (pair: string) => Promise<Lag>;
  /** The same by partition, in rising order, without what is delayed. */
  readonly partitionLags: (pair: string) => Promise<readonly PartitionLag[]>;
  /** Offsets at the end and at the start of each of the pair's partitions. */
  readonly ends: (pair: string) => Promise<
    readonly {
      readonly partition: number;
      readonly start: number;
      readonly end: number;
      readonly committed: number | null;
    }[]
  >;
  /** Reads the news of a partition without consuming (for `log`, tests and the conservation law). */
  readonly readNews: (pair: string, partition: number, from: number, limit: number) => Promise<readonly LoggedNews[]>;
  /** Deletes news and journal older than this and returns how much went (embedded; a cluster does it by retention). */
  readonly trim: (pair: string, olderThan: number) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** One assignment of one partition to this process. Work carries its epoch; another epoch ends the work before it writes. */
export type Epoch = {
  readonly pair: string;
  readonly partition: number;
  readonly generation: number;
  /** Aborted when the epoch is known to be over. */
  readonly signal: AbortSignal;
};

/** News as it lies on the log. `news` is null where the record cannot be decoded: it is parked with offset and hash. */
export type LoggedNews = {
  readonly partition: number;
  readonly offset: number;
  readonly appendedAt: number;
  readonly news: News | null;
  readonly undecodable?: { readonly bytes: number; readonly sha256: string };
};

export type Assigned = {
  readonly epoch: Epoch;
  /** The first offset that will be delivered. */
  readonly committed: number;
  /** The highest offset an earlier owner may have had in work: `committed ≤ offset ≤ begun` is looked at again. Null: none. */
  readonly begun: number | null;
  /** True where records between the committed offset and the log's start are gone: an alarm, and a full comparison. */
  readonly gap: boolean;
};

export type ConsumeHandlers = {
  readonly onAssigned: (assigned: Assigned) => void;
  /**
   * Takes the news in either case. Returns false when its queue is full now: nothing more is delivered for this
   * partition until `resume` is called.
   */
  readonly onNews: (epoch: Epoch, news: readonly LoggedNews[]) => boolean;
  /** The epoch ended without this consumer's doing (not called by its own `stop`, which only aborts the signal). */
  readonly onLost: (epoch: Epoch) => void;
  /** A batch's first offset was not the one expected: something was lost in between. */
  readonly onGap: (epoch: Epoch, expected: number, found: number) => void;
};

export type ConsumeOptions = {
  /** After this long without a sign of life an owner may be taken over. Default 30,000. */
  readonly sessionMs?: number;
  readonly batchMax?: number;
};

export type Consumption = {
  readonly resume: (epoch: Epoch) => void;
  /** Leaves: what was begun is finished by the caller before; commits with `begun` empty when nothing is in work. */
  readonly stop: () => Promise<void>;
};

/** `<pair>/<kind>/<id>` is the key on the log. */
export type FactKey = { readonly pair: string; readonly kind: string; readonly id: string };
export type FactWrite = FactKey & { readonly value: unknown };
export type FactOffset = { readonly partition: number; readonly offset: number };
/** Per partition, the first offset not read yet; a partition that is not named is read from its start. */
export type FactPosition = readonly FactOffset[];
export type FactRecord = FactKey & { readonly value: unknown; readonly at: FactOffset };

export type JournalEnvelope = {
  readonly pair: string;
  readonly partition: number;
  readonly record: unknown;
};
/** Per partition, the offset read last; a partition that is not named is read from its start. */
export type JournalPosition = readonly { readonly partition: number; readonly offset: number }[];
export type JournalRead = JournalEnvelope & {
  readonly offset: number;
  readonly appendedAt: number;
};

export type Lag = {
  /** News on the pair's changes that is not committed yet. */
  readonly behind: number;
  /** News waiting on the delay tiers. */
  readonly delayed: number;
  /** Age in milliseconds of the oldest news that is not committed; 0 when there is none. */
  readonly oldestMs: number;
};

export type PartitionLag = Omit<Lag, 'delayed'> & { readonly partition: number };

/** Delay tiers in rising order: the three `timing.retries` and `landing`. */
export type DelayTiers = readonly number[];
