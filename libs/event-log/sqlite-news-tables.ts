import type { DatabaseSync } from 'node:sqlite';
import { must } from '#libs/runtime/must.ts';
import { isDue, planDelay } from './delay-tier.ts';
import type { DelayTiers } from './event-log.ts';
import { partitionOf } from './key-partition.ts';
import { toClaim, type Fence, type LogTables } from './log-tables.ts';
import { bodyAt, getRow, numberAt, numberOrNullAt, textAt, type Row } from './sqlite-rows.ts';

export type SqliteNewsTables = Pick<
  LogTables,
  | 'openPair'
  | 'partitions'
  | 'publish'
  | 'drain'
  | 'claim'
  | 'revoke'
  | 'commit'
  | 'fetch'
  | 'lag'
  | 'ends'
  | 'appendRaw'
> & {
  readonly trimNews: (pair: string, olderThan: number) => number;
  readonly holds: (fence: Fence) => boolean;
};

/** Changes, delay tiers and offsets in SQLite. Whoever calls wraps them into a transaction. */
export function createSqliteNewsTables(database: DatabaseSync, tiersMs: DelayTiers): SqliteNewsTables {
  const partitions = createPartitions(database);
  const delays = createDelays(database, tiersMs);
  const insert = database.prepare('INSERT INTO news (pair, partition, offset, at, body) VALUES (?, ?, ?, ?, ?)');
  const select = database.prepare(
    'SELECT offset, at, body FROM news WHERE pair = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
  );
  const firstKept = database.prepare(
    'SELECT min(offset) AS offset FROM news WHERE pair = ? AND partition = ? AND at >= ?',
  );
  const remove = database.prepare('DELETE FROM news WHERE pair = ? AND partition = ? AND offset < ?');

  function append(pair: string, key: string, body: string | Uint8Array, at: number): void {
    const partition = partitionOf(key, partitions.count(pair));
    insert.run(pair, partition, partitions.takeOffset(pair, partition), at, body);
  }
  function trimPartition({ partition, start, end }: Recorded, pair: string, olderThan: number): number {
    const kept = getRow(firstKept, pair, partition, olderThan);
    const first = (kept === null ? null : numberOrNullAt(kept, 'offset')) ?? end;
    remove.run(pair, partition, first);
    partitions.setStart(pair, partition, first);
    return first - start;
  }
  function behindOf({ partition, start, end, committed }: Recorded, pair: string) {
    const first = Math.max(start, committed ?? start);
    const oldest = getRow(select, pair, partition, first, 1);
    return { behind: end - first, oldestAt: oldest === null ? null : numberAt(oldest, 'at') };
  }

  return {
    ...partitions.operations,
    publish({ entries, now }) {
      const unknown = entries.find(({ pair }) => partitions.count(pair) === 0);
      if (unknown !== undefined) return { unknownPair: unknown.pair, nextDueAt: delays.nextDueAt() };
      for (const { pair, key, body, notBefore } of entries) {
        if (notBefore === null || isDue(now, notBefore)) append(pair, key, body, now);
        else delays.add({ pair, key, body, notBefore }, now);
      }
      return { unknownPair: null, nextDueAt: delays.nextDueAt() };
    },
    drain({ now }) {
      const due = delays.take(now);
      for (const { pair, key, body } of due) append(pair, key, body, now);
      return { pairs: [...new Set(due.map(({ pair }) => pair))], nextDueAt: delays.nextDueAt() };
    },
    fetch({ pair, partition, from, limit }) {
      const rows = select.all(pair, partition, from, limit).map((row) => ({
        offset: numberAt(row, 'offset'),
        at: numberAt(row, 'at'),
        body: bodyAt(row, 'body'),
      }));
      return { start: partitions.at(pair, partition).start, rows };
    },
    lag({ pair, now }) {
      const all = partitions.all(pair).map((recorded) => behindOf(recorded, pair));
      const oldest = Math.min(now, ...all.flatMap(({ oldestAt }) => oldestAt ?? []));
      const behind = all.reduce((sum, one) => sum + one.behind, 0);
      return { behind, delayed: delays.count(pair), oldestMs: now - oldest };
    },
    appendRaw: ({ pair, body, now }) => append(pair, '', body, now),
    trimNews: (pair, olderThan) =>
      partitions.all(pair).reduce((gone, recorded) => gone + trimPartition(recorded, pair, olderThan), 0),
    holds: (fence) => partitions.at(fence.pair, fence.partition).generation === fence.generation,
  };
}

type Recorded = {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  readonly committed: number | null;
  readonly begun: number | null;
  readonly everCommitted: boolean;
  readonly generation: number;
};

function createPartitions(database: DatabaseSync) {
  const selectAll = database.prepare('SELECT * FROM partitions WHERE pair = ? ORDER BY partition');
  const selectOne = database.prepare('SELECT * FROM partitions WHERE pair = ? AND partition = ?');
  const insert = database.prepare('INSERT INTO partitions (pair, partition) VALUES (?, ?)');
  const setEnd = database.prepare('UPDATE partitions SET end = ? WHERE pair = ? AND partition = ?');
  const setStart = database.prepare('UPDATE partitions SET start = ? WHERE pair = ? AND partition = ?');
  const next = database.prepare(
    'UPDATE partitions SET generation = generation + 1 WHERE pair = ? AND partition = ? RETURNING *',
  );
  const commit = database.prepare(
    'UPDATE partitions SET committed = ?, begun = ?, everCommitted = 1 WHERE pair = ? AND partition = ? AND generation = ?',
  );
  // Partitions of a pair never change, so they are counted once.
  const counts = new Map<string, number>();

  const all = (pair: string) => selectAll.all(pair).map(toRecorded);
  const at = (pair: string, partition: number) =>
    toRecorded(must(getRow(selectOne, pair, partition), `partition ${partition} of ${pair}`));
  function count(pair: string): number {
    const known = counts.get(pair) ?? all(pair).length;
    if (known > 0) counts.set(pair, known);
    return known;
  }
  const operations: Pick<LogTables, 'openPair' | 'partitions' | 'claim' | 'revoke' | 'commit' | 'ends'> = {
    openPair({ pair, partitions }) {
      if (all(pair).length > 0) return;
      for (let partition = 0; partition < partitions; partition++) insert.run(pair, partition);
    },
    partitions: ({ pair }) => all(pair).length || null,
    claim({ pair, partition }) {
      const recorded = toRecorded(must(getRow(next, pair, partition), `partition ${partition} of ${pair}`));
      return toClaim({ pair, partition, generation: recorded.generation }, recorded);
    },
    revoke({ pair, partition }) {
      next.all(pair, partition);
    },
    commit: ({ pair, partition, generation, committed, begun }) =>
      commit.run(committed, begun, pair, partition, generation).changes === 1,
    ends: ({ pair }) => all(pair).map(({ partition, start, end, committed }) => ({ partition, start, end, committed })),
  };

  return {
    operations,
    all,
    at,
    count,
    takeOffset(pair: string, partition: number): number {
      const { end } = at(pair, partition);
      setEnd.run(end + 1, pair, partition);
      return end;
    },
    setStart(pair: string, partition: number, start: number): void {
      setStart.run(start, pair, partition);
    },
  };
}

function toRecorded(row: Row): Recorded {
  return {
    partition: numberAt(row, 'partition'),
    start: numberAt(row, 'start'),
    end: numberAt(row, 'end'),
    committed: numberOrNullAt(row, 'committed'),
    begun: numberOrNullAt(row, 'begun'),
    everCommitted: numberAt(row, 'everCommitted') === 1,
    generation: numberAt(row, 'generation'),
  };
}

type DelayedEntry = {
  readonly pair: string;
  readonly key: string;
  readonly body: string;
  readonly notBefore: number;
};

/** What one transaction moves at most; the rest follows at once. */
const DRAIN_MAX = 1_000;

function createDelays(database: DatabaseSync, tiersMs: DelayTiers) {
  const insert = database.prepare(
    'INSERT INTO delayed (tier, dueAt, notBefore, pair, key, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const due = database.prepare(
    'DELETE FROM delayed WHERE seq IN (SELECT seq FROM delayed WHERE dueAt <= ? ORDER BY dueAt, seq LIMIT ?) RETURNING *',
  );
  const counted = database.prepare('SELECT count(*) AS n FROM delayed WHERE pair = ?');
  const earliest = database.prepare('SELECT min(dueAt) AS dueAt FROM delayed');

  function add({ pair, key, body, notBefore }: DelayedEntry, now: number): void {
    const { tier, dueAt } = planDelay(tiersMs, now, notBefore);
    insert.run(tier, dueAt, notBefore, pair, key, body);
  }

  return {
    add,
    take(now: number): readonly DelayedEntry[] {
      // RETURNING promises no order.
      const out = due
        .all(now, DRAIN_MAX)
        .toSorted((a, b) => numberAt(a, 'dueAt') - numberAt(b, 'dueAt') || numberAt(a, 'seq') - numberAt(b, 'seq'))
        .map(toDelayed);
      for (const entry of out) if (!isDue(now, entry.notBefore)) add(entry, now);
      return out.filter(({ notBefore }) => isDue(now, notBefore));
    },
    count: (pair: string) => numberAt(must(getRow(counted, pair), 'a count'), 'n'),
    nextDueAt: () => numberOrNullAt(must(getRow(earliest), 'a minimum'), 'dueAt'),
  };
}

function toDelayed(row: Row): DelayedEntry {
  return {
    pair: textAt(row, 'pair'),
    key: textAt(row, 'key'),
    body: textAt(row, 'body'),
    notBefore: numberAt(row, 'notBefore'),
  };
}
