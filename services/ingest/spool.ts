import { mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { newsSchema } from '#libs/event-log/news.ts';
import { unreadableSchema } from '#libs/facts/fact-kinds.ts';
import { randomId } from '#libs/runtime/random.ts';
import type { OpenFile, SpoolFile } from './spool-file.ts';
import { createSpoolFile, syncFolder } from './spool-file.ts';

/** What waits for the log: news, or the fact that something unreadable came. */
export const spooledSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('news'), news: newsSchema }),
  z.object({ kind: z.literal('unreadable'), pair: z.string(), id: z.string(), value: unreadableSchema }),
]);
export type Spooled = z.infer<typeof spooledSchema>;
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
/** A file is read whole when it is published, so it is kept small. */
const LINES_MAX = 5_000;

export async function openSpool({
  dir,
  openFile = open,
}: {
  readonly dir: string;
  readonly openFile?: OpenFile;
}): Promise<Spool> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
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
        .then(() => drainSealed(dir, sealed, publish))
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
        await current.append(lines);
        if (current.count() >= LINES_MAX) await sealNow();
      }),
  };
}

async function drainSealed(dir: string, sealed: Sealed[], publish: PublishSpooled): Promise<void> {
  for (let file = sealed[0]; file !== undefined; file = sealed[0]) {
    const entries = await readEntries(file.path);
    while (file.published < entries.length) {
      const part = entries.slice(file.published, file.published + PART_MAX);
      await publish(part);
      file.published += part.length;
    }
    await unlink(file.path);
    await syncFolder(dir);
    sealed.shift();
  }
}

async function adoptFiles(dir: string): Promise<{ readonly sealed: Sealed[]; readonly pairs: ReadonlySet<string> }> {
  const sealed: Sealed[] = [];
  const pairs = new Set<string>();
  for (const name of (await readdir(dir)).filter((file) => file.endsWith('.jsonl')).toSorted()) {
    const path = join(dir, name);
    const entries = await readEntries(path);
    for (const entry of entries) pairs.add(entry.kind === 'news' ? entry.news.pair : entry.pair);
    sealed.push({ path, count: entries.length, published: 0 });
  }
  return { sealed, pairs };
}

async function readEntries(path: string): Promise<readonly Spooled[]> {
  return (await readFile(path, 'utf8')).split('\n').flatMap(readLine);
}

// A line that a power cut tore was never acknowledged: its webhook was answered with an error, or not at all.
function readLine(line: string): readonly Spooled[] {
  if (line === '') return [];
  try {
    return [spooledSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
