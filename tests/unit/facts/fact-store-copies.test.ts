import { describe, expect, test } from 'vitest';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createMemoryEventLog } from '#libs/event-log/memory-event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { createManualClock } from '#tests/contract/event-log-clock.ts';

const PAIR = 'acme';
const LINK = { targetId: '900', by: 'sku', at: 1 } as const;
const LEASE = 'facts/rebuild';

function opened() {
  const { clock, advance } = createManualClock();
  const log = createMemoryEventLog({ clock, delayTiersMs: [1_000] });
  const state = createMemoryStateStore({ clock });
  return { clock, advance, log, state, facts: createFactStore({ log, state, clock }) };
}

/** A log whose reading of facts can be watched and disturbed. */
function withReading(log: EventLog, onRecord: (read: number) => Promise<void>): EventLog {
  return {
    ...log,
    async *readFacts(from) {
      let read = 0;
      for await (const record of log.readFacts(from)) {
        yield record;
        await onRecord(++read);
      }
    },
  };
}

describe('copies of decisions', () => {
  test('a flush in the middle of a rebuild is noticed, and the next try is complete', async () => {
    const { clock, log, state, facts: writer } = opened();
    await writer.put(
      Array.from({ length: 30 }, (_, index) => ({ pair: PAIR, kind: 'link', id: `variant:${index}`, value: LINK })),
    );
    await state.flush();
    let flushed = false;
    const disturbed = withReading(log, async (read) => {
      if (read !== 10 || flushed) return;
      flushed = true;
      await state.flush();
    });
    const facts = createFactStore({ log: disturbed, state, clock });

    const first = await facts.ensureComplete();
    const claimed = await state.facts.completeTo();
    const second = await facts.ensureComplete();

    expect([first, claimed, second]).toEqual(['incomplete', null, 'complete']);
    expect(await facts.count(PAIR, 'link')).toBe(30);
  });

  test('a flush between the question and the read passes no decision over', async () => {
    const { clock, log, state, facts: writer } = opened();
    await writer.ensureComplete();
    await writer.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);
    let flushes = 1;
    const get: typeof state.facts.get = async (keys) => {
      if (flushes-- > 0) await state.flush();
      return state.facts.get(keys);
    };
    const facts = createFactStore({ log, clock, state: { ...state, facts: { ...state.facts, get } } });

    expect(await facts.get(PAIR, 'link', 'variant:1')).toEqual(LINK);
  });

  test('a list in the middle of which the copies were flushed, and filled again, is not taken for whole', async () => {
    const { state, facts } = opened();
    await facts.put(['1', '2'].map((id) => ({ pair: PAIR, kind: 'link', id, value: LINK })));
    await facts.ensureComplete();
    const list = async () => {
      for await (const { id } of facts.list(PAIR, 'link'))
        if (id === '1') {
          await state.flush();
          await facts.ensureComplete();
        }
    };

    await expect(list()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  });

  test('a fall-back that forgot a decision is mended before it is read', async () => {
    const { state, facts } = opened();
    await facts.ensureComplete();
    state.checkpoint();
    await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

    state.fallBack();

    expect(await facts.get(PAIR, 'link', 'variant:1')).toEqual(LINK);
  });

  test('while another process rebuilds, nobody says that the copies are complete', async () => {
    const { state, facts } = opened();
    await state.lease(LEASE, 'another', 60_000);

    expect(await facts.ensureComplete()).toBe('incomplete');
  });

  test('a reader waits for the one that rebuilds, and gives up when that takes too long', async () => {
    const { state, facts, advance } = opened();
    await state.lease(LEASE, 'another', 60_000);

    const reading = facts.get(PAIR, 'link', 'variant:1').then(
      () => 'read',
      (error: unknown) => error,
    );
    for (let waited = 0; waited < 15_000; waited += 100) await advance(100);

    expect(await reading).toMatchObject({ code: 'STATE_UNAVAILABLE' });
  });

  test('one that died while it rebuilt is waited for some seconds, not given up on', async () => {
    const { clock, log, state, facts, advance } = opened();
    await log.appendFacts([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);
    const dead = withReading(log, () => new Promise(() => undefined));
    void createFactStore({ log: dead, state, clock }).ensureComplete();
    await advance(0);

    const reading = facts.get(PAIR, 'link', 'variant:1').catch((error: unknown) => error);
    for (let waited = 0; waited < 9_000; waited += 100) await advance(100);

    expect(await reading).toEqual(LINK);
  });

  test('one that takes long to rebuild keeps others from doing the same meanwhile', async () => {
    const { clock, log, state, advance } = opened();
    await log.appendFacts(
      Array.from({ length: 2_000 }, (_, index) => ({ pair: PAIR, kind: 'link', id: `variant:${index}`, value: LINK })),
    );
    const others: boolean[] = [];
    const slow = withReading(log, async (read) => {
      if (read % 500 !== 0) return;
      await advance(4_000);
      others.push(await state.lease(LEASE, 'another', 1));
    });

    await createFactStore({ log: slow, state, clock }).ensureComplete();

    expect(others).toEqual([false, false, false, false]);
  });

  test('a catch-up reads no more than what came since', async () => {
    const { clock, log, state, facts } = opened();
    await facts.put(
      Array.from({ length: 30 }, (_, index) => ({ pair: PAIR, kind: 'link', id: `variant:${index}`, value: LINK })),
    );
    await facts.ensureComplete();
    let read = 0;
    const watched = withReading(log, async () => {
      read += 1;
    });
    const other = createFactStore({ log: watched, state, clock });
    await log.appendFacts([{ pair: PAIR, kind: 'link', id: 'variant:99', value: LINK }]);

    await other.ensureComplete();

    expect(read).toBe(1);
  });

  test('who asks while a catch-up is under way sees what was on the log when asked', async () => {
    const { clock, log, state } = opened();
    await log.appendFacts([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const slow = withReading(log, async () => {
      begun.resolve();
      await go.promise;
    });
    const facts = createFactStore({ log: slow, state, clock });

    const first = facts.ensureComplete();
    await begun.promise;
    await log.appendFacts([{ pair: PAIR, kind: 'link', id: 'variant:2', value: LINK }]);
    const second = facts.ensureComplete();
    go.resolve();
    await Promise.all([first, second]);

    expect(await state.facts.get([{ pair: PAIR, kind: 'link', id: 'variant:2' }])).toEqual([LINK]);
  });
});
