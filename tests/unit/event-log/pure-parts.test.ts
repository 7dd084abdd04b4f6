import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeNews, encodeNews } from '#libs/event-log/change-codec.ts';
import { planDelay } from '#libs/event-log/delay-tier.ts';
import { factKeyText, parseFactKey } from '#libs/event-log/fact-key-text.ts';
import { partitionOf } from '#libs/event-log/key-partition.ts';
import { createSettledPrefix, isInWork } from '#libs/event-log/settled-prefix.ts';
import { aNews } from '#tests/contract/event-log-harness.ts';

describe('planDelay()', () => {
  const tiers = [10, 60, 120, 600];

  test.each([
    [5, 0, 5],
    [10, 0, 10],
    [11, 1, 11],
    [120, 2, 120],
    [121, 3, 121],
    [600, 3, 600],
    [5_000, 3, 600],
  ])('a wait of %i goes to tier %i and comes out after %i', (leftMs, tier, afterMs) => {
    expect(planDelay(tiers, 1_000, 1_000 + leftMs)).toEqual({ tier, dueAt: 1_000 + afterMs });
  });
});

describe('the codec of news', () => {
  test('reads what it wrote', () => {
    const news = aNews('acme', '1', { children: ['2'], notBefore: 5 });

    expect(decodeNews(encodeNews(news))).toEqual({ news });
  });

  test('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeNews(bytes)).toMatchObject({ news: null, undecodable: { bytes: bytes.byteLength } });
      }),
    );
  });

  test.each([
    ['a version nobody knows', JSON.stringify({ ...aNews('acme', '1'), v: 2 })],
    ['no version', JSON.stringify({ ...aNews('acme', '1'), v: undefined })],
    ['a missing field', JSON.stringify({ ...aNews('acme', '1'), rootId: undefined })],
    ['no object', '[]'],
  ])('%s is undecodable', (_what, body) => {
    expect(decodeNews(body).news).toBeNull();
  });
});

describe('the settled prefix', () => {
  test('is the first offset that was not settled, in whatever order they are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(20)), (offsets) => {
        const prefix = createSettledPrefix(0);

        for (const offset of offsets) prefix.settle([offset]);

        const settled = new Set(offsets);
        let first = 0;
        while (settled.has(first)) first += 1;
        expect(prefix.committed()).toBe(first);
      }),
    );
  });

  test('skipTo() passes over what is gone and joins what was settled behind it', () => {
    const prefix = createSettledPrefix(0);
    prefix.settle([1, 5, 6]);

    prefix.skipTo(5);

    expect(prefix.committed()).toBe(7);
  });

  test('skipTo() never goes back', () => {
    const prefix = createSettledPrefix(4);

    prefix.skipTo(2);

    expect(prefix.committed()).toBe(4);
  });

  test.each([
    [null, 3, false],
    [2, 3, false],
    [3, 3, true],
  ])('begun %s with %i committed is in work: %s', (begun, committed, expected) => {
    expect(isInWork(begun, committed)).toBe(expected);
  });
});

describe('keys', () => {
  test('a key of a fact survives its text, slashes in the id as well', () => {
    const key = { pair: 'acme', kind: 'link', id: 'variant:1/2' };

    expect(parseFactKey(factKeyText(key))).toEqual(key);
  });

  test('a text with too few parts is no key', () => {
    expect(parseFactKey('acme/link')).toBeNull();
  });

  test('the partitioner is pinned: these keys lie where they have always lain', () => {
    expect(['product:1', 'product:2', 'order:1', 'customer:77'].map((key) => partitionOf(key, 12))).toEqual([
      5, 8, 10, 3,
    ]);
  });
});
