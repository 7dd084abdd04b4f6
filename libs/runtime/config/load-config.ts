import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';

import { PLATFORMS } from '#libs/connectors/registry.ts';
import { SyncError } from '../sync-error.ts';
import type { ConfigTexts, LoadedConfig } from './parse-config.ts';
import { parseConfig } from './parse-config.ts';
import type { Platforms } from './platform-part.ts';

export const CONFIG_FILE = 'lockstep.config.yaml';

/**
 * Reads `lockstep.config.yaml` and the `pairs/*.yaml` beside it.
 *
 * @throws {SyncError} CONFIG_NOT_FOUND
 * @throws {ConfigError} CONFIG_INVALID, with every mistake at once.
 */
export async function loadConfig({
  path = CONFIG_FILE,
  cwd,
  env,
  platforms = PLATFORMS,
}: {
  readonly path?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platforms?: Platforms;
}): Promise<LoadedConfig> {
  const { texts, folder } = await readConfigTexts({ path, cwd });
  return parseConfig(texts, { folder, env, platforms });
}

/**
 * The files of a config as they stand, and the folder they are in.
 *
 * @throws {SyncError} CONFIG_NOT_FOUND
 */
export async function readConfigTexts({
  path = CONFIG_FILE,
  cwd,
}: {
  readonly path?: string;
  readonly cwd: string;
}): Promise<{ readonly texts: ConfigTexts; readonly folder: string }> {
  const full = resolve(cwd, path);
  const folder = dirname(full);
  const shown = (file: string) => relative(cwd, file) || file;
  const text = await readText(full);
  if (text === null) throw new SyncError('CONFIG_NOT_FOUND', `Cannot read "${shown(full)}": there is no such file`);
  const names = await listPairFiles(join(folder, 'pairs'));
  const pairs = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, 'pairs', name);
      return { name: basename(name).replace(/\.ya?ml$/, ''), file: shown(file), text: (await readText(file)) ?? '' };
    }),
  );
  return { texts: { main: { file: shown(full), text }, pairs }, folder };
}

async function listPairFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
