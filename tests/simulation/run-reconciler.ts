import { join } from 'node:path';

import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import type { MemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { ScanPage, StoreConnector } from '#libs/connectors/store-connector.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { runsDir } from '../../services/reconciler/compare-stores.ts';
import { openReconciler, type Reconciler } from '../../services/reconciler/open-reconciler.ts';
import { watchQuestions } from './judge-lease.ts';
import { clockOf, within } from './ports.ts';
import { leasedToAll, throwAwayUnfinished } from './without-reconciler-rules.ts';
import type { SimProcess } from './sim-process.ts';
import { FINGERPRINT, SESSION_MS, type Stage } from './stage.ts';

/** The real reconciler as one process of the history; its machine is the slot, whose journal file outlives a kill. */
export async function runReconciler(stage: Stage, process: SimProcess, slot: number): Promise<Reconciler> {
  const { clock, world, broker, say, settings, random, folder } = stage;
  const own = clockOf(clock, process);
  const log = watchQuestions(within(process, 'log', broker.connect(process.name)), process.name, {
    now: clock.now,
    questions: stage.questions,
  });
  const { without } = stage;
  const state = within(process, 'state', without.has('lease') ? leasedToAll(stage.state) : stage.state);
  if (without.has('resume')) throwAwayUnfinished(runsDir(folder, settings.name));
  return openReconciler({
    settings,
    source: within(process, 'source', slowly(stage, world.source, own)),
    target: within(process, 'target', slowly(stage, world.target, own)),
    log,
    facts: createFactStore({ log, state, clock: own, holder: process.name }),
    state,
    clock: own,
    random,
    fingerprint: FINGERPRINT,
    reportsDir: folder,
    journalPath: join(folder, `journal-${String(slot)}.sqlite`),
    say: (level, facts, message) => level !== 'debug' && say(`${process.name} ${message} ${JSON.stringify(facts)}`),
    without,
    waits: { tickMs: 1_000, leaseMs: SESSION_MS, retryMs: 1_000, pollMs: 200 },
  });
}

/** A store whose pages take their time to come, and hold what was there when they were asked for. */
function slowly({ clock, random, isCalm }: Stage, store: MemoryStore, own: Clock): StoreConnector {
  const inner = createMemoryConnector(store, { now: clock.now, pageSize: 2 });
  async function* late(pages: AsyncIterable<ScanPage>): AsyncIterable<ScanPage> {
    for await (const page of pages) {
      if (!isCalm() && random() < 0.5) await own.sleep(random() * 500);
      yield page;
    }
  }
  return {
    ...inner,
    scan: (...args) => late(inner.scan(...args)),
    scanChanged: (...args) => late(inner.scanChanged(...args)),
  };
}
