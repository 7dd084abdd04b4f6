import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { NewsOutcome } from '#libs/journal/journal-records.ts';
import { openJournalStore } from '../../../services/reconciler/journal-store.ts';
import { NOW } from './fake-stores.ts';
import { aWorld, type World } from './world.ts';

function anOutcome(over: Partial<NewsOutcome> = {}): NewsOutcome {
  return { offset: 1, root: 'product:1', kind: 'news', via: 'webhook', outcome: 'applied', receivedAt: NOW, ...over };
}

async function append(world: World, ...records: readonly object[]): Promise<void> {
  await world.log.appendJournal(records.map((record) => ({ pair: 'acme', partition: 0, record })));
}

function aBatch(at: number, ...outcomes: readonly NewsOutcome[]): object {
  return { v: 1, type: 'batch', at, outcomes };
}

describe('the journal of a pair', () => {
  test('goes on where it was when it is opened again', async () => {
    const world = await aWorld();
    const path = join(mkdtempSync(join(tmpdir(), 'journal-')), 'journal.sqlite');
    await append(world, aBatch(NOW, anOutcome()));
    const first = openJournalStore(path, 'acme', world.log);
    expect(await first.tail()).toBe(1);
    first.close();
    await append(world, aBatch(NOW + 1, anOutcome({ offset: 2, root: 'product:2' })));

    const second = openJournalStore(path, 'acme', world.log);

    expect(await second.tail()).toBe(1);
    expect(second.latest({ limit: 10 }).map(({ outcome }) => outcome.root)).toEqual(['product:2', 'product:1']);
    second.close();
  });

  test('answers a question with its own outcome, and says what came beside it', async () => {
    const world = await aWorld();
    const journal = openJournalStore(':memory:', 'acme', world.log);
    const compare = anOutcome({ offset: 3, kind: 'compare', via: 'compare', run: 'r1', outcome: 'applied' });
    await append(
      world,
      aBatch(NOW, anOutcome({ offset: 2, outcome: 'coalesced', coalescedInto: 3 }), compare),
      aBatch(NOW, { ...compare, offset: 4, root: 'product:2' }),
    );

    await journal.tail();

    expect(journal.answerOf('r1', 'product:1')).toMatchObject({ beside: true, outcome: { offset: 3 } });
    expect(journal.answerOf('r1', 'product:2')).toMatchObject({ beside: false, outcome: { offset: 4 } });
    expect(journal.answerOf('r2', 'product:1')).toBeNull();
    journal.close();
  });

  test('tells the news of a root without the comparisons, latest first', async () => {
    const world = await aWorld();
    const journal = openJournalStore(':memory:', 'acme', world.log);
    await append(
      world,
      aBatch(NOW, anOutcome({ receivedAt: 1 })),
      aBatch(NOW + 1, anOutcome({ offset: 2, kind: 'compare', via: 'compare' })),
      aBatch(NOW + 2, anOutcome({ offset: 3, receivedAt: 3, outcome: 'delayed' })),
    );

    await journal.tail();

    expect(journal.newsOf('product:1', 10).map(({ receivedAt, outcome }) => [receivedAt, outcome])).toEqual([
      [3, 'delayed'],
      [1, 'applied'],
    ]);
    journal.close();
  });

  test('joins what was wanted of a call with what became of it', async () => {
    const world = await aWorld();
    const journal = openJournalStore(':memory:', 'acme', world.log);
    const call = { v: 1, root: 'product:1', targetId: '101', call: 'c1' };
    const wanted = { entity: 'variant:v1', field: 'variant.quantity', expected: 5, wanted: 3 };
    await append(
      world,
      { ...call, type: 'before', at: NOW, action: 'patch', fields: [wanted] },
      { ...call, type: 'after', at: NOW + 1, outcome: 'stored', fields: [] },
      { ...call, type: 'before', at: NOW + 2, call: 'c2', action: 'patch', fields: [wanted] },
    );

    await journal.tail();

    expect(
      journal.calls({ root: 'product:1', limit: 10 }).map(({ before, after }) => [before.call, after?.outcome]),
    ).toEqual([
      ['c2', undefined],
      ['c1', 'stored'],
    ]);
    expect(journal.calls({ since: NOW + 2, limit: 10 })).toHaveLength(1);
    journal.close();
  });

  test('forgets what is older than the log keeps', async () => {
    const world = await aWorld();
    const journal = openJournalStore(':memory:', 'acme', world.log);
    await append(world, aBatch(NOW, anOutcome()), aBatch(NOW + 10, anOutcome({ offset: 2 })));
    await journal.tail();

    journal.forgetBefore(NOW + 5);

    expect(journal.latest({ limit: 10 }).map(({ at }) => at)).toEqual([NOW + 10]);
    journal.close();
  });

  test('skips records that it does not understand', async () => {
    const world = await aWorld();
    const journal = openJournalStore(':memory:', 'acme', world.log);
    await append(world, { v: 9, type: 'novel' }, aBatch(NOW, anOutcome()));

    expect(await journal.tail()).toBe(2);

    expect(journal.latest({ limit: 10 })).toHaveLength(1);
    journal.close();
  });
});
