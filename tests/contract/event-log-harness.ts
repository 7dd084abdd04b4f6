import type { Assigned, ConsumeOptions, Consumption, Epoch, EventLog, LoggedNews } from '#libs/event-log/event-log.ts';
import { partitionOf } from '#libs/event-log/key-partition.ts';
import { newsKey, type News } from '#libs/event-log/news.ts';
import type { Clock } from '#libs/runtime/clock.ts';

/** What the contract needs to put a log through its paces, whatever lies below it. */
export type EventLogHarness = {
  readonly clock: Clock;
  readonly delayTiersMs: readonly number[];
  readonly sessionMs: number;
  /** How many partitions a pair gets where a test does not say it. */
  readonly partitions: number;
  /** A process of its own, with its end of the log. */
  readonly connect: () => Promise<EventLog>;
  /** Ends a process without a word. */
  readonly kill: (log: EventLog) => Promise<void>;
  /** Stops a process until it is thawed; others may take over after `sessionMs`. */
  readonly freeze: (log: EventLog) => Promise<void>;
  readonly thaw: (log: EventLog) => Promise<void>;
  /** Lets time pass by the clock, and whatever is under way get on with it. */
  readonly pass: (ms: number) => Promise<void>;
  /** Appends bytes as they are to a pair's changes, in the partition of an empty key. */
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

/** A consumer once it owns the home partition, with its first epoch of that. */
export async function owner(
  harness: EventLogHarness,
  log: EventLog,
  pair: string,
  options: ConsumeOptions = { sessionMs: harness.sessionMs },
): Promise<Witness & { readonly first: Assigned; readonly epoch: Epoch }> {
  const seen = await witness(log, pair, options);
  await until(harness, () => atHome(harness, seen.assigned) !== undefined);
  const first = atHome(harness, seen.assigned);
  if (first === undefined) throw new Error('The home partition was not assigned');
  return { ...seen, first, epoch: first.epoch };
}

/** Where the news of a test lies whose order or offsets it looks at: that of an empty key, so not the first of four. */
export function homeOf({ partitions }: Pick<EventLogHarness, 'partitions'>): number {
  return partitionOf('', partitions);
}

/** The first epoch of the home partition. */
export function atHome(harness: EventLogHarness, assigned: readonly Assigned[]): Assigned | undefined {
  return assigned.find(({ epoch }) => epoch.partition === homeOf(harness));
}

/** Opens a pair with as many partitions as this run is about. */
export async function openPair(harness: EventLogHarness, log: EventLog, pair: string): Promise<void> {
  await log.openPair(pair, { partitions: harness.partitions });
}

/** News that lies in the home partition, whatever the number of partitions: its id gets a suffix that `rootIds` cuts off. */
export function newsAtHome(harness: EventLogHarness, pair: string, rootId: string, fields: Partial<News> = {}): News {
  for (let suffix = 0; ; suffix++) {
    const news = aNews(pair, suffix === 0 ? rootId : `${rootId}~${suffix}`, fields);
    if (partitionOf(newsKey(news), harness.partitions) === homeOf(harness)) return news;
  }
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
  return news.map((one) => one.news?.rootId.split('~')[0]);
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

/** What is committed of a pair's home partition. */
export async function committedOf(harness: EventLogHarness, log: EventLog, pair: string): Promise<number | null> {
  return (await log.ends(pair)).find(({ partition }) => partition === homeOf(harness))?.committed ?? null;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  return Array.fromAsync(items);
}
