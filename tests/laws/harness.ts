import { createMemoryConnector } from '#libs/connectors/memory/memory-connector.ts';
import { createMemoryStore, type MemoryStore } from '#libs/connectors/memory/memory-store.ts';
import type { Retirement, RootDraft, RootPatch, StoreConnector } from '#libs/connectors/store-connector.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createMemoryBroker } from '#libs/event-log/memory-event-log.ts';
import type { News } from '#libs/event-log/news.ts';
import type { AnyFactWrite, FactStore } from '#libs/facts/fact-store.ts';
import { createFactStore } from '#libs/facts/log-fact-store.ts';
import { createFingerprint } from '#libs/fields/fingerprint.ts';
import { createJournal } from '#libs/journal/journal.ts';
import type { JournalRecord, NewsOutcome } from '#libs/journal/journal-records.ts';
import { DEFAULT_TIMING, type PairSettings } from '#libs/model/pair.ts';
import type { RootKind, StoredOrder, StoredProduct } from '#libs/model/stored.ts';
import { must } from '#libs/runtime/must.ts';
import { seededRandom } from '#libs/runtime/random.ts';
import { createMemoryStateStore, type MemoryStateStore } from '#libs/state/memory-state-store.ts';
import { aPair } from '#tests/builders/settings.ts';
import { clockOf, within } from '#tests/simulation/ports.ts';
import { createSimProcess } from '#tests/simulation/sim-process.ts';
import { createVirtualClock, type VirtualClock } from '#tests/simulation/virtual-clock.ts';
import type { Applier } from '../../services/applier/open-applier.ts';
import { openApplier } from '../../services/applier/open-applier.ts';
import type { Health } from '../../services/applier/applier-deps.ts';

export const START = Date.parse('2026-11-24T08:00:00Z');
export const LANDING_MS = 120_000;
export const fingerprint = createFingerprint(Buffer.from('laws'));
const WELL: Health = { failed: async () => 'well', isWell: () => true, whenWell: async () => {} };

/** Puts faults between the applier and a store; calls that land by themselves do so on the clock. */
export type Decorate = (connector: StoreConnector, clock: VirtualClock) => StoreConnector;
export type PairOptions = {
  readonly settings?: Partial<PairSettings>;
  readonly phase?: 'observe' | 'follow' | 'closed';
  readonly source?: Decorate;
  readonly target?: Decorate;
  readonly sourceHealth?: Health;
  readonly targetHealth?: Health;
  /** Stands between each applier and the log. */
  readonly log?: (log: EventLog, clock: VirtualClock) => EventLog;
  readonly compareAndSwap?: boolean;
  /** Stores whose connectors are the test's own. */
  readonly connectors?: { readonly source?: StoreConnector; readonly target?: StoreConnector };
};

/** What went out to the target, call by call. */
export type TargetCall =
  | { readonly kind: 'write'; readonly at: number; readonly patches: readonly RootPatch[] }
  | { readonly kind: 'create'; readonly at: number; readonly drafts: readonly RootDraft[] }
  | { readonly kind: 'retire'; readonly at: number; readonly items: readonly Retirement[] }
  | { readonly kind: 'prepare'; readonly at: number };

export type TestPair = {
  readonly clock: VirtualClock;
  readonly settings: PairSettings;
  readonly source: MemoryStore;
  readonly target: MemoryStore;
  readonly log: EventLog;
  readonly facts: FactStore;
  readonly state: MemoryStateStore;
  readonly calls: readonly TargetCall[];
  /** Lines that the applier said. */
  readonly said: readonly string[];
  /** Begins to apply; returns the process, to be killed or frozen. */
  readonly start: () => Promise<TestProcess>;
  readonly publish: (...news: readonly News[]) => Promise<void>;
  /** Lets time pass until no news is behind or delayed, at most this long. */
  readonly quiet: (limitMs?: number) => Promise<void>;
  readonly pass: (ms: number) => Promise<void>;
  readonly hear: (...news: readonly News[]) => Promise<void>;
  readonly outcomes: () => Promise<readonly NewsOutcome[]>;
  readonly records: () => Promise<readonly JournalRecord[]>;
  /** Puts bytes on the log that nobody may be able to read. */
  readonly appendRaw: (body: Uint8Array) => void;
  readonly put: (...facts: readonly AnyFactWrite[]) => Promise<void>;
  /** Runs something that waits on the virtual world. */
  readonly soon: <T>(promise: Promise<T>) => Promise<T>;
  readonly ofTarget: (sourceIdOrId: string) => StoredProduct;
};

export type TestProcess = {
  readonly applier: Applier;
  readonly kill: () => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
};

/** A pair over memory, on a virtual clock, with the real applier: one product in step unless the stores are filled otherwise. */
export async function openTestPair(options: PairOptions = {}): Promise<TestPair> {
  const clock = createVirtualClock(START);
  const settings = aPair({ timing: { ...DEFAULT_TIMING, landingMs: LANDING_MS }, ...options.settings });
  const { timing } = settings;
  const delayTiersMs = [...timing.retriesMs, timing.landingMs].toSorted((a, b) => a - b);
  const broker = createMemoryBroker({ clock, delayTiersMs, sessionMs: timing.sessionMs });
  const state = createMemoryStateStore({ clock });
  const log = broker.connect('test');
  const facts = createFactStore({ log, state, clock });
  const soon = async <T>(promise: Promise<T>): Promise<T> => {
    await clock.runUntil(clock.now());
    return promise;
  };
  const [source, target] = [createMemoryStore('s'), createMemoryStore('t')];
  const calls: TargetCall[] = [];
  const said: string[] = [];
  let names = 0;

  async function start(): Promise<TestProcess> {
    const name = `applier-${String(++names)}`;
    const process = createSimProcess(name);
    const own = clockOf(clock, process);
    const processLog = within(process, 'log', (options.log ?? same)(broker.connect(name), clock));
    const { connectors = {}, compareAndSwap = false } = options;
    const from = connectors.source ?? createMemoryConnector(source, { now: clock.now });
    const to =
      connectors.target ??
      createMemoryConnector(target, { now: clock.now, compareAndSwap, landingMs: timing.landingMs });
    const opened = openApplier({
      settings,
      source: within(process, 'source', (options.source ?? same)(from, clock)),
      target: within(process, 'target', spied((options.target ?? same)(to, clock), calls, clock)),
      sourceHealth: options.sourceHealth ?? WELL,
      targetHealth: options.targetHealth ?? WELL,
      log: processLog,
      facts: within(process, 'facts', createFactStore({ log: processLog, state, clock: own })),
      clock: own,
      random: seededRandom(5),
      fingerprint,
      say: (level, what, message) => said.push(`${level} ${message} ${JSON.stringify(what)}`),
    });
    const applier = await soon(opened);
    return {
      applier,
      kill() {
        process.kill();
        broker.kill(name);
      },
      freeze() {
        process.freeze();
        broker.freeze(name);
      },
      thaw() {
        broker.thaw(name);
        process.thaw();
      },
    };
  }

  async function quiet(limitMs = 3_600_000): Promise<void> {
    const until = clock.now() + limitMs;
    for (let still = 0; still < 3 && clock.now() < until;) {
      await clock.runUntil(clock.now() + 200);
      const { behind, delayed } = await soon(log.lag(settings.name));
      still = behind + delayed === 0 ? still + 1 : 0;
      if (behind === 0 && delayed > 0) await clock.runUntil(clock.now() + 800);
    }
  }
  async function publish(...news: readonly News[]): Promise<void> {
    await soon(log.publish(news));
  }
  const collect = async (): Promise<JournalRecord[]> => {
    const found: JournalRecord[] = [];
    for await (const { record } of createJournal({ log }).read(settings.name)) found.push(record);
    return found;
  };
  const records = () => soon(collect());
  await soon(log.openPair(settings.name));
  await soon(facts.put(approvalOf(settings, options.phase ?? 'follow')));
  return {
    clock,
    settings,
    source,
    target,
    log,
    facts,
    state,
    calls,
    said,
    start,
    publish,
    quiet,
    soon,
    records,
    appendRaw: (body) => broker.appendRaw(settings.name, body),
    pass: (ms) => clock.runUntil(clock.now() + ms),
    async hear(...news) {
      await publish(...news);
      await quiet();
    },
    outcomes: async () => (await records()).flatMap((record) => (record.type === 'batch' ? record.outcomes : [])),
    put: async (...writes) => {
      await soon(facts.put(writes));
    },
    ofTarget: (id) => {
      const found = target.list('product').find((one) => one.id === id || one.sourceId === id);
      return must(found?.root === 'product' ? found : null, `product ${id} of the target`);
    },
  };
}

function same<T>(value: T): T {
  return value;
}

function spied(target: StoreConnector, calls: TargetCall[], clock: VirtualClock): StoreConnector {
  return {
    ...target,
    prepare: async (selection, call) => {
      calls.push({ kind: 'prepare', at: clock.now() });
      await target.prepare(selection, call);
    },
    write: async (patches, call) => {
      calls.push({ kind: 'write', at: clock.now(), patches });
      return target.write(patches, call);
    },
    ...(target.retire === undefined
      ? {}
      : {
          retire: async (items, call) => {
            calls.push({ kind: 'retire', at: clock.now(), items });
            return must(target.retire, 'the call of this very connector')(items, call);
          },
        }),
    create: async (drafts, call) => {
      calls.push({ kind: 'create', at: clock.now(), drafts });
      return target.create(drafts, call);
    },
  };
}

function approvalOf(
  { name, configHash }: PairSettings,
  phase: 'observe' | 'follow' | 'closed',
): readonly AnyFactWrite[] {
  if (phase === 'observe') return [{ pair: name, kind: 'phase', id: 'phase', value: { phase, at: START, by: 'test' } }];
  const value = { at: START, by: 'test', planId: 'p', configHash, planned: 0, inherited: 0, toCreate: 0 };
  return [
    { pair: name, kind: 'phase', id: 'phase', value: { phase, at: START, by: 'test' } },
    { pair: name, kind: 'approval', id: 'approval', value },
  ];
}

/** Fresh news of a root, as a webhook brings it. */
export function newsOf(root: RootKind, rootId: string, change: Partial<News> = {}): News {
  return {
    v: 1,
    pair: 'acme',
    root,
    rootId,
    kind: 'news',
    topic: `${root}.updated`,
    receivedAt: START,
    via: 'webhook',
    tries: 0,
    ...change,
  };
}

/** The number of write and creation calls; preparing is none. */
export function countCalls(calls: readonly TargetCall[], kind: TargetCall['kind']): number {
  return calls.filter((call) => call.kind === kind).length;
}

/** A product with another number in stock. */
export function withQuantity(
  product: StoredProduct,
  quantity: number | null,
  changedAt = product.changedAt,
): StoredProduct {
  const variants = product.variants.map((one) => ({ ...one, changedAt, variant: { ...one.variant, quantity } }));
  return { ...product, changedAt, variants };
}

export function quantityOf(product: StoredProduct): number | null {
  return must(product.variants[0], 'a first variant').variant.quantity;
}

export function changeOrder(order: StoredOrder, change: Partial<StoredOrder['order']>): StoredOrder {
  return { ...order, order: { ...order.order, ...change } };
}
