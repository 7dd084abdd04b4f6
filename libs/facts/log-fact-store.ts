import type { EventLog, FactKey, FactOffset, FactPosition, FactRecord } from '#libs/event-log/event-log.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { randomId } from '#libs/runtime/random.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import { furthest } from '#libs/state/complete-to.ts';
import type { StateStore } from '#libs/state/state-store.ts';
import { FACT_KINDS, type FactKind, type FactValue } from './fact-kinds.ts';
import { factKey, type FactStore } from './fact-store.ts';

export type FactStoreOptions = {
  readonly log: EventLog;
  readonly state: StateStore;
  readonly clock: Clock;
  /** Tells this process from others where copies are rebuilt. @default a random name */
  readonly holder?: string;
};

/** Decisions on the log, read from the state store's copies. */
export function createFactStore({ log, state, clock, holder = randomId() }: FactStoreOptions): FactStore {
  const copies = state.facts;
  const fill = createFill({ log, state, holder });
  const ensureComplete = shareRuns(fill);

  // Copies that were flushed, or fell back, may lack what was decided: they are filled, and read again.
  async function refill(tried: number): Promise<void> {
    if ((await ensureComplete()) === 'complete') return;
    if (tried >= WAITS_MAX) throw rebuilding();
    await clock.sleep(WAIT_MS);
  }

  // Both questions in one go, and the one about completeness last: what is lost before a read is answered is told by it.
  async function readWhole<T>(read: () => Promise<T>): Promise<T> {
    for (let tried = 0; ; tried++) {
      const [value, complete] = await Promise.all([read(), copies.completeTo()]);
      if (complete !== null) return value;
      await refill(tried);
    }
  }

  async function getMany<K extends FactKind>(pair: string, kind: K, ids: readonly string[]) {
    if (ids.length === 0) return [];
    const keys = ids.map((id) => factKey(pair, kind, id));
    const values = await readWhole(() => copies.get(keys));
    return keys.map((key, index) => readFact(kind, key, values[index]));
  }

  return {
    get: async (pair, kind, id) => (await getMany(pair, kind, [id]))[0] ?? null,
    getMany,
    async *list(pair, kind) {
      for (let tried = 0; (await copies.completeTo()) === null; tried++) await refill(tried);
      const life = await copies.beginFill();
      for await (const record of copies.list(pair, kind)) {
        const value = readFact(kind, record, record.value);
        if (value !== null) yield { id: record.id, value };
      }
      // What was lost while it was listed may be missing from the list, also where it was filled again since.
      if ((await copies.beginFill()) !== life || (await copies.completeTo()) === null) throw rebuilding();
    },
    count: async (pair, kind) => readWhole(() => copies.count(pair, kind)),
    async put(facts, options) {
      if (facts.length === 0) return 'written';
      for (const { kind, value, ...key } of facts)
        if (value !== null) checkFact('write', kind, { kind, ...key }, value);
      const offsets = await log.appendFacts(facts, options);
      if (offsets === 'lost') return 'lost';
      await copies.put(facts.map((fact, index) => ({ ...fact, at: must(offsets[index], 'the offset of a fact') })));
      return 'written';
    },
    ensureComplete,
  };
}

function rebuilding(): SyncError {
  return new SyncError('STATE_UNAVAILABLE', 'Cannot read facts: their copies are being rebuilt');
}

/** How long a reader waits, and how often, while another process rebuilds the copies. */
const WAIT_MS = 100;
const WAITS_MAX = 100;

const LEASE = 'facts/rebuild';
/** Prolonged with each page: shorter than a reader waits, who so outlives one that died rebuilding. */
const LEASE_MS = 5_000;
const PAGE = 500;

/** Brings the copies to the log's end as it is now; from nothing only under a lease, so that not everybody reads it all. */
function createFill({
  log,
  state,
  holder,
}: Omit<Required<FactStoreOptions>, 'clock'>): () => Promise<'complete' | 'incomplete'> {
  async function copyFrom(from: FactPosition, life: string, afterPage = async () => {}): Promise<boolean> {
    let reached: readonly FactOffset[] = from;
    let page: FactRecord[] = [];
    const flushPage = async () => {
      await state.facts.put(page);
      reached = furthest(
        reached,
        page.map(({ at }) => ({ partition: at.partition, offset: at.offset + 1 })),
      );
      page = [];
      await afterPage();
    };
    for await (const record of log.readFacts(from)) {
      page.push(record);
      if (page.length >= PAGE) await flushPage();
    }
    await flushPage();
    return state.facts.setCompleteTo(reached, life);
  }

  return async () => {
    // The life is asked for first: a flush from here on makes this fill worthless, and it is told so.
    const life = await state.facts.beginFill();
    const from = await state.facts.completeTo();
    if (from !== null) return toAnswer(await copyFrom(from, life));
    if (!(await state.lease(LEASE, holder, LEASE_MS))) return 'incomplete';
    try {
      // Whoever takes it all the same copies the same: the lease spares work, it fences nothing.
      const prolong = async () => void (await state.lease(LEASE, holder, LEASE_MS));
      return toAnswer(await copyFrom([], life, prolong));
    } finally {
      await state.release(LEASE, holder);
    }
  };
}

function toAnswer(isComplete: boolean): 'complete' | 'incomplete' {
  return isComplete ? 'complete' : 'incomplete';
}

/** Who asks while a run is under way gets the next one: the one under way may have begun before what they must see. */
function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function start(): Promise<T> {
    const running = run().finally(() => {
      if (current === running) current = null;
    });
    current = running;
    return running;
  }
  function startNext(): Promise<T> {
    next = null;
    return start();
  }
  return () => {
    if (current === null) return start();
    next ??= current.then(startNext, startNext);
    return next;
  };
}

/** The value as its kind describes it; a fact that cannot be read is an error that names its key, not its value. */
function readFact<K extends FactKind>(kind: K, key: FactKey, value: unknown): FactValue<K> | null {
  return value === null || value === undefined ? null : checkFact('read', kind, key, value);
}

function checkFact<K extends FactKind>(
  action: 'read' | 'write',
  kind: K,
  { pair, id }: FactKey,
  value: unknown,
): FactValue<K> {
  const parsed = SCHEMAS[kind].safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join('.') || '(all of it)').join(', ');
  throw new SyncError('FACT_UNREADABLE', `Cannot ${action} the fact "${pair}/${kind}/${id}": unexpected ${where}`);
}

type SafeParse<T> = (value: unknown) =>
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] };
    };
const SCHEMAS: { readonly [K in FactKind]: { readonly safeParse: SafeParse<FactValue<K>> } } = FACT_KINDS;
