import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { createMemoryBroker } from '#libs/event-log/memory-event-log.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import { seededRandom, type Random } from '#libs/runtime/random.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { aPair } from '#tests/builders/settings.ts';
import type { ApplierRule, Health } from '../../services/applier/applier-deps.ts';
import { openApplier } from '../../services/applier/open-applier.ts';
import { compareTwice } from './compare-at-end.ts';
import { withLateLanding, type TargetFaults } from './flaky-target.ts';
import { clockOf, createSimProcess, within, type SimProcess } from './sim-process.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createWorld, judge, trade, type World } from './world.ts';

/** What a history is made of; each rule has a profile aimed at it. */
export type Profile = {
  readonly name: string;
  readonly changes: number;
  readonly kills: number;
  readonly freezes: number;
  readonly flushes: number;
  readonly target: Omit<TargetFaults, 'patienceMs' | 'landingMs'>;
  /** Chance that a process is killed just after it sent a call, and frozen for long just before. */
  readonly killAfterSend?: number;
  readonly freezeBeforeSend?: number;
  /** Chance that a webhook never comes; then the reconciler compares at the end, and compares again. */
  readonly missed?: number;
  /** Every webhook comes once and soon, so that none repairs by chance what a rule should. */
  readonly prompt?: boolean;
  /** All trading is in the stock of one product, in quick succession. */
  readonly hot?: boolean;
  /** Whether the source is read before the news was fetched: the rule "news, then a read" taken out. */
  readonly readBeforeNews?: boolean;
};

const START = Date.parse('2026-11-24T08:00:00Z');
const LANDING_MS = 6_000;
const FINGERPRINT = createFingerprint(Buffer.from('simulation'));
const PATIENCE_MS = 800;
const SESSION_MS = 3_000;
const SETTINGS: PairSettings = aPair({
  timing: {
    ...DEFAULT_TIMING,
    landingMs: LANDING_MS,
    retriesMs: [500, 1_000, 3_000],
    sessionMs: SESSION_MS,
    coalesceMs: 20,
    callMs: PATIENCE_MS,
  },
});
// Answers that never come are the network's fault here, so they use no attempts.
const WELL: Health = { failed: async () => 'ill', isWell: () => true, whenWell: async () => {} };

export type History = { readonly wrong: readonly string[]; readonly trace: readonly string[] };

/** Runs one history: the real applier on a virtual clock. One seed is one history. */
export async function simulate(
  seed: number,
  profile: Profile,
  without: ReadonlySet<ApplierRule> = new Set(),
): Promise<History> {
  const random = seededRandom(seed);
  const clock = createVirtualClock(START);
  const world = createWorld();
  const trace: string[] = [];
  const say = (text: string) => trace.push(`${String(clock.now() - START)} ${text}`);
  const broker = createMemoryBroker({
    clock,
    delayTiersMs: [500, 1_000, 3_000, LANDING_MS],
    sessionMs: SESSION_MS,
    noticeMs: () => 200 + random() * 2_000,
  });
  const state = createMemoryStateStore({ clock });
  const ingest = broker.connect('ingest');
  await settled(clock, ingest.openPair('acme'));
  await settled(clock, approve(createFactStore({ log: ingest, state, clock })));

  let calm = false;
  const running: SimProcess[] = [];
  let names = 0;
  function start(): void {
    const process = createSimProcess(`applier-${String(++names)}`);
    running.push(process);
    void run(process);
  }
  async function run(process: SimProcess): Promise<void> {
    const own = clockOf(clock, process);
    const log = within(process, broker.connect(process.name));
    const source = createMemoryConnector(world.source, { now: clock.now });
    const reading = profile.readBeforeNews === true ? fromSnapshots(source, world, clock) : source;
    const inner = createMemoryConnector(world.target, { now: clock.now, landingMs: LANDING_MS });
    const target = withLateLanding(
      inner,
      {
        ...profile.target,
        patienceMs: PATIENCE_MS,
        landingMs: LANDING_MS,
        calm: () => calm,
        beforeSend: () => {
          if (random() < (profile.freezeBeforeSend ?? 0)) freezeNow(process);
        },
        afterSend: () => {
          if (random() < (profile.killAfterSend ?? 0)) clock.after(random() * 200, () => killNow(process));
        },
      },
      { world: clock, senderClock: own, random },
    );
    await openApplier({
      settings: SETTINGS,
      source: within(process, reading),
      target: within(process, target),
      sourceHealth: WELL,
      targetHealth: WELL,
      log,
      facts: within(process, createFactStore({ log, state, clock: own })),
      clock: own,
      random,
      fingerprint: FINGERPRINT,
      say: (_level, facts, message) => say(`${process.name} ${message} ${JSON.stringify(facts)}`),
      without,
    });
  }

  function killNow(victim: SimProcess): void {
    if (victim.killed()) return;
    say(`kill ${victim.name}`);
    running.splice(running.indexOf(victim), 1);
    victim.kill();
    broker.kill(victim.name);
    start();
  }
  function freezeNow(victim: SimProcess): void {
    say(`freeze ${victim.name}`);
    victim.freeze();
    broker.freeze(victim.name);
    start();
    clock.after(SESSION_MS * (0.5 + random() * 2), () => {
      broker.thaw(victim.name);
      victim.thaw();
    });
  }

  start();
  const lastAt = schedule({ profile, clock, random, world, say, publish: (news) => void ingest.publish([news]) });
  scheduleFaults(profile, () => random() * (lastAt - clock.now()), clock, {
    kill: () => running[0] !== undefined && killNow(running[0]),
    freeze: () => running[0] !== undefined && freezeNow(running[0]),
    flush: () => void state.flush(),
  });
  await clock.runUntil(lastAt);
  await drain(clock, ingest);
  calm = true;
  const left: string[] = [];
  if (profile.missed !== undefined) {
    const { found, again } = await compareTwice(
      {
        settings: SETTINGS,
        source: createMemoryConnector(world.source, { now: clock.now }),
        target: createMemoryConnector(world.target, { now: clock.now }),
        log: ingest,
        facts: createFactStore({ log: ingest, state, clock }),
        clock,
        random,
        fingerprint: FINGERPRINT,
        say: () => {},
      },
      clock,
      () => drain(clock, ingest),
    );
    say(`compared: ${String(found)} found, ${String(again)} left`);
    if (again > 0) left.push(`the second comparison still finds ${String(again)} differences`);
  }
  const wrong = [...judge(world), ...left];
  const { behind, delayed } = await settled(clock, ingest.lag('acme'));
  if (behind + delayed > 0) wrong.push(`${String(behind)} news behind and ${String(delayed)} delayed at the end`);
  for (const process of running) process.kill();
  return { wrong, trace };
}

/** Lets time pass until no news is behind or delayed. */
async function drain(clock: VirtualClock, log: EventLog): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < 3 && rounds < 400; rounds++) {
    await clock.runUntil(clock.now() + 1_000);
    const { behind, delayed } = await settled(clock, log.lag('acme'));
    quiet = behind === 0 && delayed === 0 ? quiet + 1 : 0;
  }
}

async function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  await clock.runUntil(clock.now());
  return promise;
}

async function approve(facts: ReturnType<typeof createFactStore>): Promise<void> {
  await facts.put([
    { pair: 'acme', kind: 'phase', id: 'phase', value: { phase: 'follow', at: START, by: 'simulation' } },
    {
      pair: 'acme',
      kind: 'approval',
      id: 'approval',
      value: {
        at: START,
        by: 'simulation',
        planId: 'p',
        configHash: SETTINGS.configHash,
        planned: 0,
        inherited: 0,
        toCreate: 0,
      },
    },
  ]);
}

type Trading = {
  readonly profile: Profile;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly world: World;
  readonly say: (text: string) => void;
  readonly publish: (news: News) => void;
};

function webhookDelays(random: Random): readonly number[] {
  const first = random() < 0.7 ? random() * 300 : random() * 15_000;
  return random() < 0.25 ? [first, random() * 20_000] : [first];
}

// Trades, and the webhooks of them: late, doubled, out of order.
function schedule({ profile, clock, random, world, say, publish }: Trading): number {
  let at = 500;
  let last = at;
  for (let index = 0; index < profile.changes; index++) {
    at += profile.hot === true || random() < 0.5 ? random() * (profile.hot === true ? 2_000 : 400) : random() * 6_000;
    const delays = profile.prompt === true ? [random() * 100] : webhookDelays(random);
    clock.after(at, () => {
      const news = trade(world, clock, random, profile.hot);
      say(`source: ${news.root} ${news.rootId}`);
      if (random() < (profile.missed ?? 0)) say('its webhook never comes');
      else for (const delay of delays) clock.after(delay, () => publish(news));
    });
    last = Math.max(last, at + Math.max(...delays));
    if (random() < 0.2) clock.after(at, () => retitle(world, random));
  }
  return clock.now() + last + 1;
}

function retitle({ target, titles }: World, random: Random): void {
  const [id] = [...titles.keys()].toSorted(() => random() - 0.5);
  const product = id === undefined ? undefined : target.get('product', id);
  if (id === undefined || product?.root !== 'product') return;
  const title = `People's title ${String(Math.floor(random() * 1000))}`;
  target.put({ ...product, product: { ...product.product, title } });
  titles.set(id, title);
}

type Faults = { readonly kill: () => void; readonly freeze: () => void; readonly flush: () => void };

function scheduleFaults(
  profile: Profile,
  anyTime: () => number,
  clock: VirtualClock,
  { kill, freeze, flush }: Faults,
): void {
  for (let index = 0; index < profile.kills; index++) clock.after(anyTime(), kill);
  for (let index = 0; index < profile.freezes; index++) clock.after(anyTime(), freeze);
  for (let index = 0; index < profile.flushes; index++) clock.after(anyTime(), flush);
}

// The source as it was when this process last looked at everything: up to two seconds before the news was fetched.
function fromSnapshots(source: StoreConnector, world: World, clock: VirtualClock): StoreConnector {
  let taken = { at: -Infinity, roots: new Map(world.source.roots) };
  return {
    ...source,
    readRoots: async (root, refs) => {
      if (clock.now() - taken.at > 2_000)
        taken = { at: clock.now(), roots: taken.at === -Infinity ? new Map(world.source.roots) : taken.roots };
      const answers = refs.map(({ id }) => taken.roots.get(`${root}:${id}`) ?? null);
      taken = { at: clock.now(), roots: new Map(world.source.roots) };
      return answers;
    },
  };
}
