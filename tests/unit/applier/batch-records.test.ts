import { describe, expect, test } from 'vitest';

import { batchRecordSchema, type NewsOutcome } from '#libs/journal/journal-records.ts';
import { batchRecords } from '../../../services/applier/batch-records.ts';

function outcome(offset: number, root: string, message = ''): NewsOutcome {
  return { offset, root, kind: 'news', via: 'webhook', outcome: 'applied', receivedAt: 1, message };
}

describe('batchRecords()', () => {
  test('tells a small batch in one record, in the order of the log', () => {
    const records = batchRecords([outcome(2, 'product:1'), outcome(0, 'product:1'), outcome(1, 'product:2')], 7);

    expect(records.map((record) => batchRecordSchema.parse(record))).toEqual(records);
    expect(records.map(({ at, outcomes }) => [at, outcomes.map(({ offset }) => offset)])).toEqual([[7, [0, 1, 2]]]);
  });

  test('tells a large one in records that a broker takes, and leaves out nothing', () => {
    const many = Array.from({ length: 4_000 }, (_, offset) =>
      outcome(offset, `product:${String(offset % 1_000)}`, 'é'.repeat(200)),
    );

    const records = batchRecords(many, 7);

    expect(records.length).toBeGreaterThan(1);
    for (const record of records) expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(1_000_000);
    const offsets = records.flatMap(({ outcomes }) => outcomes.map(({ offset }) => offset));
    expect(offsets.toSorted((a, b) => a - b)).toEqual(many.map(({ offset }) => offset));
  });

  test('keeps the outcomes of one root together', () => {
    const many = Array.from({ length: 3_000 }, (_, offset) =>
      outcome(offset, `product:${String(offset % 700)}`, 'x'.repeat(300)),
    );

    const records = batchRecords(many, 7);

    const homes = records.map(({ outcomes }) => new Set(outcomes.map(({ root }) => root)));
    expect(homes.reduce((sum, { size }) => sum + size, 0)).toBe(700);
  });

  test('tells nothing of nothing', () => {
    expect(batchRecords([], 7)).toEqual([]);
  });
});
