import { must } from '#libs/runtime/must.ts';
import { factKeyText } from './fact-key-text.ts';
import type { FactKey } from './event-log.ts';
import { partitionOf } from './key-partition.ts';
import type { Fence, FactEntry, FactRow, JournalRow, LogTables } from './log-tables.ts';

/** As many as a cluster has, so that nothing above comes to rely on one order of all facts. */
const FACT_PARTITIONS = 12;

export type FactTables = Pick<
  LogTables,
  'appendFacts' | 'factEnds' | 'factPage' | 'getFacts' | 'listFacts' | 'countFacts'
>;

/** Facts in memory, compacted at once: only the latest record of a key is kept. */
export function createMemoryFactTables(holds: (fence: Fence) => boolean): FactTables {
  // A map keeps the order of insertion; a rewritten key is put last, so each map is in the order of offsets.
  const partitions = Array.from({ length: FACT_PARTITIONS }, () => ({ end: 0, rows: new Map<string, FactRow>() }));

  const partitionFor = (text: string) =>
    must(partitions[partitionOf(text, FACT_PARTITIONS)], 'a partition of the facts');
  const rowOf = (key: FactKey) => partitionFor(factKeyText(key)).rows.get(factKeyText(key));

  function append(fact: FactEntry): FactRow {
    const text = factKeyText(fact);
    const partition = partitionFor(text);
    const row = { ...fact, partition: partitions.indexOf(partition), offset: partition.end++ };
    partition.rows.delete(text);
    partition.rows.set(text, row);
    return row;
  }
  const live = (pair: string, kind: string) =>
    partitions.flatMap(({ rows }) =>
      [...rows.values()].filter((row) => row.pair === pair && row.kind === kind && row.value !== null),
    );

  return {
    appendFacts({ facts, fence }) {
      if (fence !== null && !holds(fence)) return null;
      return facts.map(append).map(({ partition, offset }) => ({ partition, offset }));
    },
    factEnds: () => partitions.map(({ end }, partition) => ({ partition, offset: end })),
    factPage({ partition, from, before, limit }) {
      const { rows } = must(partitions[partition], 'a partition of the facts');
      return [...rows.values()].filter(({ offset }) => offset >= from && offset < before).slice(0, limit);
    },
    getFacts: ({ keys }) => keys.map((key) => rowOf(key)?.value ?? null),
    listFacts({ pair, kind, afterId, limit }) {
      const rows = live(pair, kind).filter(({ id }) => afterId === null || id > afterId);
      return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
    countFacts: ({ pair, kind }) => live(pair, kind).length,
  };
}

export type JournalTables = Pick<LogTables, 'appendJournal' | 'journalEnd' | 'journalPage'> & {
  readonly trimJournal: (pair: string, olderThan: number) => number;
};

/** The journal in memory. */
export function createMemoryJournalTables(): JournalTables {
  let rows: JournalRow[] = [];
  let end = 0;

  return {
    appendJournal({ entries, now }) {
      for (const entry of entries) rows.push({ ...entry, offset: end++, at: now });
    },
    journalEnd: () => end - 1,
    journalPage({ pair, after, above, upTo, limit }) {
      const read = new Map(after.map(({ partition, offset }) => [partition, offset]));
      return rows
        .filter((row) => row.pair === pair && row.offset > above && row.offset <= upTo)
        .filter((row) => row.offset > (read.get(row.partition) ?? -1))
        .slice(0, limit);
    },
    trimJournal(pair, olderThan) {
      const before = rows.length;
      rows = rows.filter((row) => row.pair !== pair || row.at >= olderThan);
      return before - rows.length;
    },
  };
}
