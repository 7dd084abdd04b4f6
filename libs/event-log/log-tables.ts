import type { FactKey, FactOffset } from './event-log.ts';

/**
 * What the embedded and the memory log keep, as synchronous operations: each is atomic, and all that a log promises about
 * order and fencing is decided here. Arguments and results survive structured cloning, so a worker thread can hold the tables.
 */
export type LogTables = {
  readonly openPair: (args: { readonly pair: string; readonly partitions: number }) => void;
  /** Number of partitions of a pair; null when it was never opened. */
  readonly partitions: (args: { readonly pair: string }) => number | null;
  /** Appends all or, when a pair was never opened, nothing; then it is named. Tells when the next delayed news is due. */
  readonly publish: (args: { readonly entries: readonly NewsEntry[]; readonly now: number }) => {
    readonly unknownPair: string | null;
    readonly nextDueAt: number | null;
  };
  /** Moves what is due from the delay tiers back to the changes of its pair. */
  readonly drain: (args: { readonly now: number }) => {
    readonly pairs: readonly string[];
    readonly nextDueAt: number | null;
  };
  /** Begins an epoch of a partition: every earlier one is over from here on. */
  readonly claim: (args: { readonly pair: string; readonly partition: number }) => Claim;
  /** Ends the epoch of a partition without a new one. */
  readonly revoke: (args: { readonly pair: string; readonly partition: number }) => void;
  /** False, and nothing written, when the generation is over. */
  readonly commit: (args: Fence & { readonly committed: number; readonly begun: number | null }) => boolean;
  readonly fetch: (args: {
    readonly pair: string;
    readonly partition: number;
    readonly from: number;
    readonly limit: number;
  }) => { readonly start: number; readonly rows: readonly NewsRow[] };
  /** Null, and nothing written, when the fence's generation is over. */
  readonly appendFacts: (args: {
    readonly facts: readonly FactEntry[];
    readonly fence: Fence | null;
    readonly now: number;
  }) => readonly FactOffset[] | null;
  /** The first offset not yet written, of each partition of the facts. */
  readonly factEnds: (args: Nothing) => readonly FactOffset[];
  /** Latest records of a partition with `from ≤ offset < before`, in order. */
  readonly factPage: (args: {
    readonly partition: number;
    readonly from: number;
    readonly before: number;
    readonly limit: number;
  }) => readonly FactRow[];
  readonly getFacts: (args: { readonly keys: readonly FactKey[] }) => readonly (string | null)[];
  /** Facts of one kind that are not deleted, by id, after the given one. */
  readonly listFacts: (args: {
    readonly pair: string;
    readonly kind: string;
    readonly afterId: string | null;
    readonly limit: number;
  }) => readonly FactRow[];
  readonly countFacts: (args: { readonly pair: string; readonly kind: string }) => number;
  readonly appendJournal: (args: { readonly entries: readonly JournalEntry[]; readonly now: number }) => void;
  /** The highest offset on the journal; -1 when it is empty. */
  readonly journalEnd: (args: Nothing) => number;
  readonly journalPage: (args: {
    readonly pair: string;
    /** Per partition, the offset read last; a partition that is not named is read from its start. */
    readonly after: readonly FactOffset[];
    readonly above: number;
    readonly upTo: number;
    readonly limit: number;
  }) => readonly JournalRow[];
  readonly lag: (args: { readonly pair: string; readonly now: number }) => {
    readonly behind: number;
    readonly delayed: number;
    readonly oldestMs: number;
  };
  readonly ends: (args: { readonly pair: string }) => readonly PartitionEnds[];
  readonly trim: (args: { readonly pair: string; readonly olderThan: number }) => number;
  /** Puts bytes as they are onto a pair's changes: what a broken or a newer producer would leave. */
  readonly appendRaw: (args: { readonly pair: string; readonly body: Uint8Array; readonly now: number }) => void;
};

export type Nothing = Readonly<Record<string, never>>;
export type Fence = { readonly pair: string; readonly partition: number; readonly generation: number };
export type NewsEntry = {
  readonly pair: string;
  readonly key: string;
  readonly body: string;
  /** Null: at once. */
  readonly notBefore: number | null;
};
export type NewsRow = { readonly offset: number; readonly at: number; readonly body: string | Uint8Array };
export type Claim = Fence & {
  readonly committed: number;
  readonly begun: number | null;
  readonly gap: boolean;
};
export type FactEntry = FactKey & { readonly value: string | null };
export type FactRow = FactEntry & { readonly partition: number; readonly offset: number };
export type JournalEntry = { readonly pair: string; readonly partition: number; readonly body: string };
export type JournalRow = JournalEntry & { readonly offset: number; readonly at: number };
export type PartitionEnds = {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  readonly committed: number | null;
};

export type LogOperation = keyof LogTables;
type ArgsByOperation = { readonly [K in LogOperation]: Parameters<LogTables[K]>[0] };
type ResultByOperation = { readonly [K in LogOperation]: ReturnType<LogTables[K]> };
export type ArgsOf<K extends LogOperation> = ArgsByOperation[K];
export type ResultOf<K extends LogOperation> = ResultByOperation[K];
type Operations = { readonly [K in LogOperation]: (args: ArgsByOperation[K]) => ResultByOperation[K] };

/** Runs one operation where the tables are; rejects with LOG_UNAVAILABLE, and then nothing was written. */
export type LogCall = <K extends LogOperation>(operation: K, args: ArgsOf<K>) => Promise<ResultOf<K>>;

/** Runs the operation that is named. */
export function perform<K extends LogOperation>(tables: LogTables, operation: K, args: ArgsOf<K>): ResultOf<K> {
  const operations: Operations = tables;
  return operations[operation](args);
}

/** Where an epoch begins, from what is recorded of the partition (protocol.md, "Gaps"). */
export function toClaim(
  fence: Fence,
  recorded: {
    readonly start: number;
    readonly end: number;
    readonly committed: number | null;
    readonly begun: number | null;
    readonly everCommitted: boolean;
  },
): Claim {
  const { start, end, committed, begun, everCommitted } = recorded;
  if (committed === null) {
    // A group that never committed starts at the log's start; a commit that is missing, or news that went unread, is a gap.
    return { ...fence, committed: start, begun: null, gap: everCommitted || start > 0 };
  }
  const lost = committed < start || committed > end;
  const first = lost ? start : committed;
  return { ...fence, committed: first, begun: begun !== null && begun >= first ? begun : null, gap: lost };
}
