import type { ReadContext } from '#libs/connectors/store-connector.ts';
import type { News } from '#libs/event-log/news.ts';
import type { Selection } from '#libs/fields/field-names.ts';
import type { RootKind, StoredRoot } from '#libs/model/stored.ts';
import { rootPrint } from '#libs/planning/root-print.ts';
import { inScope } from '#libs/planning/scope.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { followedRoots } from './scan-stores.ts';

export type SweepResult = {
  readonly seen: number;
  readonly published: number;
  /** What was published, by root kind. */
  readonly byRoot: Readonly<Partial<Record<RootKind, number>>>;
};
export type Sweep = { readonly run: (signal: AbortSignal, roots?: readonly RootKind[]) => Promise<SweepResult> };

// Source clocks have a one-second grain, and a change may become visible a little after its own time.
const OVERLAP_MS = 5_000;

/**
 * The incremental pass: walks what the source says changed since the cursor and publishes news of what is not as it was settled.
 * The cursor moves only once that news is durable, so a sweep that dies is repeated from where it was.
 */
export function createSweep(deps: ReconcilerDeps): Sweep {
  const { settings, source, say } = deps;
  return {
    async run(signal, only) {
      const call: ReadContext = { signal, priority: 'sweep', fields: withoutHistory(settings.selection) };
      let [seen, published] = [0, 0];
      const byRoot: Partial<Record<RootKind, number>> = {};
      for (const root of followedRoots(settings)) {
        if (!source.capabilities.changedSince.has(root) || (only !== undefined && !only.includes(root))) continue;
        const swept = await sweepKind(deps, root, call);
        seen += swept.seen;
        published += swept.published;
        byRoot[root] = swept.published;
      }
      say(published > 0 ? 'info' : 'debug', { seen, published }, 'swept');
      return { seen, published, byRoot };
    },
  };
}

/** History costs calls of its own and is no part of a print. */
export function withoutHistory(selection: Selection): Selection {
  return new Set([...selection].filter((field) => field !== 'order.history'));
}

async function sweepKind(
  deps: ReconcilerDeps,
  root: RootKind,
  call: ReadContext,
): Promise<Pick<SweepResult, 'seen' | 'published'>> {
  const { facts, settings, source } = deps;
  const cursor = await facts.get(settings.name, 'cursor', root);
  let at = cursor?.at ?? null;
  if (at === null) {
    // The first sweep only says from when on: what was before belongs to the full comparison.
    await moveCursor(deps, root, new Date(await source.storeTime(call)).toISOString());
    return { seen: 0, published: 0 };
  }
  const since = new Date(Date.parse(at) - OVERLAP_MS).toISOString();
  let [seen, published] = [0, 0];
  for await (const page of source.scanChanged(root, since, call)) {
    call.signal.throwIfAborted();
    const unread = page.unread ?? [];
    // What cannot be read is news as well: the applier meets it alone, and parks it with the reason.
    const missed = [...(await missedOf(deps, root, page.roots)), ...unread];
    if (missed.length > 0) await deps.log.publish(missed.map((one) => newsOf(deps, root, one)));
    seen += page.roots.length + unread.length;
    published += missed.length;
    at = latest(at, [...page.roots, ...unread]);
    await moveCursor(deps, root, at);
  }
  if (seen === 0) await moveCursor(deps, root, at);
  return { seen, published };
}

async function missedOf(
  { facts, settings, fingerprint }: ReconcilerDeps,
  root: RootKind,
  roots: readonly StoredRoot[],
): Promise<readonly StoredRoot[]> {
  const settled = await facts.getMany(
    settings.name,
    'settled',
    roots.map(({ id }) => `${root}:${id}`),
  );
  return roots.filter((stored, index) => {
    if (!inScope(stored, settings.scope)) return false;
    const print = rootPrint(stored, settings, fingerprint);
    return print === null || settled[index]?.print !== print;
  });
}

type Dated = Pick<StoredRoot, 'id' | 'changedAt'>;

/** News of a root that nobody told of. */
export function newsOf(
  { settings, clock }: ReconcilerDeps,
  root: RootKind,
  { id, changedAt }: Dated,
  topic: 'sweep' | 'scan' = 'sweep',
): News {
  return {
    v: 1,
    pair: settings.name,
    root,
    rootId: id,
    kind: 'news',
    topic,
    ...(changedAt === null ? {} : { changedAt }),
    receivedAt: clock.now(),
    via: 'sweep',
    tries: 0,
  };
}

function latest(at: string, roots: readonly Dated[]): string {
  return roots.reduce(
    (last, { changedAt }) => (changedAt !== null && Date.parse(changedAt) > Date.parse(last) ? changedAt : last),
    at,
  );
}

async function moveCursor({ facts, settings, clock }: ReconcilerDeps, root: RootKind, at: string): Promise<void> {
  const value = { at, id: null, sweptAt: clock.now() };
  await facts.put([{ pair: settings.name, kind: 'cursor', id: root, value }]);
}
