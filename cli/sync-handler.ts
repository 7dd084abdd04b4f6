import { z } from 'zod';

import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import { openJournalStore, type JournalStore } from '../services/reconciler/journal-store.ts';
import { actOf } from '#libs/facts/act-of.ts';
import { pairOf, type OpenPair } from './context.ts';
import type { FoundRoot } from './find-root.ts';
import { findRoot } from './find-root.ts';
import type { Runtime } from './handler.ts';
import { defineHandler } from './handler.ts';
import { withParts } from './with-parts.ts';

export type Synced = {
  readonly pair: string;
  readonly found: FoundRoot;
  readonly phase: 'observe' | 'follow' | 'closed';
  readonly held: boolean;
  /** Null where no outcome came in time: the news is on the log and will have one. */
  readonly outcome: NewsOutcome | null;
};

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** Publishes news of one root, and waits for its outcome on the journal. */
export const sync = defineHandler(
  z.object({ pair: z.string(), what: z.string(), by: z.string() }),
  async ({ pair: name, what, by }, runtime, { signal, tell }): Promise<Synced> => {
    const pair = pairOf(runtime, name);
    const { facts, log, clock } = runtime;
    const call = { signal, priority: 'change' as const, fields: pair.settings.selection };
    const found = await findRoot(pair.source.connector, what, call);
    const { root, rootId } = found;
    const key = `${root}:${rootId}`;
    tell({ found });
    return withJournal(pair, runtime, signal, async (journal) => {
      const receivedAt = clock.now();
      await log.publish([
        { v: 1, pair: name, root, rootId, kind: 'news', topic: 'sync', receivedAt, via: 'sync', tries: 0 },
      ]);
      await facts.put([actOf(clock, name, by, `asked for ${key}`)]);
      const outcome = await waitForOutcome(journal, key, receivedAt, runtime, signal);
      const phase = await facts.get(name, 'phase', 'phase');
      const held = (await facts.get(name, 'hold', '*')) !== null;
      return { pair: name, found, phase: phase?.phase ?? 'observe', held, outcome };
    });
  },
);

// On a cluster the appliers are elsewhere: what they tell from now on is read from the log.
async function withJournal<R>(
  pair: OpenPair,
  runtime: Runtime,
  signal: AbortSignal,
  work: (journal: JournalStore) => Promise<R>,
): Promise<R> {
  const { log, config } = runtime;
  if (config.cluster === null) return withParts(pair, runtime, signal, ({ reconciler: { journal } }) => work(journal));
  const { name } = pair.settings;
  const journal = openJournalStore(':memory:', name, log, await log.journalEnd(name));
  try {
    return await work(journal);
  } finally {
    journal.close();
  }
}

async function waitForOutcome(
  journal: JournalStore,
  root: string,
  receivedAt: number,
  { clock }: Runtime,
  signal: AbortSignal,
): Promise<NewsOutcome | null> {
  const until = clock.monotonic() + PATIENCE_MS;
  while (clock.monotonic() < until) {
    await journal.tail();
    const outcome = outcomeOf(journal, root, receivedAt);
    if (outcome !== null) return outcome;
    await clock.sleep(POLL_MS, signal);
  }
  return null;
}

// Where other news of the root was in the same batch, the outcome stands with the news that ours went into.
function outcomeOf(journal: JournalStore, root: string, receivedAt: number): NewsOutcome | null {
  const latest = journal.latest({ root, limit: 100 }).map(({ outcome }) => outcome);
  const ours = latest.find(({ via, receivedAt: at }) => via === 'sync' && at === receivedAt);
  if (ours?.outcome !== 'coalesced') return ours ?? null;
  return latest.find(({ offset }) => offset === ours.coalescedInto) ?? null;
}
