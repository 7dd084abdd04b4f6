import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SyncError } from '#libs/runtime/sync-error.ts';

export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>;

/** One append-only file whose lines are on the disk before `append` resolves. One caller at a time. */
export type SpoolFile = {
  readonly path: string;
  readonly count: () => number;
  /** All lines or none. @throws {SyncError} SPOOL_FULL */
  readonly append: (lines: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Opens a fresh file; its name is on the disk as well when this resolves. @throws {SyncError} SPOOL_FULL */
export async function createSpoolFile(path: string, openFile: OpenFile = open): Promise<SpoolFile> {
  const file = await openFile(path, 'ax', 0o600).catch(asFull);
  await syncFolder(dirname(path)).catch(async (error: unknown) => {
    await file.close();
    asFull(error);
  });
  let length = 0;
  let count = 0;

  return {
    path,
    count: () => count,
    append: async (lines) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      try {
        await file.appendFile(bytes);
        await file.sync();
        length += bytes.length;
        count += lines.length;
      } catch (error) {
        // Half a line left behind would swallow the first line written after it.
        await file.truncate(length).catch(() => file.appendFile('\n').catch(() => undefined));
        asFull(error);
      }
    },
    close: () => file.close(),
  };
}

/** Makes a name that was made or removed in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function asFull(error: unknown): never {
  throw new SyncError('SPOOL_FULL', 'Cannot keep a webhook in the spool: the disk refuses', { cause: error });
}
