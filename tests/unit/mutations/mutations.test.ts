import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { CI_MUTATIONS, MUTATIONS } from '../../../scripts/mutations/mutations.ts';
import { mutate, type Mutation } from '../../../scripts/mutations/mutation.ts';
import { showTable } from '../../../scripts/mutations/show-table.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LAWS = Array.from({ length: 14 }, (_, n) => `law ${String(n + 1)},`);
const RULES = Array.from({ length: 7 }, (_, n) => `rule ${String(n + 1)},`);

const one: Mutation = {
  id: 'no-pause',
  breaks: 'law 7',
  does: 'a | b',
  file: 'a.ts',
  find: 'pause();',
  replace: '',
  tests: { files: ['a.test.ts'] },
};

describe('the list of mutations', () => {
  test.each([...LAWS, ...RULES])('has one of %s which every commit tries', (name) => {
    expect(CI_MUTATIONS.some(({ breaks }) => breaks.startsWith(name))).toBe(true);
  });

  test.each(MUTATIONS)('$id: its text stands in the code once, and its tests exist', async (mutation) => {
    const text = await readFile(join(ROOT, mutation.file), 'utf8');

    expect(mutate(text, mutation)).not.toBe(text);
    expect(mutation.tests.files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('names each by an id of its own', () => {
    expect(new Set(MUTATIONS.map(({ id }) => id)).size).toBe(MUTATIONS.length);
  });
});

describe('mutate()', () => {
  test('puts the mutation in the place of the text', () => {
    expect(mutate('start(); pause(); stop();', one)).toBe('start();  stop();');
  });

  test.each(['start();', 'pause(); pause();'])('refuses "%s", in which the text does not stand once', (text) => {
    expect(() => mutate(text, one)).toThrow('Cannot apply the mutation "no-pause"');
  });
});

test('the table says what nothing noticed, and what could not be tried', () => {
  const table = showTable([
    { mutation: one, seconds: 1, result: { kind: 'survived' } },
    { mutation: one, seconds: 1, result: { kind: 'broken', why: 'no test ran' } },
    { mutation: one, seconds: 1, result: { kind: 'noticed', red: ['a test'], message: '' } },
  ]);

  expect(table.split('\n').slice(2)).toEqual([
    '| law 7 | `no-pause`: a \\| b | **nothing** |',
    '| law 7 | `no-pause`: a \\| b | **not tried**: no test ran |',
    '| law 7 | `no-pause`: a \\| b | a test |',
  ]);
});
