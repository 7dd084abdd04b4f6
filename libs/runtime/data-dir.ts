import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the data folder, for this user alone; it keeps itself out of version control. */
export async function ensureDataDir(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Somebody who runs `git add .` beside the config must not publish the key and the log.
  await writeFile(join(dataDir, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting);
  return dataDir;
}

function ignoreExisting(error: unknown): void {
  if (!isErrno(error, 'EEXIST')) throw error;
}

/** Whether an error is the operating system's with this code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
