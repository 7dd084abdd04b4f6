import { expect, test } from 'vitest';

import { nearest } from '#libs/runtime/nearest.ts';

test.each([
  ['trackingNumber', ['status', 'tracking', 'history'], 'tracking'],
  ['quantiy', ['quantity', 'price'], 'quantity'],
  ['stauts', ['start', 'status', 'sync'], 'status'],
  ['banana', ['quantity', 'price'], null],
  ['', ['quantity'], null],
])('"%s" among %j is taken for %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});
