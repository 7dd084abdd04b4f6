import { must } from '#libs/runtime/must.ts';
import { isDue, planDelay } from './delay-tier.ts';
import type { DelayTiers } from './event-log.ts';
import { partitionOf } from './key-partition.ts';
import { toClaim, type LogTables, type NewsRow, type PartitionEnds } from './log-tables.ts';

type Partition = {
  start: number;
  readonly rows: NewsRow[];
  committed: number | null;
  begun: number | null;
  everCommitted: boolean;
  generation: number;
};
type Delayed = {
  readonly seq: number;
  readonly pair: string;
  readonly key: string;
  readonly body: string;
  readonly notBefore: number;
  readonly dueAt: number;
};

export type NewsTables = Pick<
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
  readonly holds: (fence: {
    readonly pair: string;
    readonly partition: number;
    readonly generation: number;
  }) => boolean;
  /** Forgets what was committed, as a cluster whose group offsets expired. */
  readonly forgetCommits: (pair: string) => void;
  /** When the next delayed news is due; null when none waits. */
  readonly nextDueAt: () => number | null;
};

/** Changes, delay tiers and offsets in memory. `slackMs` is how much later than due an entry comes back. */
export function createMemoryNewsTables(tiersMs: DelayTiers, slackMs: () => number): NewsTables {
  const pairs = new Map<string, readonly Partition[]>();
  const delays = createDelays(tiersMs, slackMs);

  const partitionsOf = (pair: string) => must(pairs.get(pair), `the pair ${pair} on the log`);
  const partitionAt = (pair: string, partition: number) =>
    must(partitionsOf(pair)[partition], `partition ${partition} of ${pair}`);

  function append(pair: string, key: string, body: string | Uint8Array, at: number): void {
    const partitions = partitionsOf(pair);
    const partition = must(partitions[partitionOf(key, partitions.length)], `a partition of ${pair}`);
    partition.rows.push({ offset: endOf(partition), at, body });
  }

  return {
    openPair({ pair, partitions }) {
      if (!pairs.has(pair)) pairs.set(pair, Array.from({ length: partitions }, createPartition));
    },
    partitions: ({ pair }) => pairs.get(pair)?.length ?? null,
    publish({ entries, now }) {
      const unknown = entries.find(({ pair }) => !pairs.has(pair));
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
    nextDueAt: delays.nextDueAt,
    claim({ pair, partition }) {
      const claimed = partitionAt(pair, partition);
      claimed.generation += 1;
      return toClaim({ pair, partition, generation: claimed.generation }, { ...claimed, end: endOf(claimed) });
    },
    revoke({ pair, partition }) {
      partitionAt(pair, partition).generation += 1;
    },
    holds: ({ pair, partition, generation }) => partitionAt(pair, partition).generation === generation,
    commit({ pair, partition, generation, committed, begun }) {
      const owned = partitionAt(pair, partition);
      if (owned.generation !== generation) return false;
      Object.assign(owned, { committed, begun, everCommitted: true });
      return true;
    },
    forgetCommits(pair) {
      for (const partition of partitionsOf(pair)) Object.assign(partition, { committed: null, begun: null });
    },
    fetch({ pair, partition, from, limit }) {
      const { start, rows } = partitionAt(pair, partition);
      const first = Math.max(0, from - start);
      return { start, rows: rows.slice(first, first + limit) };
    },
    lag: ({ pair, now }) => ({ ...behindOf(partitionsOf(pair), now), delayed: delays.count(pair) }),
    ends: ({ pair }) => partitionsOf(pair).map(endsOf),
    appendRaw: ({ pair, body, now }) => append(pair, '', body, now),
    trimNews: (pair, olderThan) =>
      partitionsOf(pair).reduce((gone, partition) => gone + trimPartition(partition, olderThan), 0),
  };
}

function createPartition(): Partition {
  return { start: 0, rows: [], committed: null, begun: null, everCommitted: false, generation: 0 };
}

function endOf({ start, rows }: Partition): number {
  return start + rows.length;
}

function endsOf(partition: Partition, index: number): PartitionEnds {
  const { start, committed } = partition;
  return { partition: index, start, end: endOf(partition), committed };
}

function behindOf(partitions: readonly Partition[], now: number) {
  const waiting = partitions.map((partition) => partition.rows.slice(firstUnread(partition)));
  const oldest = Math.min(now, ...waiting.flatMap((rows) => rows[0]?.at ?? []));
  return { behind: waiting.reduce((sum, rows) => sum + rows.length, 0), oldestMs: now - oldest };
}

function firstUnread({ start, committed }: Partition): number {
  return Math.max(0, (committed ?? start) - start);
}

function trimPartition(partition: Partition, olderThan: number): number {
  const kept = partition.rows.findIndex(({ at }) => at >= olderThan);
  const gone = partition.rows.splice(0, kept === -1 ? partition.rows.length : kept).length;
  partition.start += gone;
  return gone;
}

function createDelays(tiersMs: DelayTiers, slackMs: () => number) {
  let waiting: Delayed[] = [];
  let seq = 0;

  function add(entry: Omit<Delayed, 'seq' | 'dueAt'>, now: number): void {
    const dueAt = planDelay(tiersMs, now, entry.notBefore).dueAt + slackMs();
    waiting.push({ ...entry, seq: seq++, dueAt });
  }

  return {
    add,
    /** What may go back to the changes now, in the order it fell due; what has waited one round of several goes round again. */
    take(now: number): readonly Delayed[] {
      const out = waiting.filter(({ dueAt }) => dueAt <= now).toSorted((a, b) => a.dueAt - b.dueAt || a.seq - b.seq);
      waiting = waiting.filter(({ dueAt }) => dueAt > now);
      for (const entry of out) if (!isDue(now, entry.notBefore)) add(entry, now);
      return out.filter(({ notBefore }) => isDue(now, notBefore));
    },
    count: (pair: string) => waiting.filter((entry) => entry.pair === pair).length,
    nextDueAt: () => (waiting.length === 0 ? null : Math.min(...waiting.map(({ dueAt }) => dueAt))),
  };
}
