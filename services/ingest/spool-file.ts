import type { FileHandle } from 'node:fs/promises';
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { SyncError } from '#libs/runtime/sync-error.ts';

export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>;

/** One append-only file whose lines are on the disk before `append` resolves. One caller at a time. */
export type SpoolFile = {
  readonly path: string;
  readonly count: () => number;
  /** All lines or none. After a failure nothing more may be written to it. @throws {SyncError} SPOOL_FULL */
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
        // Nothing was promised of what landed; where it cannot be taken back, a last line without its end is passed over.
        await file.truncate(length).catch(() => undefined);
        asFull(error);
      }
    },
    close: () => file.close(),
  };
}

/** Makes a folder and those above it; their names are on the disk as well when this resolves. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made))
    await syncFolder(dirname(made));
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
