import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedEventLog, type EmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import { findRunning, lockFolder } from '#libs/event-log/lock.ts';
import { createManualClock } from '#tests/contract/event-log-clock.ts';
import { aNews, rootIds } from '#tests/contract/event-log-harness.ts';

const PAIR = 'acme';
const NOW = 1_760_000_000_000;

let dataDir = '';
let closing: (() => Promise<void> | void)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lockstep-embedded-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await rm(dataDir, { recursive: true });
});

async function openLog(folder = dataDir): Promise<EmbeddedEventLog> {
  const log = await openEmbeddedEventLog({ dataDir: folder, clock: createManualClock().clock, delayTiersMs: [1_000] });
  closing.push(() => log.close());
  return log;
}

function urlOf(path: string): string {
  return JSON.stringify(pathToFileURL(join(process.cwd(), path)).href);
}

/** Another process that opens the log in the folder, says so, and waits to be killed. */
async function startOther(publishes: boolean) {
  const script = `
    import { openEmbeddedEventLog } from ${urlOf('libs/event-log/embedded-event-log.ts')};
    import { systemClock } from ${urlOf('libs/runtime/clock.ts')};
    const log = await openEmbeddedEventLog({ dataDir: ${JSON.stringify(dataDir)}, clock: systemClock, delayTiersMs: [1000] });
    await log.openPair('acme');
    if (${publishes}) await log.publish([${JSON.stringify(aNews(PAIR, 'from the other'))}]);
    process.stdout.write('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  closing.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await once(child.stdout, 'data');
  return { pid: child.pid, kill: () => child.kill('SIGKILL'), exited };
}

describe('the lock on a data folder', () => {
  test('a second log on a folder is refused, and the first is named', async () => {
    await openLog();

    await expect(openLog()).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
    });
  });

  test('another process that runs is found, with the way to reach it, and is not pushed aside', async () => {
    const other = await startOther(false);

    expect(findRunning(dataDir)).toMatchObject({ pid: other.pid, host: hostname(), socket: null });
    await expect(openLog()).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
  });

  test('what a killed process had published is there for the next, which takes the folder over', async () => {
    const other = await startOther(true);
    other.kill();
    await other.exited;

    const running = findRunning(dataDir);
    const log = await openLog();

    expect(running).toBeNull();
    expect(rootIds(await log.readNews(PAIR, 0, 0, 10))).toEqual(['from the other']);
  });

  test('a file left behind that names a living process with the same id locks nothing', async () => {
    const left = { pid: process.pid, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z', socket: null };
    await writeFile(join(dataDir, 'lock'), JSON.stringify(left));

    const lock = lockFolder({ dataDir, now: NOW, socketPath: '/tmp/lockstep.sock' });
    closing.push(lock.release);

    expect(findRunning(dataDir)).toEqual({
      pid: process.pid,
      host: hostname(),
      startedAt: new Date(NOW).toISOString(),
      socket: '/tmp/lockstep.sock',
    });
  });

  test('a closed log leaves the folder free', async () => {
    const log = await openLog();

    await log.close();

    expect(findRunning(dataDir)).toBeNull();
    await expect(readFile(join(dataDir, 'lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a folder whose log cannot be opened is free again', async () => {
    await writeFile(
      join(dataDir, 'log.sqlite'),
      'this is no database, whatever its name says; it is long enough to be read',
    );

    await expect(openLog()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });

    expect(findRunning(dataDir)).toBeNull();
  });

  test('a log of a newer version is refused and left alone', async () => {
    const database = new DatabaseSync(join(dataDir, 'log.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();

    await expect(openLog()).rejects.toThrow('newer version (99)');
  });
});

describe('the embedded log', () => {
  test('can be read by others while it is written', async () => {
    const log = await openLog();
    await log.openPair(PAIR);
    await log.publish([aNews(PAIR, '1')]);

    const database = new DatabaseSync(join(dataDir, 'log.sqlite'), { readOnly: true });
    closing.unshift(() => database.close());

    expect(database.prepare('SELECT count(*) AS n FROM news').get()).toMatchObject({ n: 1 });
  });

  test('two folders do not see each other', async () => {
    const here = await openLog();
    const there = await openLog(join(dataDir, 'there'));
    await here.openPair(PAIR);
    await there.openPair(PAIR);

    await here.publish([aNews(PAIR, '1')]);

    expect(await there.readNews(PAIR, 0, 0, 10)).toEqual([]);
  });

  test('what was asked before close() is done, what is asked after it is refused', async () => {
    const log = await openLog();
    await log.openPair(PAIR);

    const before = Array.from({ length: 50 }, (_, index) => log.publish([aNews(PAIR, String(index))]));
    await log.close();

    await expect(Promise.all(before)).resolves.toHaveLength(50);
    await expect(log.publish([aNews(PAIR, 'late')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await (await openLog()).readNews(PAIR, 0, 0, 100)).toHaveLength(50);
  });

  test('trim() forgets old news, journal and deletions of facts, and keeps facts', async () => {
    const log = await openLog();
    await log.openPair(PAIR);
    await log.publish([aNews(PAIR, '1')]);
    await log.appendJournal([{ pair: PAIR, partition: 0, record: {} }]);
    await log.appendFacts([
      { pair: PAIR, kind: 'link', id: 'kept', value: {} },
      { pair: PAIR, kind: 'link', id: 'gone', value: null },
    ]);

    const gone = await log.trim(PAIR, NOW + 1);

    expect(gone).toBe(2);
    expect((await Array.fromAsync(log.readFacts())).map(({ id }) => id)).toEqual(['kept']);
  });
});
