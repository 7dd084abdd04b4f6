import { describe, expect, test } from 'vitest';

import type { News } from '#libs/event-log/news.ts';
import { recordEnding, type Ending, type EndingInput, type Records } from '../../../services/applier/endings.ts';
import { aNews, aRead, groupOf, NOW, PAIR } from './inputs.ts';

const FAILED: Ending = { kind: 'retry', reason: 'failed', message: 'the store failed' };
const APPLIED: Ending = { kind: 'applied', created: false };
const PARKED = { at: 1, reason: 'refused', message: 'no', fields: [], tries: 0, entities: [] };

function end(ending: Ending, change: Partial<EndingInput> = {}): Records {
  return recordEnding({
    settings: PAIR,
    read: aRead(),
    plan: null,
    ending,
    now: NOW,
    links: [],
    settled: null,
    lookAfterMs: null,
    writes: true,
    ...change,
  });
}

function after(records: Records): readonly (readonly [News['via'], number, number])[] {
  return records.delayed.map(({ news, afterMs }) => [news.via, afterMs, news.tries] as const);
}

function facts(records: Records): Readonly<Record<string, unknown>> {
  return Object.fromEntries(records.facts.map(({ kind, id, value }) => [`${kind} ${id}`, value]));
}

describe('recordEnding() of a failed attempt', () => {
  test('climbs the ladder step by step, then parks', () => {
    const ladder = [0, 1, 2, 3].map((tries) => {
      const group = groupOf(aNews({ tries, via: tries === 0 ? 'webhook' : 'retry' }));
      const retrying = tries === 0 ? null : { tries, until: NOW };
      return end(FAILED, { read: aRead({ group, retrying }) });
    });

    expect(ladder.map(after)).toEqual([[['retry', 10_000, 1]], [['retry', 60_000, 2]], [['retry', 600_000, 3]], []]);
    expect(ladder.map(({ outcomes }) => outcomes[0]?.outcome)).toEqual(['delayed', 'delayed', 'delayed', 'parked']);
    expect(ladder[3]?.facts).toEqual([
      expect.objectContaining({
        kind: 'parked',
        value: expect.objectContaining({ reason: 'failed', tries: 4 }) as unknown,
      }),
      expect.objectContaining({ kind: 'retrying', value: null }),
    ]);
  });

  test('of fresh news goes on where the ladder stands', () => {
    const read = aRead({ retrying: { tries: 2, until: NOW - 600_000 } });

    expect(after(end(FAILED, { read }))).toEqual([['retry', 600_000, 3]]);
  });

  test('has one retry outstanding at most', () => {
    const read = aRead({ retrying: { tries: 1, until: NOW + 5_000 } });

    const records = end(FAILED, { read });

    expect([after(records), facts(records)]).toEqual([[], {}]);
    expect(records.outcomes[0]?.outcome).toBe('delayed');
  });

  test('has one retry outstanding at most, also where that is due and lies behind other news', () => {
    const read = aRead({ retrying: { tries: 1, until: NOW - 5_000 } });

    const records = end(FAILED, { read });

    expect([after(records), facts(records)]).toEqual([[], {}]);
    expect(records.outcomes[0]?.outcome).toBe('delayed');
  });

  test('of a look begins a new ladder where success has ended the one that it knows of', () => {
    const group = groupOf(aNews({ tries: 2, via: 'look' }));

    expect(after(end(FAILED, { read: aRead({ group }) }))).toEqual([['retry', 10_000, 1]]);
  });

  test('of the retry itself climbs on, although its time is noted', () => {
    const group = groupOf(aNews({ tries: 1, via: 'retry' }));
    const read = aRead({ group, retrying: { tries: 1, until: NOW + 5 } });

    expect(after(end(FAILED, { read }))).toEqual([['retry', 60_000, 2]]);
  });

  test('of fresh news of a parked root uses no ladder and leaves it parked', () => {
    const records = end(FAILED, { read: aRead({ parked: PARKED }) });

    expect([after(records), facts(records)]).toEqual([[], {}]);
    expect(records.outcomes[0]).toMatchObject({ outcome: 'parked', reason: 'failed' });
  });

  test('keeps a look after landing beside the retry, as a record of its own', () => {
    expect(after(end(FAILED, { lookAfterMs: 120_000 }))).toEqual([
      ['look', 120_000, 0],
      ['retry', 10_000, 1],
    ]);
  });
});

describe('recordEnding() of success', () => {
  const troubled = aRead({
    parked: PARKED,
    retrying: { tries: 2, until: NOW - 600_000 },
    creating: { until: NOW, since: NOW, key: 'product:1' },
  });

  test('un-parks, ends the ladder and every doubt', () => {
    expect(facts(end(APPLIED, { read: troubled }))).toEqual({
      'parked product:1': null,
      'retrying product:1': null,
      'creating product:1': null,
    });
    expect(facts(end({ kind: 'unchanged', reason: 'unchanged' }, { read: troubled }))).toHaveProperty(
      ['parked product:1'],
      null,
    );
  });

  test('of fresh news keeps the retry known that is still to come, which then begins at nothing', () => {
    const read = aRead({ retrying: { tries: 2, until: NOW + 5 } });
    expect(facts(end(APPLIED, { read }))).toEqual({ 'retrying product:1': { tries: 0, until: NOW + 5 } });

    const group = groupOf(aNews({ tries: 2, via: 'retry' }));
    const retry = aRead({ group, retrying: { tries: 0, until: NOW } });

    expect(facts(end(APPLIED, { read: retry }))).toEqual({ 'retrying product:1': null });
    expect(after(end(FAILED, { read: retry }))).toEqual([['retry', 10_000, 1]]);
  });

  test('of a look that writes nothing heals nothing', () => {
    expect(facts(end(APPLIED, { read: troubled, writes: false }))).toEqual({});
  });

  test('after a take-over is looked at again', () => {
    expect(after(end(APPLIED, { lookAfterMs: 119_000 }))).toEqual([['look', 119_000, 0]]);
  });

  test('makes links and what was settled facts', () => {
    const link = { targetId: '101', by: 'sku' } as const;
    const settled = { at: NOW, changedAt: null, print: null, wanted: {}, stored: {} };

    const records = end(APPLIED, { links: [{ entity: 'product', sourceId: '1', link }], settled });

    expect(facts(records)).toEqual({ 'link product:1': { ...link, at: NOW }, 'settled product:1': settled });
  });
});

describe('recordEnding() of what is looked at later', () => {
  test('uses no attempt', () => {
    const records = end({ kind: 'later', afterMs: 5_000, reason: 'held' });

    expect(after(records)).toEqual([['look', 5_000, 0]]);
    expect(facts(records)).toEqual({});
    expect(records.outcomes[0]).toMatchObject({ outcome: 'delayed', reason: 'held' });
  });

  test('waits for the last doubt, with one look for all', () => {
    expect(after(end({ kind: 'later', afterMs: 5_000, reason: 'x' }, { lookAfterMs: 90_000 }))).toEqual([
      ['look', 90_000, 0],
    ]);
    expect(after(end({ kind: 'later', afterMs: 95_000, reason: 'x' }, { lookAfterMs: 90_000 }))).toEqual([
      ['look', 95_000, 0],
    ]);
  });

  test('keeps its children, and the time when it was first heard of', () => {
    const group = groupOf(aNews({ children: ['a'], receivedAt: NOW - 50 }), aNews({ children: ['b'] }));

    const [delayed] = end({ kind: 'later', afterMs: 1, reason: 'x' }, { read: aRead({ group }) }).delayed;

    expect(delayed?.news).toMatchObject({ children: ['a', 'b'], receivedAt: NOW - 50, kind: 'news' });
  });
});

describe('recordEnding() of what is parked', () => {
  const refused: Ending = {
    kind: 'parked',
    reason: 'refused',
    message: 'no such location',
    fields: ['variant:1/quantity'],
  };

  test('tells reason, message and fields, and ends the ladder', () => {
    const records = end(refused, { read: aRead({ retrying: { tries: 1, until: NOW - 600_000 } }) });

    expect(facts(records)).toEqual({
      'parked product:1': {
        at: NOW,
        reason: 'refused',
        message: 'no such location',
        fields: ['variant:1/quantity'],
        tries: 0,
        entities: [],
      },
      'retrying product:1': null,
    });
    expect(records.outcomes[0]).toMatchObject({ outcome: 'parked', reason: 'refused', message: 'no such location' });
  });

  test('leaves a retry known that is still to come', () => {
    const records = end(refused, { read: aRead({ retrying: { tries: 1, until: NOW + 5 } }) });

    expect(facts(records)).not.toHaveProperty(['retrying product:1']);
  });

  test('is no fact where nothing may be written', () => {
    expect(facts(end(refused, { writes: false }))).toEqual({});
  });
});

describe('recordEnding() gives every news one outcome', () => {
  test('which its last one bears, and the others are coalesced into it', () => {
    const group = groupOf(aNews(), aNews({ via: 'sweep' }), aNews());

    expect(end(APPLIED, { read: aRead({ group }) }).outcomes).toEqual([
      expect.objectContaining({ offset: 0, outcome: 'coalesced', coalescedInto: 2 }),
      expect.objectContaining({ offset: 1, outcome: 'coalesced', coalescedInto: 2, via: 'sweep' }),
      expect.objectContaining({ offset: 2, outcome: 'applied' }),
    ]);
  });

  test('and a comparison beside other news found no drift: it is coalesced', () => {
    const compare = aNews({ kind: 'compare', via: 'compare', run: 'r1', repair: true });
    const group = groupOf(aNews(), compare);

    const [news, compared] = end(APPLIED, { read: aRead({ group }) }).outcomes;

    expect(news).toMatchObject({ offset: 0, outcome: 'applied' });
    expect(compared).toMatchObject({ offset: 1, outcome: 'coalesced', coalescedInto: 0, run: 'r1' });
  });
});
