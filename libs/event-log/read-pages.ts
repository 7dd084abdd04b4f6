import type { FactPosition, FactRecord, JournalPosition, JournalRead } from './event-log.ts';
import type { FactRow, LogCall } from './log-tables.ts';

const PAGE = 1_000;

/** Walks the facts from a position to the end as it was when the walk began. */
export async function* readFactsFrom(call: LogCall, from: FactPosition): AsyncGenerator<FactRecord> {
  const first = new Map(from.map(({ partition, offset }) => [partition, offset]));
  for (const { partition, offset: before } of await call('factEnds', {})) {
    let next = first.get(partition) ?? 0;
    while (next < before) {
      const rows = await call('factPage', { partition, from: next, before, limit: PAGE });
      yield* rows.map(toFactRecord);
      next = rows.length < PAGE ? before : (rows.at(-1)?.offset ?? before) + 1;
    }
  }
}

/** Walks a pair's journal after a position to the end as it was when the walk began. */
export async function* readJournalFrom(
  call: LogCall,
  pair: string,
  from: JournalPosition,
): AsyncGenerator<JournalRead> {
  const read = new Map<number, number>();
  for (const { partition, offset } of from) read.set(partition, Math.max(offset, read.get(partition) ?? -1));
  const after = [...read].map(([partition, offset]) => ({ partition, offset }));
  const upTo = await call('journalEnd', {});
  let above = -1;
  while (above < upTo) {
    const rows = await call('journalPage', { pair, after, above, upTo, limit: PAGE });
    for (const { body, at, ...row } of rows) yield { ...row, appendedAt: at, record: JSON.parse(body) };
    above = rows.length < PAGE ? upTo : (rows.at(-1)?.offset ?? upTo);
  }
}

/** A fact's row as readers of the port see it. */
export function toFactRecord({ pair, kind, id, value, partition, offset }: FactRow): FactRecord {
  return { pair, kind, id, value: value === null ? null : JSON.parse(value), at: { partition, offset } };
}
