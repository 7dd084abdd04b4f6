import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { FactValue } from '#libs/facts/fact-kinds.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { createdSinceMigration } from '#libs/planning/plan-creation.ts';
import { rootPrint } from '#libs/planning/root-print.ts';
import { inScope } from '#libs/planning/scope.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { withOtherHistory } from './other-history.ts';
import { followedRoots } from './scan-stores.ts';
import { newsOf, withoutHistory } from './sweep.ts';

/** How much of the source's rate budget the scan may use. */
export type Pace = {
  /** 0 to 1. */
  readonly share: number;
  /** What the budget gains, in the platform's own units. */
  readonly perSecond: number;
  /** What this process has spent so far on calls of the scan's priority. */
  readonly spent: () => number;
};

export type Scanned = FactValue<'scan'>;

export type RollingScan = {
  /** Whether the next page may be read by now. */
  readonly isDue: () => boolean;
  /** Reads one page and publishes news of what is not as it was settled; where it goes on is a fact. How many were published. */
  readonly step: (signal: AbortSignal) => Promise<number>;
};

/** A round of a small shop is over in no time: the next begins no earlier than this after it. */
const ROUND_MIN_MS = 15 * 60_000;

/**
 * The slow walk over everything the source holds, for what moves no clock: stock written past the platform's interface, order notes,
 * refunds that were deleted, kinds that cannot be listed by change. It uses its share of the budget, whatever a round then takes, and
 * goes on where an earlier process stopped.
 */
export function createRollingScan(deps: ReconcilerDeps, pace: Pace): RollingScan {
  const { clock, facts, settings } = deps;
  let dueAt = clock.now();
  return {
    isDue: () => pace.share > 0 && clock.now() >= dueAt,
    async step(signal) {
      const phase = await facts.get(settings.name, 'phase', 'phase');
      const next = phase?.phase === 'follow' ? await nextKind(deps) : null;
      if (next === null) {
        dueAt = clock.now() + ROUND_MIN_MS / 15;
        return 0;
      }
      const before = { at: clock.monotonic(), spent: pace.spent() };
      const { published, scanned, seen } = await scanPage(deps, next, signal);
      const cost = pace.spent() - before.spent;
      const value = { ...scanned, cost: scanned.cost + cost };
      await facts.put([{ pair: settings.name, kind: 'scan', id: next.root, value }]);
      dueAt = clock.now() + restMs(pace, { tookMs: clock.monotonic() - before.at, cost });
      deps.say(published > 0 ? 'info' : 'debug', { root: next.root, seen, published }, 'scanned a page');
      return published;
    },
  };
}

/** How long to rest after a page, so that neither the budget nor the shop's time is used beyond the share. Pure. */
export function restMs(
  { share, perSecond }: Pick<Pace, 'share' | 'perSecond'>,
  { tookMs, cost }: { readonly tookMs: number; readonly cost: number },
): number {
  return Math.max((cost / (share * perSecond)) * 1_000, tookMs / share) - tookMs;
}

type Next = { readonly root: RootKind; readonly before: Scanned | null };

/** The kind that is under way, or else the one whose last round is over the longest; null: none is due. */
async function nextKind({ facts, settings, clock }: ReconcilerDeps): Promise<Next | null> {
  const known: Next[] = [];
  for (const root of followedRoots(settings))
    known.push({ root, before: await facts.get(settings.name, 'scan', root) });
  const open = known.find(({ before }) => before !== null && before.cursor !== null);
  if (open !== undefined) return open;
  const [first] = known.toSorted((a, b) => (a.before?.endedAt ?? 0) - (b.before?.endedAt ?? 0));
  const rested = clock.now() - (first?.before?.endedAt ?? 0) >= ROUND_MIN_MS;
  return first !== undefined && rested ? first : null;
}

async function scanPage(
  deps: ReconcilerDeps,
  { root, before }: Next,
  signal: AbortSignal,
): Promise<{ readonly published: number; readonly seen: number; readonly scanned: Scanned }> {
  const { source, settings, clock } = deps;
  const call: ReadContext = { signal, priority: 'compare', fields: withoutHistory(settings.selection) };
  const after = before?.cursor ?? null;
  const start: Scanned =
    before !== null && after !== null
      ? before
      : {
          cursor: null,
          startedAt: clock.now(),
          seen: 0,
          cost: 0,
          of: await source.count(root, call),
          endedAt: null,
          roundMs: before?.roundMs ?? null,
        };
  for await (const page of source.scan(root, { after, paged: true }, call)) {
    const differing = await findSilent(deps, root, page.roots, call);
    const missed = [...differing, ...(page.unread ?? [])];
    if (missed.length > 0) await deps.log.publish(missed.map((one) => newsOf(deps, root, one, 'scan')));
    const seen = page.roots.length + (page.unread?.length ?? 0);
    const scanned = { ...start, cursor: page.cursor, seen: start.seen + seen };
    return { published: missed.length, seen, scanned };
  }
  const endedAt = clock.now();
  return { published: 0, seen: 0, scanned: { ...start, cursor: null, endedAt, roundMs: endedAt - start.startedAt } };
}

/** Of a page, what is not as it was settled, or is new and would be made: nobody has told of it. */
async function findSilent(
  deps: ReconcilerDeps,
  root: RootKind,
  roots: readonly StoredRoot[],
  call: ReadContext,
): Promise<readonly StoredRoot[]> {
  const { facts, settings, fingerprint } = deps;
  const ids = roots.map(({ id }) => `${root}:${id}`);
  const [settled, parked] = await Promise.all([
    facts.getMany(settings.name, 'settled', ids),
    facts.getMany(settings.name, 'parked', ids),
  ]);
  const known = roots.map((stored, index) => ({
    stored,
    settled: settled[index] ?? null,
    parked: parked[index] ?? null,
  }));
  const silent = known.filter(({ stored, settled: fact, parked: aside }) => {
    if (aside !== null || !inScope(stored, settings.scope)) return false;
    if (fact === null) return mayBeMade(settings, stored);
    const print = rootPrint(stored, settings, fingerprint);
    return print !== null && fact.print !== null && fact.print !== print;
  });
  const others = known.filter((one) => one.parked === null && !silent.includes(one));
  return [...silent.map(({ stored }) => stored), ...(await withOtherHistory(deps, others, call))];
}

function mayBeMade({ create, migratedAt }: ReconcilerDeps['settings'], stored: StoredRoot): boolean {
  if (create[stored.root] === 'none') return false;
  return create[stored.root] === 'all' || createdSinceMigration(stored, migratedAt);
}
