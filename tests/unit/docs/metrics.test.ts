import { expect, test } from 'vitest';

import { METRICS } from '#libs/runtime/metrics.ts';
import { readPage, tableBelow } from './pages.ts';

const page = await readPage('docs/metrics.md');

test('docs/metrics.md explains each metric once, with its kind and labels', () => {
  const explained = tableBelow(page, 'What is told').map(([name, kind, labels]) => [name, kind, labels]);
  const told = Object.entries(METRICS).map(([name, { type, labels }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(' '),
  ]);

  expect(explained).toEqual(told);
});

test('each is said what it is', () => {
  expect(tableBelow(page, 'What is told').filter(([, , , what = '']) => what.length < 10)).toEqual([]);
});

test('names follow the conventions: a unit on what has one, _total on what only grows', () => {
  for (const [name, { type }] of Object.entries(METRICS)) {
    expect(name).toMatch(/^lockstep_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|millis|minutes|count|sum|bucket)$/);
  }
});

test('the queries of the page name metrics that there are', () => {
  const named = page.text.slice(page.text.indexOf('## What to be called for')).match(/lockstep_[a-z_]+/g) ?? [];

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(METRICS, name))).toEqual([]);
});
