import { describe, expect, test } from 'vitest';
import type { StateStoreHarness } from './state-store-harness.ts';

const LIMIT = { capacity: 10, perSecond: 2 };

/** The shared bucket of a store. */
export function testBudget(harness: () => StateStoreHarness): void {
  describe('budget', () => {
    test('a missing bucket starts empty and says how long to wait', async () => {
      const { state } = harness();

      const waitMs = await state.takeBudget('store', 1, LIMIT);

      expect(waitMs).toBeGreaterThan(400);
      expect(waitMs).toBeLessThanOrEqual(500);
    });

    test('it fills by the second, and who waited as long as told is served', async () => {
      const { state, pass } = harness();
      const waitMs = await state.takeBudget('store', 3, LIMIT);

      await pass(waitMs);

      expect(await state.takeBudget('store', 3, LIMIT)).toBe(0);
      expect(await state.takeBudget('store', 1, LIMIT)).toBeGreaterThan(0);
    });

    test('asking in vain costs nothing', async () => {
      const { state, pass } = harness();
      await state.takeBudget('store', 4, LIMIT);
      for (let asked = 0; asked < 3; asked++) await state.takeBudget('store', 4, LIMIT);

      await pass(2_000);

      expect(await state.takeBudget('store', 4, LIMIT)).toBe(0);
    });

    test('it never holds more than its capacity', async () => {
      const { state, pass } = harness();
      await state.takeBudget('store', 1, LIMIT);

      await pass(5_100);

      expect(await state.readBudget('store', LIMIT)).toBe(10);
      expect(await state.takeBudget('store', 10, LIMIT)).toBe(0);
      expect(await state.takeBudget('store', 1, LIMIT)).toBeGreaterThan(0);
    });

    test('what costs more than a full bucket is served by a full one, and paid off afterwards', async () => {
      const { state, pass } = harness();
      await state.takeBudget('store', 1, LIMIT);
      await pass(5_100);

      const large = await state.takeBudget('store', 14, LIMIT);
      const waitMs = await state.takeBudget('store', 1, LIMIT);

      expect(large).toBe(0);
      expect(waitMs).toBeGreaterThan(2_400);
      expect(waitMs).toBeLessThanOrEqual(2_500);
    });

    test('many who take at once never take more than there is', async () => {
      const { state, pass } = harness();
      await state.takeBudget('store', 1, LIMIT);
      await pass(5_100);

      const waits = await Promise.all(Array.from({ length: 25 }, () => state.takeBudget('store', 1, LIMIT)));

      expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
    });

    test('it can be set to what the platform says, and emptied', async () => {
      const { state } = harness();

      await state.setBudget('store', 5, LIMIT);
      const five = await state.takeBudget('store', 5, LIMIT);
      await state.setBudget('store', 0, LIMIT);

      expect(five).toBe(0);
      expect(await state.takeBudget('store', 1, LIMIT)).toBeGreaterThan(0);
    });

    test('buckets do not share', async () => {
      const { state } = harness();
      await state.setBudget('one', 10, LIMIT);

      expect(await state.takeBudget('other', 1, LIMIT)).toBeGreaterThan(0);
    });

    test('a flush empties it, so nobody bursts over the limit', async () => {
      const { state } = harness();
      await state.setBudget('store', 10, LIMIT);

      await state.flush();

      expect(await state.takeBudget('store', 1, LIMIT)).toBeGreaterThan(0);
    });
  });
}
