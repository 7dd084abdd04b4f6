import { createHash } from 'node:crypto';
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '#libs/runtime/clock.ts';
import type { OpenFile } from './spool-file.ts';
import { asFull, makeFolder, syncFolder } from './spool-file.ts';

const DAY_MS = 86_400_000;
/** More than this many are not kept: a broken plugin at the shop must not fill the disk. The facts still tell of each. */
const FILES_MAX = 500;

/** Bodies that were signed and not understood, kept for a day so that a person can look at one. */
export type RawStore = {
  /** The body's hash, under which it lies. @throws {SyncError} SPOOL_FULL */
  readonly keep: (body: Uint8Array) => Promise<string>;
  /** Deletes what is older than a day. */
  readonly forget: () => Promise<void>;
};

export async function openRawStore(dir: string, clock: Clock, openFile: OpenFile = open): Promise<RawStore> {
  await makeFolder(dir);
  let parts = 0;

  const forget = async (): Promise<void> => {
    for (const name of await readdir(dir)) {
      const path = join(dir, name);
      const { mtimeMs } = await stat(path);
      if (clock.now() - mtimeMs > DAY_MS) await unlink(path);
    }
  };
  return {
    forget,
    keep: async (body) => {
      const hash = createHash('sha256').update(body).digest('hex');
      if ((await readdir(dir)).length >= FILES_MAX) return hash;
      // Whole under its name or not there at all, whatever happens meanwhile; the last delivery counts its day anew.
      const part = join(dir, `${hash}.${parts++}.part`);
      try {
        const file = await openFile(part, 'w', 0o600);
        try {
          await file.writeFile(body);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, join(dir, hash));
        await syncFolder(dir);
      } catch (error) {
        await unlink(part).catch(() => undefined);
        asFull(error);
      }
      return hash;
    },
  };
}
