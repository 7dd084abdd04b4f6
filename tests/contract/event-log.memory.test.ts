import { createMemoryBroker } from '#libs/event-log/memory-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { must } from '#libs/runtime/must.ts';
import { createManualClock } from './event-log-clock.ts';
import type { EventLogHarness } from './event-log-harness.ts';
import { testEventLogContract } from './event-log.contract.ts';

async function open(partitions: number): Promise<EventLogHarness> {
  const { clock, advance } = createManualClock();
  const delayTiersMs = [1_000, 6_000, 12_000, 60_000];
  const broker = createMemoryBroker({ clock, delayTiersMs, noticeMs: () => 10 });
  const names = new Map<EventLog, string>();
  const nameOf = (log: EventLog) => must(names.get(log), 'the name of a process');
  return {
    clock,
    delayTiersMs,
    sessionMs: 10_000,
    partitions,
    async connect() {
      const name = `process-${names.size}`;
      const log = broker.connect(name);
      names.set(log, name);
      return log;
    },
    kill: async (log) => broker.kill(nameOf(log)),
    freeze: async (log) => broker.freeze(nameOf(log)),
    thaw: async (log) => broker.thaw(nameOf(log)),
    pass: advance,
    appendRaw: async (_log, pair, bytes) => broker.appendRaw(pair, bytes),
    async loseNews(log, pair) {
      await log.trim(pair, clock.now() + 1);
    },
    forgetCommits: async (pair) => broker.forgetCommits(pair),
    close: async () => undefined,
  };
}

for (const partitions of [1, 4])
  testEventLogContract(`memory, ${partitions} partitions a pair`, () => open(partitions));
