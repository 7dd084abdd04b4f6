import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FactRecord } from '#libs/event-log/event-log.ts';
import { testBudget } from './state-store-budget.contract.ts';
import type { OwnCopiesHarness, StateStoreHarness } from './state-store-harness.ts';

/** What every state store must do. Times are the given clock's; a real store may take a few milliseconds longer. */
export function testStateStoreContract(name: string, open: () => Promise<StateStoreHarness>): void {
  describe(`StateStore contract: ${name}`, () => {
    const harness = opening(open);
    testCopies(harness);
    testBudget(harness);
    testLeasesAndNotes(harness);
  });
}

/** What a store must do besides whose copies of facts are its own. */
export function testOwnCopiesContract(name: string, open: () => Promise<OwnCopiesHarness>): void {
  describe(`StateStore contract, copies that can be lost: ${name}`, () => {
    testOwnCopies(opening(open));
  });
}

function opening<H extends StateStoreHarness>(open: () => Promise<H>): () => H {
  let opened: H | null = null;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(async () => {
    await opened?.close();
  });
  return () => {
    if (opened === null) throw new Error('The store under test was not opened');
    return opened;
  };
}

function testCopies(harness: () => StateStoreHarness): void {
  describe('copies of facts', () => {
    test('get() answers in the order asked, null for what nobody knows', async () => {
      const { state, record } = harness();
      await record([aFact('1', 'a', 0), aFact('2', 'b', 1)]);

      const got = await state.facts.get([key('2'), key('nobody'), key('1')]);

      expect(got).toEqual([{ targetId: 'b' }, null, { targetId: 'a' }]);
    });

    test('get() keeps that order also where kinds, pairs and what was deleted are mixed among many', async () => {
      const { state, record } = harness();
      const many = Array.from({ length: 1_200 }, (_, n): FactRecord => {
        const fact = aFact(String(n), `t${String(n)}`, n);
        return n % 3 === 0 ? { ...fact, kind: 'settled' } : n % 3 === 1 ? fact : { ...fact, pair: 'other' };
      });
      await record(many);
      await record(
        many
          .filter((_, n) => n % 100 === 7)
          .map((fact, n) => ({ ...fact, value: null, at: { partition: 0, offset: 1_200 + n } })),
      );

      const got = await state.facts.get(many.toReversed());

      const wanted = many.map(({ value }, n) => (n % 100 === 7 ? null : value));
      expect(got).toEqual(wanted.toReversed());
    });

    test('list() and count() know the facts of one kind of one pair', async () => {
      const { state, record } = harness();
      await record([
        aFact('1', 'a', 0),
        aFact('2', 'b', 1),
        { ...aFact('3', 'c', 2), kind: 'hold' },
        { ...aFact('4', 'd', 3), pair: 'other' },
      ]);

      const listed = await Array.fromAsync(state.facts.list('acme', 'link'));

      expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(['1', '2']));
      expect(await state.facts.count('acme', 'link')).toBe(2);
    });

    test('a deleted fact is not there any more', async () => {
      const { state, record } = harness();
      await record([aFact('1', 'a', 0)]);

      await record([aFact('1', null, 1)]);

      expect(await state.facts.get([key('1')])).toEqual([null]);
      expect(await Array.fromAsync(state.facts.list('acme', 'link'))).toEqual([]);
      expect(await state.facts.count('acme', 'link')).toBe(0);
    });

    test('many facts are listed whole, each once', async () => {
      const { state, record } = harness();
      await record(Array.from({ length: 2_300 }, (_, index) => aFact(String(index), 'a', index)));

      const ids = (await Array.fromAsync(state.facts.list('acme', 'link'))).map(({ id }) => id);

      expect(ids).toHaveLength(2_300);
      expect(new Set(ids).size).toBe(2_300);
    });
  });
}

function testOwnCopies(harness: () => OwnCopiesHarness): void {
  test('a lower offset never replaces a higher one, nor brings a deleted fact back', async () => {
    const { state } = harness();
    await state.facts.put([aFact('1', 'new', 5), aFact('2', null, 6)]);

    await state.facts.put([aFact('1', 'old', 4), aFact('2', 'old', 3)]);

    expect(await state.facts.get([key('1'), key('2')])).toEqual([{ targetId: 'new' }, null]);
    expect(await state.facts.count('acme', 'link')).toBe(1);
  });

  test('the same record put twice is there once', async () => {
    const { state } = harness();
    await state.facts.put([aFact('1', 'a', 1)]);

    await state.facts.put([aFact('1', 'a', 1)]);

    expect(await state.facts.count('acme', 'link')).toBe(1);
  });

  test('a flush forgets the copies, and they say so', async () => {
    const { state } = harness();
    await state.facts.put([aFact('1', 'a', 0)]);
    await state.facts.setCompleteTo([at(0, 1)], await state.facts.beginFill());

    await state.flush();

    expect(await state.facts.get([key('1')])).toEqual([null]);
    expect(await state.facts.completeTo()).toBeNull();
  });

  test('an empty copy is not complete', async () => {
    const { state } = harness();
    expect(await state.facts.completeTo()).toBeNull();
  });

  test('a filled copy is complete to where it was filled, per partition never further back', async () => {
    const { state } = harness();
    const life = await state.facts.beginFill();

    const first = await state.facts.setCompleteTo([at(0, 5), at(1, 7)], life);
    const second = await state.facts.setCompleteTo([at(0, 9), at(1, 3), at(2, 1)], await state.facts.beginFill());

    expect([first, second]).toEqual([true, true]);
    expect(byPartition(await state.facts.completeTo())).toEqual({ 0: 9, 1: 7, 2: 1 });
  });

  test('a copy complete to nothing is complete when there is nothing', async () => {
    const { state } = harness();
    await state.facts.setCompleteTo([], await state.facts.beginFill());

    expect(await state.facts.completeTo()).toEqual([]);
  });

  test('a flush in the middle of a fill keeps it from passing for complete', async () => {
    const { state } = harness();
    const life = await state.facts.beginFill();
    await state.facts.put([aFact('1', 'a', 0)]);

    await state.flush();
    await state.facts.put([aFact('2', 'b', 1)]);
    const recorded = await state.facts.setCompleteTo([at(0, 2)], life);

    expect(recorded).toBe(false);
    expect(await state.facts.completeTo()).toBeNull();
  });

  test('a flush in a catch-up keeps it from passing for complete, though another fill has begun', async () => {
    const { state } = harness();
    await state.facts.setCompleteTo([at(0, 1)], await state.facts.beginFill());
    const caughtUp = await state.facts.beginFill();

    await state.flush();
    await state.facts.beginFill();

    expect(await state.facts.setCompleteTo([at(0, 2)], caughtUp)).toBe(false);
    expect(await state.facts.completeTo()).toBeNull();
  });

  test('a fall-back that forgot the last writes is not complete until it is filled again', async () => {
    const { state, remember, forgetLast } = harness();
    await state.facts.put([aFact('1', 'a', 0)]);
    await state.facts.setCompleteTo([at(0, 1)], await state.facts.beginFill());
    await remember();
    await state.facts.put([aFact('2', 'b', 1)]);
    const begunBefore = await state.facts.beginFill();

    await forgetLast();

    expect(await state.facts.get([key('2')])).toEqual([null]);
    expect(await state.facts.completeTo()).toBeNull();
    expect(await state.facts.setCompleteTo([at(0, 2)], begunBefore)).toBe(false);
    expect(await state.facts.setCompleteTo([at(0, 2)], await state.facts.beginFill())).toBe(true);
    expect(byPartition(await state.facts.completeTo())).toEqual({ 0: 2 });
  });
}

function testLeasesAndNotes(harness: () => StateStoreHarness): void {
  describe('leases', () => {
    test('one holder excludes others until it lets go', async () => {
      const { state } = harness();

      const first = await state.lease('rebuild', 'one', 1_000);
      const second = await state.lease('rebuild', 'other', 1_000);
      await state.release('rebuild', 'one');

      expect([first, second]).toEqual([true, false]);
      expect(await state.lease('rebuild', 'other', 1_000)).toBe(true);
    });

    test('a lease ends by itself', async () => {
      const { state, pass } = harness();
      await state.lease('rebuild', 'one', 1_000);

      await pass(1_001);

      expect(await state.lease('rebuild', 'other', 1_000)).toBe(true);
    });

    test('its holder prolongs it', async () => {
      const { state, pass } = harness();
      await state.lease('rebuild', 'one', 1_000);
      await pass(800);

      const prolonged = await state.lease('rebuild', 'one', 1_000);
      await pass(800);

      expect(prolonged).toBe(true);
      expect(await state.lease('rebuild', 'other', 1_000)).toBe(false);
    });

    test('nobody lets go what another holds', async () => {
      const { state } = harness();
      await state.lease('rebuild', 'one', 1_000);

      await state.release('rebuild', 'other');

      expect(await state.lease('rebuild', 'other', 1_000)).toBe(false);
    });

    test('of many who ask at once one gets it', async () => {
      const { state } = harness();

      const got = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => state.lease('rebuild', holder, 1_000)));

      expect(got.filter(Boolean)).toHaveLength(1);
    });
  });

  describe('roots and notes', () => {
    test('roots of children are answered in the order asked, by pair and kind', async () => {
      const { state } = harness();
      await state.putRootsOf('acme', 'inventoryItem', { '46': 'product:81', '47': 'product:82' });

      expect(await state.getRootsOf('acme', 'inventoryItem', ['47', '1', '46'])).toEqual([
        'product:82',
        null,
        'product:81',
      ]);
      expect(await state.getRootsOf('acme', 'variant', ['46'])).toEqual([null]);
      expect(await state.getRootsOf('other', 'inventoryItem', ['46'])).toEqual([null]);
    });

    test('a note is kept until it is written again or its time is over', async () => {
      const { state, pass } = harness();
      await state.putNote('lasting', 'a');
      await state.putNote('short', 'b', 500);
      await state.putNote('lasting', 'c');
      const before = await state.getNote('short');

      await pass(501);

      expect(before).toBe('b');
      expect(await state.getNote('short')).toBeNull();
      expect(await state.getNote('lasting')).toBe('c');
      expect(await state.getNote('never')).toBeNull();
    });

    test('a flush forgets roots, notes and leases', async () => {
      const { state } = harness();
      await state.putRootsOf('acme', 'inventoryItem', { '46': 'product:81' });
      await state.putNote('note', 'a');
      await state.lease('rebuild', 'one', 60_000);

      await state.flush();

      expect(await state.getRootsOf('acme', 'inventoryItem', ['46'])).toEqual([null]);
      expect(await state.getNote('note')).toBeNull();
      expect(await state.lease('rebuild', 'other', 1_000)).toBe(true);
    });
  });
}

function key(id: string) {
  return { pair: 'acme', kind: 'link', id };
}

function aFact(id: string, targetId: string | null, offset: number): FactRecord {
  return { ...key(id), value: targetId === null ? null : { targetId }, at: at(0, offset) };
}

function at(partition: number, offset: number) {
  return { partition, offset };
}

function byPartition(positions: readonly { readonly partition: number; readonly offset: number }[] | null) {
  return Object.fromEntries((positions ?? []).map(({ partition, offset }) => [partition, offset]));
}
