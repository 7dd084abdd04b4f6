import { describe, expect, test } from 'vitest';

import { SyncError } from '#libs/runtime/sync-error.ts';
import type { Health } from '../../../services/applier/applier-deps.ts';
import { StoreIll, StoreShut } from '../../../services/applier/applier-deps.ts';
import { askMany } from '../../../services/applier/ask-store.ts';

function health(condition: 'ill' | 'well'): Health & { readonly probes: () => number } {
  let probes = 0;
  return {
    failed: async () => {
      probes += 1;
      return condition;
    },
    isWell: () => condition === 'well',
    whenWell: async () => {},
    probes: () => probes,
  };
}

/** A store that fails whenever one of these is asked for. */
function store(poison: readonly string[], code: ConstructorParameters<typeof SyncError>[0] = 'STORE_FAILED') {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    ask: async (items: readonly string[]) => {
      asked.push(items);
      if (items.some((item) => poison.includes(item))) throw new SyncError(code, 'Cannot read "items": 500');
      return items.map((item) => item.toUpperCase());
    },
  };
}
const ITEMS = ['a', 'b', 'c', 'd', 'e'];

describe('askMany()', () => {
  test('asks once where all goes well, and not at all for nothing', async () => {
    const { ask, asked } = store([]);

    expect(await askMany(ITEMS, ask, 'source', health('well'))).toEqual(
      ['A', 'B', 'C', 'D', 'E'].map((value) => ({ kind: 'got', value })),
    );
    expect(await askMany([], ask, 'source', health('well'))).toEqual([]);
    expect(asked).toEqual([ITEMS]);
  });

  test.each([[['c']], [['a']], [['e']], [['a', 'd']], [ITEMS]])(
    'halves until %j stand alone, and answers in the order asked',
    async (poison) => {
      const { ask } = store(poison);

      const answers = await askMany(ITEMS, ask, 'source', health('well'));

      expect(answers.map(({ kind }) => kind)).toEqual(ITEMS.map((item) => (poison.includes(item) ? 'failed' : 'got')));
    },
  );

  test('asks an ill store no second time', async () => {
    const { ask, asked } = store(['c']);

    await expect(askMany(ITEMS, ask, 'target', health('ill'))).rejects.toThrow(StoreIll);

    expect(asked).toHaveLength(1);
  });

  test('takes a refusal for an answer: no probe is asked', async () => {
    const { ask } = store(['c'], 'STORE_REFUSED');
    const watch = health('well');

    const answers = await askMany(ITEMS, ask, 'source', watch);

    expect(answers.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
    expect(watch.probes()).toBe(0);
  });

  test.each(['STORE_RATE_LIMITED', 'STORE_ANSWER_FOREIGN'] as const)(
    'halves nothing for %s: it is no item’s fault',
    async (code) => {
      const { ask, asked } = store(['c'], code);

      await expect(askMany(ITEMS, ask, 'source', health('well'))).rejects.toMatchObject({ code });

      expect(asked).toHaveLength(1);
    },
  );

  test('halves nothing where the store lets nobody in, and says which store that is', async () => {
    const { ask, asked } = store(['c'], 'STORE_UNAUTHORISED');

    const asking = askMany(ITEMS, ask, 'target', health('well'));

    await expect(asking).rejects.toBeInstanceOf(StoreShut);
    await expect(asking).rejects.toMatchObject({ side: 'target', error: { code: 'STORE_UNAUTHORISED' } });
    expect(asked).toHaveLength(1);
  });

  test('lets a bug through as it is', async () => {
    const bug = new TypeError('x is not a function');

    await expect(askMany(ITEMS, () => Promise.reject(bug), 'source', health('well'))).rejects.toBe(bug);
  });
});
