import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createComparison } from '../../services/reconciler/compare-stores.ts';
import type { Finding, RunResult } from '../../services/reconciler/finding.ts';
import { openJournalStore } from '../../services/reconciler/journal-store.ts';
import type { ReconcilerDeps } from '../../services/reconciler/reconciler-deps.ts';
import { openRunFile } from '../../services/reconciler/run-file.ts';
import { fingerprint } from './harness.ts';
import { openShopPair, type ShopPair } from './shops.ts';

export type Reconciled = ShopPair & {
  /** What the reconciler works with: stores of its own, apart from the applier's. */
  readonly deps: ReconcilerDeps;
  /** Write calls that the reconciler itself tried to make. */
  readonly written: readonly string[];
  readonly compare: (
    repair: boolean,
    patienceMs?: number,
  ) => Promise<{ readonly result: RunResult; readonly findings: readonly Finding[] }>;
};

export type ReconciledOptions = {
  readonly settings?: Partial<PairSettings>;
  /** Between the applier and the target. */
  readonly target?: (pair: () => ShopPair) => StoreConnector;
  /** Called after each page that the comparison scanned of the source. */
  readonly afterScan?: (pair: ShopPair) => Promise<void>;
};

const WRITES = ['write', 'create', 'prepare', 'createSubscription', 'deleteSubscription'] as const;

/** A pair over stores in memory with the applier, and the reconciler's parts over the same stores. */
export async function openReconciled(options: ReconciledOptions = {}): Promise<Reconciled> {
  let opened: ShopPair | null = null;
  const ready = () => {
    if (opened === null) throw new Error('The pair is not open yet');
    return opened;
  };
  const pair = await openShopPair({
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.target === undefined ? {} : { target: options.target(ready) }),
  });
  opened = pair;
  const reportsDir = mkdtempSync(join(tmpdir(), 'laws-'));
  const journal = openJournalStore(':memory:', 'acme', pair.log);
  onTestFinished(async () => {
    await pair[Symbol.asyncDispose]();
    journal.close();
    rmSync(reportsDir, { recursive: true, force: true });
  });
  const written: string[] = [];
  const now = systemClock.now;
  const source = readOnly(createMemoryConnector(pair.sourceStore, { now }), written);
  const deps: ReconcilerDeps = {
    settings: pair.settings,
    source: options.afterScan === undefined ? source : afterPages(source, () => options.afterScan?.(pair)),
    target: readOnly(createMemoryConnector(pair.targetStore, { now }), written),
    log: pair.log,
    facts: pair.facts,
    clock: systemClock,
    random: seededRandom(9),
    fingerprint,
    reportsDir,
    say: () => undefined,
  };
  return {
    ...pair,
    deps,
    written,
    async compare(repair, patienceMs = 10_000) {
      const { signal } = new AbortController();
      const result = await createComparison({ ...deps, journal }, { pollMs: 2, patienceMs }).run({ repair, signal });
      const file = openRunFile(result.file);
      const findings = [...file.findings()];
      file.close();
      return { result, findings };
    },
  };
}

function readOnly(store: StoreConnector, written: string[]): StoreConnector {
  const refuse = (name: string) => () => {
    written.push(name);
    throw new Error(`The reconciler called ${name}`);
  };
  return { ...store, ...Object.fromEntries(WRITES.map((name) => [name, refuse(name)])) };
}

function afterPages(store: StoreConnector, run: () => Promise<void> | undefined): StoreConnector {
  return {
    ...store,
    async *scan(root, options, call) {
      for await (const page of store.scan(root, options, call)) {
        yield page;
        await run();
      }
    },
  };
}
