import type { BatchRecord, NewsOutcome } from '#libs/journal/journal-records.ts';

/** Brokers refuse records of more than a megabyte; in characters, of which one may be three bytes. */
const RECORD_CHARS = 300_000;

/**
 * The records that tell how a batch ended, no larger than a log takes. Outcomes of one root stand in one record: whoever reads it
 * learns from that what was looked at together.
 */
export function batchRecords(outcomes: readonly NewsOutcome[], at: number): readonly BatchRecord[] {
  const parts: NewsOutcome[][] = [];
  let chars = 0;
  for (const ofRoot of Map.groupBy(outcomes, ({ root }) => root).values()) {
    const size = JSON.stringify(ofRoot).length;
    const part = parts.at(-1);
    if (part === undefined || chars + size > RECORD_CHARS) {
      parts.push([...ofRoot]);
      chars = size;
    } else {
      part.push(...ofRoot);
      chars += size;
    }
  }
  return parts.map((part) => ({ v: 1, type: 'batch', at, outcomes: part.toSorted((a, b) => a.offset - b.offset) }));
}
