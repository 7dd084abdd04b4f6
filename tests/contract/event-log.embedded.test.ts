import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { openEmbeddedEventLog, type EmbeddedEventLog } from '#libs/event-log/embedded-event-log.ts';
import { createManualClock } from './event-log-clock.ts';
import type { EventLogHarness } from './event-log-harness.ts';
import { testEventLogContract } from './event-log.contract.ts';

/**
 * One process runs on a folder, so every `connect` gets the same log until that one is killed. A frozen one is taken over as
 * it would be by hand: the lock is deleted and another process started; then the epochs alone keep them apart.
 */
async function open(partitions: number): Promise<EventLogHarness> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-log-'));
  const { clock, advance } = createManualClock(undefined, () => wait(1));
  const delayTiersMs = [1_000, 6_000, 12_000, 60_000];
  const opened = new Set<EmbeddedEventLog>();
  let current: EmbeddedEventLog | null = null;

  async function connect(): Promise<EmbeddedEventLog> {
    if (current !== null && (await isClosed(current))) current = null;
    current ??= await openEmbeddedEventLog({ dataDir, clock, delayTiersMs });
    opened.add(current);
    return current;
  }
  function embedded(log: unknown): EmbeddedEventLog {
    const found = [...opened].find((one) => one === log);
    if (found === undefined) throw new Error('This log was not opened here');
    return found;
  }

  return {
    clock,
    delayTiersMs,
    sessionMs: 500,
    partitions,
    connect,
    async kill(log) {
      await embedded(log).abandon();
      current = null;
    },
    async freeze() {
      await rm(join(dataDir, 'lock.sqlite'));
      current = null;
    },
    thaw: async () => undefined,
    pass: advance,
    appendRaw: (log, pair, bytes) => embedded(log).appendRaw(pair, bytes),
    async loseNews(log, pair) {
      await log.trim(pair, clock.now() + 1);
    },
    async forgetCommits(pair) {
      current = null;
      const database = new DatabaseSync(join(dataDir, 'log.sqlite'));
      database.prepare('UPDATE partitions SET committed = NULL, begun = NULL WHERE pair = ?').run(pair);
      database.close();
    },
    async close() {
      for (const log of opened) await log.abandon();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function isClosed(log: EmbeddedEventLog): Promise<boolean> {
  try {
    await log.factTable.ends();
    return false;
  } catch {
    return true;
  }
}

for (const partitions of [1, 4])
  testEventLogContract(`embedded, ${partitions} partitions a pair`, () => open(partitions));
