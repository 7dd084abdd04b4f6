import { collectRoots } from '#libs/event-log/kafka/read-roots-since.ts';
import type { News } from '#libs/event-log/news.ts';
import { expect, test } from 'vitest';

function aNews(change: Partial<News> = {}): News {
  return {
    v: 1,
    pair: 'acme',
    root: 'product',
    rootId: '42',
    kind: 'news',
    topic: 'product.updated',
    receivedAt: 1,
    via: 'webhook',
    tries: 2,
    ...change,
  };
}

const child = { kind: 'inventory_item', id: '7' };

test('each root comes once, as plain news of the whole root', () => {
  const roots = collectRoots({ pair: 'acme', root: null, now: 99 });
  for (const news of [
    aNews({ children: ['1'] }),
    aNews({ kind: 'undo', journalRef: 'r', via: 'undo' }),
    aNews({ root: 'order', rootId: '42' }),
    aNews({ rootId: '', child }),
    aNews({ rootId: '', child }),
  ])
    roots.add(news);

  const replay = { v: 1, pair: 'acme', kind: 'news', topic: 'replay', receivedAt: 99, via: 'sync', tries: 0 };
  expect(roots.found()).toEqual({
    read: 5,
    undecodable: 0,
    news: [
      { ...replay, root: 'product', rootId: '42' },
      { ...replay, root: 'order', rootId: '42' },
      { ...replay, root: 'product', rootId: '', child },
    ],
  });
});

test('with a kind asked for, the others are read and left', () => {
  const roots = collectRoots({ pair: 'acme', root: 'order', now: 99 });
  roots.add(aNews());
  roots.add(aNews({ root: 'order', rootId: '5' }));

  expect(roots.found()).toMatchObject({ read: 2, news: [{ root: 'order', rootId: '5' }] });
});

test('what cannot be read is counted, not replayed', () => {
  const roots = collectRoots({ pair: 'acme', root: null, now: 99 });
  roots.add(null);

  expect(roots.found()).toEqual({ read: 1, undecodable: 1, news: [] });
});
