import { describe, expect, test } from 'vitest';

import { createBatchSize, takeByRoots } from '../../../services/applier/batch-size.ts';
import { aNews, work } from './inputs.ts';

describe('createBatchSize()', () => {
  test('begins with what even a slow store is given', () => {
    const size = createBatchSize(15_000);

    expect([size.roots(), size.queueMax()]).toEqual([250, 2_000]);
  });

  test('gives a fast store more, at most four times as much as it has shown, and never more than 2,000 roots', () => {
    const size = createBatchSize(15_000);
    const given = [250, 1_000, 2_000].map((roots) => {
      size.took(roots, 10);
      return [size.roots(), size.queueMax()];
    });

    expect(given).toEqual([
      [1_000, 5_000],
      [2_000, 10_000],
      [2_000, 10_000],
    ]);
  });

  test('gives as much as takes about two seconds', () => {
    const size = createBatchSize(15_000);

    size.took(250, 1_000);

    expect(size.roots()).toBe(500);
  });

  test('gives a multiple of the least, so that no call is left half empty', () => {
    const size = createBatchSize(15_000);

    size.took(250, 700);

    expect(size.roots()).toBe(500);
  });

  test('gives less where calls may be sent for a short time only', () => {
    const size = createBatchSize(2_000);

    size.took(250, 500);

    expect(size.roots()).toBe(500);
  });

  test('goes back to small batches once a store is slow, however slow', () => {
    const size = createBatchSize(15_000);
    size.took(250, 10);
    size.took(1_000, 400_000);

    expect([size.roots(), size.queueMax()]).toEqual([250, 2_000]);
  });

  test('learns nothing from a batch that was not full', () => {
    const size = createBatchSize(15_000);
    size.took(250, 10);
    size.took(3, 60_000);

    expect(size.roots()).toBe(1_000);
  });
});

describe('takeByRoots()', () => {
  const queue = ['1', '2', '1', '3', '1', '2'].map((rootId, offset) => work(offset, aNews({ rootId })));

  test('takes news until there would be one root more', () => {
    expect(takeByRoots(queue, 2)).toEqual({ news: 3, roots: 2 });
    expect(takeByRoots(queue, 1)).toEqual({ news: 1, roots: 1 });
  });

  test('takes all of a queue that has no more roots', () => {
    expect(takeByRoots(queue, 3)).toEqual({ news: 6, roots: 3 });
    expect(takeByRoots([], 3)).toEqual({ news: 0, roots: 0 });
  });

  test('counts each child, and each record that nobody can read, as a root', () => {
    const child = (id: string) => aNews({ rootId: '', child: { kind: 'inventoryItem', id } });
    const mixed = [work(0, child('1')), work(1, child('1')), work(2, child('2')), work(3, null), work(4, null)];

    expect(takeByRoots(mixed, 4)).toEqual({ news: 5, roots: 4 });
    expect(takeByRoots(mixed, 3)).toEqual({ news: 4, roots: 3 });
  });
});
