import type { EventLog } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Logger } from '#libs/runtime/logger.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { createGatherer } from './gather.ts';
import type { Spool, Spooled } from './spool.ts';

/** Takes what was accepted to the log, or to the spool: durable when `publish` resolves. */
export type ChangePublisher = {
  /** @throws {SyncError} SPOOL_FULL: neither the log nor the disk takes it; the store must be told. */
  readonly publish: (entry: Spooled) => Promise<'logged' | 'spooled'>;
  /** Whether the log took what it was given last, and whether the disk did. */
  readonly health: () => PublisherHealth;
  /** Finishes what was accepted. What is spooled stays for the next start. */
  readonly stop: () => Promise<void>;
};
export type PublisherHealth = {
  readonly log: 'well' | 'ill';
  readonly spool: 'well' | 'full';
  readonly spooled: number;
};

type Waiting = {
  readonly entry: Spooled;
  readonly done: (where: 'logged' | 'spooled') => void;
  readonly failed: (error: unknown) => void;
};

/** How long webhooks wait for others to share a commit with. */
const GATHER_MS = 3;
const BATCH_MAX = 500;

export type ChangePublisherDeps = {
  readonly log: Pick<EventLog, 'publish'>;
  readonly facts: Pick<FactStore, 'put'>;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a webhook waits for the log before it is spooled. */
  readonly publishMs: number;
  /** How often an ill log is tried again. */
  readonly againMs?: number;
};

export function createChangePublisher(deps: ChangePublisherDeps): ChangePublisher {
  const { spool, clock, logger } = deps;
  const inWork = createWorkSet();
  let isLogIll = false;
  let isDiskFull = false;
  let isStopped = false;

  const write = (entries: readonly Spooled[]) => within(clock, deps.publishMs, writeToLog(deps, entries));
  const again = createRepeater(clock, deps.againMs ?? 1_000, () => inWork.run(republish));

  const toSpool = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await spool.append(batch.map(({ entry }) => entry));
      isDiskFull = false;
      for (const { done } of batch) done('spooled');
    } catch (error) {
      isDiskFull = true;
      for (const { failed } of batch) failed(error);
    }
    again.start();
  };
  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    // While the log is known to be ill nobody waits for it: the store's patience is short.
    if (isLogIll) return toSpool(batch);
    try {
      await write(batch.map(({ entry }) => entry));
      for (const { done } of batch) done('logged');
    } catch (error) {
      if (!isLogIll) logger.warn({ err: error }, 'the log does not take webhooks; they are spooled');
      isLogIll = true;
      await toSpool(batch);
    }
  };
  const republish = async (): Promise<void> => {
    const wasIll = isLogIll;
    try {
      await spool.drain(async (entries) => {
        await write(entries);
        isLogIll = false;
      });
      // With nothing spooled (a full disk) the next webhook is the one that tries.
      isLogIll = false;
      if (wasIll) logger.info({}, 'the log takes webhooks again; what was spooled is published');
    } catch {
      isLogIll = true;
    }
    if (isLogIll || spool.size() > 0) again.start();
  };

  const gatherer = createGatherer<Waiting>({
    clock,
    gatherMs: GATHER_MS,
    max: BATCH_MAX,
    run: (batch) => inWork.run(() => settle(batch)),
  });
  if (spool.size() > 0) again.start();
  return {
    publish: (entry) =>
      new Promise((done, failed) => {
        gatherer.add({ entry, done, failed });
        if (isStopped) gatherer.flush();
      }),
    health: () => ({
      log: isLogIll ? 'ill' : 'well',
      spool: isDiskFull ? 'full' : 'well',
      spooled: spool.size(),
    }),
    stop: async () => {
      isStopped = true;
      again.stop();
      gatherer.flush();
      await inWork.idle();
    },
  };
}

/** Promises that run on their own, and can be waited for. */
function createWorkSet() {
  const working = new Set<Promise<void>>();
  return {
    run: (work: () => Promise<void>): void => {
      const running = work().finally(() => working.delete(running));
      working.add(running);
    },
    idle: async (): Promise<void> => {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

/** Runs once after a while, however often it is started meanwhile. */
function createRepeater(clock: Clock, ms: number, run: () => void) {
  let cancel: (() => void) | null = null;
  let isStopped = false;
  return {
    start: (): void => {
      if (isStopped) return;
      cancel ??= clock.after(ms, () => {
        cancel = null;
        run();
      });
    },
    stop: (): void => {
      isStopped = true;
      cancel?.();
    },
  };
}

/** Puts entries where they belong: news on the log, facts beside it. */
export async function writeToLog(
  { log, facts }: Pick<ChangePublisherDeps, 'log' | 'facts'>,
  entries: readonly Spooled[],
): Promise<void> {
  const news: News[] = entries.flatMap((entry) => (entry.kind === 'news' ? [entry.news] : []));
  const unreadable = entries.flatMap((entry) => (entry.kind === 'unreadable' ? [entry] : []));
  if (news.length > 0) await log.publish(news);
  if (unreadable.length > 0)
    await facts.put(unreadable.map(({ pair, kind, id, value }) => ({ pair, kind, id, value })));
}

// The log's late answer is let go: what it took after all comes twice, which costs a read at most.
function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      reject(new SyncError('LOG_UNAVAILABLE', `Cannot publish a webhook: the log did not answer within ${ms} ms`));
    });
    work.then(resolve, reject).finally(cancel);
  });
}
