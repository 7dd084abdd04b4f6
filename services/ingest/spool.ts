import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { newsSchema } from '#libs/event-log/news.ts';
import { unreadableSchema } from '#libs/facts/fact-kinds.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { OpenFile, SpoolFile } from './spool-file.ts';
import { createSpoolFile, makeFolder, syncFolder } from './spool-file.ts';

/** What waits for the log: news, or the fact that something unreadable came. */
export const spooledSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('news'), news: newsSchema }),
  z.object({ kind: z.literal('unreadable'), pair: z.string(), id: z.string(), value: unreadableSchema }),
]);
export type Spooled = z.infer<typeof spooledSchema>;
type OnAside = (path: string, lines: number) => void;
export type PublishSpooled = (entries: readonly Spooled[]) => Promise<void>;

/**
 * What was accepted while the log could not be written. It lies in files of this instance's own, each line on the disk before
 * the webhook is answered; files that a dead predecessor left in the folder are published like our own.
 */
export type Spool = {
  /** Pairs that files of a predecessor speak of. */
  readonly leftPairs: ReadonlySet<string>;
  /** Durable when it resolves, all or none. @throws {SyncError} SPOOL_FULL */
  readonly append: (entries: readonly Spooled[]) => Promise<void>;
  /** How many entries wait. */
  readonly size: () => number;
  /** Hands what waits to `publish`, a part at a time, and forgets a file when all of it was published. May publish twice, never not at all. */
  readonly drain: (publish: PublishSpooled) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A file that is written no more. */
type Sealed = { readonly path: string; readonly count: number; published: number };

const PART_MAX = 200;
/** The ending of a file in which something is not understood: kept for a person once the rest is published. */
const ASIDE = '.unreadable';
/** A file is read whole when it is published, so it is kept small. */
const LINES_MAX = 5_000;

export async function openSpool({
  dir,
  openFile = open,
  onAside = () => {},
}: {
  readonly dir: string;
  readonly openFile?: OpenFile;
  /** Lines of a file were not understood; it lies aside now. */
  readonly onAside?: OnAside;
}): Promise<Spool> {
  await makeFolder(dir);
  const { sealed, pairs } = await adoptFiles(dir);
  const writer = createSpoolWriter(dir, openFile, sealed);
  let draining: Promise<void> | null = null;

  return {
    leftPairs: pairs,
    append: (entries) => writer.append(entries.map((entry) => JSON.stringify(entry))),
    size: () => writer.count() + sealed.reduce((sum, { count, published }) => sum + count - published, 0),
    drain: (publish) => {
      draining ??= writer
        .seal()
        .then(() => drainSealed({ dir, sealed, publish, onAside }))
        .finally(() => {
          draining = null;
        });
      return draining;
    },
    close: async () => {
      await draining?.catch(() => undefined);
      await writer.seal();
    },
  };
}

// One writer at a time: a file is sealed between two appends, so what it holds is whole.
function createSpoolWriter(dir: string, openFile: OpenFile, sealed: Sealed[]) {
  const instance = randomId();
  let current: SpoolFile | null = null;
  let files = 0;
  let tail: Promise<unknown> = Promise.resolve();

  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };
  const sealNow = async (): Promise<void> => {
    if (current === null) return;
    const { path, count, close } = current;
    current = null;
    await close();
    if (count() > 0) sealed.push({ path, count: count(), published: 0 });
    else await unlink(path);
  };
  return {
    count: () => current?.count() ?? 0,
    seal: () => alone(sealNow),
    append: (lines: readonly string[]) =>
      alone(async () => {
        const name = `${instance}-${String(files++).padStart(6, '0')}.jsonl`;
        current ??= await createSpoolFile(join(dir, name), openFile);
        try {
          await current.append(lines);
        } catch (error) {
          // What a disk holds after it refused is not known for sure, so nothing is written behind it.
          await sealNow().catch(() => undefined);
          throw error;
        }
        if (current.count() >= LINES_MAX) await sealNow();
      }),
  };
}

async function drainSealed({
  dir,
  sealed,
  publish,
  onAside,
}: {
  readonly dir: string;
  readonly sealed: Sealed[];
  readonly publish: PublishSpooled;
  readonly onAside: OnAside;
}): Promise<void> {
  for (let file = sealed[0]; file !== undefined; file = sealed[0]) {
    const { entries, unreadable } = await readEntries(file.path);
    while (file.published < entries.length) {
      const part = entries.slice(file.published, file.published + PART_MAX);
      await publish(part);
      file.published += part.length;
    }
    if (unreadable > 0) {
      await rename(file.path, `${file.path}${ASIDE}`);
      onAside(`${file.path}${ASIDE}`, unreadable);
    } else {
      await unlink(file.path);
    }
    await syncFolder(dir);
    sealed.shift();
  }
}

async function adoptFiles(dir: string): Promise<{ readonly sealed: Sealed[]; readonly pairs: ReadonlySet<string> }> {
  const sealed: Sealed[] = [];
  const pairs = new Set<string>();
  for (const name of (await readdir(dir)).filter((file) => file.endsWith('.jsonl')).toSorted()) {
    const path = join(dir, name);
    const { entries } = await readEntries(path);
    for (const entry of entries) pairs.add(entry.kind === 'news' ? entry.news.pair : entry.pair);
    sealed.push({ path, count: entries.length, published: 0 });
  }
  return { sealed, pairs };
}

type Lines = { readonly entries: readonly Spooled[]; readonly unreadable: number };

async function readEntries(path: string): Promise<Lines> {
  // A line without its end was torn by a kill or a power cut, and never acknowledged: its webhook got an error, or no answer.
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  const read = lines.map(readLine);
  return {
    entries: read.filter((entry) => entry !== null),
    unreadable: read.filter((entry) => entry === null).length,
  };
}

/** Null for a whole line that is not understood: another version wrote it, or the disk decayed. It may have been acknowledged. */
function readLine(line: string): Spooled | null {
  try {
    return spooledSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
