import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadConfig } from '#libs/runtime/config/load-config.ts';
import { ENV, fakePlatforms, GOOD } from './fake-platforms.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockstep-config-'));
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

const load = (path?: string) =>
  loadConfig({ cwd, env: ENV, platforms: fakePlatforms, ...(path === undefined ? {} : { path }) });

test('lockstep.config.yaml of the folder is read, with the pairs beside it', async () => {
  await writeFile(join(cwd, 'lockstep.config.yaml'), GOOD);
  await mkdir(join(cwd, 'pairs'));
  const body = GOOD.split('\n')
    .slice(2, 26)
    .map((line) => line.slice(4))
    .join('\n');
  await writeFile(join(cwd, 'pairs', 'bodega.yaml'), body);
  await writeFile(join(cwd, 'pairs', 'notes.txt'), 'not a pair');

  const config = await load();

  expect(config.pairs.map(({ settings }) => settings.name)).toEqual(['acme', 'bodega']);
  expect(config.dataDir).toBe(join(cwd, '.lockstep'));
});

test('folders are relative to the file, wherever the command runs', async () => {
  await mkdir(join(cwd, 'shop'));
  await writeFile(join(cwd, 'shop', 'other.yaml'), GOOD);

  const config = await load('shop/other.yaml');

  expect(config.file).toBe(join('shop', 'other.yaml'));
  expect(config.dataDir).toBe(join(cwd, 'shop', '.lockstep'));
});

test('a missing file is told by its name', async () => {
  await expect(load()).rejects.toMatchObject({
    code: 'CONFIG_NOT_FOUND',
    message: 'Cannot read "lockstep.config.yaml": there is no such file',
  });
});
