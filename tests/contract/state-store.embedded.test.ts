import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import { openEmbeddedStateStore } from '#libs/state/embedded-state-store.ts';
import { createManualClock } from './event-log-clock.ts';
import { testStateStoreContract } from './state-store.contract.ts';
import type { StateStoreHarness } from './state-store-harness.ts';

async function open(prepare: (dataDir: string) => Promise<void> = async () => undefined): Promise<StateStoreHarness> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-state-'));
  await prepare(dataDir);
  const { clock, advance } = createManualClock();
  const log = await openEmbeddedEventLog({ dataDir, clock, delayTiersMs: [1_000] });
  const state = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
  return {
    state,
    pass: advance,
    async record(facts) {
      await log.appendFacts(facts);
    },
    async close() {
      await state.close();
      await log.abandon();
      await rm(dataDir, { recursive: true });
    },
  };
}

testStateStoreContract('embedded', open);

test('a flush loses no fact, since facts lie in the log', async () => {
  const { state, record, close } = await open();
  await record([{ pair: 'acme', kind: 'hold', id: '*', value: { by: 'somebody' }, at: { partition: 0, offset: 0 } }]);

  await state.flush();

  expect(await state.facts.get([{ pair: 'acme', kind: 'hold', id: '*' }])).toEqual([{ by: 'somebody' }]);
  expect(await state.facts.completeTo()).toEqual([{ partition: 0, offset: 1 }]);
  await close();
});

test('a spoilt file is begun anew, since nothing in it is needed', async () => {
  const { state, close } = await open((dataDir) =>
    writeFile(join(dataDir, 'state.sqlite'), 'this is no database, however long one looks at it, and it never was one'),
  );

  await state.putNote('note', 'a');

  expect(await state.getNote('note')).toBe('a');
  await close();
});

test('a lease of a process that was killed ends with it, since nobody else can hold one', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-state-'));
  const { clock } = createManualClock();
  const log = await openEmbeddedEventLog({ dataDir, clock, delayTiersMs: [1_000] });
  const killed = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });
  await killed.lease('reconciler:acme', 'killed', 30_000);
  await killed.close();

  const next = openEmbeddedStateStore({ dataDir, clock, factTable: log.factTable });

  expect(await next.lease('reconciler:acme', 'next', 30_000)).toBe(true);
  await next.close();
  await log.abandon();
  await rm(dataDir, { recursive: true });
});

test('a closed store says that it is unavailable', async () => {
  const { state, close } = await open();

  await state.close();

  await expect(state.putNote('note', 'a')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  await close();
});
