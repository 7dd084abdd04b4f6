import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMemoryBroker, type MemoryBroker } from '#libs/event-log/memory-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import { seededRandom, type Random } from '#libs/runtime/random.ts';
import { createMemoryStateStore, type MemoryStateStore } from '#libs/state/memory-state-store.ts';
import { aPair } from '#tests/builders/settings.ts';
import type { Question } from './judge-lease.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Profile, SimRule } from './profile.ts';
import { planRefusals, type Refusal } from './refusals.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createWorld, type World } from './world.ts';

export const START = Date.parse('2026-11-24T08:00:00Z');
export const LANDING_MS = 6_000;
export const PATIENCE_MS = 800;
export const SESSION_MS = 3_000;
/** Shorter than the longest way of a webhook here, so that some come late. */
export const LATE_AFTER_MS = 8_000;
export const FINGERPRINT = createFingerprint(Buffer.from('simulation'));
/** Where there is one, a file system in memory: a thousand histories write a few thousand files. */
const IN_MEMORY = '/dev/shm';
export const TIERS_MS = [500, 1_000, 3_000] as const;

const SETTINGS: PairSettings = aPair({
  timing: {
    ...DEFAULT_TIMING,
    lateAfterMs: LATE_AFTER_MS,
    landingMs: LANDING_MS,
    retriesMs: TIERS_MS,
    sessionMs: SESSION_MS,
    coalesceMs: 20,
    callMs: PATIENCE_MS,
  },
});

/** What one history happens in: nothing of it is shared with another, and all of it hangs on the seed. */
export type Stage = {
  readonly profile: Profile;
  readonly without: ReadonlySet<SimRule>;
  readonly settings: PairSettings;
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly world: World;
  readonly ledger: Ledger;
  /** Runs and reports of the history, as all its reconcilers share them. */
  readonly folder: string;
  readonly refusals: readonly Refusal[];
  readonly broker: MemoryBroker;
  readonly state: MemoryStateStore;
  /** The log as ingest has it, which no fault befalls. */
  readonly ingest: EventLog;
  /** What reconcilers asked the appliers. */
  readonly questions: Question[];
  readonly trace: string[];
  readonly say: (text: string) => void;
  /** True once the target's faults have ended. */
  readonly isCalm: () => boolean;
  readonly becomeCalm: () => void;
};

/** Sets the stage: two stores, a log, a state store, and a pair that somebody approved. */
export async function setStage(seed: number, profile: Profile, without: ReadonlySet<SimRule>): Promise<Stage> {
  const random = seededRandom(seed);
  const clock = createVirtualClock(START);
  const trace: string[] = [];
  const slowly = async () => {
    if (random() < (profile.slowLog ?? 0)) await clock.sleep(random() * 300);
  };
  const broker = createMemoryBroker({
    clock,
    delayTiersMs: [...TIERS_MS, LANDING_MS],
    sessionMs: SESSION_MS,
    noticeMs: () => 200 + random() * 2_000,
    async intercept(process, _operation, run) {
      if (process === 'ingest') return run();
      await slowly();
      const result = run();
      await slowly();
      return result;
    },
  });
  const state = createMemoryStateStore({ clock });
  const ingest = broker.connect('ingest');
  await atOnce(clock, ingest.openPair('acme'));
  await atOnce(clock, approve(createFactStore({ log: ingest, state, clock, holder: 'person' })));
  let calm = false;
  let look = () => {};
  const world = createWorld(() => look());
  const ledger = createLedger(world, clock.now);
  look = ledger.look;
  return {
    profile,
    without,
    settings: { ...SETTINGS, reconcile: schedule(profile, random) },
    ledger,
    folder: mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'lockstep-simulation-')),
    random,
    clock,
    world,
    refusals: planRefusals(profile.refusals ?? 0, world, START, random),
    broker,
    state,
    ingest,
    questions: [],
    trace,
    say: (text) => trace.push(`${String(Math.round(clock.now() - START))} ${text}`),
    isCalm: () => calm,
    becomeCalm: () => (calm = true),
  };
}

// Some pairs are compared and swept often, some only at the end.
function schedule({ reconciler }: Profile, random: Random): PairSettings['reconcile'] {
  const sometimes = random() < 0.5 ? null : '*/12 * * * * *';
  const cron = reconciler?.often === true ? '*/4 * * * * *' : sometimes;
  const sweepEveryMs = random() < 0.6 ? null : 3_000 + Math.floor(random() * 10_000);
  return { cron, timezone: 'UTC', sweepEveryMs, repair: true };
}

async function approve(facts: ReturnType<typeof createFactStore>): Promise<void> {
  const approval = { at: START, by: 'simulation', planId: 'p', configHash: SETTINGS.configHash };
  await facts.put([
    { pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'follow', at: START, by: 'simulation' } },
    {
      pair: 'acme',
      kind: 'approval',
      id: 'approval',
      value: { ...approval, planned: 0, inherited: 0, toCreate: 0 },
    },
  ]);
}

/** The result of what waits for nothing but its turn. */
export async function atOnce<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  await clock.runUntil(clock.now());
  return promise;
}

/** Lets time pass until no news is behind or delayed. */
export async function drain({ clock, ingest }: Pick<Stage, 'clock' | 'ingest'>): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < 3 && rounds < 400; rounds++) {
    await clock.runUntil(clock.now() + 1_000);
    const { behind, delayed } = await atOnce(clock, ingest.lag('acme'));
    quiet = behind === 0 && delayed === 0 ? quiet + 1 : 0;
  }
}
