import type { Assigned, ConsumeOptions, Consumption, Epoch, EventLog, LoggedNews } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { Clock } from '#libs/runtime/clock.ts';

/** What the contract needs to put a log through its paces, whatever lies below it. */
export type EventLogHarness = {
  readonly clock: Clock;
  readonly delayTiersMs: readonly number[];
  readonly sessionMs: number;
  /** A process of its own, with its end of the log. */
  readonly connect: () => Promise<EventLog>;
  /** Ends a process without a word. */
  readonly kill: (log: EventLog) => Promise<void>;
  /** Stops a process until it is thawed; others may take over after `sessionMs`. */
  readonly freeze: (log: EventLog) => Promise<void>;
  readonly thaw: (log: EventLog) => Promise<void>;
  /** Lets time pass by the clock, and whatever is under way get on with it. */
  readonly pass: (ms: number) => Promise<void>;
  /** Appends bytes as they are to a pair's changes. */
  readonly appendRaw: (log: EventLog, pair: string, bytes: Uint8Array) => Promise<void>;
  /** Deletes all news that lies on the pair's changes now, as retention does. */
  readonly loseNews: (log: EventLog, pair: string) => Promise<void>;
  /** Forgets what the pair's consumers committed; none is running. */
  readonly forgetCommits: (pair: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A consumer that writes down what it is told. */
export type Witness = {
  readonly assigned: Assigned[];
  readonly news: LoggedNews[];
  readonly lost: Epoch[];
  readonly gaps: { readonly expected: number; readonly found: number }[];
  readonly consumption: Consumption;
  /** What `onNews` answers. */
  readonly takes: (more: boolean) => void;
};

/** Joins the consumers of a pair with handlers that only remember. */
export async function witness(log: EventLog, pair: string, options?: ConsumeOptions): Promise<Witness> {
  const seen = { assigned: [] as Assigned[], news: [] as LoggedNews[], lost: [] as Epoch[] };
  const gaps: { expected: number; found: number }[] = [];
  let more = true;
  const handlers = {
    onAssigned: (assigned: Assigned) => void seen.assigned.push(assigned),
    onNews(_epoch: Epoch, news: readonly LoggedNews[]) {
      seen.news.push(...news);
      return more;
    },
    onLost: (epoch: Epoch) => void seen.lost.push(epoch),
    onGap: (_epoch: Epoch, expected: number, found: number) => void gaps.push({ expected, found }),
  };
  const consumption = await log.consume(pair, handlers, options);
  const takes = (answer: boolean) => {
    more = answer;
  };
  return { ...seen, gaps, consumption, takes };
}

/** A consumer once it owns as many partitions as said, with its first epoch. */
export async function owner(
  harness: EventLogHarness,
  log: EventLog,
  pair: string,
  options: ConsumeOptions = { sessionMs: harness.sessionMs },
): Promise<Witness & { readonly first: Assigned; readonly epoch: Epoch }> {
  const seen = await witness(log, pair, options);
  await until(harness, () => seen.assigned.length > 0);
  const first = seen.assigned[0];
  if (first === undefined) throw new Error('Nothing was assigned');
  return { ...seen, first, epoch: first.epoch };
}

const TRIES_MAX = 600;

/** Waits until something is so; the assertion after it says what was missing if it never is. */
export async function until(harness: EventLogHarness, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    if (await isSo()) return;
    await harness.pass(5);
  }
}

/** What was published, by root id, in order. */
export function rootIds(news: readonly LoggedNews[]): readonly (string | undefined)[] {
  return news.map((one) => one.news?.rootId);
}

/** News of a product; what does not matter has a default. */
export function aNews(pair: string, rootId: string, fields: Partial<News> = {}): News {
  return {
    v: 1,
    pair,
    root: 'product',
    rootId,
    kind: 'news',
    topic: 'products/update',
    receivedAt: 1_760_000_000_000,
    via: 'webhook',
    tries: 0,
    ...fields,
  };
}

/** What is committed of a pair's first partition. */
export async function committedOf(log: EventLog, pair: string): Promise<number | null> {
  return (await log.ends(pair))[0]?.committed ?? null;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  return Array.fromAsync(items);
}
