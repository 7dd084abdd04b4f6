import { appendFile, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { OpenFile } from '../../../services/ingest/spool-file.ts';
import type { Spooled } from '../../../services/ingest/spool.ts';
import { openSpool } from '../../../services/ingest/spool.ts';
import { tempFolder } from './ingest-harness.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeEach(async () => {
  folder = await tempFolder();
});
afterEach(() => folder.remove());

function news(id: number, pair = 'acme'): Spooled {
  return {
    kind: 'news',
    news: {
      v: 1,
      pair,
      root: 'order',
      rootId: String(id),
      kind: 'news',
      topic: 't',
      receivedAt: 1,
      via: 'webhook',
      tries: 0,
    },
  };
}

function idsOf(entries: readonly Spooled[]): readonly string[] {
  return entries.map((entry) => (entry.kind === 'news' ? entry.news.rootId : entry.id));
}

/** A disk that is full while `isFull` says so: half of what is written lands, then it refuses. */
function fullDisk(isFull: () => boolean, deafTruncates = 0): OpenFile {
  return async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    const append = file.appendFile.bind(file);
    const truncate = file.truncate.bind(file);
    file.truncate = (length) => (deafTruncates-- > 0 ? Promise.reject(new Error('EIO')) : truncate(length));
    file.appendFile = async (data) => {
      const bytes = Buffer.from(data as Buffer);
      if (!isFull()) return append(bytes);
      await append(bytes.subarray(0, bytes.length / 2));
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    };
    return file;
  };
}

test('what was appended is handed out in parts, and forgotten when all of it was published', async () => {
  const spool = await openSpool({ dir: folder.path });
  await Promise.all([spool.append([news(1), news(2)]), spool.append([news(3)])]);
  const published: string[] = [];

  await spool.drain((entries) => {
    published.push(...idsOf(entries));
    return Promise.resolve();
  });

  expect(published).toEqual(['1', '2', '3']);
  expect(spool.size()).toBe(0);
  expect(await readdir(folder.path)).toEqual([]);
});

test('what could not be published stays, also for the next process', async () => {
  const spool = await openSpool({ dir: folder.path });
  await spool.append([news(1), news(2, 'bodega')]);

  await expect(spool.drain(() => Promise.reject(new Error('no log')))).rejects.toThrow('no log');
  await spool.close();
  const next = await openSpool({ dir: folder.path });

  expect(spool.size()).toBe(2);
  expect(next.size()).toBe(2);
  expect([...next.leftPairs]).toEqual(['acme', 'bodega']);
});

test('a process that died in the middle of a line loses nothing that was acknowledged', async () => {
  const spool = await openSpool({ dir: folder.path });
  await spool.append([news(1)]);
  const [name = ''] = await readdir(folder.path);
  await appendFile(join(folder.path, name), '{"kind":"news","news":{"v":1,');

  const next = await openSpool({ dir: folder.path });
  const published: string[] = [];
  await next.drain((entries) => {
    published.push(...idsOf(entries));
    return Promise.resolve();
  });
  await spool.close().catch(() => undefined);

  expect(published).toEqual(['1']);
});

test('a full disk is an error, leaves nothing half-written, and is over when there is room again', async () => {
  let isFull = false;
  const spool = await openSpool({ dir: folder.path, openFile: fullDisk(() => isFull) });
  await spool.append([news(1)]);

  isFull = true;
  await expect(spool.append([news(2)])).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  isFull = false;
  await spool.append([news(3)]);
  await spool.close();

  const files = await Promise.all(
    (await readdir(folder.path)).map((name) => readFile(join(folder.path, name), 'utf8')),
  );
  const lines = files.toSorted().join('').trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { news: { rootId: string } }).news.rootId)).toEqual(['1', '3']);
});

test('half a line that the disk would not take back swallows nothing that is written later', async () => {
  let isFull = true;
  const spool = await openSpool({ dir: folder.path, openFile: fullDisk(() => isFull, 1) });
  await expect(spool.append([news(1)])).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  isFull = false;
  await spool.append([news(2)]);
  isFull = true;
  await expect(spool.append([news(3)])).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  isFull = false;
  await spool.append([news(4)]);
  await spool.close();

  const published: string[] = [];
  const next = await openSpool({ dir: folder.path });
  await next.drain((entries) => {
    published.push(...idsOf(entries));
    return Promise.resolve();
  });

  expect(published.toSorted()).toEqual(['2', '4']);
});

test('a whole line that is not understood is kept aside and told, and the others are published', async () => {
  const lines = [JSON.stringify(news(1)), '{"kind":"from-a-newer-version"}', JSON.stringify(news(2)), ''];
  await writeFile(join(folder.path, 'left-000000.jsonl'), lines.join('\n'));
  const aside: unknown[] = [];
  const spool = await openSpool({ dir: folder.path, onAside: (path, count) => aside.push([basename(path), count]) });
  const published: string[] = [];

  await spool.drain((entries) => {
    published.push(...idsOf(entries));
    return Promise.resolve();
  });

  expect(published).toEqual(['1', '2']);
  expect(aside).toEqual([['left-000000.jsonl.unreadable', 1]]);
  expect(await readdir(folder.path)).toEqual(['left-000000.jsonl.unreadable']);
  expect((await openSpool({ dir: folder.path })).size()).toBe(0);
});

test('what comes while it is drained waits for the next time', async () => {
  const spool = await openSpool({ dir: folder.path });
  await spool.append([news(1)]);
  const published: string[] = [];

  await spool.drain(async (entries) => {
    published.push(...idsOf(entries));
    await spool.append([news(2)]);
  });

  expect(published).toEqual(['1']);
  expect(spool.size()).toBe(1);
  await spool.close();
});
