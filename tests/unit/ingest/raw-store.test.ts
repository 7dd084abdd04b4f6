import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { systemClock } from '#libs/runtime/clock.ts';
import { openRawStore } from '../../../services/ingest/raw-store.ts';
import type { OpenFile } from '../../../services/ingest/spool-file.ts';
import { tempFolder } from './ingest-harness.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeEach(async () => {
  folder = await tempFolder();
});
afterEach(() => folder.remove());

const body = Buffer.from('{"id":');

test('the same body many times at once lies there once and whole', async () => {
  const raw = await openRawStore(join(folder.path, 'a', 'b'), systemClock);

  const hashes = await Promise.all(Array.from({ length: 20 }, () => raw.keep(body)));

  expect(await readdir(join(folder.path, 'a', 'b'))).toEqual([hashes[0]]);
  expect(await readFile(join(folder.path, 'a', 'b', hashes[0] ?? ''))).toEqual(body);
});

test('a delivery that the disk refuses leaves nothing, and does not take away what another has kept', async () => {
  let isFull = false;
  const openFile: OpenFile = async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    if (isFull) file.sync = () => Promise.reject(new Error('ENOSPC'));
    return file;
  };
  const raw = await openRawStore(folder.path, systemClock, openFile);
  const hash = await raw.keep(body);
  isFull = true;

  await expect(raw.keep(body)).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  await expect(raw.keep(Buffer.from('other'))).rejects.toMatchObject({ code: 'SPOOL_FULL' });

  expect(await readdir(folder.path)).toEqual([hash]);
});
