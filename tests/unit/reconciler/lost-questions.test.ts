import { expect, test } from 'vitest';

import { createMemoryBroker } from '#libs/event-log/memory-event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { createVirtualClock } from '#tests/simulation/virtual-clock.ts';
import type { AgreedFile } from '../../../services/reconciler/agreed-file.ts';
import { askAboutCandidates } from '../../../services/reconciler/ask-applier.ts';
import type { JournalStore } from '../../../services/reconciler/journal-store.ts';
import type { ReconcilerDeps } from '../../../services/reconciler/reconciler-deps.ts';
import type { Candidate, RunFile } from '../../../services/reconciler/run-file.ts';
import { NOW, somePairSettings } from './fake-stores.ts';

/** A run with one candidate on a log that nobody consumes; its answer comes when the test says so. */
async function aRun() {
  const clock = createVirtualClock(NOW);
  const broker = createMemoryBroker({ clock, delayTiersMs: [10_000, 60_000, 600_000, 3_600_000] });
  const log = broker.connect('reconciler');
  await log.openPair('acme');
  const candidate = { root: 'product', rootId: '1', askedAt: null } as Candidate;
  let [answered, isOver] = [false, false];
  const file: Partial<RunFile> = {
    count: () => 1,
    candidates: () => (isOver ? [] : [candidate]),
    asked: () => undefined,
    answered: () => void (isOver = true),
  };
  const journal: Partial<JournalStore> = {
    tail: async () => 0,
    answerOf: () => (answered ? ({ outcome: { outcome: 'unchanged' }, beside: false } as never) : null),
  };
  const facts: Partial<FactStore> = { getMany: async (_pair, _kind, ids) => ids.map(() => null) };
  const said: string[] = [];
  const deps: Partial<ReconcilerDeps> = {
    settings: somePairSettings(),
    log,
    clock,
    facts: facts as FactStore,
    say: (_level, _what, message) => void said.push(message),
  };
  const asking = askAboutCandidates(deps as ReconcilerDeps, file as RunFile, journal as JournalStore, {
    run: 'run-1',
    agreed: { get: () => null } as Partial<AgreedFile> as AgreedFile,
    repair: true,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    pollMs: 200,
    patienceMs: 1_800_000,
    windowMax: 10,
  });
  return {
    broker,
    said,
    asking,
    pass: (ms: number) => clock.runUntil(clock.now() + ms),
    questions: async () => (await log.ends('acme'))[0]?.end,
    answer: () => void (answered = true),
  };
}

test('questions that the log lost before anybody read them are asked again', async () => {
  const run = await aRun();
  await run.pass(1_000);
  run.broker.trimNews('acme', Infinity);

  await run.pass(11_000);
  expect(await run.questions()).toBe(2);
  run.answer();
  await run.pass(1_000);
  await run.asking;

  expect(run.said).toEqual(['the log lost questions of the comparison: they are asked again']);
});

test('questions that nobody has read yet are not asked again', async () => {
  const run = await aRun();

  await run.pass(60_000);
  expect(await run.questions()).toBe(1);
  run.answer();
  await run.pass(1_000);
  await run.asking;

  expect(run.said).toEqual([]);
});
