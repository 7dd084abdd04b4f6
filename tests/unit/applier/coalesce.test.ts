import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { coalesceByRoot } from '../../../services/applier/coalesce.ts';
import { aNews, groupOf, NOW, work } from './inputs.ts';

describe('coalesceByRoot()', () => {
  test('makes one group of a root, in the order of first news', () => {
    const { groups } = coalesceByRoot(
      [
        work(0, aNews({ rootId: '2' })),
        work(1, aNews({ rootId: '1' })),
        work(2, aNews({ rootId: '2' })),
        work(3, aNews({ rootId: '2', root: 'order' })),
      ],
      NOW,
    );

    expect(groups.map(({ key, members }) => [key, members.map(({ offset }) => offset)])).toEqual([
      ['product:2', [0, 2]],
      ['product:1', [1]],
      ['order:2', [3]],
    ]);
  });

  test('unites children, and reads the whole root where one of the news is of the whole', () => {
    expect(groupOf(aNews({ children: ['a', 'b'] }), aNews({ children: ['b', 'c'] })).children).toEqual(['a', 'b', 'c']);
    expect(groupOf(aNews({ children: ['a'] }), aNews()).children).toBeUndefined();
  });

  test('takes the highest attempts, the latest clock, and knows the retry', () => {
    const group = groupOf(
      aNews({ tries: 2, via: 'retry', changedAt: '2026-11-24T07:00:00Z' }),
      aNews({ changedAt: '2026-11-24T07:30:00Z' }),
      aNews(),
    );

    expect(group).toMatchObject({ tries: 2, hasRetry: true, changedAt: '2026-11-24T07:30:00Z' });
    expect(groupOf(aNews())).toMatchObject({ tries: 0, hasRetry: false, changedAt: null });
  });

  test('only looks where every news of it is a comparison without repair', () => {
    const compare = aNews({ kind: 'compare', via: 'compare' });

    expect(groupOf(compare, compare).onlyLooks).toBe(true);
    expect(groupOf(compare, { ...compare, repair: true }).onlyLooks).toBe(false);
    expect(groupOf(compare, aNews()).onlyLooks).toBe(false);
  });

  test('is inherited where one of its news is', () => {
    const { groups } = coalesceByRoot([work(0, aNews(), true), work(1, aNews()), work(2, aNews({ rootId: '2' }))], NOW);

    expect(groups.map(({ inherited }) => inherited)).toEqual([true, false]);
  });

  test('sets aside what cannot be decoded, what is of a child, and what is not due', () => {
    const child = aNews({ rootId: '', child: { kind: 'inventory-item', id: '9' } });
    const early = aNews({ notBefore: NOW + 1 });

    const sorted = coalesceByRoot(
      [work(0, null), work(1, child), work(2, early), work(3, aNews({ notBefore: NOW }))],
      NOW,
    );

    expect(sorted.undecodable.map(({ offset }) => offset)).toEqual([0]);
    expect(sorted.children.map(({ offset }) => offset)).toEqual([1]);
    expect(sorted.early.map(({ offset }) => offset)).toEqual([2]);
    expect(sorted.groups.flatMap(({ members }) => members.map(({ offset }) => offset))).toEqual([3]);
  });

  test('loses and doubles no record, whatever comes', () => {
    const newsArb = fc.option(
      fc.record({
        rootId: fc.constantFrom('1', '2', '3'),
        early: fc.boolean(),
        child: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(fc.array(newsArb), (list) => {
        const works = list.map((one, offset) =>
          work(
            offset,
            one &&
              aNews({
                rootId: one.rootId,
                ...(one.early ? { notBefore: NOW + 5 } : {}),
                ...(one.child ? { child: { kind: 'k', id: one.rootId } } : {}),
              }),
          ),
        );

        const { groups, undecodable, children, early } = coalesceByRoot(works, NOW);

        const offsets = [
          ...groups.flatMap(({ members }) => members.map(({ offset }) => offset)),
          ...[undecodable, children, early].flatMap((some) => some.map(({ offset }) => offset)),
        ];
        expect(offsets.toSorted((a, b) => a - b)).toEqual(works.map(({ logged }) => logged.offset));
      }),
    );
  });
});
