import { describe, expect, test } from 'vitest';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import { createJournal } from '#libs/journal/journal.ts';
import { createManualClock } from '#tests/contract/event-log-clock.ts';

const PLACE = { pair: 'acme', partition: 0 };
const OUTCOME = {
  offset: 4,
  root: 'product:1',
  kind: 'news',
  via: 'webhook',
  outcome: 'applied',
  receivedAt: 1,
} as const;

async function opened() {
  const log = createMemoryEventLog({ clock: createManualClock().clock, delayTiersMs: [1_000] });
  await log.openPair('acme');
  return { log, journal: createJournal({ log }) };
}

describe('the journal', () => {
  test('is read as it was written, each record with its version and type', async () => {
    const { journal } = await opened();
    const call = { at: 1, call: 'c1', root: 'product:1', targetId: '900' };
    await journal.before(PLACE, [
      { ...call, action: 'patch', fields: [{ entity: 'variant:1', field: 'variant.price', expected: 1, wanted: 2 }] },
    ]);
    await journal.after(PLACE, [
      { ...call, outcome: 'stored', fields: [{ entity: 'variant:1', field: 'variant.price', stored: 2 }] },
    ]);
    await journal.appendBatch(PLACE, { at: 2, outcomes: [OUTCOME] });

    const entries = await Array.fromAsync(journal.read('acme'));

    expect(entries.map(({ record }) => [record.v, record.type])).toEqual([
      [1, 'before'],
      [1, 'after'],
      [1, 'batch'],
    ]);
    expect(entries[2]).toMatchObject({ ...PLACE, record: { outcomes: [OUTCOME] } });
  });

  test('goes on after the last entry that was read', async () => {
    const { journal } = await opened();
    await journal.appendBatch(PLACE, { at: 1, outcomes: [OUTCOME] });
    await journal.appendBatch(PLACE, { at: 1, outcomes: [OUTCOME] });
    const read = await Array.fromAsync(journal.read('acme'));

    await journal.appendBatch(PLACE, { at: 2, outcomes: [OUTCOME] });
    const since = await Array.fromAsync(journal.read('acme', read));

    expect(since.map(({ record }) => record.at)).toEqual([2]);
  });

  test('a record of a version nobody here knows is left out and counted', async () => {
    const { log, journal } = await opened();
    await log.appendJournal([{ ...PLACE, record: { v: 9, type: 'batch' } }]);
    await journal.appendBatch(PLACE, { at: 1, outcomes: [OUTCOME] });
    const skippedAt: number[] = [];

    const entries = await Array.fromAsync(journal.read('acme', [], ({ offset }) => skippedAt.push(offset)));

    expect(entries).toHaveLength(1);
    expect(skippedAt).toEqual([0]);
    expect(journal.skipped()).toBe(1);
  });
});
