import type { EventLog, JournalPosition } from '#libs/event-log/event-log.ts';
import {
  journalRecordSchema,
  type AfterRecord,
  type BatchRecord,
  type BeforeRecord,
  type JournalRecord,
} from './journal-records.ts';

/** What was decided and written, on the log: typed for those who write it and those who read it. */
export type Journal = {
  /** How each news of a batch ended. Durable when it resolves. */
  readonly appendBatch: (place: JournalPlace, record: Unversioned<BatchRecord>) => Promise<void>;
  /** What calls expect and want, before they are sent. */
  readonly before: (place: JournalPlace, records: readonly Unversioned<BeforeRecord>[]) => Promise<void>;
  /** What became of calls. */
  readonly after: (place: JournalPlace, records: readonly Unversioned<AfterRecord>[]) => Promise<void>;
  /** A pair's records after a position to the end as it is now. What this version cannot understand is counted and left out. */
  readonly read: (
    pair: string,
    from?: JournalPosition,
    onSkipped?: (at: JournalAt) => void,
  ) => AsyncIterable<JournalEntry>;
  /** How many records were left out since this journal was created. */
  readonly skipped: () => number;
};

/** The pair and the partition of its changes that records are about. */
export type JournalPlace = { readonly pair: string; readonly partition: number };
export type JournalAt = JournalPlace & { readonly offset: number; readonly appendedAt: number };
export type JournalEntry = JournalAt & { readonly record: JournalRecord };
type Unversioned<R extends JournalRecord> = Omit<R, 'v' | 'type'>;

/** The journal of a log. */
export function createJournal({ log }: { readonly log: EventLog }): Journal {
  let skipped = 0;

  async function append({ pair, partition }: JournalPlace, records: readonly JournalRecord[]): Promise<void> {
    await log.appendJournal(records.map((record) => ({ pair, partition, record })));
  }

  return {
    appendBatch: (place, record) => append(place, [{ v: 1, type: 'batch', ...record }]),
    before: (place, records) =>
      append(
        place,
        records.map((record) => ({ v: 1, type: 'before', ...record })),
      ),
    after: (place, records) =>
      append(
        place,
        records.map((record) => ({ v: 1, type: 'after', ...record })),
      ),
    async *read(pair, from, onSkipped) {
      for await (const { record, ...at } of log.readJournal(pair, from)) {
        const decoded = decodeJournalRecord(record);
        if (decoded !== null) {
          yield { ...at, record: decoded };
          continue;
        }
        skipped += 1;
        onSkipped?.(at);
      }
    },
    skipped: () => skipped,
  };
}

/** The record, or null where this version cannot understand it. */
export function decodeJournalRecord(record: unknown): JournalRecord | null {
  return journalRecordSchema.safeParse(record).data ?? null;
}
