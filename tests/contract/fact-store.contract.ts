import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { FactStore } from '#libs/facts/fact-store.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import { until, witness, type EventLogHarness } from './event-log-harness.ts';

export type FactStoreHarness = {
  readonly log: EventLog;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly pass: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const PAIR = 'acme';
const LINK = { targetId: '900', by: 'sku', at: 1 } as const;

/** Decisions over a log and a state store, whichever they are. */
export function testFactStoreContract(name: string, open: () => Promise<FactStoreHarness>): void {
  describe(`FactStore contract: ${name}`, () => {
    let opened: FactStoreHarness | null = null;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened?.close();
    });
    const harness = () => {
      if (opened === null) throw new Error('The store under test was not opened');
      return opened;
    };
    const openFacts = (): FactStore => createFactStore(harness());

    test('reads what was written, null for what was not', async () => {
      const facts = openFacts();

      const written = await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

      expect(written).toBe('written');
      expect(await facts.get(PAIR, 'link', 'variant:1')).toEqual(LINK);
      expect(await facts.getMany(PAIR, 'link', ['variant:2', 'variant:1'])).toEqual([null, LINK]);
    });

    test('what was written is read at once, by one that had looked before', async () => {
      const facts = openFacts();
      const before = await facts.get(PAIR, 'link', 'variant:1');

      await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

      expect(before).toBeNull();
      expect(await facts.get(PAIR, 'link', 'variant:1')).toEqual(LINK);
    });

    test('null deletes', async () => {
      const facts = openFacts();
      await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

      await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: null }]);

      expect(await facts.get(PAIR, 'link', 'variant:1')).toBeNull();
      expect(await facts.count(PAIR, 'link')).toBe(0);
    });

    test('lists and counts the facts of one kind of a pair', async () => {
      const facts = openFacts();
      await facts.put([
        { pair: PAIR, kind: 'link', id: 'variant:1', value: LINK },
        { pair: PAIR, kind: 'link', id: 'variant:2', value: { ...LINK, targetId: '901' } },
        { pair: PAIR, kind: 'hold', id: '*', value: { at: 1, by: 'somebody', reason: 'a brake' } },
        { pair: 'other', kind: 'link', id: 'variant:3', value: LINK },
      ]);

      const listed = await Array.fromAsync(facts.list(PAIR, 'link'));

      expect(new Map(listed.map(({ id, value }) => [id, value.targetId]))).toEqual(
        new Map([
          ['variant:1', '900'],
          ['variant:2', '901'],
        ]),
      );
      expect(await facts.count(PAIR, 'link')).toBe(2);
    });

    test('what one process decided another one sees', async () => {
      const [one, other] = [openFacts(), openFacts()];

      await one.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

      expect(await other.get(PAIR, 'link', 'variant:1')).toEqual(LINK);
    });

    test('a flush of the state store loses no decision', async () => {
      const facts = openFacts();
      await facts.put([
        { pair: PAIR, kind: 'link', id: 'variant:1', value: LINK },
        { pair: PAIR, kind: 'hold', id: '*', value: { at: 1, by: 'somebody', reason: 'a brake' } },
      ]);

      await harness().state.flush();

      expect(await facts.get(PAIR, 'hold', '*')).toMatchObject({ reason: 'a brake' });
      expect(await facts.count(PAIR, 'link')).toBe(1);
      expect(await Array.fromAsync(facts.list(PAIR, 'link'))).toHaveLength(1);
    });

    test('ensureComplete() brings what was appended by somebody who died before copying it', async () => {
      const facts = openFacts();
      await facts.ensureComplete();
      await harness().log.appendFacts([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

      const answer = await facts.ensureComplete();

      expect(answer).toBe('complete');
      expect(await facts.get(PAIR, 'link', 'variant:1')).toEqual(LINK);
    });

    test('many facts are complete after a flush, the latest of each', async () => {
      const facts = openFacts();
      const many = Array.from({ length: 1_200 }, (_, index) => `variant:${index}`);
      await facts.put(many.map((id) => ({ pair: PAIR, kind: 'link', id, value: LINK })));
      await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:7', value: { ...LINK, targetId: '7' } }]);
      await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:8', value: null }]);

      await harness().state.flush();
      const answer = await facts.ensureComplete();

      expect(answer).toBe('complete');
      expect(await facts.count(PAIR, 'link')).toBe(1_199);
      expect(await facts.get(PAIR, 'link', 'variant:7')).toMatchObject({ targetId: '7' });
    });

    test('many who ask at once all get a complete copy', async () => {
      const facts = openFacts();
      await harness().log.appendFacts([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }]);

      const answers = await Promise.all(Array.from({ length: 5 }, () => facts.ensureComplete()));

      expect(answers).toEqual(Array.from({ length: 5 }, () => 'complete'));
    });

    test('a fact that cannot be read is an error that names its key and not its value', async () => {
      const facts = openFacts();
      await harness().log.appendFacts([
        { pair: PAIR, kind: 'link', id: 'variant:1', value: { targetId: 12, by: 'jane@example.com' } },
      ]);
      await facts.ensureComplete();

      const reading = facts.get(PAIR, 'link', 'variant:1');

      await expect(reading).rejects.toMatchObject({
        code: 'FACT_UNREADABLE',
        message: expect.stringMatching(/^Cannot read the fact "acme\/link\/variant:1": unexpected (?!.*jane)/),
      });
    });

    test('a fact that does not fit its kind is not written', async () => {
      const facts = openFacts();
      const wrong = { at: 'yesterday', by: 'somebody', reason: 'a brake' } as unknown as {
        at: number;
        by: string;
        reason: string;
      };

      await expect(facts.put([{ pair: PAIR, kind: 'hold', id: '*', value: wrong }])).rejects.toMatchObject({
        code: 'FACT_UNREADABLE',
      });

      expect(await Array.fromAsync(harness().log.readFacts())).toEqual([]);
    });

    test('with an epoch that is over nothing is written', async () => {
      const facts = openFacts();
      const { log, pass } = harness();
      await log.openPair(PAIR);
      const consumer = await witness(log, PAIR);
      await until({ pass } as EventLogHarness, () => consumer.assigned.length > 0);
      const epoch = consumer.assigned[0]?.epoch;
      if (epoch === undefined) throw new Error('Nothing was assigned');
      const held = await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:1', value: LINK }], { epoch });
      await consumer.consumption.stop();

      const lost = await facts.put([{ pair: PAIR, kind: 'link', id: 'variant:2', value: LINK }], { epoch });

      expect([held, lost]).toEqual(['written', 'lost']);
      expect(await facts.getMany(PAIR, 'link', ['variant:1', 'variant:2'])).toEqual([LINK, null]);
    });
  });
}
