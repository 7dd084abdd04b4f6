import { expect, test } from 'vitest';

import { parseSince } from '../../../cli/since.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['2h', '2026-11-23T10:00:00.000Z'],
  ['30m', '2026-11-23T11:30:00.000Z'],
  ['2026-11-22T08:00:00Z', '2026-11-22T08:00:00.000Z'],
  ['2026-11-22T08:00:00+02:00', '2026-11-22T06:00:00.000Z'],
])('%s is %s', (text, at) => {
  expect(new Date(parseSince(text, NOW)).toISOString()).toBe(at);
});

test.each(['yesterday', '5', '14:00', '2026-13-40', '2026-11-24T00:00:00Z'])('%s is refused', (text) => {
  expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
