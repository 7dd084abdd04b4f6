import { expect, test } from 'vitest';

import { watchProgress } from '../../../services/reconciler/run-progress.ts';

test('a comparison tells how far it is, and how long it takes at the speed of its stage and of this process', () => {
  let now = 0;
  const told: number[] = [];
  const progress = watchProgress(() => now);
  const tell = progress.watch(({ done }) => told.push(done));

  tell({ stage: 'scanning', side: 'source', root: 'product', done: 100, of: 200 });
  expect(progress.now()).toMatchObject({ stage: 'scanning', leftMs: null });
  now = 10_000;
  // An earlier process had done forty of them.
  tell({ stage: 'asking', done: 40, of: 100 });
  expect(progress.now()?.leftMs).toBeNull();
  now = 20_000;
  tell({ stage: 'asking', done: 60, of: 100 });

  expect(progress.now()).toMatchObject({ stage: 'asking', done: 60, leftMs: 20_000 });
  expect(told).toEqual([100, 40, 60]);
  progress.ended();
  expect(progress.now()).toBeNull();
});
