import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadFingerprintKey } from '#libs/runtime/fingerprint-key.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-key-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the key is made once, whoever starts at the same time', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadFingerprintKey(join(folder, 'data'))));
  const later = await loadFingerprintKey(join(folder, 'data'));

  expect(new Set([...keys, later].map((key) => key.toString('hex'))).size).toBe(1);
  expect(later).toHaveLength(32);
  expect((await readdir(join(folder, 'data'))).toSorted()).toEqual(['.gitignore', 'key']);
});

test('nobody else on the machine can read it', async () => {
  await loadFingerprintKey(folder);

  expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
});

test('a damaged key is refused, not replaced', async () => {
  await writeFile(join(folder, 'key'), 'short');

  await expect(loadFingerprintKey(folder)).rejects.toThrow('Cannot use the key');
});
