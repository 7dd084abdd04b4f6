import { expect, test } from 'vitest';

import { newsOf, openTestPair } from './harness.ts';
import { newOrder, oldOrder } from './shelf.ts';

const WAITING = { word: 'waiting', state: null };
const orderStatus = { waiting: { payment: 'paid', fulfilment: 'open', onHold: true } } as const;
const settings = { openOrders: 'hold', maps: { orderStatus, transforms: {}, carriers: {} } } as const;

test('a status that says "on hold" is satisfied by a hold of ours', async () => {
  const pair = await openTestPair({ settings });
  pair.source.put(oldOrder('7', '1001', { status: WAITING }));
  pair.target.put(oldOrder('107', '1001'));
  await pair.start();

  await pair.hear(newsOf('order', '7'));
  await pair.hear(newsOf('order', '7'));

  expect(pair.target.get('order', '107')).toMatchObject({ heldByUs: true });
  expect((await pair.outcomes()).map(({ outcome }) => outcome)).toEqual(['applied', 'unchanged']);
  expect((await pair.outcomes()).at(-1)).toMatchObject({ reason: 'unchanged', differences: [] });
});

test('so it is by the hold under which an order was made', async () => {
  const pair = await openTestPair({ settings });
  pair.source.put(newOrder('7', '1001', { status: WAITING }));
  await pair.start();

  await pair.hear(newsOf('order', '7'));
  await pair.hear(newsOf('order', '7'));

  expect(pair.target.list('order')).toMatchObject([{ heldByUs: true }]);
  expect((await pair.outcomes()).at(-1)).toMatchObject({ outcome: 'unchanged', reason: 'unchanged', differences: [] });
});
