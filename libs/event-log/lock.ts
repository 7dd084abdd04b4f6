import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { SyncError } from '#libs/runtime/sync-error.ts';

/** The process that runs on a data folder, and how to reach it. */
const runningSchema = z.object({
  pid: z.number(),
  host: z.string(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  socket: z.string().nullable(),
});
export type RunningProcess = z.infer<typeof runningSchema>;

export type FolderLock = { readonly release: () => void };

// The operating system holds the lock and drops it with the process, whatever ended it. A process id in a file would have
// to be guessed about: ids are used again, and in a container everybody is number 1.
const HELD = 'lock.sqlite';
// Says who holds it. Left behind by a killed process it means nothing.
const NAMED = 'lock';
const OTHERS_PROBE_MS = 500;

/**
 * Takes a data folder for this process.
 * @throws {SyncError} FOLDER_IN_USE when another process runs on it
 */
export function lockFolder(options: {
  readonly dataDir: string;
  readonly now: number;
  readonly socketPath?: string | undefined;
}): FolderLock {
  const { dataDir, now, socketPath = null } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const held = new DatabaseSync(join(dataDir, HELD), { timeout: OTHERS_PROBE_MS });
  if (!tryExec(held, 'BEGIN EXCLUSIVE')) {
    held.close();
    throw inUse(dataDir);
  }
  const running = { pid: process.pid, host: hostname(), startedAt: new Date(now).toISOString(), socket: socketPath };
  writeWhole(join(dataDir, NAMED), JSON.stringify(running));
  return {
    release() {
      if (!held.isOpen) return;
      rmSync(join(dataDir, NAMED), { force: true });
      held.close();
    },
  };
}

/** The process that runs on a data folder now; null when none does. */
export function findRunning(dataDir: string): RunningProcess | null {
  const running = readNamed(dataDir);
  return running !== null && isHeld(dataDir) ? running : null;
}

function isHeld(dataDir: string): boolean {
  const probe = new DatabaseSync(join(dataDir, HELD));
  try {
    return !tryExec(probe, 'SELECT count(*) FROM sqlite_schema');
  } finally {
    probe.close();
  }
}

function tryExec(database: DatabaseSync, sql: string): boolean {
  try {
    database.exec(sql);
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
const SQLITE_BUSY = 5;

function readNamed(dataDir: string): RunningProcess | null {
  try {
    return runningSchema.safeParse(JSON.parse(readFileSync(join(dataDir, NAMED), 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function inUse(dataDir: string): SyncError {
  const running = readNamed(dataDir);
  const who =
    running === null
      ? 'another process runs on it'
      : `process ${running.pid} on ${running.host} runs on it since ${running.startedAt}`;
  return new SyncError('FOLDER_IN_USE', `Cannot open "${dataDir}": ${who}`);
}
