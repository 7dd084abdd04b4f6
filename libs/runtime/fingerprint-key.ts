import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { ensureDataDir, isErrno } from './data-dir.ts';
import { randomId } from './random.ts';
import { SyncError } from './sync-error.ts';

const KEY_BYTES = 32;

/**
 * The key of all fingerprints: made once, in `<dataDir>/key`. Whoever comes first makes it, also when several start at a time;
 * with another key every fingerprint on the log would read as a change.
 */
export async function loadFingerprintKey(dataDir: string): Promise<Buffer> {
  const path = join(await ensureDataDir(dataDir), 'key');
  return (await readKey(path)) ?? makeKey(path);
}

/** The key from a secret text: what several processes are given alike. */
export function toFingerprintKey(secret: string): Buffer {
  return createHash('sha256').update(`lockstep fingerprints\n${secret}`).digest();
}

async function readKey(path: string): Promise<Buffer | null> {
  const key = await readFile(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  });
  if (key === null || key.length === KEY_BYTES) return key;
  throw new SyncError('KEY_DAMAGED', `Cannot use the key "${path}": it is not ${KEY_BYTES} bytes long`);
}

// A whole file appears under the name or none: linking never replaces, so a rival's key stays.
async function makeKey(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  const draft = `${path}.${randomId()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(key);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    return key;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    return (await readKey(path)) ?? key;
  } finally {
    await unlink(draft);
  }
}
